"""What a poll tells of the time before it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.feeds.coverage import Outage, judge_poll
from newsarchive.model import Feed, FeedState, OutageKind

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
FEED = Feed("nos", "nosnieuwstech", "tech", "https://feeds.nos.nl/nosnieuwstech", 5)
FAILED = "HTTP 500"


def state(error=None, due=1.0, polled=NOON):
    """Return a feed that was polled at noon, and is due so many hours later."""
    planned = polled and polled + due * HOUR
    return FeedState(1, FEED, last_polled_at=polled, last_error=error, next_poll_at=planned)


def judge(before, hours, error=None, overlaps=True):
    return judge_poll(before, NOON + hours * HOUR, error, HOUR, overlaps=overlaps)


def told(sight):
    return [
        (
            begun.kind,
            (begun.began_at - NOON) / HOUR,
            begun.ended_at and (begun.ended_at - NOON) / HOUR,
        )
        for begun in sight.begun
    ]


@pytest.mark.parametrize(
    ("before", "hours", "error", "begun", "open_ends"),
    [
        pytest.param(state(), 1, None, [], None, id="in time"),
        pytest.param(state(), 1.5, None, [], None, id="as late as may be"),
        pytest.param(
            state(), 1.6, None, [(OutageKind.NOT_POLLED, 0, 1.6)], None, id="later than that"
        ),
        pytest.param(state(due=3), 3.5, None, [], None, id="a pause that the server asked for"),
        pytest.param(state(polled=None), 9, None, [], None, id="the first poll ever"),
        pytest.param(
            state(), 1, FAILED, [(OutageKind.UNREACHABLE, 0, None)], None, id="a first failure"
        ),
        pytest.param(
            state(polled=None),
            9,
            FAILED,
            [(OutageKind.UNREACHABLE, 9, None)],
            None,
            id="the first poll ever fails",
        ),
        pytest.param(state(FAILED), 1, FAILED, [], None, id="one more failure"),
        pytest.param(state(FAILED), 1, None, [], 1, id="back again"),
        pytest.param(
            state(FAILED, due=24), 24.5, FAILED, [], None, id="after a back-off of a day: in time"
        ),
        pytest.param(
            state(),
            8,
            FAILED,
            [(OutageKind.NOT_POLLED, 0, 8), (OutageKind.UNREACHABLE, 8, None)],
            None,
            id="slept, and woke without a network",
        ),
        pytest.param(
            state(FAILED),
            8,
            None,
            [(OutageKind.NOT_POLLED, 0, 8)],
            0,
            id="slept while it failed, and all is well",
        ),
        pytest.param(
            state(FAILED),
            8,
            FAILED,
            [(OutageKind.NOT_POLLED, 0, 8), (OutageKind.UNREACHABLE, 8, None)],
            0,
            id="slept while it failed, and it still does",
        ),
        pytest.param(state(), -3, None, [], None, id="the clock was set back"),
        pytest.param(
            state(),
            -3,
            FAILED,
            [(OutageKind.UNREACHABLE, -3, None)],
            None,
            id="the clock was set back, and it fails",
        ),
    ],
)
def test_what_a_poll_tells(before, hours, error, begun, open_ends):
    sight = judge(before, hours, error)
    assert told(sight) == begun
    assert sight.open_ends_at == (None if open_ends is None else NOON + open_ends * HOUR)
    assert sight.overlaps is (None if error else True)


@pytest.mark.parametrize(
    ("before", "hours", "overlaps", "begun"),
    [
        pytest.param(state(), 1, False, [(OutageKind.NO_OVERLAP, 0, 1)], id="a busy hour"),
        pytest.param(state(), 1, None, [], id="nobody can tell"),
        pytest.param(state(), 8, False, [(OutageKind.NOT_POLLED, 0, 8)], id="said of the night"),
        pytest.param(state(FAILED), 1, False, [], id="said of the failures"),
        pytest.param(state(), -1, False, [(OutageKind.NO_OVERLAP, -1, -1)], id="clock set back"),
    ],
)
def test_nothing_that_was_shown_before_is_left(before, hours, overlaps, begun):
    sight = judge(before, hours, overlaps=overlaps)
    assert told(sight) == begun
    assert sight.overlaps is overlaps


times = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the strategy adds the zone


errors = st.sampled_from([None, FAILED])
states = st.builds(
    FeedState,
    st.just(1),
    st.just(FEED),
    last_polled_at=times,
    last_error=errors,
    next_poll_at=st.none() | times,
)


@given(states, times, errors, st.booleans())
def test_no_outage_is_negative_whatever_the_clock_does(before, at, error, overlaps):
    sight = judge_poll(before, at, error, HOUR, overlaps=overlaps)
    assert all(begun.ended_at is None or begun.began_at <= begun.ended_at for begun in sight.begun)
    # What follows does not begin before what comes first has ended.
    assert list(sight.begun) == sorted(sight.begun, key=lambda begun: begun.began_at)


def test_the_reason_of_an_outage_is_what_the_poll_said():
    [begun] = judge(state(), 1, FAILED).begun
    assert begun == Outage(OutageKind.UNREACHABLE, NOON, None, FAILED)
