"""What the schedule and the alarms ask: `Archive.watch`, a part of the front door."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from newsarchive.alarms import Alarm, Figures
from newsarchive.storage import alarms, jobs, vitals
from newsarchive.storage.jobs import Due, Job, Mark
from newsarchive.storage.runs import Owner

Row = dict[str, Any]


class WatchDoor:
    """Jobs and alarms of an open archive; each method is one transaction of it."""

    def __init__(self, transaction: Callable[[], AbstractContextManager[Connection]]) -> None:
        self._transaction = transaction

    # Jobs of the schedule.

    def find_jobs(self) -> list[Job]:
        """Return what was last done of each job."""
        with self._transaction() as connection:
            return jobs.find_jobs(connection)

    def begin_job(
        self,
        name: str,
        command: str,
        owner: Owner,
        *,
        now: datetime,
        is_at_work: Callable[[Job], bool],
    ) -> bool:
        """Note that `owner` begins a job; return False where another is at it, by `is_at_work`."""
        with self._transaction() as connection:
            return jobs.begin_job(connection, name, command, owner, now=now, is_at_work=is_at_work)

    def hand_job(self, name: str, owner: Owner) -> None:
        """Note the process that does a job: it may outlive the one that began it."""
        with self._transaction() as connection:
            jobs.hand_job(connection, name, owner)

    def finish_job(self, name: str, exit_code: int, now: datetime) -> None:
        """Note how a job ended."""
        with self._transaction() as connection:
            jobs.finish_job(connection, name, exit_code, now)

    def find_due(self, source: str, slugs: Sequence[str]) -> Due:
        """Return when these feeds of a source, and its first page, are due."""
        with self._transaction() as connection:
            return jobs.find_due(connection, source, slugs)

    def find_heartbeat(self, lease: str) -> datetime | None:
        """Return the last sign of life of those who hold a lease; None where nobody does."""
        with self._transaction() as connection:
            return jobs.find_heartbeat(connection, lease)

    def find_mark(self) -> Mark:
        """Return what changes whenever any run gets on."""
        with self._transaction() as connection:
            return jobs.find_mark(connection)

    # Alarms.

    def take_figures(
        self,
        now: datetime,
        free_bytes: int | None = None,
        due: Mapping[str, datetime | None] | None = None,
    ) -> Figures:
        """Return how the archive does; `due` says when the jobs of the plan are."""
        with self._transaction() as connection:
            return Figures(
                at=now,
                feeds=vitals.find_feed_figures(connection, now),
                sources=vitals.find_source_figures(connection, now),
                jobs=vitals.find_job_figures(connection, due or {}),
                free_bytes=free_bytes,
            )

    def find_alarms(self) -> list[Row]:
        """Return the alarms that stand, in the order in which they were raised."""
        with self._transaction() as connection:
            return alarms.find_standing(connection)

    def find_past_alarms(self, limit: int) -> list[Row]:
        """Return the alarms that stand no more, those cleared last first."""
        with self._transaction() as connection:
            return alarms.find_past(connection, limit)

    def note_alarms(self, found: Iterable[Alarm], now: datetime) -> tuple[list[Alarm], list[Row]]:
        """Write which alarms were `found` to stand; return those raised and those cleared."""
        with self._transaction() as connection:
            return alarms.note_alarms(connection, found, now)

    def find_untold(self) -> list[Row]:
        """Return the alarms of whose last change nobody was told yet, in order."""
        with self._transaction() as connection:
            return alarms.find_untold(connection)

    def note_told(self, ids: Sequence[int], now: datetime) -> None:
        """Note that somebody was told of the last change of these alarms."""
        with self._transaction() as connection:
            alarms.note_told(connection, ids, now)
