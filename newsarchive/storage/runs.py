"""Crawl runs and leases: who is writing, who was, and how it ended."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from newsarchive.exceptions import LeaseHeldError
from newsarchive.model import Outcome
from newsarchive.storage.schema import crawl_runs, leases

LEASE_TIMEOUT = timedelta(minutes=10)
"""After so long without a heartbeat a lease of another host may be taken over."""


@dataclass(frozen=True, slots=True)
class Owner:
    """A process: its host, and what tells it from every other process of that host."""

    host: str
    process: str


@dataclass(frozen=True, slots=True)
class NewRun:
    """What is known of a crawl run when it begins."""

    spider: str
    source: str
    arguments: Mapping[str, Any]
    version: str
    started_at: datetime
    lease: str
    owner: Owner


def begin_run(connection: Connection, run: NewRun, is_alive: Callable[[Owner], bool]) -> int:
    """Add a run and take its lease; raise LeaseHeldError while another living run holds it."""
    _clear_dead_lease(connection, run, is_alive)
    statement = insert(crawl_runs).values(
        spider=run.spider,
        source=run.source,
        arguments=dict(run.arguments),
        started_at=run.started_at,
        counters={},
        version=run.version,
    )
    run_id = int(connection.execute(statement.returning(crawl_runs.c.id)).scalar_one())
    connection.execute(
        insert(leases),
        {
            "name": run.lease,
            "owner": run.owner.process,
            "host": run.owner.host,
            "crawl_run_id": run_id,
            "acquired_at": run.started_at,
            "heartbeat_at": run.started_at,
        },
    )
    return run_id


def _clear_dead_lease(
    connection: Connection, run: NewRun, is_alive: Callable[[Owner], bool]
) -> None:
    held = connection.execute(
        select(leases).where(leases.c.name == run.lease).with_for_update()
    ).first()
    if held is None:
        return
    owner = Owner(held.host, held.owner)
    if owner.host == run.owner.host:
        dead = not is_alive(owner)
    else:
        dead = run.started_at - held.heartbeat_at > LEASE_TIMEOUT
    if not dead:
        raise LeaseHeldError(
            f"run {held.crawl_run_id} is at work on {run.lease!r} (process {owner.process} on "
            f"{owner.host}, last sign of life {held.heartbeat_at:%Y-%m-%d %H:%M:%S} UTC); "
            "wait for it, or stop it"
        )
    connection.execute(delete(leases).where(leases.c.name == run.lease))
    connection.execute(
        update(crawl_runs)
        .where(crawl_runs.c.id == held.crawl_run_id, crawl_runs.c.outcome.is_(None))
        .values(outcome=Outcome.ABANDONED, finished_at=held.heartbeat_at)
    )


def renew_lease(connection: Connection, run_id: int, now: datetime) -> bool:
    """Give a sign of life; return whether the run still holds its lease."""
    this = update(leases).where(leases.c.crawl_run_id == run_id)
    return connection.execute(this.values(heartbeat_at=now)).rowcount == 1


def finish_run(
    connection: Connection,
    run_id: int,
    outcome: Outcome,
    counters: Mapping[str, Any],
    now: datetime,
) -> None:
    """Write how a run ended and give its lease back."""
    connection.execute(
        update(crawl_runs)
        .where(crawl_runs.c.id == run_id)
        .values(finished_at=now, outcome=outcome, counters=dict(counters))
    )
    connection.execute(delete(leases).where(leases.c.crawl_run_id == run_id))
