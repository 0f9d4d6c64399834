"""Feeds: the catalogue's facts, what polling needs to know, and what a poll leaves behind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, or_, select, update

from newsarchive.feeds import pace, polling
from newsarchive.items import Poll
from newsarchive.model import Capture, Feed, FeedState, Validators
from newsarchive.sources import Source
from newsarchive.storage.captures import LABELLED, read_capture
from newsarchive.storage.columns import by_code_point
from newsarchive.storage.coverage import note_poll
from newsarchive.storage.engine import insert_missing
from newsarchive.storage.schema import articles, captures, entries, feed_polls, feeds, sources

UNLISTED_POSITION = 1000
"""Where a category stands that only imports know: behind the whole catalogue."""

NOT_MODIFIED = 304

RECENT_CHANGES = 20
"""Changes of a feed that tell its usual interval."""


def sync_source(connection: Connection, source: Source) -> None:
    """Write the source and its feeds as the catalogue has them; write nothing if they stand so."""
    name = source.name
    known_home = select(sources.c.homepage_url).where(sources.c.name == name)
    # Locked, since workers begin together: the second finds the feeds that the first wrote.
    locked = known_home.with_for_update(key_share=True)
    home = connection.execute(locked).scalar()
    if home is None:
        row = {"name": name, "homepage_url": source.homepage_url}
        connection.execute(insert_missing(connection, sources), row)
        home = connection.execute(locked).scalar()
    if home != source.homepage_url:
        moved = update(sources).where(sources.c.name == name)
        connection.execute(moved.values(homepage_url=source.homepage_url))
    rows = connection.execute(select(feeds).where(feeds.c.source == name))
    known = {row.slug: (row.category, row.position, row.url) for row in rows}
    for feed in source.feeds:
        facts = {"category": feed.category, "position": feed.position, "url": feed.url}
        if feed.slug not in known:
            connection.execute(insert(feeds), {"source": name, "slug": feed.slug, **facts})
        elif known[feed.slug] != tuple(facts.values()):
            this = (feeds.c.source == name) & (feeds.c.slug == feed.slug)
            # Validators are one address's own.
            has_moved = known[feed.slug][-1] != feed.url
            fresh = dict.fromkeys(("etag", "last_modified")) if has_moved else {}
            connection.execute(update(feeds).where(this).values({**facts, **fresh}))


def find_homepages(connection: Connection) -> dict[str, str]:
    """Return the homepage of each source, by its name."""
    rows = connection.execute(select(sources.c.name, sources.c.homepage_url))
    return {row.name: row.homepage_url for row in rows}


def find_sources(connection: Connection) -> Sequence[Mapping[str, Any]]:
    """Return each source, with the number of its articles and the time of its last poll."""
    held = select(func.count()).where(articles.c.source == sources.c.name).scalar_subquery()
    polled = select(func.max(feeds.c.last_polled_at)).where(feeds.c.source == sources.c.name)
    statement = select(
        sources.c.name,
        sources.c.homepage_url,
        held.label("articles"),
        polled.scalar_subquery().label("last_polled_at"),
    ).order_by(sources.c.name)
    return [dict(row) for row in connection.execute(statement).mappings()]


def find_states(connection: Connection, wanted: Sequence[Feed]) -> list[FeedState]:
    """Return what the archive knows of each feed of `wanted`, in that order."""
    if not wanted:
        return []
    statement = (
        select(feeds, *LABELLED)
        .join(captures, captures.c.id == feeds.c.last_capture_id, isouter=True)
        .where(feeds.c.source == wanted[0].source)
    )
    rows = {row.slug: row for row in connection.execute(statement)}
    return [_state(feed, rows[feed.slug]) for feed in wanted]


def _state(feed: Feed, row: Any) -> FeedState:
    return FeedState(
        id=row.id,
        feed=feed,
        validators=Validators(row.etag, row.last_modified),
        conditional_polls=row.conditional_polls,
        consecutive_failures=row.consecutive_failures,
        retry_after_at=row.retry_after_at,
        last_capture=read_capture(row, "capture_") if row.last_capture_id else None,
        last_polled_at=row.last_polled_at,
        last_error=row.last_error,
        next_poll_at=row.next_poll_at,
        interval=row.poll_interval_s and timedelta(seconds=row.poll_interval_s),
    )


def feed_ids(
    connection: Connection, source: str, named: Sequence[tuple[str | None, str | None]]
) -> dict[tuple[str | None, str | None], int | None]:
    """Return the feed of each (slug, category); a category that no feed has gets one of its own.

    An imported article may have a category that NOS has no feed for: its feed has no URL and
    is never polled. One that names a feed by its slug is that feed's. Without slug and category
    there is no feed.
    """
    rows = connection.execute(
        select(feeds.c.id, feeds.c.slug, feeds.c.category)
        .where(feeds.c.source == source)
        .order_by(feeds.c.position.desc())
    ).all()
    by_slug = {row.slug: row.id for row in rows}
    by_category = {row.category: row.id for row in rows}  # the first in the catalogue stays
    found: dict[tuple[str | None, str | None], int | None] = {}
    for slug, category in dict.fromkeys(named):
        if category and slug is None and category not in by_category:
            by_category[category] = by_slug.get(category) or _add_unlisted(
                connection, source, category
            )
        found[slug, category] = by_slug[slug] if slug else by_category.get(category)
    return found


def _add_unlisted(connection: Connection, source: str, category: str) -> int:
    values = {"source": source, "slug": category, "category": category}
    statement = insert(feeds).values(position=UNLISTED_POSITION, **values).returning(feeds.c.id)
    return int(connection.execute(statement).scalar_one())


@dataclass(frozen=True, slots=True)
class Listed:
    """How many entries a poll listed, and how many of them the feed had listed before."""

    entries: int = 0
    known: int = 0


def record_poll(
    connection: Connection,
    poll: Poll,
    run_id: int,
    capture_ids: Mapping[Capture, int],
    counts: Mapping[str, int],
    *,
    listed: Listed,
    slowest: timedelta,
) -> None:
    """Write a poll's row and what it changes in its feed's, validators included.

    Also what it tells of the time before it: see `newsarchive.storage.coverage`. A feed that is
    well is asked again after `slowest` at the latest.
    """
    last = list(capture_ids)[-1] if capture_ids else None
    capture_id, digest = (capture_ids[last], last.payload_digest) if last else (None, None)
    overlap = _overlap(poll, listed)
    row = {
        "feed_id": poll.feed.id,
        "crawl_run_id": run_id,
        "capture_id": capture_id,
        "polled_at": poll.polled_at,
        "status": poll.status,
        "error": poll.error,
        "overlap": overlap,
        "conditional": poll.conditional,
        **{name: counts.get(name, 0) for name in ("entries", "new", "changed")},
    }
    note_poll(connection, poll, run_id, slowest, overlap)
    connection.execute(insert(feed_polls), row)
    this = update(feeds).where(feeds.c.id == poll.feed.id)
    is_changed = bool(counts.get("new", 0) or counts.get("changed", 0))
    values = _after(poll, _interval(poll, listed, slowest), is_changed=is_changed)
    known = poll.feed.last_capture
    if poll.validators is not None and (known is None or known.payload_digest != digest):
        # The first record of a payload: those that repeat it refer to it.
        values["last_capture_id"] = capture_id
    connection.execute(this.values(values))


def _overlap(poll: Poll, listed: Listed) -> float | None:
    if poll.error is not None:
        return None
    if poll.status == NOT_MODIFIED:
        return 1.0
    return listed.known / listed.entries if listed.entries else None


def _interval(poll: Poll, listed: Listed, slowest: timedelta) -> timedelta:
    """Return how long a feed that is well goes unasked from this poll on."""
    state = poll.feed
    interval = min(state.interval or slowest, slowest)
    if poll.error is not None or state.last_error is not None or state.last_polled_at is None:
        return interval
    elapsed = poll.polled_at - state.last_polled_at
    showing = pace.Showing(elapsed, listed.entries, listed.known, poll.wish)
    return pace.next_interval(interval, showing, slowest)


def _after(poll: Poll, interval: timedelta, *, is_changed: bool) -> dict[str, Any]:
    failures = poll.feed.consecutive_failures + 1 if poll.error else 0
    values: dict[str, Any] = {
        "last_polled_at": poll.polled_at,
        "next_poll_at": polling.next_poll(poll.polled_at, failures, poll.retry_after_at, interval),
        "poll_interval_s": round(interval.total_seconds()),
        "last_error": poll.error,
        "retry_after_at": poll.retry_after_at,
        "consecutive_failures": feeds.c.consecutive_failures + 1 if poll.error else 0,
    }
    if poll.error is None:
        values["conditional_polls"] = feeds.c.conditional_polls + 1 if poll.conditional else 0
    if poll.validators is not None:
        values["etag"] = poll.validators.etag
        values["last_modified"] = poll.validators.last_modified
        values["title"] = func.coalesce(poll.title, feeds.c.title)
    if is_changed:
        values["last_changed_at"] = poll.polled_at
    return values


def find_feeds(connection: Connection) -> list[dict[str, Any]]:
    """Return each feed that was ever polled or has entries, in the catalogue's order.

    Beside its columns: the number of `entries`, when it last succeeded (`last_success_at`), its
    usual interval between changes in seconds (`usual_interval_s`), and its `health`.
    """
    counted = select(func.count()).where(entries.c.feed_id == feeds.c.id).scalar_subquery()
    statement = (
        select(feeds, counted.label("entries"))
        .where(or_(feeds.c.last_polled_at.is_not(None), counted > 0))
        .order_by(feeds.c.source, feeds.c.position, by_code_point(connection, feeds.c.slug))
    )
    rows = [dict(row) for row in connection.execute(statement).mappings()]
    return [{**row, **_answering(connection, row)} for row in rows]


def _answering(connection: Connection, feed: Mapping[str, Any]) -> dict[str, Any]:
    succeeded = _latest_polls(connection, feed["id"], feed_polls.c.error.is_(None), 1)
    changed = _latest_polls(
        connection, feed["id"], feed_polls.c.new + feed_polls.c.changed > 0, RECENT_CHANGES
    )
    last_success_at = succeeded[0] if succeeded else None
    usual = polling.usual_interval(changed[::-1])
    return {
        "last_success_at": last_success_at,
        "usual_interval_s": usual and round(usual.total_seconds()),
        "health": polling.judge_health(
            feed["consecutive_failures"], last_success_at, feed["last_changed_at"], usual
        ),
    }


def _latest_polls(
    connection: Connection, feed_id: int, which: ColumnElement[bool], limit: int
) -> list[datetime]:
    """Return the times of a feed's polls of which `which` holds, the latest first."""
    statement = (
        select(feed_polls.c.polled_at)
        .where(feed_polls.c.feed_id == feed_id, which)
        .order_by(feed_polls.c.polled_at.desc())
        .limit(limit)
    )
    return list(connection.execute(statement).scalars())
