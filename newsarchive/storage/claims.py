"""Claims: each feed, page and picture is handed out once, however many workers ask.

What may be handed out is what is due by the tables themselves; a claim only says that a worker is
at it. It goes in the transaction that stores what came of it, with the run that holds it, or when
that run is found dead: what it held is then simply due again.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Text, cast, delete, func, or_, select
from sqlalchemy import tuple_ as row_of

from newsarchive.items import Document
from newsarchive.model import Media
from newsarchive.storage.claims_schema import claims
from newsarchive.storage.engine import insert_missing
from newsarchive.storage.pages import IN_TURN, Manners, find_manners
from newsarchive.storage.pictures import find_picture_manners
from newsarchive.storage.schema import (
    articles,
    crawl_runs,
    feeds,
    leases,
    pages,
    pictures,
    revision_media,
    sources,
)

FEED, PAGE, PICTURE = "feed", "page", "picture"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a worker may be given: pages of a source, or with `media` its pictures.

    Those that are due at `now`, or `every` one; none that somebody tried after `since`.
    """

    source: str
    now: datetime
    since: datetime
    every: bool = False
    media: Media | None = None

    @property
    def kind(self) -> str:
        """What is claimed."""
        return PAGE if self.media is None else PICTURE


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many requests a source's site gets from `day` on, and how many each thing may take."""

    budget: int
    day: datetime
    each: int


def take_feeds(
    connection: Connection,
    run_id: int,
    known: Mapping[int, datetime | None],
    since: datetime | None,
    *,
    now: datetime,
    limit: int,
) -> tuple[list[int], list[int]]:
    """Claim feeds of `known` (id → when it was last polled, as the worker knows it).

    Returns those that are the worker's now, at most `limit`, and those of which it need not
    think any more: they were polled meanwhile, or after `since`.
    """
    statement = (
        select(feeds.c.id, feeds.c.last_polled_at)
        .where(feeds.c.id.in_(list(known)), ~_is_claimed(FEED, cast(feeds.c.id, Text)))
        .order_by(feeds.c.position, feeds.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = connection.execute(statement).all()
    free = [
        row.id
        for row in rows
        if row.last_polled_at == known[row.id]
        and (since is None or row.last_polled_at is None or row.last_polled_at < since)
    ]
    taken = set(map(int, _claim(connection, FEED, map(str, free), run_id, now)))
    return [key for key in free if key in taken], [row.id for row in rows if row.id not in free]


def find_free(connection: Connection, wanted: Wanted, limit: int) -> list[tuple[str, str]]:
    """Return key and address of what nobody has claimed; never tried first, then due longest."""
    statement = _statement(wanted).limit(limit)
    return [(str(row.key), row.url) for row in connection.execute(statement)]


def take(
    connection: Connection,
    run_id: int,
    wanted: Wanted,
    keys: Collection[str],
    allowance: Allowance,
) -> list[str] | None:
    """Claim of `keys` what is still to be had; None where politeness forbids to ask for more.

    Politeness is of all workers: what they made since `allowance.day`, and what they are at.
    """
    left = _left(connection, wanted, allowance)
    if left <= 0:
        return None
    table, key = (articles, articles.c.id) if wanted.kind == PAGE else (pictures, pictures.c.url)
    values = [int(k) for k in keys] if wanted.kind == PAGE else list(keys)
    statement = _statement(wanted).where(key.in_(values)).limit(left)
    locked = statement.with_for_update(of=table, skip_locked=True)
    free = [str(row.key) for row in connection.execute(locked)]
    taken = set(_claim(connection, wanted.kind, free, run_id, wanted.now))
    return [key for key in free if key in taken]


def _left(connection: Connection, wanted: Wanted, allowance: Allowance) -> int:
    """Return how many more may be asked for; 0 while the site wants to be left alone."""
    # Two workers must not both take what is left.
    this = select(sources.c.name).where(sources.c.name == wanted.source)
    connection.execute(this.with_for_update(key_share=True))
    find = find_manners if wanted.kind == PAGE else find_picture_manners
    manners: Manners = find(connection, wanted.source, allowance.day)
    if manners.retry_after_at is not None and wanted.now < manners.retry_after_at:
        return 0
    at_work = (
        select(func.count())
        .select_from(claims)
        .join(crawl_runs, crawl_runs.c.id == claims.c.crawl_run_id)
        .where(claims.c.kind == wanted.kind, crawl_runs.c.source == wanted.source)
    )
    under_way = connection.execute(at_work).scalar_one()
    return (allowance.budget - manners.requests) // allowance.each - int(under_way)


def _statement(wanted: Wanted) -> Select[Any]:
    return _pages(wanted) if wanted.media is None else _pictures(wanted, wanted.media)


def _pages(wanted: Wanted) -> Select[Any]:
    statement = (
        select(articles.c.id.label("key"), articles.c.url)
        .join(pages, pages.c.article_id == articles.c.id, isouter=True)
        .where(
            articles.c.source == wanted.source,
            or_(pages.c.looked_at.is_(None), pages.c.looked_at < wanted.since),
            ~_is_claimed(PAGE, cast(articles.c.id, Text)),
        )
        .order_by(*IN_TURN)
    )
    return statement if wanted.every else statement.where(articles.c.next_check_at <= wanted.now)


def _pictures(wanted: Wanted, media: Media) -> Select[Any]:
    statement = (
        select(pictures.c.url.label("key"), pictures.c.url)
        .where(
            pictures.c.source == wanted.source,
            pictures.c.digest.is_(None),
            or_(pictures.c.tried_at.is_(None), pictures.c.tried_at < wanted.since),
            ~_is_claimed(PICTURE, pictures.c.url),
        )
        .order_by(pictures.c.attempts, pictures.c.next_try_at.asc().nulls_last(), pictures.c.id)
    )
    if not wanted.every:
        statement = statement.where(pictures.c.next_try_at <= wanted.now)
    if media is Media.FEATURE:
        features = select(revision_media.c.picture_id).where(revision_media.c.role == "feature")
        statement = statement.where(pictures.c.id.in_(features))
    return statement


def _is_claimed(kind: str, key: ColumnElement[str]) -> ColumnElement[bool]:
    return select(claims.c.key).where(claims.c.kind == kind, claims.c.key == key).exists()


def _claim(
    connection: Connection, kind: str, keys: Collection[str] | Any, run_id: int, now: datetime
) -> Sequence[str]:
    rows = [{"kind": kind, "key": key, "crawl_run_id": run_id, "claimed_at": now} for key in keys]
    if not rows:
        return []
    statement = insert_missing(connection, claims).values(rows).returning(claims.c.key)
    return connection.execute(statement).scalars().all()


def is_anyone_at_work(connection: Connection, run_id: int) -> bool:
    """Return whether another worker of this run's lease holds anything."""
    own = select(leases.c.name).where(leases.c.crawl_run_id == run_id).scalar_subquery()
    others = (
        select(claims.c.key)
        .join(leases, leases.c.crawl_run_id == claims.c.crawl_run_id)
        .where(leases.c.name == own, leases.c.crawl_run_id != run_id)
        .limit(1)
    )
    return connection.execute(others).first() is not None


def release(connection: Connection, document: Document, run_id: int) -> None:
    """Give back what a run held of what a document tells, as it was asked for."""
    if connection.dialect.name == "sqlite":  # nobody shares the work there
        return
    own = delete(claims).where(claims.c.crawl_run_id == run_id)
    if document.poll is not None:
        this = own.where(claims.c.kind == FEED, claims.c.key == str(document.poll.feed.id))
        connection.execute(this)
    if document.looks:
        asked = [(look.identity.source, look.identity.external_id) for look in document.looks]
        known = row_of(articles.c.source, articles.c.external_id)
        of_them = select(cast(articles.c.id, Text)).where(known.in_(asked))
        connection.execute(own.where(claims.c.kind == PAGE, claims.c.key.in_(of_them)))
    if document.picture is not None:
        url = document.picture.url
        connection.execute(own.where(claims.c.kind == PICTURE, claims.c.key == url))


def release_all(connection: Connection, run_id: int) -> None:
    """Give back all that a run still holds."""
    connection.execute(delete(claims).where(claims.c.crawl_run_id == run_id))
