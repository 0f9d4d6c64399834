"""Figures of how an archive does, for alarms and metrics; each from a bounded number of rows."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import Connection, and_, case, func, select

from newsarchive.alarms import FEWEST_LOOKS, FeedFigures, JobFigures, SourceFigures
from newsarchive.feeds.polling import due_at
from newsarchive.model import Kind, LookOutcome, Origin, OutageKind
from newsarchive.storage.coverage_schema import jobs, outages
from newsarchive.storage.feeds import find_feeds
from newsarchive.storage.schema import articles, crawl_runs, feed_polls, feeds, looks, revisions

OK, NOT_MODIFIED = 200, 304

FROZEN_FOR = timedelta(days=3)
"""How far back polls are counted: long enough for two unconditional ones."""

RECENT, USUAL = timedelta(days=1), timedelta(days=30)

RUNS = 50
"""Runs of a source among which the last with a fair number of looks is sought."""

UNREADABLE = (LookOutcome.UNKNOWN_FORM, LookOutcome.INCOMPLETE)


def find_feed_figures(connection: Connection, now: datetime) -> list[FeedFigures]:
    """Return how each feed that was ever polled answers."""
    return [_of_feed(connection, feed, now) for feed in find_feeds(connection)]


def _of_feed(connection: Connection, feed: Mapping[str, Any], now: datetime) -> FeedFigures:
    polls = feed_polls.c
    this = and_(polls.feed_id == feed["id"], polls.polled_at >= now - FROZEN_FOR)
    has_news = and_(polls.new + polls.changed > 0, polls.overlap > 0)
    counted = select(
        _count(and_(polls.conditional, polls.status == NOT_MODIFIED)),
        _count(and_(polls.conditional, polls.status == OK)),
        _count(and_(~polls.conditional, has_news)),
    ).where(this)
    unmodified, modified, news_behind = connection.execute(counted).one()
    last = select(polls.overlap).where(polls.feed_id == feed["id"], polls.overlap.is_not(None))
    return FeedFigures(
        source=feed["source"],
        slug=feed["slug"],
        health=feed["health"],
        consecutive_failures=feed["consecutive_failures"],
        last_error=feed["last_error"],
        last_polled_at=feed["last_polled_at"],
        last_success_at=feed["last_success_at"],
        last_changed_at=feed["last_changed_at"],
        interval_s=feed["poll_interval_s"],
        overlap=connection.execute(last.order_by(polls.polled_at.desc()).limit(1)).scalar(),
        unmodified=unmodified,
        modified=modified,
        news_behind=news_behind,
    )


def _count(which: Any) -> Any:
    return func.coalesce(func.sum(case((which, 1), else_=0)), 0)


def find_source_figures(connection: Connection, now: datetime) -> list[SourceFigures]:
    """Return how each source that was ever crawled is, and how its pages read."""
    crawled = select(feeds.c.source).where(feeds.c.last_polled_at.is_not(None)).distinct()
    names = connection.execute(crawled.order_by(feeds.c.source)).scalars().all()
    return [_of_source(connection, name, now) for name in names]


def _of_source(connection: Connection, source: str, now: datetime) -> SourceFigures:
    ended = (
        select(crawl_runs.c.outcome, crawl_runs.c.started_at)
        .where(crawl_runs.c.source == source, crawl_runs.c.finished_at.is_not(None))
        .order_by(crawl_runs.c.id.desc())
    )
    last = connection.execute(ended.limit(1)).first()
    waiting = select(func.count()).where(
        articles.c.source == source, articles.c.next_check_at <= now
    )
    recent = _words(connection, source, now - RECENT, now)
    usual = _words(connection, source, now - RECENT - USUAL, now - RECENT)
    return SourceFigures(
        name=source,
        is_offline=_is_offline(connection, source),
        last_outcome=last and last.outcome,
        last_started_at=last and last.started_at,
        due_at=_first_due(connection, source, now),
        pages_due=connection.execute(waiting).scalar_one(),
        words=median(recent) if recent else 0,
        articles=len(recent),
        usual_words=median(usual) if usual else 0,
        usual_articles=len(usual),
        **_count_looks(connection, source),
    )


def _is_offline(connection: Connection, source: str) -> bool:
    standing = (
        select(outages.c.id)
        .join(feeds, feeds.c.id == outages.c.feed_id)
        .where(
            feeds.c.source == source,
            outages.c.kind == OutageKind.OFFLINE,
            outages.c.ended_at.is_(None),
        )
    )
    return connection.execute(standing.limit(1)).first() is not None


def _first_due(connection: Connection, source: str, now: datetime) -> datetime | None:
    """Return when the first feed is due of those that were asked when the source was last."""
    polled = select(func.max(feeds.c.last_polled_at)).where(feeds.c.source == source)
    latest = connection.execute(polled).scalar()
    if latest is None:
        return None
    asked = select(feeds.c.next_poll_at).where(
        feeds.c.source == source, feeds.c.last_polled_at >= latest - RECENT
    )
    return min(due_at(planned_at, now) for planned_at in connection.execute(asked).scalars())


def _words(connection: Connection, source: str, since: datetime, until: datetime) -> list[int]:
    """Return the length of each article whose page was first read in that time."""
    columns = revisions.c
    statement = (
        select(columns.word_count)
        .join(articles, articles.c.id == columns.article_id)
        .where(
            columns.observed_at >= since,
            columns.observed_at < until,
            columns.origin == Origin.PAGE,
            columns.number == 1,
            articles.c.source == source,
            articles.c.kind == Kind.ARTICLE,
        )
    )
    return list(connection.execute(statement).scalars())


def _count_looks(connection: Connection, source: str) -> dict[str, int]:
    """Count the looks of the last run that made a fair number of them, and what they came to."""
    run = _find_looking_run(connection, source)
    if run is None:
        return {}
    run_id, started_at = run
    # By the time, which has an index; the run's own number tells them from other runs'.
    of_run = and_(looks.c.captured_at >= started_at, looks.c.crawl_run_id == run_id)
    earlier = looks.alias()
    was_read = (
        select(earlier.c.id)
        .where(earlier.c.article_id == looks.c.article_id, earlier.c.id < looks.c.id)
        .where(earlier.c.outcome == LookOutcome.READ)
        .exists()
    )
    is_well = looks.c.outcome.in_([LookOutcome.READ, LookOutcome.NOT_MODIFIED])
    counted = select(
        func.count(),
        _count(and_(is_well, was_read)),
        _count(looks.c.outcome.in_(UNREADABLE)),
    ).where(of_run)
    total, again, unreadable = connection.execute(counted).one()
    changed = select(func.count()).where(
        revisions.c.observed_at >= started_at,
        revisions.c.crawl_run_id == run_id,
        revisions.c.origin == Origin.PAGE,
        revisions.c.number > 1,
    )
    return {
        "looks": total,
        "looks_again": again,
        "changed": connection.execute(changed).scalar_one(),
        "unreadable": unreadable,
    }


def _find_looking_run(connection: Connection, source: str) -> tuple[int, datetime] | None:
    """Return the source's last run with `FEWEST_LOOKS` or more, by the counters that it left."""
    statement = (
        select(crawl_runs.c.id, crawl_runs.c.started_at, crawl_runs.c.counters)
        .where(crawl_runs.c.source == source, crawl_runs.c.finished_at.is_not(None))
        .order_by(crawl_runs.c.id.desc())
        .limit(RUNS)
    )
    for row in connection.execute(statement):
        names = (name for name in row.counters if name.startswith("pages_"))
        if sum(row.counters[name] for name in names) >= FEWEST_LOOKS:
            return row.id, row.started_at
    return None


def find_job_figures(
    connection: Connection, due: Mapping[str, datetime | None]
) -> list[JobFigures]:
    """Return what the schedule did of each of its jobs; `due` says when those of the plan are."""
    rows = connection.execute(select(jobs).order_by(jobs.c.name))
    return [
        JobFigures(
            row.name,
            row.command,
            row.started_at,
            row.finished_at,
            row.exit_code,
            due.get(row.name),
        )
        for row in rows
    ]
