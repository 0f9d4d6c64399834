"""What workers ask that share one archive: `Archive.claims`, a part of the front door."""

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from datetime import datetime

from sqlalchemy import Connection

from newsarchive.storage import claims, runs
from newsarchive.storage.claims import Allowance, Wanted
from newsarchive.storage.runs import Owner


class ClaimsDoor:
    """Who is at what in an open archive; each method is one transaction of it."""

    def __init__(self, transaction: Callable[[], AbstractContextManager[Connection]]) -> None:
        self._transaction = transaction

    def take_feeds(
        self,
        run_id: int,
        known: Mapping[int, datetime | None],
        since: datetime | None,
        *,
        now: datetime,
        limit: int,
    ) -> tuple[list[int], list[int]]:
        """Claim feeds of `known` (id → when it was last polled, as the worker knows it).

        Returns those that are the worker's now, at most `limit`, and those of which it need not
        think any more: they were polled meanwhile, or after `since`.
        """
        with self._transaction() as connection:
            return claims.take_feeds(connection, run_id, known, since, now=now, limit=limit)

    def find_free(self, wanted: Wanted, limit: int) -> list[tuple[str, str]]:
        """Return key and address of pages or pictures that are due and that nobody is at."""
        with self._transaction() as connection:
            return claims.find_free(connection, wanted, limit)

    def take(
        self, run_id: int, wanted: Wanted, keys: Collection[str], allowance: Allowance
    ) -> list[str] | None:
        """Claim of `keys` what is still to be had; None where politeness forbids to ask more."""
        with self._transaction() as connection:
            return claims.take(connection, run_id, wanted, keys, allowance)

    def is_anyone_at_work(
        self, run_id: int, owner: Owner, now: datetime, is_alive: Callable[[Owner], bool]
    ) -> bool:
        """Return whether another worker of this run's lease lives and holds anything.

        What the dead held is given back first: those of `owner`'s host at once, others after
        LEASE_TIMEOUT without a sign of life.
        """
        with self._transaction() as connection:
            runs.clear_dead(connection, run_id, owner, now, is_alive)
            return claims.is_anyone_at_work(connection, run_id)

    def find_round(self, run_id: int) -> datetime:
        """Return when the workers that share this run's lease began."""
        with self._transaction() as connection:
            return runs.find_round(connection, run_id)

    def release_all(self, run_id: int) -> None:
        """Give back all that a run still holds."""
        with self._transaction() as connection:
            claims.release_all(connection, run_id)
