"""Pages: which are due, what is known of them, and what a look at one leaves behind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, func, select, update

from newsarchive.items import Look
from newsarchive.model import Capture, Identity, Kind, LookOutcome, PageState
from newsarchive.storage.articles import find_or_add
from newsarchive.storage.captures import LABELLED, read_capture
from newsarchive.storage.engine import insert_into, insert_missing
from newsarchive.storage.schema import articles, captures, looks, pages, sources
from newsarchive.watching import READ, Plan, Watch


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
        .order_by(pages.c.article_id.is_not(None), articles.c.next_check_at, articles.c.id)
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


def record_look(
    connection: Connection,
    look: Look,
    run_id: int,
    capture_ids: Mapping[Capture, int],
    plan: Plan,
    *,
    changed: bool,
) -> None:
    """Write a look, what it means for its article, and when the next one is due.

    `changed` says whether it found content that was new. A look that is filled in before one
    that is known already changes nothing but the list of looks.
    """
    identity = look.identity
    article_id = find_or_add(connection, [(identity, look.captured_at)])[
        identity.source, identity.external_id
    ].id
    capture_id = capture_ids[look.capture] if look.capture else None
    _add_look(connection, look, article_id, run_id, capture_id)
    if look.retry_after_at is not None:
        this = sources.c.name == identity.source
        connection.execute(update(sources).where(this).values(retry_after_at=look.retry_after_at))
    known = connection.execute(_known(article_id)).one()
    if known.looked_at is not None and known.looked_at > look.captured_at:
        return
    watch = _watch(known, look).look(look.outcome, look.captured_at, plan, changed=changed)
    _write_page(connection, article_id, look, watch, _asking(look, capture_id, known))
    _write_article(connection, article_id, look, watch, watch.next_check(look.captured_at, plan))


def _add_look(
    connection: Connection, look: Look, article_id: int, run_id: int, capture_id: int | None
) -> None:
    values = {
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
    connection.execute(insert_missing(connection, looks), values)


def _known(article_id: int) -> Any:
    return (
        select(pages, articles.c.withdrawn_at, captures.c.payload_digest)
        .select_from(articles)
        .join(pages, pages.c.article_id == articles.c.id, isouter=True)
        .join(captures, captures.c.id == pages.c.last_capture_id, isouter=True)
        .where(articles.c.id == article_id)
    )


def _write_page(
    connection: Connection, article_id: int, look: Look, watch: Watch, asking: Mapping[str, Any]
) -> None:
    values = {
        "article_id": article_id,
        "looked_at": look.captured_at,
        "changed_at": watch.changed_at,
        "consecutive_failures": watch.consecutive_failures,
        "gone_at": watch.gone_at,
        "gone_looks": watch.gone_looks,
        **asking,
    }
    statement = insert_into(connection, pages).values(values)
    connection.execute(statement.on_conflict_do_update(index_elements=["article_id"], set_=values))


def _write_article(
    connection: Connection,
    article_id: int,
    look: Look,
    watch: Watch,
    next_check_at: datetime | None,
) -> None:
    seen: dict[str, Any] = {"withdrawn_at": watch.withdrawn_at, "next_check_at": next_check_at}
    if look.outcome in READ:
        later = look.captured_at > articles.c.last_seen_at
        seen["last_seen_at"] = case((later, look.captured_at), else_=articles.c.last_seen_at)
    connection.execute(update(articles).where(articles.c.id == article_id).values(seen))


def _watch(known: Any, look: Look) -> Watch:
    if known.looked_at is None:
        return Watch(changed_at=look.captured_at)
    return Watch(
        changed_at=known.changed_at,
        consecutive_failures=known.consecutive_failures,
        gone_at=known.gone_at,
        gone_looks=known.gone_looks,
        withdrawn_at=known.withdrawn_at,
    )


def _asking(look: Look, capture_id: int | None, known: Any) -> dict[str, Any]:
    """Return how the page is to be asked for the next time."""
    if look.outcome is LookOutcome.NOT_MODIFIED:
        return {"conditional_looks": known.conditional_looks + 1}
    if look.outcome is not LookOutcome.READ or look.capture is None:
        # What was asked for may have changed meanwhile: the next look has to see it whole.
        return {"etag": None, "conditional_looks": 0}
    asking: dict[str, Any] = {"etag": look.etag, "conditional_looks": 0}
    if known.payload_digest != look.capture.payload_digest:
        # The first record of a payload: those that repeat it refer to it.
        asking["last_capture_id"] = capture_id
    return asking
