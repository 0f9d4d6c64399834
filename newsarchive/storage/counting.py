"""What an archive's dashboard shows, counted; each question reads much, so ask seldom."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, literal, select

from newsarchive.storage.columns import UtcDateTime, by_code_point
from newsarchive.storage.schema import (
    articles,
    captures,
    crawl_runs,
    entries,
    feed_polls,
    feeds,
    media_files,
    revisions,
)


@dataclass(frozen=True, slots=True)
class PollFigures:
    """What a feed's polls of a period came to."""

    polls: int
    failed: int
    changed: int  # polls that found something new or changed
    overlap: float | None  # mean share of entries known before, where some were new
    gaps: int  # polls with entries none of which was known: some may have been missed


@dataclass(frozen=True, slots=True)
class RunSize:
    """What a crawl run added to the archive's files."""

    started_at: datetime
    captures: int
    size_bytes: int


def count_by_category(
    connection: Connection, since: date, until: date
) -> dict[tuple[date, str | None], int]:
    """Return how many articles were published on each day, by the first of their categories."""
    columns = articles.c
    # A position alone names no category: every source begins with 0, and all that only imports
    # know stand at the same one.
    name = by_code_point(connection, feeds.c.category)
    in_order = func.row_number().over(order_by=(feeds.c.position, name))
    ranked = select(feeds.c.id, feeds.c.category, in_order.label("rank")).subquery()
    statement = (
        select(columns.id, columns.published_on, func.min(ranked.c.rank).label("rank"))
        .join(entries, entries.c.article_id == columns.id, isouter=True)
        .join(ranked, ranked.c.id == entries.c.feed_id, isouter=True)
        .where(
            columns.published_on >= since,
            columns.published_on < until,
            columns.withheld_at.is_(None),
        )
        .group_by(columns.id, columns.published_on)
    )
    listed = connection.execute(select(ranked.c.rank, ranked.c.category))
    names = {row.rank: row.category for row in listed}
    found: Counter[tuple[date, str | None]] = Counter()
    for row in connection.execute(statement):
        found[row.published_on, names.get(row.rank)] += 1
    return dict(found)


def measure_polls(connection: Connection, since: datetime) -> dict[int, PollFigures]:
    """Return, by feed, what its polls since then came to."""
    columns = feed_polls.c
    statement = (
        select(columns.feed_id, columns.entries, columns.new, columns.changed, columns.error)
        .where(
            # Named one by one, the feeds lead into the index, which begins with them.
            columns.feed_id.in_(list(connection.execute(select(feeds.c.id)).scalars())),
            columns.polled_at >= literal(since, UtcDateTime),
        )
        .order_by(columns.polled_at)
    )
    by_feed: dict[int, list[Any]] = {}
    for row in connection.execute(statement):
        by_feed.setdefault(row.feed_id, []).append(row)
    return {feed_id: _poll_figures(rows) for feed_id, rows in by_feed.items()}


def _poll_figures(rows: Sequence[Any]) -> PollFigures:
    # Of a feed that nobody had asked before, all entries are new.
    telling = [row for row in rows[1:] if row.error is None and row.new and row.entries]
    shares = [1 - min(row.new, row.entries) / row.entries for row in telling]
    return PollFigures(
        polls=len(rows),
        failed=sum(row.error is not None for row in rows),
        changed=sum(bool(row.new or row.changed) for row in rows),
        overlap=sum(shares) / len(shares) if shares else None,
        gaps=sum(share == 0 for share in shares),
    )


def measure_runs(connection: Connection) -> list[RunSize]:
    """Return what each crawl run added to the WARC files, in order."""
    captured = (
        select(
            captures.c.crawl_run_id,
            func.count().label("captures"),
            func.sum(captures.c.warc_length).label("size_bytes"),
        )
        .group_by(captures.c.crawl_run_id)
        .subquery()
    )
    statement = (
        select(crawl_runs.c.started_at, captured.c.captures, captured.c.size_bytes)
        .join(captured, captured.c.crawl_run_id == crawl_runs.c.id)
        .order_by(crawl_runs.c.started_at)
    )
    return [
        RunSize(row.started_at, row.captures, int(row.size_bytes))
        for row in connection.execute(statement)
    ]


def count_holdings(connection: Connection) -> dict[str, int]:
    """Return how many articles (not those withheld), revisions and pictures are held.

    With `media_bytes`, the size of the pictures.
    """
    statement = select(
        select(func.count()).where(articles.c.withheld_at.is_(None)).scalar_subquery(),
        select(func.count()).select_from(revisions).scalar_subquery(),
        select(func.count()).select_from(media_files).scalar_subquery(),
        select(func.coalesce(func.sum(media_files.c.size_bytes), 0)).scalar_subquery(),
    )
    names = ("articles", "revisions", "pictures", "media_bytes")
    row = connection.execute(statement).one()
    return {name: int(value) for name, value in zip(names, row, strict=True)}
