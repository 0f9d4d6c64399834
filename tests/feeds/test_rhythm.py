"""What adaptive polling saves, and that it misses nothing, over a month of several rhythms."""

import json
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from newsarchive.cleaning.dates import parse_feed_date
from newsarchive.feeds.pace import SLOWEST, Showing, next_interval

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WINDOW = 20
"""Entries that a feed of NOS shows."""

BEGAN = datetime(2025, 9, 1, tzinfo=UTC)
MONTH = 28 * DAY


@dataclass
class Outcome:
    """What a way of polling came to."""

    polls: int = 0
    missed: int = 0
    longest: timedelta = timedelta()

    def __add__(self, other):
        return Outcome(
            self.polls + other.polls,
            self.missed + other.missed,
            max(self.longest, other.longest),
        )


def simulate(moments, following, first=SLOWEST):
    """Poll a feed that publishes at `moments` for a month; `following` gives the next interval."""
    found, seen, at, interval = Outcome(), bisect_right(moments, BEGAN), BEGAN, first
    while at + interval <= BEGAN + MONTH:
        at += interval
        published = bisect_right(moments, at)
        new, shown = published - seen, min(WINDOW, published)
        found.missed += max(new - WINDOW, 0)
        found.polls += 1
        showing = Showing(interval, shown if new else 0, max(shown - new, 0) if new else 0)
        found.longest = max(found.longest, interval)
        seen, interval = published, following(interval, showing)
    return found


def fixed(interval):
    return lambda _interval, _showing: interval


def adaptive(slowest):
    return lambda interval, showing: next_interval(interval, showing, slowest)


WAYS = {
    "every 15 minutes": fixed(15 * MINUTE),
    "every hour": fixed(HOUR),
    "adaptive, an hour at the most": adaptive(HOUR),
    "adaptive, three hours at the most": adaptive(3 * HOUR),
}


def compare(rhythms):
    """Return what each way of polling comes to over all feeds of `rhythms`."""
    return {
        name: sum((simulate(moments, way) for moments in rhythms), Outcome())
        for name, way in WAYS.items()
    }


def repeated(moments):
    """Return the rhythm of `moments` again and again for a month."""
    first, span = moments[0], moments[-1] - moments[0] + (moments[-1] - moments[0]) / len(moments)
    times = int(MONTH / span) + 1
    return sorted(BEGAN + n * span + (at - first) for n in range(times) for at in moments)


@pytest.fixture(scope="module")
def real(samples):
    """Return the rhythm of each feed of one day of 2025, and of all of its last days together."""
    by_feed = defaultdict(set)
    with (samples / "items-2025-09-28.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            said = json.loads(line)
            by_feed[said["feed"]].add(parse_feed_date(said["published"]))
    everything = set().union(*by_feed.values())
    last = max(everything)
    by_feed["all"] = {at for at in everything if at > last - 2 * DAY}
    return [repeated(sorted(moments)) for moments in by_feed.values() if len(moments) > 2]


@pytest.mark.samples
def test_over_the_real_rhythm_three_quarters_are_saved_and_nothing_is_missed(real):
    found = compare(real)
    for name, outcome in found.items():
        print(f"{name}: {outcome.polls} polls of {len(real)} feeds, {outcome.missed} missed")
    often, hourly, by_pace, slower = found.values()
    assert [outcome.missed for outcome in found.values()] == [0, 0, 0, 0]
    assert hourly.polls <= by_pace.polls < 0.3 * often.polls
    assert by_pace.longest <= HOUR
    # What the floor costs, which is there for the edits: entries alone need a third.
    assert slower.polls < 0.35 * hourly.polls


def working_days(an_hour):
    """Return a month with so many entries in each hour from 7 to 23, spread evenly."""
    return [
        BEGAN + day * DAY + hour * HOUR + n * HOUR / an_hour
        for day in range(28)
        for hour in range(7, 23)
        for n in range(an_hour)
    ]


def with_an_evening(moments, an_hour):
    """Return `moments` with an evening of much news: in four hours up, and in two down again."""
    evening = BEGAN + 10 * DAY + 17 * HOUR
    shares = (0.25, 0.5, 1, 1, 0.5, 0.25)
    more = [
        evening + hour * HOUR + n * HOUR / (an_hour * share)
        for hour, share in enumerate(shares)
        for n in range(int(an_hour * share))
    ]
    return sorted([*moments, *more])


@pytest.mark.parametrize(
    ("moments", "hourly_misses"),
    [
        pytest.param(working_days(3), False, id="NOS's busiest feed on a usual day"),
        pytest.param(with_an_evening(working_days(3), 15), False, id="fifteen an hour"),
        pytest.param(with_an_evening(working_days(3), 40), True, id="forty an hour"),
    ],
)
def test_a_busy_evening_is_followed(moments, hourly_misses):
    often, hourly, by_pace, _ = compare([moments]).values()
    print(f"15 min {often}, hourly {hourly}, adaptive {by_pace}")
    assert by_pace.missed == 0
    assert (hourly.missed > 0) is hourly_misses
    assert by_pace.polls < 0.3 * often.polls


def test_a_feed_of_one_a_week_needs_few():
    weekly = [BEGAN + week * 7 * DAY for week in range(4)]
    found = simulate(weekly, adaptive(DAY))
    assert (found.polls, found.missed) == (38, 0)
