"""What a poll tells of the time before it: whether we saw the feed, and if not, why not.

An outage lasts from the last time that a feed was seen to the next time, in stretches of one kind
each that follow on each other. The ordinary time between two polls is none. Pure: the times are
arguments; a clock that was set back makes no outage.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from newsarchive.model import FeedState, OutageKind


@dataclass(frozen=True, slots=True)
class Outage:
    """A stretch of time in which a feed was not seen."""

    kind: OutageKind
    began_at: datetime
    ended_at: datetime | None  # None: it goes on
    reason: str


@dataclass(frozen=True, slots=True)
class Sight:
    """What a poll leaves in the ledger."""

    begun: tuple[Outage, ...] = ()
    open_ends_at: datetime | None = None  # when the outage that was going on did; None: it still is
    overlaps: bool | None = None  # whether nothing can have been missed before; None: not known


def grace(slowest: timedelta) -> timedelta:
    """Return by how much a poll may be late before nobody was looking: half of `slowest`."""
    return slowest / 2


def is_late(
    last_polled_at: datetime | None, planned_at: datetime | None, at: datetime, slowest: timedelta
) -> bool:
    """Tell whether a poll `at` comes later than planned, and than `slowest`, and than grace.

    The plan counts where it is further: after a failure, and where a server asked for a pause.
    """
    if last_polled_at is None:
        return False
    longest = last_polled_at + slowest
    return at > max(planned_at or longest, longest) + grace(slowest)


def judge_poll(
    state: FeedState,
    at: datetime,
    error: str | None,
    slowest: timedelta,
    *,
    overlaps: bool | None = None,
) -> Sight:
    """Return what a poll `at` that moment tells, of a feed in `state` before it.

    `error` says how it failed. `overlaps` says of a good poll whether it shows anything that the
    feed had listed before; None where that cannot be told.
    """
    before, was_failing = state.last_polled_at, state.last_error is not None
    begun = []
    late = is_late(before, state.next_poll_at, at, slowest)
    if before is not None and late:
        begun.append(Outage(OutageKind.NOT_POLLED, before, at, "nobody asked"))
    if error is not None and (late or not was_failing):
        since = at if before is None or late else min(before, at)
        begun.append(Outage(OutageKind.UNREACHABLE, since, None, error))
    if error is None and overlaps is False and before and not late and not was_failing:
        reason = "nothing that the feed showed before was left"
        begun.append(Outage(OutageKind.NO_OVERLAP, min(before, at), at, reason))
    ends_at = None
    if was_failing and (late or error is None):
        ends_at = before if late else at
    return Sight(tuple(begun), ends_at, overlaps if error is None else None)
