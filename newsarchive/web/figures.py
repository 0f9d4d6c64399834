"""The dashboard's figures: counted at most once a minute, and never while a reader waits twice.

They read much of the archive. Whoever comes while they are old gets them as they are, and they
are counted anew meanwhile.
"""

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Lock, Thread
from typing import Any

from newsarchive.cleaning.dates import day_in_amsterdam, midnight
from newsarchive.config import Clock
from newsarchive.exceptions import StorageError
from newsarchive.storage import Archive, PollFigures, RunSize
from newsarchive.web.charts import Series

logger = logging.getLogger(__name__)

SHOWN_DAYS = 30
SHOWN_MONTHS = 240
"""One article of a wrong date may stand a century before all others, or ahead of them."""

SHOWN_RUNS = 15
SHOWN_CATEGORIES = 7
FRESH = timedelta(seconds=60)
POLLS_OF = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the dashboard shows, as it was at `at`."""

    at: datetime
    holdings: Mapping[str, int]
    days: Sequence[date]
    published: Sequence[Series]  # a day, by category; the last of all others
    announced: Series  # edits a day
    silent: Series
    untold: Series  # of which nobody can say
    feeds: Sequence[Mapping[str, Any]]
    polls: Mapping[int, PollFigures]
    runs: Sequence[Mapping[str, Any]]
    articles_by_month: tuple[Sequence[date], Series]  # in all, at the end of each
    bytes_by_month: tuple[Sequence[date], Series]  # of WARC files, likewise
    quarantined: Mapping[str, Mapping[str, int]]


class Figures:
    """The figures of an archive, counted when somebody asks and they are old."""

    def __init__(self, archive: Archive, clock: Clock) -> None:
        self._archive = archive
        self._clock = clock
        self._lock = Lock()
        self._shown: Shown | None = None
        self._worker: Thread | None = None

    def get(self) -> Shown:
        """Return the figures; the first to ask waits until they are counted."""
        with self._lock:
            shown = self._shown
            if shown is None:
                self._shown = shown = count(self._archive, self._clock())
            elif self._clock() - shown.at > FRESH and self._worker is None:
                self._worker = Thread(target=self._renew, daemon=True)
                self._worker.start()
        return shown

    def _renew(self) -> None:
        try:
            self._shown = count(self._archive, self._clock())
        except StorageError as error:
            logger.warning("The figures stay as they are: %s", error)
        finally:
            self._worker = None


def count(archive: Archive, now: datetime) -> Shown:
    """Return the figures as they are."""
    door = archive.browsing
    last = day_in_amsterdam(now)
    days = [last - timedelta(days=ago) for ago in reversed(range(SHOWN_DAYS))]
    edits = _edits(archive, days)
    return Shown(
        at=now,
        holdings=door.count_holdings(),
        days=days,
        published=_published(archive, days),
        announced=edits[False],
        silent=edits[True],
        untold=edits[None],
        feeds=archive.find_feeds(),
        polls=door.measure_polls(now - POLLS_OF),
        runs=archive.find_runs(SHOWN_RUNS),
        articles_by_month=_articles_by_month(archive, last),
        bytes_by_month=_bytes_by_month(door.measure_runs()),
        quarantined=archive.count_quarantined(now - timedelta(days=1)),
    )


def _published(archive: Archive, days: Sequence[date]) -> list[Series]:
    counts = archive.browsing.count_by_category(days[0], days[-1] + timedelta(days=1))
    totals: Counter[str | None] = Counter()
    for (_, category), many in counts.items():
        totals[category] += many
    largest = {name for name, _ in totals.most_common(SHOWN_CATEGORIES) if name}
    ordered = [name for name in archive.find_categories() if name in largest]
    series = [Series(name, [counts.get((day, name), 0) for day in days]) for name in ordered]
    others = totals.keys() - largest
    if others:
        rest = [sum(counts.get((day, name), 0) for name in others) for day in days]
        series.append(Series("", rest))
    return series


def _edits(archive: Archive, days: Sequence[date]) -> dict[bool | None, Series]:
    marks = archive.browsing.find_edit_marks(midnight(days[0]))
    counts = Counter((day_in_amsterdam(mark.observed_at), mark.is_silent) for mark in marks)
    names = {False: "announced", True: "silent", None: "untold"}
    return {
        is_silent: Series(name, [counts[day, is_silent] for day in days])
        for is_silent, name in names.items()
    }


def _articles_by_month(archive: Archive, today: date) -> tuple[list[date], Series]:
    first, last = archive.browsing.find_span()
    if first is None or last is None:
        return [], Series("articles", [])
    last = min(last, today)
    counts = archive.browsing.count_days(first, last + timedelta(days=1))
    by_month = Counter[date]()
    for day, many in counts.items():
        by_month[day.replace(day=1)] += many
    months = list_months(first, last)
    totals = _running(months, lambda month: by_month[month])
    return months[-SHOWN_MONTHS:], Series("articles", totals[-SHOWN_MONTHS:])


def _bytes_by_month(sizes: Sequence[RunSize]) -> tuple[list[date], Series]:
    by_month = Counter[date]()
    for size in sizes:
        by_month[day_in_amsterdam(size.started_at).replace(day=1)] += size.size_bytes
    months = list_months(min(by_month), max(by_month)) if by_month else []
    return months, Series("bytes", _running(months, lambda month: by_month[month]))


def _running(months: Sequence[date], many: Callable[[date], int]) -> list[float]:
    total, found = 0, []
    for month in months:
        total += many(month)
        found.append(float(total))
    return found


def list_months(first: date, last: date) -> list[date]:
    """Return the first day of every month from that of `first` to that of `last`."""
    begin, end = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
    return [date(number // 12, number % 12 + 1, 1) for number in range(begin, end + 1)]
