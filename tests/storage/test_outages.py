"""The ledger of outages: written with each poll, on both databases."""

from datetime import timedelta

import pytest

from newsarchive.items import Document, Poll
from newsarchive.model import Outcome, Validators

from .conftest import NOON

HOUR = timedelta(hours=1)
OUTAGES = "SELECT f.category, o.kind, o.began_at, o.ended_at, o.has_overlap, o.reason FROM outages o JOIN feeds f ON f.id = o.feed_id ORDER BY o.began_at, o.id"  # noqa: E501 - one question
COVERAGE = (
    "SELECT state, began_at, ended_at, has_overlap FROM coverage"
    " WHERE category = 'buitenland' ORDER BY began_at, ended_at"
)


class Life:
    """Feeds that are polled hour by hour, as crawls would."""

    def __init__(self, bench) -> None:
        self.bench = bench
        self.archive = bench.archive

    def state(self, category="buitenland"):
        feed = self.bench.states[category].feed
        return self.archive.find_feed_states([feed])[0]

    def poll(self, hours, numbers=(), error=None, category="buitenland", status=200):
        """Poll `category` so many hours after noon; it lists articles of these numbers."""
        at = NOON + hours * HOUR
        capture = self.bench.capture(at)
        said = [self.bench.say(number=number, hours=hours, capture=capture) for number in numbers]
        validators = Validators('"v"') if error is None and status == 200 else None
        state = self.state(category)
        poll = Poll(state, at, None if error else status, validators, error=error)
        document = Document("nos", said, captures=[] if error else [capture], poll=poll)
        self.archive.record_document(document, self.bench.run_id)

    def finish(self, outcome, hours):
        """End the run, and begin the next one."""
        at = NOON + hours * HOUR
        self.archive.finish_run(self.bench.run_id, outcome, {}, at)
        self.bench.run_id = self.bench.begin(now=at)

    def outages(self):
        return [
            (category, kind, hours(began), hours(ended), overlap and bool(overlap), reason)
            for category, kind, began, ended, overlap, reason in self.bench.rows(OUTAGES)
        ]


def hours(moment):
    """Return a time, as either database tells it, in hours after noon."""
    from datetime import UTC, datetime

    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    return moment and (moment - NOON) / HOUR


@pytest.fixture
def life(bench):
    return Life(bench)


def test_polls_in_time_leave_no_outage(life):
    for hour in range(4):
        life.poll(hour, [2280100 + hour, 2280101 + hour])
    assert life.outages() == []
    assert [(state, hours(b), hours(e)) for state, b, e, _ in life.bench.rows(COVERAGE)] == [
        ("seen", 0, 3)
    ]


def test_a_night_that_nobody_asked_is_a_row_and_whether_anything_was_missed(life):
    life.poll(0, [2280103, 2280104])
    life.poll(8, [2280104, 2280105])
    life.poll(16, [2280110])
    assert life.outages() == [
        ("buitenland", "not polled", 0, 8, True, "nobody asked"),
        ("buitenland", "not polled", 8, 16, False, "nobody asked"),
    ]


def test_failures_are_one_row_until_the_feed_is_seen_again(life):
    life.poll(0, [2280103])
    for hour in (1, 2, 3):
        life.poll(hour, error="HTTP 500")
    assert life.outages() == [("buitenland", "unreachable", 0, None, None, "HTTP 500")]
    life.poll(4, status=304)
    assert life.outages() == [("buitenland", "unreachable", 0, 4, True, "HTTP 500")]
    told = [(s, hours(b), hours(e), bool(o)) for s, b, e, o in life.bench.rows(COVERAGE)]
    assert told == [("unreachable", 0, 4, True)]


def test_a_busy_hour_without_overlap_is_a_row(life):
    life.poll(0, [2280103, 2280104])
    life.poll(1, [2280105, 2280106])
    [(*_, kind, began, ended, overlap, _)] = life.outages()
    assert (kind, began, ended, overlap) == ("no overlap", 0, 1, False)


def test_an_empty_feed_that_fills_again_has_missed_nothing_that_anybody_knows(life):
    life.poll(0)
    life.poll(1, [2280103])
    assert life.outages() == []


def test_where_nothing_is_reached_it_counts_against_no_feed(life):
    both = ("buitenland", "tech")
    for category in both:
        life.poll(0, [2280103], category=category)
    life.finish(Outcome.FINISHED, 0.5)
    for category in both:
        life.poll(1, error="no route to host", category=category)
    life.finish(Outcome.UNREACHABLE, 1.1)
    states = [life.state(category) for category in both]
    assert [state.consecutive_failures for state in states] == [0, 0]
    assert {state.next_poll_at for state in states} == {NOON + 1.1 * HOUR + timedelta(minutes=15)}
    assert {(kind, ended) for _, kind, _, ended, *_ in life.outages()} == {("offline", None)}


def test_a_feed_that_still_fails_when_others_are_back_is_to_blame_from_then_on(life):
    for category in ("buitenland", "tech"):
        life.poll(0, [2280103], category=category)
        life.poll(1, error="no route to host", category=category)
    life.finish(Outcome.UNREACHABLE, 1.1)
    life.poll(1.4, [2280103], category="tech")
    life.poll(1.4, error="HTTP 500")
    life.finish(Outcome.FAILED, 1.5)
    assert life.outages() == [
        ("buitenland", "offline", 0, 1.1, None, "no route to host"),
        ("tech", "offline", 0, 1.4, True, "no route to host"),
        ("buitenland", "unreachable", 1.1, None, None, "HTTP 500"),
    ]
    assert life.state().consecutive_failures == 1


def test_of_one_feed_alone_nobody_can_tell_whose_fault_it_is(life):
    life.poll(0, [2280103])
    life.poll(1, error="no route to host")
    life.finish(Outcome.UNREACHABLE, 1.1)
    assert life.state().consecutive_failures == 1
    assert [kind for _, kind, *_ in life.outages()] == ["unreachable"]


def test_a_clock_that_is_set_back_makes_no_negative_outage(life):
    life.poll(3, [2280103])
    life.poll(4, error="HTTP 500")
    life.poll(-20, status=304)
    life.poll(-19, [2280103])
    assert [(began, ended) for _, _, began, ended, *_ in life.outages()] == [(3, 3)]


def test_what_is_replayed_from_files_tells_of_no_outage(life):
    life.poll(-40, [2280103])
    life.poll(-20, [2280199])
    assert life.outages() == []


def test_those_going_on_are_found_first_and_those_that_no_row_tells_of(life):
    life.poll(0, [2280103])
    life.poll(8, [2280103])
    life.poll(9, error="HTTP 500", category="tech")
    door = life.archive.coverage
    found = door.find_outages(NOON + 9 * HOUR)
    assert [(row["slug"], row["kind"]) for row in found] == [
        ("nosnieuwstech", "unreachable"),
        ("nosnieuwsbuitenland", "not polled"),
    ]
    later = door.find_outages(NOON + 20 * HOUR, limit=2)
    assert [(row["slug"], row["kind"], row["id"], row["ended_at"]) for row in later] == [
        ("nosnieuwsbuitenland", "not polled", None, None),
        ("nosnieuwstech", "not polled", None, None),
    ]
    assert door.find_outages(NOON + 9 * HOUR, since=NOON + 8.5 * HOUR) == found[:1]


def test_a_feed_that_nobody_asks_for_any_more_is_not_missed(life):
    life.poll(0, [2280103], category="op3")
    life.poll(240, [2280103], category="tech")
    found = life.archive.coverage.find_outages(NOON + 241 * HOUR)
    assert found == []


def test_the_interval_is_kept_and_follows_the_feed(life):
    life.poll(0, [2280103, 2280104, 2280105])
    assert life.state().interval == HOUR
    life.poll(0.5, [2280106, 2280107, 2280108])
    assert life.state().interval == timedelta(minutes=15)
    assert life.state().next_poll_at == NOON + timedelta(minutes=45)
    life.poll(0.75, error="HTTP 500")
    assert life.state().interval == timedelta(minutes=15)
    life.poll(1, status=304)
    life.poll(1.25, status=304)
    assert life.state().interval == timedelta(minutes=18, seconds=45)


def test_the_overlap_of_each_poll_is_kept(life):
    life.poll(0, [2280103, 2280104])
    life.poll(1, [2280104, 2280105])
    life.poll(2, status=304)
    life.poll(3, error="HTTP 500")
    polls = life.bench.rows("SELECT overlap FROM feed_polls ORDER BY id")
    assert polls == [(0.0,), (0.5,), (1.0,), (None,)]
