"""What is asked about seeing and not seeing: `Archive.coverage`, a part of the front door."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from newsarchive.feeds.pace import SLOWEST
from newsarchive.storage import coverage

Row = dict[str, Any]


class CoverageDoor:
    """Coverage of an open archive; each method is one transaction of it."""

    def __init__(self, transaction: Callable[[], AbstractContextManager[Connection]]) -> None:
        self._transaction = transaction

    def find_outages(
        self,
        now: datetime,
        *,
        since: datetime | None = None,
        slowest: timedelta = SLOWEST,
        limit: int | None = None,
    ) -> list[Row]:
        """Return outages that had not ended by `since`: those that go on, then the latest first.

        Each has the columns of the table and `source`, `slug` and `category` of its feed. Those
        whose `id` is None are of feeds that nobody asked for longer than `slowest` and grace: the
        next poll will write them down.
        """
        with self._transaction() as connection:
            unasked = coverage.find_unasked(connection, now, slowest)
            return [*unasked, *coverage.find_outages(connection, since, limit)][:limit]
