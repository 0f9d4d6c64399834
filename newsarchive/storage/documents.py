"""Recording one document: what each of its observations means, written in one transaction.

The whole batch is written at once. Only where the database refuses it are the observations
tried one by one, each in a savepoint, so that the bad one goes to quarantine alone.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import InterfaceError, OperationalError, StatementError

from newsarchive.comparison.digest import DIGEST_RULE
from newsarchive.comparison.revisions import Known, Verdict, decide
from newsarchive.items import Document, Quarantined, quarantine
from newsarchive.model import Capture, Observation, Origin, Stage
from newsarchive.storage import schema
from newsarchive.storage.articles import (
    ArticleRow,
    EntryRow,
    find_entries,
    find_or_add,
    write_entries,
    write_seen,
)
from newsarchive.storage.captures import add_captures
from newsarchive.storage.engine import insert_into
from newsarchive.storage.feeds import feed_ids, record_poll
from newsarchive.storage.schema import revisions

REPEATED = "repeated"
"""A feed repeated its own last content of an entry: nothing was observed."""


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
    articles: dict[tuple[str, str], ArticleRow]
    entries: dict[tuple[int, str], EntryRow]
    revisions: dict[tuple[int, Origin], list[Placed]]
    added: list[dict[str, object]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


def record_document(connection: Connection, document: Document, run_id: int) -> Counter[str]:
    """Write a document and everything it says; return how many of what there were.

    Counted are `entries` (all of the document), and of these `new`, `changed`, `unchanged`,
    `repeated` and `quarantined`.
    """
    found = [o.capture for o in document.observations if o.capture is not None]
    found += [q.capture for q in document.quarantined if q.capture is not None]
    capture_ids = add_captures(connection, [*document.captures, *found], run_id)
    counts, refused = _record(connection, document, run_id, capture_ids)
    failed = [*document.quarantined, *refused]
    for quarantined in failed:
        _record_quarantined(connection, quarantined, run_id, capture_ids)
    counts["quarantined"] = len(failed)
    if document.poll is not None:
        own = {c: capture_ids[c] for c in document.captures}
        record_poll(connection, document.poll, run_id, own, counts)
    return counts


def _record(
    connection: Connection, document: Document, run_id: int, capture_ids: Mapping[Capture, int]
) -> tuple[Counter[str], list[Quarantined]]:
    """Record the observations together; where the database refuses, one by one."""
    is_read = document.poll is None or document.poll.error is None
    entries = len(document.observations) + (len(document.quarantined) if is_read else 0)
    counts: Counter[str] = Counter(entries=entries)
    if not document.observations:
        return counts, []
    try:
        return counts + _savepoint(connection, document.observations, run_id, capture_ids), []
    except _REFUSALS as error:
        _raise_unless_about_values(error)
    refused = []
    for observation in document.observations:
        try:
            counts += _savepoint(connection, [observation], run_id, capture_ids)
        except _REFUSALS as error:
            _raise_unless_about_values(error)
            refused.append(quarantine(observation, Stage.STORE, error))
    return counts, refused


_REFUSALS = (StatementError, ValueError, OverflowError)


def _raise_unless_about_values(error: Exception) -> None:
    """Raise what no other values would mend: a full disk, a lost connection."""
    if isinstance(error, OperationalError | InterfaceError):
        raise error


def _savepoint(
    connection: Connection,
    observations: Sequence[Observation],
    run_id: int,
    capture_ids: Mapping[Capture, int],
) -> Counter[str]:
    with connection.begin_nested():
        batch = _prepare(connection, observations, run_id, capture_ids)
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
        write_entries(connection, batch.entries.values())
        write_seen(connection, batch.articles.values())
    return batch.counts


def _prepare(
    connection: Connection,
    observations: Sequence[Observation],
    run_id: int,
    capture_ids: Mapping[Capture, int],
) -> Batch:
    found = find_or_add(connection, observations)
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


def _guid(observation: Observation) -> str:
    """Return what identifies the entry in its feed: the guid as given, else the article's URL."""
    assert observation.identity is not None
    return observation.guid or observation.identity.url


def _observe(batch: Batch, observation: Observation, feed_id: int | None) -> None:
    identity = observation.identity
    assert identity is not None
    article = batch.articles[identity.source, identity.external_id]
    article.see(observation)
    is_repeated = feed_id is not None and _see_entry(batch, observation, feed_id, article.id)
    if is_repeated:
        batch.counts[REPEATED] += 1
        return
    verdict = _judge(batch.revisions.get((article.id, observation.origin), ()), observation)
    if verdict is Verdict.UNCHANGED:
        batch.counts["unchanged"] += 1
        return
    _add_revision(batch, observation, article.id)
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
        }
    )


def _record_quarantined(
    connection: Connection,
    quarantined: Quarantined,
    run_id: int,
    capture_ids: Mapping[Capture, int],
) -> None:
    """Add a row, or count one more time where the same input failed in the same way before."""
    parts = (quarantined.stage, quarantined.error, quarantined.url, quarantined.payload)
    digest = hashlib.sha256(repr(parts).encode("utf-8", "backslashreplace")).hexdigest()
    table = schema.quarantine
    statement = insert_into(connection, table).values(
        crawl_run_id=run_id,
        capture_id=capture_ids.get(quarantined.capture) if quarantined.capture else None,
        url=_storable(quarantined.url),
        stage=quarantined.stage,
        error=_storable(quarantined.error),
        observed_at=quarantined.observed_at,
        last_observed_at=quarantined.observed_at,
        digest=f"sha256:{digest}",
        payload=_storable(quarantined.payload),
    )
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["digest"],
            set_={"times": table.c.times + 1, "last_observed_at": quarantined.observed_at},
        )
    )


def _storable(text: str | None) -> str | None:
    """Return `text` in characters that both databases hold; quarantine must never fail."""
    if text is None:
        return None
    sound = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return sound.replace("\x00", "\\x00")
