"""What is to be started now, and when to look again: pure; the time is an argument.

What was missed, while the machine slept or nothing ran, is done once and not as often as it was
missed. What never ran is due at once. A time that lies ahead of now was noted by a clock that was
wrong, and does not count.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from newsarchive.cleaning.dates import AMSTERDAM, day_in_amsterdam
from newsarchive.exceptions import ExitCode
from newsarchive.scheduler.plan import Job

PAGES_WAIT = timedelta(minutes=15)
"""How long a page that is due waits for others, or for a feed, before it is a reason to crawl."""

LEFT_WAIT = timedelta(hours=1)
"""When to come back for pages that a crawl left, for its budget or its site's sake."""

RETRY = timedelta(hours=1)
"""When a job that failed is tried again, if it is not due before."""

LONGEST_SLEEP = timedelta(minutes=1)
"""How soon to look again whatever is planned: others crawl, too, and clocks are set."""

TOLD = frozenset({ExitCode.DONE, ExitCode.DAMAGE})
"""Exit codes of a job that did what it was for: damage is an answer, and not a failure."""


@dataclass(frozen=True, slots=True)
class JobState:
    """What is known of a job."""

    started_at: datetime | None = None
    finished_at: datetime | None = None
    exit_code: int | None = None
    is_running: bool = False
    feed_due_at: datetime | None = None  # of a crawl: when its first feed is
    page_due_at: datetime | None = None  # likewise


@dataclass(frozen=True, slots=True)
class Next:
    """What to do."""

    start: tuple[Job, ...]
    wake_at: datetime


NOTHING = JobState()


def what_next(
    plan: Sequence[Job],
    states: Mapping[str, JobState],
    now: datetime,
    longest_sleep: timedelta = LONGEST_SLEEP,
) -> Next:
    """Return the jobs of `plan` to start at `now`, and when to look again.

    Of each lane one runs at a time; those that are due longest come first.
    """
    busy = {job.lane for job in plan if states.get(job.name, NOTHING).is_running}
    times = {
        job: at
        for job in plan
        if not states.get(job.name, NOTHING).is_running
        and (at := start_at(job, states.get(job.name, NOTHING), now)) is not None
    }
    start: list[Job] = []
    for job in sorted((job for job in times if times[job] <= now), key=lambda job: times[job]):
        if job.lane not in busy:
            busy.add(job.lane)
            start.append(job)
    later = (at for at in times.values() if at > now)
    return Next(tuple(start), min([*later, now + longest_sleep]))


def start_at(job: Job, state: JobState, now: datetime) -> datetime | None:
    """Return when a job that is not running is due; None for not in sight."""
    started_at = state.started_at
    if started_at is not None and started_at > now:
        started_at = None
    return (_crawl_at if job.source else _run_at)(job, state, started_at, now)


def _crawl_at(
    job: Job, state: JobState, started_at: datetime | None, _now: datetime
) -> datetime | None:
    wanted = [*_given(state.feed_due_at)]
    for due_at in _given(state.page_due_at):
        was_left = started_at is not None and due_at < started_at
        wanted.append(started_at + LEFT_WAIT if was_left and started_at else due_at + PAGES_WAIT)
    if not wanted:
        return None
    return min(wanted) if started_at is None else max(min(wanted), started_at + job.every)


def _run_at(job: Job, state: JobState, started_at: datetime | None, now: datetime) -> datetime:
    if started_at is None:
        return now
    due_at = started_at + job.every
    if job.at is not None:
        # A moment of a night when the clock is changed is the first of its name, or as if the
        # clock had not been changed.
        day = day_in_amsterdam(started_at) + job.every
        due_at = datetime.combine(day, job.at, AMSTERDAM).astimezone(now.tzinfo)
    if state.finished_at is not None and state.exit_code in TOLD:
        return due_at
    ended_at = min(state.finished_at or started_at, now)
    return min(due_at, ended_at + RETRY)


def _given(moment: datetime | None) -> Iterable[datetime]:
    return () if moment is None else (moment,)
