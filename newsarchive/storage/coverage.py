"""Outages: what each poll leaves in the ledger of when a feed was seen and when it was not.

Written in the transaction of the poll itself, or of the run's end where only that can tell. A
replay of old polls writes none: the files do not tell of polls that were answered 304.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, case, func, insert, or_, select, update

from newsarchive.feeds.coverage import Outage, Sight, grace, is_late, judge_poll
from newsarchive.feeds.polling import FIRST_BACK_OFF
from newsarchive.items import Poll
from newsarchive.model import OutageKind, Outcome
from newsarchive.storage.coverage_schema import outages
from newsarchive.storage.schema import crawl_runs, feed_polls, feeds

FEWEST_ASKED = 2
"""Feeds that failed together before it is our own outage: of one alone nobody can tell."""


def note_poll(
    connection: Connection, poll: Poll, run_id: int, slowest: timedelta, overlap: float | None
) -> None:
    """Write what a poll tells of the time since the one before.

    `overlap` is the share of what it shows that the feed had listed before; None: not known.
    """
    overlaps = None if overlap is None else overlap > 0
    if overlaps is False and not _has_shown(connection, poll):
        overlaps = None  # its first entries ever
    sight = judge_poll(poll.feed, poll.polled_at, poll.error, slowest, overlaps=overlaps)
    if not sight.begun and poll.feed.last_error is None:
        return
    if is_replayed(connection, poll.polled_at, run_id):
        sight = replace(sight, begun=())
    _write(connection, poll.feed.id, run_id, sight)


def _has_shown(connection: Connection, poll: Poll) -> bool:
    statement = select(feed_polls.c.id).where(
        feed_polls.c.feed_id == poll.feed.id,
        feed_polls.c.entries > 0,
        feed_polls.c.error.is_(None),
    )
    return connection.execute(statement.limit(1)).first() is not None


def is_replayed(connection: Connection, at: datetime, run_id: int) -> bool:
    """Return whether a run tells of a moment before it began: of what was recorded earlier."""
    began = select(crawl_runs.c.started_at).where(crawl_runs.c.id == run_id)
    started_at: datetime = connection.execute(began).scalar_one()
    return at < started_at


def _write(connection: Connection, feed_id: int, run_id: int, sight: Sight) -> None:
    this = outages.c.feed_id == feed_id
    if sight.open_ends_at is not None:
        _end(connection, and_(this, outages.c.ended_at.is_(None)), sight.open_ends_at, run_id)
    if sight.begun:
        connection.execute(insert(outages), [_row(feed_id, run_id, one) for one in sight.begun])
    if sight.overlaps is not None:
        unknown = update(outages).where(this, outages.c.has_overlap.is_(None))
        connection.execute(unknown.values(has_overlap=sight.overlaps))


def _end(connection: Connection, which: Any, at: datetime, run_id: int) -> None:
    # Not before it began, whatever the clock says.
    ended_at = case((outages.c.began_at > at, outages.c.began_at), else_=at)
    ended = update(outages).where(which)
    connection.execute(ended.values(ended_at=ended_at, ended_crawl_run_id=run_id))


def _row(feed_id: int, run_id: int, outage: Outage) -> dict[str, Any]:
    return {
        "feed_id": feed_id,
        "kind": outage.kind,
        "began_at": outage.began_at,
        "ended_at": outage.ended_at,
        "crawl_run_id": run_id,
        "ended_crawl_run_id": run_id if outage.ended_at else None,
        "reason": outage.reason,
    }


def settle_run(connection: Connection, run_id: int, outcome: Outcome, now: datetime) -> None:
    """Tell our own outages from the feeds', which only a run's end can.

    Where nothing at all was reached, no feed is to blame: its failure does not count, and it is
    due again soon. Where something was, a feed that still fails does so by itself.
    """
    failed = connection.execute(_failed_in(run_id)).all()
    if not failed:
        return
    if outcome is Outcome.UNREACHABLE:
        if len(failed) >= FEWEST_ASKED:
            _forgive(connection, run_id, [row.id for row in failed], now)
        return
    for row in failed:
        _blame(connection, run_id, row)


def _failed_in(run_id: int) -> Select[Any]:
    """Ask for the feeds whose last poll was this run's, and failed; with their last error."""
    this = and_(
        feed_polls.c.feed_id == feeds.c.id, feed_polls.c.polled_at == feeds.c.last_polled_at
    )
    return (
        select(feeds.c.id, feeds.c.last_error, crawl_runs.c.started_at)
        .join(crawl_runs, crawl_runs.c.source == feeds.c.source)
        .join(feed_polls, this)
        .where(
            crawl_runs.c.id == run_id,
            feed_polls.c.crawl_run_id == run_id,
            feeds.c.last_error.is_not(None),
        )
        .order_by(feeds.c.id)
    )


def _forgive(connection: Connection, run_id: int, feed_ids: Sequence[int], now: datetime) -> None:
    counted = and_(feeds.c.id.in_(feed_ids), feeds.c.consecutive_failures > 0)
    connection.execute(
        update(feeds)
        .where(counted)
        .values(
            consecutive_failures=feeds.c.consecutive_failures - 1,
            next_poll_at=now + FIRST_BACK_OFF,
        )
    )
    begun = and_(outages.c.feed_id.in_(feed_ids), outages.c.ended_at.is_(None))
    by_this = update(outages).where(begun, outages.c.crawl_run_id == run_id)
    connection.execute(by_this.values(kind=OutageKind.OFFLINE))


def _blame(connection: Connection, run_id: int, feed: Row[Any]) -> None:
    ours = and_(
        outages.c.feed_id == feed.id,
        outages.c.kind == OutageKind.OFFLINE,
        outages.c.ended_at.is_(None),
    )
    if connection.execute(select(outages.c.id).where(ours)).first() is None:
        return
    _end(connection, ours, feed.started_at, run_id)
    theirs = Outage(OutageKind.UNREACHABLE, feed.started_at, None, feed.last_error)
    connection.execute(insert(outages), _row(feed.id, run_id, theirs))


def find_outages(
    connection: Connection, since: datetime | None, limit: int | None
) -> list[dict[str, Any]]:
    """Return outages that had not ended by `since`, the latest first; those going on before all."""
    statement = (
        select(feeds.c.source, feeds.c.slug, feeds.c.category, outages)
        .join(feeds, feeds.c.id == outages.c.feed_id)
        .order_by(
            outages.c.ended_at.is_not(None),
            outages.c.began_at.desc(),
            feeds.c.position,
            outages.c.id.desc(),
        )
        .limit(limit)
    )
    if since is not None:
        statement = statement.where(or_(outages.c.ended_at.is_(None), outages.c.ended_at > since))
    return [dict(row) for row in connection.execute(statement).mappings()]


def find_unasked(connection: Connection, now: datetime, slowest: timedelta) -> list[dict[str, Any]]:
    """Return the outages that no row tells of yet, since nobody has asked again.

    Of each source, those of the feeds that were asked when it was asked last.
    """
    latest = (
        select(feeds.c.source, func.max(feeds.c.last_polled_at).label("at"))
        .group_by(feeds.c.source)
        .subquery()
    )
    statement = (
        select(feeds, latest.c.at.label("latest_at"))
        .join(latest, latest.c.source == feeds.c.source)
        .where(feeds.c.last_polled_at.is_not(None))
        .order_by(feeds.c.source, feeds.c.position)
    )
    return [
        _standing(row)
        for row in connection.execute(statement)
        if row.latest_at - row.last_polled_at <= slowest + grace(slowest)
        and is_late(row.last_polled_at, row.next_poll_at, now, slowest)
    ]


def _standing(feed: Row[Any]) -> dict[str, Any]:
    return {
        "source": feed.source,
        "slug": feed.slug,
        "category": feed.category,
        "id": None,
        "feed_id": feed.id,
        "kind": OutageKind.NOT_POLLED.value,
        "began_at": feed.last_polled_at,
        "ended_at": None,
        "has_overlap": None,
        "crawl_run_id": None,
        "ended_crawl_run_id": None,
        "reason": "nobody asked",
    }
