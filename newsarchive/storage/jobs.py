"""Jobs of the schedule: who is at which, how it ended, and what of the archive is due."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update

from newsarchive.storage.coverage_schema import jobs
from newsarchive.storage.engine import insert_missing
from newsarchive.storage.runs import Owner
from newsarchive.storage.schema import (
    articles,
    captures,
    comparisons_due,
    feed_polls,
    feeds,
    leases,
    looks,
)


@dataclass(frozen=True, slots=True)
class Job:
    """What was last done of one job."""

    name: str
    command: str
    owner: Owner
    started_at: datetime
    finished_at: datetime | None
    exit_code: int | None


@dataclass(frozen=True, slots=True)
class Due:
    """What is due of one source."""

    planned: dict[str, datetime | None]  # when each feed is, by its slug; None: not planned
    pages_at: datetime | None  # when the first page is; None: no page ever


Mark = tuple[int, int, int, int]
"""Something that changes whenever any run gets on."""


def find_jobs(connection: Connection) -> list[Job]:
    """Return what was last done of each job, by name."""
    return [_job(row) for row in connection.execute(select(jobs).order_by(jobs.c.name))]


def _job(row: Any) -> Job:
    return Job(
        row.name,
        row.command,
        Owner(row.host, row.owner),
        row.started_at,
        row.finished_at,
        row.exit_code,
    )


def begin_job(
    connection: Connection,
    name: str,
    command: str,
    owner: Owner,
    *,
    now: datetime,
    is_at_work: Callable[[Job], bool],
) -> bool:
    """Note that `owner` begins a job; return False where another is at it, by `is_at_work`."""
    began = {
        "command": command,
        "owner": owner.process,
        "host": owner.host,
        "started_at": now,
        "finished_at": None,
        "exit_code": None,
    }
    statement = insert_missing(connection, jobs).values(name=name, **began)
    if connection.execute(statement.returning(jobs.c.name)).first() is not None:
        return True
    held = select(jobs).where(jobs.c.name == name).with_for_update()
    if is_at_work(_job(connection.execute(held).one())):
        return False
    connection.execute(update(jobs).where(jobs.c.name == name).values(**began))
    return True


def finish_job(connection: Connection, name: str, exit_code: int, now: datetime) -> None:
    """Note how a job ended."""
    this = update(jobs).where(jobs.c.name == name)
    connection.execute(this.values(finished_at=now, exit_code=exit_code))


def hand_job(connection: Connection, name: str, owner: Owner) -> None:
    """Note the process that does a job: it may outlive the one that began it."""
    this = update(jobs).where(jobs.c.name == name)
    connection.execute(this.values(owner=owner.process, host=owner.host))


def find_due(connection: Connection, source: str, slugs: Sequence[str]) -> Due:
    """Return when these feeds of a source, and its first page, are due."""
    rows = connection.execute(
        select(feeds.c.slug, feeds.c.next_poll_at).where(feeds.c.source == source)
    )
    known = {row.slug: row.next_poll_at for row in rows}
    first = select(func.min(articles.c.next_check_at)).where(articles.c.source == source)
    planned = {slug: known.get(slug) for slug in slugs}
    return Due(planned, connection.execute(first).scalar())


def find_heartbeat(connection: Connection, lease: str) -> datetime | None:
    """Return the last sign of life of those who hold a lease; None where nobody does."""
    statement = select(func.max(leases.c.heartbeat_at)).where(leases.c.name == lease)
    return connection.execute(statement).scalar()


def find_mark(connection: Connection) -> Mark:
    """Return what changes whenever a run stores or compares anything."""
    lasts = [select(func.max(table.c.id)) for table in (captures, feed_polls, looks)]
    questions = [*lasts, select(func.min(comparisons_due.c.id))]
    found = [connection.execute(question).scalar() or 0 for question in questions]
    return (found[0], found[1], found[2], found[3])
