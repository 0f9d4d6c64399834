"""Crawl runs and leases: who is writing, who was, and how it ended."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from newsarchive.exceptions import LeaseHeldError
from newsarchive.model import Outcome
from newsarchive.storage.claims_schema import claims
from newsarchive.storage.coverage import settle_run
from newsarchive.storage.schema import crawl_runs, leases, sources

LEASE_TIMEOUT = timedelta(minutes=10)
"""After so long without a heartbeat a lease of another host may be taken over."""

ROUND = timedelta(hours=1)
"""A worker that joins others takes what they did for done, but not what they did longer ago."""


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
    is_shared: bool = False  # with other runs that share it too


def begin_run(connection: Connection, run: NewRun, is_alive: Callable[[Owner], bool]) -> int:
    """Add a run and take its lease; raise LeaseHeldError while another living run holds it.

    Runs that share a lease keep out only those that do not.
    """
    # A lease that is not there cannot be locked; its source's row can.
    this = select(sources.c.name).where(sources.c.name == run.source)
    connection.execute(this.with_for_update(key_share=True))
    others = _clear_dead(connection, run.lease, run.owner, run.started_at, is_alive)
    for held in others:
        if not run.is_shared or held.round_began_at is None:
            raise LeaseHeldError(
                f"run {held.crawl_run_id} is at work on {run.lease!r} (process {held.owner} on "
                f"{held.host}, last sign of life {held.heartbeat_at:%Y-%m-%d %H:%M:%S} UTC); "
                "wait for it, or stop it"
            )
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
            "round_began_at": _round_of(run, others) if run.is_shared else None,
        },
    )
    return run_id


def _round_of(run: NewRun, others: Sequence[Any]) -> datetime:
    began = min((held.round_began_at for held in others), default=run.started_at)
    return max(began, run.started_at - ROUND)


def _clear_dead(
    connection: Connection,
    lease: str,
    owner: Owner,
    now: datetime,
    is_alive: Callable[[Owner], bool],
) -> Sequence[Any]:
    """Take the lease, and what they were at, from runs that are dead; return those that live."""
    statement = select(leases).where(leases.c.name == lease).order_by(leases.c.crawl_run_id)
    living = []
    for held in connection.execute(statement.with_for_update()).all():
        if not _is_dead(held, owner, now, is_alive):
            living.append(held)
            continue
        connection.execute(delete(leases).where(leases.c.crawl_run_id == held.crawl_run_id))
        connection.execute(delete(claims).where(claims.c.crawl_run_id == held.crawl_run_id))
        connection.execute(
            update(crawl_runs)
            .where(crawl_runs.c.id == held.crawl_run_id, crawl_runs.c.outcome.is_(None))
            .values(outcome=Outcome.ABANDONED, finished_at=held.heartbeat_at)
        )
    return living


def _is_dead(held: Any, owner: Owner, now: datetime, is_alive: Callable[[Owner], bool]) -> bool:
    if held.host == owner.host:
        return not is_alive(Owner(held.host, held.owner))
    return bool(now - held.heartbeat_at > LEASE_TIMEOUT)


def clear_dead(
    connection: Connection,
    run_id: int,
    owner: Owner,
    now: datetime,
    is_alive: Callable[[Owner], bool],
) -> None:
    """Take the lease, and what they were at, from dead runs that share it with this one."""
    this = select(leases.c.name).where(leases.c.crawl_run_id == run_id)
    lease = connection.execute(this).scalar_one_or_none()
    if lease is not None:
        _clear_dead(connection, lease, owner, now, is_alive)


def find_round(connection: Connection, run_id: int) -> datetime:
    """Return when the workers began that share this run's lease."""
    this = select(leases.c.round_began_at).where(leases.c.crawl_run_id == run_id)
    began: datetime = connection.execute(this).scalar_one()
    return began


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
    """Write how a run ended, and what that tells of coverage, and give its lease back."""
    settle_run(connection, run_id, outcome, now)
    connection.execute(
        update(crawl_runs)
        .where(crawl_runs.c.id == run_id)
        .values(finished_at=now, outcome=outcome, counters=dict(counters))
    )
    connection.execute(delete(leases).where(leases.c.crawl_run_id == run_id))
    connection.execute(delete(claims).where(claims.c.crawl_run_id == run_id))
