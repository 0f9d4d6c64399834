"""What is started when: pure questions with a time as argument."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.cleaning.dates import AMSTERDAM
from newsarchive.scheduler import Job, JobState, start_at, what_next

NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

CRAWL = Job("nos", ("crawl", "nos"), 5 * MINUTE, source="nos")
WEEKLY = Job("weekblad", ("crawl", "feeds"), 5 * MINUTE, source="weekblad")
VERIFY = Job("verify", ("verify",), 30 * DAY, time(3, 30))
BACKUP = Job("backup", ("backup", "x"), DAY, time(4, 30))
INDEX = Job("index", ("index",), 6 * HOUR)


def done(hours_ago, code=0, took=0.1):
    started = NOW - hours_ago * HOUR
    return {"started_at": started, "finished_at": started + took * HOUR, "exit_code": code}


@pytest.mark.parametrize(
    ("state", "expected_m"),
    [
        pytest.param({"feed_due_at": NOW}, 0, id="a feed is due"),
        pytest.param({"feed_due_at": NOW - 8 * HOUR}, -480, id="a feed is due since the night"),
        pytest.param({"feed_due_at": NOW + HOUR}, 60, id="a feed will be"),
        pytest.param({"feed_due_at": NOW, **done(0.05)}, 2, id="not sooner than five minutes"),
        pytest.param(
            {"feed_due_at": NOW + HOUR, "page_due_at": NOW}, 15, id="a page waits for others"
        ),
        pytest.param(
            {"feed_due_at": NOW + 9 * HOUR, "page_due_at": NOW - 2 * HOUR, **done(1)},
            0,
            id="a page that a crawl left waits an hour",
        ),
        pytest.param({"page_due_at": NOW + DAY}, 24 * 60 + 15, id="no feed is ever due"),
        pytest.param({}, None, id="nothing is in sight"),
        pytest.param(
            {"feed_due_at": NOW, "started_at": NOW + 9 * DAY},
            0,
            id="a start that lies ahead was noted by a wrong clock",
        ),
    ],
)
def test_a_crawl_starts_when_something_is_due(state, expected_m):
    expected = None if expected_m is None else NOW + expected_m * MINUTE
    assert start_at(CRAWL, JobState(**state), NOW) == expected


@pytest.mark.parametrize(
    ("job", "state", "expected_h"),
    [
        pytest.param(INDEX, {}, 0, id="what never ran is due at once"),
        pytest.param(INDEX, done(2), 4, id="so long after its last start"),
        pytest.param(INDEX, done(100), -94, id="long overdue, once"),
        pytest.param(INDEX, done(2, code=6), -0.9, id="what failed is tried again in an hour"),
        pytest.param(INDEX, done(2, code=-9), -0.9, id="what was killed, too"),
        pytest.param(VERIFY, done(2, code=5), 29 * 24 + 14.5, id="damage is an answer"),
        pytest.param(
            INDEX, {"started_at": NOW - 2 * HOUR}, -1, id="what its scheduler did not see end"
        ),
        pytest.param(INDEX, {"started_at": NOW + 9 * DAY}, 0, id="a clock that was wrong"),
        pytest.param(BACKUP, {}, 0, id="with a time of day, at once too"),
        pytest.param(BACKUP, done(5), 14.5, id="tomorrow at half past four in Amsterdam"),
        pytest.param(BACKUP, done(24 * 9), -8 * 24 - 9.5, id="missed for days, once"),
    ],
)
def test_another_job_starts_at_its_time(job, state, expected_h):
    assert start_at(job, JobState(**state), NOW) == NOW + expected_h * HOUR


@pytest.mark.parametrize(
    ("day", "at", "expected"),
    [
        pytest.param(28, time(2, 30), "2026-03-29T01:30", id="a spring night without that hour"),
        pytest.param(28, time(4, 30), "2026-03-29T02:30", id="later in that night"),
        pytest.param(27, time(4, 30), "2026-03-28T03:30", id="the night before"),
    ],
)
def test_the_night_in_spring(day, at, expected):
    _assert_next(datetime(2026, 3, day, 4, 31, tzinfo=AMSTERDAM), at, expected)


@pytest.mark.parametrize(
    ("day", "at", "expected"),
    [
        pytest.param(24, time(2, 30), "2026-10-25T00:30", id="an hour that comes twice: the first"),
        pytest.param(24, time(4, 30), "2026-10-25T03:30", id="later in that night"),
        pytest.param(25, time(2, 30), "2026-10-26T01:30", id="and not again in the second"),
    ],
)
def test_the_night_in_autumn(day, at, expected):
    _assert_next(datetime(2026, 10, day, 2, 30, tzinfo=AMSTERDAM), at, expected)


def _assert_next(started, at, expected):
    started = started.astimezone(UTC)
    state = JobState(started, started + MINUTE, 0)
    found = start_at(Job("x", ("index",), DAY, at), state, started + MINUTE)
    assert f"{found:%Y-%m-%dT%H:%M}" == expected


def names(found):
    return [job.name for job in found.start]


def test_one_at_a_time_of_each_lane_those_due_longest_first():
    plan = [CRAWL, WEEKLY, VERIFY, BACKUP, INDEX]
    due = {"feed_due_at": NOW}
    states = {
        "nos": JobState(**due),
        "weekblad": JobState(**due, is_running=True),
        "backup": JobState(**done(24 * 3)),
        "verify": JobState(**done(24 * 90)),
        "index": JobState(**done(7)),
    }
    assert names(what_next(plan, states, NOW)) == ["verify", "nos"]


def test_while_one_of_its_lane_runs_a_job_waits():
    states = {"verify": JobState(is_running=True), "backup": JobState()}
    assert names(what_next([VERIFY, BACKUP], states, NOW)) == []


def test_it_wakes_for_the_next_and_looks_again_soon_anyway():
    states = {"index": JobState(**done(5.9))}
    assert what_next([INDEX], states, NOW, HOUR).wake_at == NOW + 6 * MINUTE
    assert what_next([INDEX], states, NOW).wake_at == NOW + MINUTE


moments = st.none() | st.datetimes(
    datetime(2026, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
    datetime(2027, 1, 1),  # noqa: DTZ001 - likewise
    timezones=st.just(UTC),
)
states = st.builds(
    JobState,
    started_at=moments,
    finished_at=moments,
    exit_code=st.sampled_from([None, 0, 5, 7, -9]),
    is_running=st.booleans(),
    feed_due_at=moments,
    page_due_at=moments,
)


@given(st.lists(states, min_size=5, max_size=5))
def test_whatever_is_known_no_lane_gets_two_and_it_never_sleeps_long(found):
    plan = [CRAWL, WEEKLY, VERIFY, BACKUP, INDEX]
    known = {job.name: state for job, state in zip(plan, found, strict=True)}
    following = what_next(plan, known, NOW)
    lanes = [job.lane for job in following.start]
    assert len(set(lanes)) == len(lanes)
    assert not set(lanes) & {job.lane for job in plan if known[job.name].is_running}
    assert NOW < following.wake_at <= NOW + MINUTE
