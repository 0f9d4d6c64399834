"""The loop: what is due is started, what has ended is noted, what hangs is stopped.

What was done of each job stands in the archive, so that a scheduler that was killed, or one that
runs once an hour from a crontab, knows as much as one that has run for a year.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from newsarchive.config import Clock
from newsarchive.exceptions import ExitCode, StorageError
from newsarchive.scheduler.ledger import Ledger
from newsarchive.scheduler.plan import Job
from newsarchive.scheduler.planning import LONGEST_SLEEP, JobState, start_at, what_next
from newsarchive.storage import Job as KnownJob
from newsarchive.storage import Mark, Owner

logger = logging.getLogger(__name__)

GRACE = timedelta(seconds=90)
"""How long a job that was asked to end may take: its answers under way, and its last rows."""

TICK = timedelta(seconds=2)
"""How soon a job that ended is noticed."""

ELSEWHERE = timedelta(days=1)
"""How long a job that another host began, and did not end, is taken to be at work."""

LOOK_AROUND_EVERY = timedelta(minutes=15)
"""How often alarms are looked for while nothing ends."""


class Child(Protocol):
    """A job at work."""

    owner: Owner

    def find_exit_code(self) -> int | None:
        """Return how the job ended; None while it has not."""

    def stop(self) -> None:
        """Ask the job to end."""

    def kill(self) -> None:
        """End the job."""


class Runner(Protocol):
    """What starts jobs."""

    def start(self, job: Job) -> Child:
        """Start a job; raise OSError where that cannot be."""


@dataclass(slots=True)
class Running:
    """A job that was started, and what is known of how it gets on."""

    job: Job
    child: Child
    got_on_at: datetime
    mark: Mark | None = None
    stopped_at: datetime | None = None
    is_killed: bool = False


class Scheduler:
    """Keeps a plan. `run` returns when `stop` was called, or with `once` when all that is due ends.

    `clock`, `sleep` (seconds), `runner` and `look_around` (looks for alarms, with when each job is
    due; returns whether one was raised) are the world.
    """

    def __init__(
        self,
        plan: Sequence[Job],
        url: str,
        *,
        clock: Clock,
        sleep: Callable[[float], object],
        runner: Runner,
        is_alive: Callable[[Owner], bool],
        owner: Owner,
        look_around: Callable[[datetime, Mapping[str, datetime | None]], bool],
        longest_sleep: timedelta = LONGEST_SLEEP,
    ) -> None:
        self._plan = plan
        self._ledger = Ledger(url)
        self._clock = clock
        self._sleep = sleep
        self._runner = runner
        self._is_alive = is_alive
        self._owner = owner
        self._look_around = look_around
        self._longest_sleep = longest_sleep
        self._running: dict[str, Running] = {}
        self._exit_codes: list[int] = []
        self._raised = False
        self._looked_at = self._ticked_at = clock()
        self._is_stopping = False

    def stop(self) -> None:
        """Have `run` end: its jobs are asked to end, waited for, and then killed."""
        self._is_stopping = True

    def run(self, *, once: bool = False) -> int:
        """Keep the plan; return 0, or with `once` how the first job ended that did not end well."""
        done: set[str] = set()
        while not self._is_stopping:
            try:
                wake_at = self._tick(done if once else None)
            except StorageError as error:
                if once:
                    self._end_all()
                    raise
                logger.warning("The archive cannot be asked now: %s", error)
                wake_at = self._clock() + self._longest_sleep
            if once and not self._running:
                break
            self._sleep(max((wake_at - self._clock()).total_seconds(), 0))
        self._end_all()
        if once:
            now = self._clock()
            self._look(now, self._ledger.find_states(self._plan, self._is_at_work, now))
        self._ledger.close()
        return self._verdict() if once else 0

    def _verdict(self) -> int:
        failed = next((code for code in self._exit_codes if code), 0)
        return failed or (int(ExitCode.SOMETHING_FAILED) if self._raised else 0)

    def _tick(self, done: set[str] | None) -> datetime:
        """Do what is to be done now; return when to look again.

        With `done`, the names of what was started already, nothing is started twice.
        """
        now = self._clock()
        self._mind_the_gap(now)
        has_ended = self._reap(now)
        self._watch(now)
        states = self._ledger.find_states(self._plan, self._is_at_work, now)
        found = what_next(self._plan, states, now, self._longest_sleep)
        for job in found.start:
            if done is None or job.name not in done:
                self._start(job, now)
                if done is not None:
                    done.add(job.name)
        if has_ended or now - self._looked_at >= LOOK_AROUND_EVERY:
            self._look(now, states)
        return min(found.wake_at, now + TICK) if self._running else found.wake_at

    def _mind_the_gap(self, now: datetime) -> None:
        """After a sleep of the machine, let the crawl come first that ends the alarms of it."""
        if now - self._ticked_at > 2 * self._longest_sleep or now < self._ticked_at:
            logger.info("The clock went from %s to %s", self._ticked_at, now)
            self._looked_at = now
            for running in self._running.values():
                running.got_on_at = now
        self._ticked_at = now

    def _is_at_work(self, known: KnownJob) -> bool:
        """Return whether a job is being done: by us, by another, or by who outlived us."""
        if known.finished_at is not None:
            return False
        if known.name in self._running:
            return True
        if known.owner.host == self._owner.host:
            return self._is_alive(known.owner)
        return self._clock() - known.started_at < ELSEWHERE

    def _start(self, job: Job, now: datetime) -> None:
        if not self._ledger.begin(job, self._owner, self._is_at_work, now):
            return
        try:
            child = self._runner.start(job)
        except OSError as error:
            logger.warning("%s could not be started: %s", job.name, error)
            self._ledger.finish(job.name, int(ExitCode.BUG), now)
            self._exit_codes.append(int(ExitCode.BUG))
            return
        logger.info("%s begins: newsarchive %s", job.name, " ".join(job.command))
        self._running[job.name] = Running(job, child, now)
        self._ledger.hand(job.name, child.owner)

    def _reap(self, now: datetime) -> bool:
        """Note which jobs have ended; return whether any has."""
        ended = [
            (running, code)
            for running in self._running.values()
            if (code := running.child.find_exit_code()) is not None
        ]
        for running, code in ended:
            self._ledger.finish(running.job.name, code, now)
            del self._running[running.job.name]
            self._exit_codes.append(code if code >= 0 else int(ExitCode.BUG))
            level = logging.WARNING if code else logging.INFO
            logger.log(level, "%s ended with exit code %s", running.job.name, code)
        return bool(ended)

    def _watch(self, now: datetime) -> None:
        """Stop jobs that hang: crawls that do not get on, others that take too long."""
        for running in self._running.values():
            if running.job.source is not None:
                self._note_progress(running, running.job.source, now)
            if running.stopped_at is not None:
                self._kill_if_deaf(running, now)
            elif now - running.got_on_at > running.job.patience:
                logger.warning("%s hangs: it is stopped", running.job.name)
                running.child.stop()
                running.stopped_at = now

    def _note_progress(self, running: Running, source: str, now: datetime) -> None:
        """Note whether a crawl got on: what is stored grows, and the lease has its heartbeat."""
        mark, beaten_at = self._ledger.find_progress(source)
        is_silent = beaten_at is not None and now - beaten_at > running.job.patience
        if mark != running.mark and not is_silent:
            running.mark, running.got_on_at = mark, now

    def _kill_if_deaf(self, running: Running, now: datetime) -> None:
        is_deaf = running.stopped_at is not None and now - running.stopped_at > GRACE
        if is_deaf and not running.is_killed:
            logger.warning("%s does not end: it is killed", running.job.name)
            running.child.kill()
            running.is_killed = True

    def _look(self, now: datetime, states: Mapping[str, JobState]) -> None:
        """Look for alarms."""
        self._looked_at = now
        due = {
            job.name: start_at(job, states[job.name], now)
            for job in self._plan
            if job.source is None and not states[job.name].is_running
        }
        try:
            self._raised |= self._look_around(now, due)
        except StorageError as error:
            logger.warning("Nobody could look for alarms: %s", error)

    def _end_all(self) -> None:
        """Ask all jobs to end, wait for them, and kill those that do not hear."""
        for running in self._running.values():
            running.child.stop()
            running.stopped_at = self._clock()
        while self._running:
            now = self._clock()
            for running in self._running.values():
                self._kill_if_deaf(running, now)
            try:
                self._reap(now)
            except StorageError as error:
                logger.warning("How a job ended could not be noted: %s", error)
                return
            if self._running:
                self._sleep(TICK.total_seconds())
