"""What the scheduler knows of its jobs, and notes: the archive, kept open."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from newsarchive.exceptions import StorageError
from newsarchive.feeds.polling import due_at
from newsarchive.scheduler.plan import Job
from newsarchive.scheduler.planning import JobState
from newsarchive.storage import Archive, Mark, Owner
from newsarchive.storage import Job as KnownJob

AtWork = Callable[[KnownJob], bool]


class Ledger:
    """The jobs of an archive. Every method may raise StorageError; the next one opens it anew."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._reader: Archive | None = None
        self._writer: Archive | None = None

    def close(self) -> None:
        """Close what is open."""
        for archive in (self._reader, self._writer):
            if archive is not None:
                archive.close()
        self._reader = self._writer = None

    @contextmanager
    def _closing(self) -> Iterator[None]:
        try:
            yield
        except StorageError:
            self.close()
            raise

    def _reading(self) -> Archive:
        self._reader = self._reader or Archive.read(self._url)
        return self._reader

    def _writing(self) -> Archive:
        self._writer = self._writer or Archive.open(self._url)
        return self._writer

    def find_states(
        self, plan: Sequence[Job], is_at_work: AtWork, now: datetime
    ) -> dict[str, JobState]:
        """Return what is known of each job of `plan`, by name."""
        with self._closing():
            archive = self._reading()
            known = {job.name: job for job in archive.watch.find_jobs()}
            return {
                job.name: _state(archive, job, known.get(job.name), is_at_work, now) for job in plan
            }

    def find_progress(self, source: str) -> tuple[Mark, datetime | None]:
        """Return what changes whenever a crawl gets on, and the last heartbeat of a source's."""
        with self._closing():
            watch = self._reading().watch
            return watch.find_mark(), watch.find_heartbeat(source)

    def begin(self, job: Job, owner: Owner, is_at_work: AtWork, now: datetime) -> bool:
        """Note that a job begins; return False where another process is at it."""
        with self._closing():
            return self._writing().watch.begin_job(
                job.name, " ".join(job.command), owner, now=now, is_at_work=is_at_work
            )

    def hand(self, name: str, owner: Owner) -> None:
        """Note the process that does a job."""
        with self._closing():
            self._writing().watch.hand_job(name, owner)

    def finish(self, name: str, exit_code: int, now: datetime) -> None:
        """Note how a job ended."""
        with self._closing():
            self._writing().watch.finish_job(name, exit_code, now)


def _state(
    archive: Archive, job: Job, known: KnownJob | None, is_at_work: AtWork, now: datetime
) -> JobState:
    feed_due_at = page_due_at = None
    if job.source is not None:
        due = archive.watch.find_due(job.source, job.slugs)
        planned = (due_at(at, now) for at in due.planned.values())
        feed_due_at, page_due_at = min(planned, default=None), due.pages_at
    return JobState(
        started_at=known.started_at if known else None,
        finished_at=known.finished_at if known else None,
        exit_code=known.exit_code if known else None,
        is_running=known is not None and is_at_work(known),
        feed_due_at=feed_due_at,
        page_due_at=page_due_at,
    )
