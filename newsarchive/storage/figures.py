"""Figures of a whole archive for people who look: what comes in, how feeds answer, how it grows."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, case, func, literal, literal_column, select

from newsarchive.storage.columns import UtcDateTime
from newsarchive.storage.schema import (
    articles,
    captures,
    crawl_runs,
    feed_polls,
    feeds,
    media_files,
    revisions,
)
from newsarchive.storage.views.articles import CATEGORY


@dataclass(frozen=True, slots=True)
class PollFigures:
    """What the polls of one feed came to."""

    polls: int
    failed: int
    overlap: float | None  # the mean share of what a poll showed that was known before
    gaps: int  # polls that showed nothing that was known before


@dataclass(frozen=True, slots=True)
class RunSize:
    """What one crawl run added to the WARC files."""

    started_at: datetime
    size_bytes: int


def count_by_category(
    connection: Connection, since: date, until: date
) -> dict[tuple[date, str | None], int]:
    """Return how many articles were published on each day, by their first category."""
    first: ColumnElement[str | None] = literal_column(CATEGORY.replace("a.id", "articles.id"))
    days = articles.c.published_on
    shown = (
        select(days.label("day"), first.label("category"))
        .where(days >= since, days < until, articles.c.withheld_at.is_(None))
        .subquery()
    )
    counted = select(shown.c.day, shown.c.category, func.count()).group_by(
        shown.c.day, shown.c.category
    )
    return {(day, name): many for day, name, many in connection.execute(counted)}


def measure_polls(connection: Connection, since: datetime) -> dict[int, PollFigures]:
    """Return, by feed, what its polls since then came to."""
    polls = feed_polls.c
    counted = (
        select(
            polls.feed_id,
            func.count(),
            func.coalesce(func.sum(case((polls.error.is_not(None), 1), else_=0)), 0),
            func.avg(polls.overlap),
            func.coalesce(func.sum(case((polls.overlap == 0, 1), else_=0)), 0),
        )
        # By feed, as the index has them.
        .where(polls.feed_id.in_(select(feeds.c.id)))
        .where(polls.polled_at >= literal(since, UtcDateTime))
        .group_by(polls.feed_id)
    )
    return {
        feed_id: PollFigures(many, failed, overlap, gaps)
        for feed_id, many, failed, overlap, gaps in connection.execute(counted)
    }


def measure_runs(connection: Connection) -> list[RunSize]:
    """Return what each crawl run added to the WARC files, in order."""
    measured = (
        select(crawl_runs.c.started_at, func.sum(captures.c.warc_length))
        .join(captures, captures.c.crawl_run_id == crawl_runs.c.id)
        .group_by(crawl_runs.c.id, crawl_runs.c.started_at)
        .order_by(crawl_runs.c.id)
    )
    return [RunSize(started_at, int(size)) for started_at, size in connection.execute(measured)]


def count_holdings(connection: Connection) -> dict[str, int]:
    """Return how many articles, revisions and pictures are held; and `media_bytes`."""
    shown = select(func.count()).where(articles.c.withheld_at.is_(None))
    size = select(func.coalesce(func.sum(media_files.c.size_bytes), 0))
    return {
        "articles": connection.execute(shown).scalar_one(),
        "revisions": connection.execute(select(func.count()).select_from(revisions)).scalar_one(),
        "pictures": connection.execute(select(func.count()).select_from(media_files)).scalar_one(),
        "media_bytes": int(connection.execute(size).scalar_one()),
    }
