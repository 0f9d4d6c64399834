"""Pages: which are due, what is known of them, and what a look at one leaves behind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, tuple_, update

from newsarchive.items import Look
from newsarchive.model import Capture, Identity, Kind, LookOutcome, PageState
from newsarchive.storage.articles import find_or_add
from newsarchive.storage.captures import LABELLED, read_capture
from newsarchive.storage.coverage import is_replayed
from newsarchive.storage.engine import insert_into, insert_missing
from newsarchive.storage.schema import articles, captures, looks, pages, sources
from newsarchive.watching import READ, Plan, Watch

IN_TURN = (
    pages.c.article_id.is_not(None),
    articles.c.next_check_at.asc().nulls_last(),
    articles.c.id,
)
"""The order in which pages are looked at: never looked at, due longest, not due by themselves."""


@dataclass(frozen=True, slots=True)
class Manners:
    """What politeness towards a source's site asks for."""

    requests: int  # made for pages since the moment that was asked about
    retry_after_at: datetime | None  # the site asked not to come before


def find_due(
    connection: Connection, source: str, now: datetime, limit: int, *, every: bool
) -> list[int]:
    """Return the articles whose page is due, never looked at first; or of every article."""
    statement = (
        select(articles.c.id)
        .join(pages, pages.c.article_id == articles.c.id, isouter=True)
        .where(articles.c.source == source)
        .order_by(*IN_TURN)
        .limit(limit)
    )
    if not every:
        statement = statement.where(articles.c.next_check_at <= now)
    return list(connection.execute(statement).scalars())


def find_pages(connection: Connection, article_ids: Sequence[int]) -> list[PageState]:
    """Return what is known of the articles' pages, in the order of `article_ids`."""
    statement = (
        select(
            articles.c.id,
            articles.c.source,
            articles.c.external_id,
            articles.c.kind,
            articles.c.url,
            pages.c.etag,
            pages.c.conditional_looks,
            pages.c.last_capture_id,
            *LABELLED,
        )
        .join(pages, pages.c.article_id == articles.c.id, isouter=True)
        .join(captures, captures.c.id == pages.c.last_capture_id, isouter=True)
        .where(articles.c.id.in_(article_ids))
    )
    found = {row.id: _state(row) for row in connection.execute(statement)}
    return [found[article_id] for article_id in article_ids]


def find_page(connection: Connection, identity: Identity) -> PageState:
    """Return what is known of an article's page; no more than `identity` where there is none."""
    statement = select(articles.c.id).where(
        articles.c.source == identity.source, articles.c.external_id == identity.external_id
    )
    article_id = connection.execute(statement).scalar_one_or_none()
    if article_id is None:
        return PageState(0, identity)
    return find_pages(connection, [article_id])[0]


def _state(row: Any) -> PageState:
    return PageState(
        article_id=row.id,
        identity=Identity(row.source, row.external_id, Kind(row.kind), row.url),
        etag=row.etag,
        conditional_looks=row.conditional_looks or 0,
        last_capture=read_capture(row, "capture_") if row.last_capture_id else None,
    )


def find_manners(connection: Connection, source: str, since: datetime) -> Manners:
    """Return how many requests were made for pages since then, and what the site asked for."""
    made = (
        select(func.coalesce(func.sum(looks.c.requests), 0))
        .join(articles, articles.c.id == looks.c.article_id)
        .where(looks.c.captured_at >= since, articles.c.source == source)
    )
    asked = select(sources.c.retry_after_at).where(sources.c.name == source)
    return Manners(
        requests=int(connection.execute(made).scalar_one()),
        retry_after_at=connection.execute(asked).scalar_one_or_none(),
    )


def record_looks(
    connection: Connection,
    seen: Sequence[tuple[Look, bool]],
    run_id: int,
    capture_ids: Mapping[Capture, int],
    plan: Plan,
) -> None:
    """Write looks, what they mean for their articles, and when the next ones are due.

    Each comes with whether it found content that was new. A look that is filled in before one
    that is known already changes nothing but the list of looks. One that was made just now is
    the latest, whatever is known: else a clock that was ahead once would keep the page due.
    """
    find_or_add(connection, [(look.identity, look.captured_at) for look, _ in seen])
    rows = _find_known(connection, [look.identity for look, _ in seen])
    taken, written, changed = [], [], []
    for look, is_news in seen:
        key = (look.identity.source, look.identity.external_id)
        known = rows[key]
        capture_id = capture_ids[look.capture] if look.capture else None
        taken.append(_look_row(look, known.article_id, run_id, capture_id))
        is_late = known.looked_at is not None and known.looked_at > look.captured_at
        if is_late and is_replayed(connection, look.captured_at, run_id):
            continue
        known.take(look, capture_id, plan, changed=is_news)
        written.append(known.page())
        changed.append(known.article(plan))
    connection.execute(insert_missing(connection, looks), taken)
    if written:
        statement = insert_into(connection, pages)
        columns = {name: statement.excluded[name] for name in written[0] if name != "article_id"}
        upsert = statement.on_conflict_do_update(index_elements=["article_id"], set_=columns)
        connection.execute(upsert, written)
        connection.execute(update(articles).where(articles.c.id == bindparam("key")), changed)
    _keep_retry_after(connection, [look for look, _ in seen])


def _keep_retry_after(connection: Connection, seen: Sequence[Look]) -> None:
    for look in seen:
        if look.retry_after_at is not None:
            this = sources.c.name == look.identity.source
            values = {"retry_after_at": look.retry_after_at}
            connection.execute(update(sources).where(this).values(values))


@dataclass(slots=True)
class _Known:
    """What is known of one page, look by look."""

    article_id: int
    last_seen_at: datetime
    watch: Watch | None  # None before the first look
    looked_at: datetime | None = None
    etag: str | None = None
    conditional_looks: int = 0
    last_capture_id: int | None = None
    payload_digest: str | None = None  # of the last capture

    def take(self, look: Look, capture_id: int | None, plan: Plan, *, changed: bool) -> None:
        """Take in one more look."""
        at = self.looked_at = look.captured_at
        watch = self.watch or Watch(changed_at=at)
        self.watch = watch.look(look.outcome, at, plan, changed=changed)
        if look.outcome in READ:
            self.last_seen_at = max(self.last_seen_at, at)
        if look.outcome is LookOutcome.NOT_MODIFIED:
            self.conditional_looks += 1
            return
        # Where it was not read, what was asked for may have changed: the next look sees it whole.
        self.etag, self.conditional_looks = None, 0
        if look.outcome is LookOutcome.READ and look.capture is not None:
            self.etag = look.etag
            # The first record of a payload: those that repeat it refer to it. A rendered page
            # (without status) is no answer that a server could repeat.
            is_answer = look.capture.status is not None
            if is_answer and self.payload_digest != look.capture.payload_digest:
                self.last_capture_id = capture_id
                self.payload_digest = look.capture.payload_digest

    def page(self) -> dict[str, Any]:
        """Return the row of `pages`."""
        assert self.watch is not None
        return {
            "article_id": self.article_id,
            "looked_at": self.looked_at,
            "etag": self.etag,
            "conditional_looks": self.conditional_looks,
            "last_capture_id": self.last_capture_id,
            "changed_at": self.watch.changed_at,
            "consecutive_failures": self.watch.consecutive_failures,
            "gone_at": self.watch.gone_at,
            "gone_looks": self.watch.gone_looks,
        }

    def article(self, plan: Plan) -> dict[str, Any]:
        """Return what the row of `articles` becomes."""
        assert self.watch is not None
        assert self.looked_at is not None
        return {
            "key": self.article_id,
            "withdrawn_at": self.watch.withdrawn_at,
            "next_check_at": self.watch.next_check(self.looked_at, plan),
            "last_seen_at": self.last_seen_at,
        }


def _find_known(
    connection: Connection, identities: Sequence[Identity]
) -> dict[tuple[str, str], _Known]:
    """Return what is known of each page, by source and external id; all articles are known."""
    keys = sorted({(identity.source, identity.external_id) for identity in identities})
    statement = (
        select(
            articles.c.id,
            articles.c.source,
            articles.c.external_id,
            articles.c.last_seen_at,
            articles.c.withdrawn_at,
            pages,
            captures.c.payload_digest,
        )
        .select_from(articles)
        .join(pages, pages.c.article_id == articles.c.id, isouter=True)
        .join(captures, captures.c.id == pages.c.last_capture_id, isouter=True)
        .where(tuple_(articles.c.source, articles.c.external_id).in_(keys))
        .order_by(articles.c.id)
        .with_for_update(of=articles)
    )
    return {
        (row.source, row.external_id): _Known(
            article_id=row.id,
            last_seen_at=row.last_seen_at,
            watch=_watch(row),
            looked_at=row.looked_at,
            etag=row.etag,
            conditional_looks=row.conditional_looks or 0,
            last_capture_id=row.last_capture_id,
            payload_digest=row.payload_digest,
        )
        for row in connection.execute(statement)
    }


def _watch(row: Any) -> Watch | None:
    if row.looked_at is None:
        return None
    return Watch(
        changed_at=row.changed_at,
        consecutive_failures=row.consecutive_failures,
        gone_at=row.gone_at,
        gone_looks=row.gone_looks,
        withdrawn_at=row.withdrawn_at,
    )


def _look_row(look: Look, article_id: int, run_id: int, capture_id: int | None) -> dict[str, Any]:
    return {
        "article_id": article_id,
        "crawl_run_id": run_id,
        "capture_id": capture_id,
        "captured_at": look.captured_at,
        "status": look.status,
        "outcome": look.outcome,
        "requests": look.requests,
        "url": look.url,
        "error": look.error,
    }
