"""When to ask a feed again, with which validators, and what to think of how it answers.

Pure: the time is an argument.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum

from newsarchive.feeds.pace import SLOWEST
from newsarchive.model import FeedState, Validators

UNCONDITIONAL_EVERY = 24
"""One poll in so many asks without validators: hourly polls do so once a day."""

LONGEST_RETRY_AFTER = timedelta(days=1)
"""A server that asks for more is asked again after this: no feed goes quiet for ever."""

FIRST_BACK_OFF, LONGEST_BACK_OFF = timedelta(minutes=15), timedelta(days=1)
"""Until the next poll after the first failure, and after ever so many."""

TOGETHER = timedelta(minutes=5)
"""Feeds that are due so shortly one after the other are asked in one crawl."""

QUIET_INTERVALS = 3
"""A feed that has not changed for so many times its usual interval is quiet."""

SHORTEST_QUIET = timedelta(days=1)
"""However often a feed changes by day: there are nights, and holidays."""

QUIET_WITHOUT_HISTORY = timedelta(days=7)
"""When a feed is quiet whose usual interval nobody knows yet."""

FEWEST_CHANGES = 5
"""Changes that it takes to speak of a usual interval."""


class Health(StrEnum):
    """What can be said of a feed by the way it answers."""

    WELL = "well"
    FAILING = "failing"  # its last poll failed
    QUIET = "quiet"  # it answers, but says nothing new for longer than is usual


def parse_retry_after(value: str | None, now: datetime) -> datetime | None:
    """Return when a `Retry-After` header (RFC 9110, 10.2.3) lets us come back, in UTC.

    Seconds and HTTP dates are read, at most `LONGEST_RETRY_AFTER` ahead of `now`; None for a
    time that has passed and for anything else.
    """
    text = (value or "").strip()
    latest = (now + LONGEST_RETRY_AFTER).astimezone(UTC)
    moment = _after_seconds(text, now, latest) if text.isdigit() else _http_date(text)
    if moment is None or moment <= now:
        return None
    return min(moment, latest).astimezone(UTC)


def may_poll(state: FeedState, now: datetime) -> bool:
    """Tell whether the server's `Retry-After`, if it gave one, has passed.

    One that is further ahead than we ever note it was noted by a clock that was wrong.
    """
    wait = (state.retry_after_at or now) - now
    return not timedelta() < wait <= LONGEST_RETRY_AFTER


def due_at(planned_at: datetime | None, now: datetime) -> datetime:
    """Return when a feed is due by its plan: `now` where there is none yet.

    So too where that is further ahead than we ever plan: a clock was wrong then.
    """
    is_sound = planned_at is not None and planned_at - now <= LONGEST_BACK_OFF
    return planned_at if planned_at is not None and is_sound else now


def is_due(planned_at: datetime | None, now: datetime) -> bool:
    """Tell whether to ask a feed now; what is due within `TOGETHER` goes along."""
    return due_at(planned_at, now) - now <= TOGETHER


def next_poll(
    polled_at: datetime,
    failures: int,
    retry_after_at: datetime | None,
    interval: timedelta = SLOWEST,
) -> datetime:
    """Return when a feed is due that was polled at `polled_at`, `failures` times in vain by then.

    An `interval` later when that poll succeeded; else after a time that doubles with every failure
    in a row, from `FIRST_BACK_OFF` to `LONGEST_BACK_OFF`, and not before the server's
    `Retry-After`.
    """
    if not failures:
        return polled_at + interval
    doublings = min(failures - 1, (LONGEST_BACK_OFF // FIRST_BACK_OFF).bit_length())
    backed_off = polled_at + min(FIRST_BACK_OFF * (1 << doublings), LONGEST_BACK_OFF)
    return max(backed_off, retry_after_at) if retry_after_at else backed_off


def usual_interval(changes: Sequence[datetime]) -> timedelta | None:
    """Return the mean time between `changes`, in order of time; None where they are too few."""
    if len(changes) < FEWEST_CHANGES:
        return None
    return (changes[-1] - changes[0]) / (len(changes) - 1)


def judge_health(
    failures: int,
    last_success_at: datetime | None,
    last_changed_at: datetime | None,
    usual: timedelta | None,
) -> Health:
    """Return how a feed is, from its failures in a row and how long it has said nothing new.

    That is counted up to its last good answer, since while nobody asks no feed can be quiet.
    """
    if failures:
        return Health.FAILING
    if last_success_at is None or last_changed_at is None:
        return Health.WELL
    patience = QUIET_WITHOUT_HISTORY if usual is None else usual * QUIET_INTERVALS
    is_quiet = last_success_at - last_changed_at > max(patience, SHORTEST_QUIET)
    return Health.QUIET if is_quiet else Health.WELL


def is_conditional(state: FeedState, *, full: bool) -> bool:
    """Tell whether to ask for the feed only if it changed.

    Not when a `full` poll was asked for or there is nothing to ask with; and every
    `UNCONDITIONAL_EVERY`th time not either, since servers answer 304 to a feed that did change.
    """
    if full or state.validators == Validators():
        return False
    return state.conditional_polls < UNCONDITIONAL_EVERY - 1


def conditional_headers(validators: Validators) -> dict[str, str]:
    """Return the request headers that ask conditionally (RFC 9110, 13.1), values verbatim."""
    headers = {
        "If-None-Match": validators.etag,
        "If-Modified-Since": validators.last_modified,
    }
    return {name: value for name, value in headers.items() if value}


def read_validators(headers: Mapping[str, str]) -> Validators:
    """Return the validators of one 200, verbatim; `headers` has lower-case names."""
    return Validators(
        etag=headers.get("etag") or None,
        last_modified=headers.get("last-modified") or None,
    )


def _after_seconds(digits: str, now: datetime, latest: datetime) -> datetime | None:
    if not digits.isascii():
        return None
    # A number too long to be a day of seconds may be too long for an int as well.
    significant = digits.lstrip("0")
    if len(significant) > len(str(LONGEST_RETRY_AFTER // timedelta(seconds=1))):
        return latest
    return now.astimezone(UTC) + timedelta(seconds=int(significant or "0"))


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    # HTTP dates are in GMT even where, as in asctime's form, they do not say so.
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
