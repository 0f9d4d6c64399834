"""What is asked about seeing and not seeing: `Archive.coverage`, a part of the front door."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from newsarchive.cleaning.dates import midnight
from newsarchive.feeds.coverage import iter_days
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

    def find_days(
        self, since: date, until: date, now: datetime, slowest: timedelta = SLOWEST
    ) -> list[Row]:
        """Return how long each feed was not seen on each day of Amsterdam, where it was not.

        From `since` until before `until`: `source`, `slug`, `category`, `day`, `blind_s` (seconds),
        `kinds` (sorted), and `has_missed`: whether entries may have come and gone meanwhile. In
        the order of days. A day and feed that are not there were seen, or not polled yet.
        """
        outages = self.find_outages(now, since=midnight(since), slowest=slowest)
        return _by_day(outages, since, until, now)


def _by_day(outages: Sequence[Row], since: date, until: date, now: datetime) -> list[Row]:
    days: dict[tuple[date, int], Row] = {}
    for outage in outages:
        began_at = max(outage["began_at"], midnight(since))
        ended_at = min(outage["ended_at"] or now, midnight(until))
        for day, blind in iter_days(began_at, ended_at):
            names = {name: outage[name] for name in ("source", "slug", "category")}
            fresh = {**names, "day": day, "blind_s": 0.0, "kinds": set(), "has_missed": False}
            row = days.setdefault((day, outage["feed_id"]), fresh)
            row["blind_s"] += blind.total_seconds()
            row["kinds"].add(outage["kind"])
            row["has_missed"] |= outage["has_overlap"] is False
    ordered = sorted(days.items(), key=lambda one: one[0])
    return [{**row, "kinds": sorted(row["kinds"])} for _, row in ordered]
