"""Recording one document: what each of its observations means, written in one transaction.

The whole batch is written at once. Only where the database refuses it are the observations
tried one by one, each in a savepoint, so that the bad one goes to quarantine alone.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection, insert, select, tuple_
from sqlalchemy.exc import StatementError

from newsarchive.comparison.digest import DIGEST_RULE
from newsarchive.comparison.revisions import Known, Verdict, decide
from newsarchive.items import Document, Look, Quarantined, quarantine
from newsarchive.model import Capture, Identity, LookOutcome, Observation, Origin, Stage, Update
from newsarchive.storage.aliases import add_aliases, settle
from newsarchive.storage.articles import (
    ArticleRow,
    EntryRow,
    find_entries,
    find_or_add,
    write_entries,
    write_seen,
)
from newsarchive.storage.captures import add_captures
from newsarchive.storage.claims import release
from newsarchive.storage.columns import fits_index
from newsarchive.storage.duplicates import mark_due
from newsarchive.storage.engine import insert_missing, raise_unless_about_values
from newsarchive.storage.feeds import Listed, feed_ids, record_poll
from newsarchive.storage.pages import record_looks
from newsarchive.storage.pictures import note_pictures, record_picture
from newsarchive.storage.quarantine import record_quarantined
from newsarchive.storage.schema import corrections, liveblog_updates, revisions
from newsarchive.storage.search_index import index_articles
from newsarchive.watching import Plan

REPEATED = "repeated"
"""A feed repeated its own last content of an entry: nothing was observed."""

Key = tuple[str, str]
"""What an article is known by: source and external id."""


@dataclass(slots=True)
class Placed:
    """A revision that is known of one article and origin."""

    number: int
    known: Known
    observed_at: datetime


@dataclass(slots=True)
class Batch:
    """What is known before, and what is to be written after, the observations of a document."""

    run_id: int
    capture_ids: Mapping[Capture, int]
    articles: dict[Key, ArticleRow]
    entries: dict[tuple[int, str], EntryRow]
    revisions: dict[tuple[int, Origin], list[Placed]]
    has_pages: bool = False  # what a feed tells anew makes the article's page due
    added: list[dict[str, object]] = field(default_factory=list)
    updates: dict[tuple[int, Origin, int], Sequence[Update]] = field(default_factory=dict)
    corrections: dict[int, Observation] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    news: set[Key] = field(default_factory=set)  # articles with a new revision


def record_document(
    connection: Connection, document: Document, run_id: int, plan: Plan
) -> Counter[str]:
    """Write a document and everything it says; return how many of what there were.

    Counted are `entries` (all of the document), and of these `new`, `changed`, `unchanged`,
    `repeated` and `quarantined`.
    """
    asked = document
    document, met = settle(connection, document)
    found = [o.capture for o in document.observations if o.capture is not None]
    found += [q.capture for q in document.quarantined if q.capture is not None]
    capture_ids = add_captures(connection, [*document.captures, *found], run_id)
    recorded = _record(connection, document, run_id, capture_ids)
    add_aliases(connection, met)
    failed = [*document.quarantined, *recorded.refused]
    for quarantined in failed:
        record_quarantined(connection, quarantined, run_id, capture_ids)
    counts = recorded.counts
    counts["quarantined"] = len(failed)
    if document.poll is not None:
        own = {c: capture_ids[c] for c in document.captures}
        record_poll(
            connection,
            document.poll,
            run_id,
            own,
            counts,
            listed=recorded.listed,
            slowest=plan.poll_every,
        )
    if document.looks:
        looks = [_as_stored(look, recorded) for look in document.looks]
        record_looks(connection, looks, run_id, capture_ids, plan)
    if document.picture is not None:
        record_picture(connection, document.source, document.picture, capture_ids, plan)
    release(connection, asked, run_id)
    return counts


@dataclass(slots=True)
class Recorded:
    """What became of a document's observations."""

    counts: Counter[str]
    refused: list[Quarantined] = field(default_factory=list)
    stored: set[Key] = field(default_factory=set)  # articles of which something was observed
    news: set[Key] = field(default_factory=set)  # of which something new was
    listed: Listed = field(default_factory=Listed)

    def add(self, batch: Batch) -> None:
        """Take in what a batch came to."""
        self.counts += batch.counts
        known = sum(entry.id is not None for entry in batch.entries.values())
        self.listed = Listed(self.listed.entries + len(batch.entries), self.listed.known + known)
        self.stored |= batch.articles.keys()
        self.news |= batch.news


def _as_stored(look: Look, recorded: Recorded) -> tuple[Look, bool]:
    """Return the look as it ended, and whether what it found was new.

    A page that was read and then refused on its road was not read whole.
    """
    key = (look.identity.source, look.identity.external_id)
    if look.outcome is LookOutcome.READ and key not in recorded.stored:
        look = replace(look, outcome=LookOutcome.INCOMPLETE)
    return look, key in recorded.news


def _record(
    connection: Connection, document: Document, run_id: int, capture_ids: Mapping[Capture, int]
) -> Recorded:
    """Record the observations together; where the database refuses, one by one."""
    is_read = document.poll is None or document.poll.error is None
    entries = len(document.observations) + (len(document.quarantined) if is_read else 0)
    recorded = Recorded(Counter(entries=entries))
    if not document.observations:
        return recorded
    try:
        recorded.add(_savepoint(connection, document, document.observations, run_id, capture_ids))
    except _REFUSALS as error:
        raise_unless_about_values(error)
    else:
        return recorded
    for observation in document.observations:
        try:
            recorded.add(_savepoint(connection, document, [observation], run_id, capture_ids))
        except _REFUSALS as error:
            raise_unless_about_values(error)
            recorded.refused.append(quarantine(observation, Stage.STORE, error))
    return recorded


_REFUSALS = (StatementError, ValueError, OverflowError)


def _savepoint(
    connection: Connection,
    document: Document,
    observations: Sequence[Observation],
    run_id: int,
    capture_ids: Mapping[Capture, int],
) -> Batch:
    with connection.begin_nested():
        batch = _prepare(connection, observations, run_id, capture_ids)
        batch.has_pages = document.poll is not None and document.poll.feed.feed.has_pages
        source = next(iter(batch.articles))[0]
        named = [(o.feed, o.category) for o in observations]
        ids = feed_ids(connection, source, named) if any(map(any, named)) else {}
        placed = [(o, ids.get((o.feed, o.category))) for o in observations]
        batch.entries = find_entries(
            connection, [(feed, _guid(o)) for o, feed in placed if feed is not None]
        )
        for observation, feed in placed:
            _observe(batch, observation, feed)
        if batch.added:
            connection.execute(insert(revisions), batch.added)
            note_pictures(connection, source, batch.added)
        if batch.updates:
            _add_updates(connection, batch.updates)
        if batch.corrections:
            _add_corrections(connection, batch.corrections)
        write_entries(connection, batch.entries.values())
        write_seen(connection, batch.articles.values())
        told_anew = _told_anew(batch)
        mark_due(connection, told_anew)
        index_articles(connection, told_anew)
    return batch


def _told_anew(batch: Batch) -> list[int]:
    """Return the articles that may have become others to compare, or to be found."""
    revised = {added["article_id"] for added in batch.added}
    return [row.id for row in batch.articles.values() if row.restated or row.id in revised]


def _prepare(
    connection: Connection,
    observations: Sequence[Observation],
    run_id: int,
    capture_ids: Mapping[Capture, int],
) -> Batch:
    found = find_or_add(connection, [(_identity(o), o.captured_at) for o in observations])
    old = [row.id for row in found.values()]
    return Batch(run_id, capture_ids, found, {}, _find_revisions(connection, old))


def _find_revisions(
    connection: Connection, article_ids: Sequence[int]
) -> dict[tuple[int, Origin], list[Placed]]:
    """Return what is known of each article and origin, in the order of observation."""
    columns = revisions.c
    statement = (
        select(
            columns.article_id,
            columns.origin,
            columns.number,
            columns.content_digest,
            columns.digest_rule,
            columns.observed_at,
        )
        .where(columns.article_id.in_(article_ids))
        .order_by(columns.observed_at, columns.number)
    )
    found: dict[tuple[int, Origin], list[Placed]] = {}
    for row in connection.execute(statement):
        known = Placed(row.number, Known(row.content_digest, row.digest_rule), row.observed_at)
        found.setdefault((row.article_id, Origin(row.origin)), []).append(known)
    return found


def _identity(observation: Observation) -> Identity:
    assert observation.identity is not None, "identified by the pipeline before store"
    return observation.identity


def _guid(observation: Observation) -> str:
    """Return what identifies the entry in its feed: the guid as given, else the article's URL."""
    guid = observation.guid
    return guid if guid and fits_index(guid) else _identity(observation).url


def _observe(batch: Batch, observation: Observation, feed_id: int | None) -> None:
    identity = _identity(observation)
    article = batch.articles[identity.source, identity.external_id]
    article.see(observation)
    is_repeated = feed_id is not None and _see_entry(batch, observation, feed_id, article.id)
    if is_repeated:
        batch.counts[REPEATED] += 1
        return
    if observation.corrects:
        batch.corrections[article.id] = observation
    verdict = _judge(batch.revisions.get((article.id, observation.origin), ()), observation)
    if verdict is Verdict.UNCHANGED:
        batch.counts["unchanged"] += 1
        return
    _add_revision(batch, observation, article.id)
    batch.news.add((identity.source, identity.external_id))
    if batch.has_pages:
        article.make_due(observation.captured_at)
    batch.counts["new" if verdict is Verdict.NEW else "changed"] += 1


def _judge(known: Sequence[Placed], observation: Observation) -> Verdict:
    before = [p for p in known if p.observed_at <= observation.captured_at]
    after = known[len(before) :]
    # The same file imported again: its revisions of the same moment may be several.
    for placed in reversed(before):
        if placed.observed_at != observation.captured_at:
            break
        if placed.known == Known(observation.content_digest, DIGEST_RULE):
            return Verdict.UNCHANGED
    return decide(
        Known(observation.content_digest, DIGEST_RULE),
        in_force=before[-1].known if before else None,
        following=after[0].known if after else None,
    )


def _see_entry(batch: Batch, observation: Observation, feed_id: int, article_id: int) -> bool:
    """Note the entry as seen; return whether its feed repeated its own last content."""
    key = (feed_id, _guid(observation))
    is_feed = observation.origin is Origin.FEED
    entry = batch.entries.get(key)
    if entry is None:
        entry = batch.entries[key] = EntryRow(
            id=None,
            feed_id=feed_id,
            article_id=article_id,
            guid=key[1],
            link=observation.link,
            content_digest=None,
            digest_rule=None,
            first_seen_at=observation.captured_at,
            last_seen_at=observation.captured_at,
        )
    said = (observation.content_digest, DIGEST_RULE)
    is_repeated = is_feed and said == (entry.content_digest, entry.digest_rule)
    entry.article_id = article_id
    entry.first_seen_at = min(entry.first_seen_at, observation.captured_at)
    if is_feed and observation.captured_at >= entry.last_seen_at:
        # What an import says of an entry is never fresher than what its feed says.
        entry.link = observation.link
        entry.content_digest, entry.digest_rule = said
    entry.last_seen_at = max(entry.last_seen_at, observation.captured_at)
    return is_repeated


def _add_revision(batch: Batch, observation: Observation, article_id: int) -> None:
    key = (article_id, observation.origin)
    known = batch.revisions.setdefault(key, [])
    number = max((placed.number for placed in known), default=0) + 1
    digest = Known(observation.content_digest, DIGEST_RULE)
    known.append(Placed(number, digest, observation.captured_at))
    known.sort(key=lambda placed: (placed.observed_at, placed.number))
    assert observation.capture is not None, "bytes first: every observation has its capture"
    batch.added.append(
        {
            "article_id": article_id,
            "origin": observation.origin,
            "number": number,
            "content_digest": observation.content_digest,
            "digest_rule": DIGEST_RULE,
            "observed_at": observation.captured_at,
            "imported_at": observation.imported_at,
            "published_at": observation.published_at,
            "modified_at": observation.modified_at,
            "capture_id": batch.capture_ids[observation.capture],
            "crawl_run_id": batch.run_id,
            "word_count": observation.word_count,
            "image_url": observation.image_url,
            "metadata": dict(observation.metadata),
            "title": observation.title,
            "text": observation.text,
            "html": observation.html,
            "is_lossy": observation.is_lossy,
        }
    )
    if observation.updates:
        batch.updates[article_id, observation.origin, number] = observation.updates


def _add_corrections(connection: Connection, found: Mapping[int, Observation]) -> None:
    """Write which articles the corrections name, those that are known already aside."""
    rows = [
        {
            "correction_id": correction_id,
            "source": _identity(observation).source,
            "external_id": external_id,
            "observed_at": observation.captured_at,
        }
        for correction_id, observation in found.items()
        for external_id in observation.corrects
    ]
    connection.execute(insert_missing(connection, corrections), rows)


def _add_updates(
    connection: Connection, updates: Mapping[tuple[int, Origin, int], Sequence[Update]]
) -> None:
    """Write the updates of liveblogs, each beside the revision that shows it so."""
    columns = revisions.c
    key = (columns.article_id, columns.origin, columns.number)
    statement = select(columns.id, *key).where(tuple_(*key).in_(list(updates)))
    rows = [
        {
            "revision_id": row.id,
            "update_id": update.update_id,
            "position": position,
            "published_at": update.published_at,
            "title": update.title,
            "text": update.text,
            "html": update.html,
        }
        for row in connection.execute(statement)
        for position, update in enumerate(
            updates[row.article_id, Origin(row.origin), row.number], start=1
        )
    ]
    connection.execute(insert(liveblog_updates), rows)
