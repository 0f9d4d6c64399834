"""When to ask again: the server's wish, our own distrust of it, and the validators."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.cleaning.dates import AMSTERDAM
from newsarchive.feeds.polling import (
    FEWEST_CHANGES,
    LONGEST_BACK_OFF,
    LONGEST_RETRY_AFTER,
    UNCONDITIONAL_EVERY,
    conditional_headers,
    is_conditional,
    judge_health,
    may_poll,
    next_poll,
    parse_retry_after,
    read_validators,
    usual_interval,
)
from newsarchive.model import Feed, FeedState, Validators

NOW = datetime(2026, 10, 1, 12, 0, tzinfo=UTC)
FEED = Feed("nos", "nosnieuwstech", "tech", "https://feeds.nos.nl/nosnieuwstech", 5)
ETAG = Validators(etag='"rjbilf385u2vfg"')


def state(validators=ETAG, **values):
    return FeedState(id=1, feed=FEED, validators=validators, **values)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("120", NOW + timedelta(seconds=120), id="seconds"),
        pytest.param(" 0060 ", NOW + timedelta(seconds=60), id="padded seconds"),
        pytest.param("86400", NOW + timedelta(days=1), id="a day"),
        pytest.param("86401", NOW + timedelta(days=1), id="more than a day"),
        pytest.param("9" * 5000, NOW + timedelta(days=1), id="5000 digits"),
        pytest.param(
            "Thu, 01 Oct 2026 12:05:00 GMT", NOW + timedelta(minutes=5), id="an HTTP date"
        ),
        pytest.param(
            "Thursday, 01-Oct-26 12:05:00 GMT", NOW + timedelta(minutes=5), id="RFC 850's form"
        ),
        pytest.param("Thu Oct  1 12:05:00 2026", NOW + timedelta(minutes=5), id="asctime's form"),
        pytest.param("Fri, 31 Dec 9999 23:59:59 GMT", NOW + timedelta(days=1), id="never"),
        pytest.param(None, None, id="no header"),
        pytest.param("", None, id="empty"),
        pytest.param("0", None, id="no wait"),
        pytest.param("-5", None, id="negative"),
        pytest.param("1.5", None, id="a fraction"),
        pytest.param("٣", None, id="digits that are not ASCII"),
        pytest.param("Thu, 01 Oct 2026 12:00:00 GMT", None, id="now"),
        pytest.param("Thu, 01 Oct 2020 12:00:00 GMT", None, id="past"),
        pytest.param("straks", None, id="garbage"),
        pytest.param("Thu, 01 Oct " + "9" * 30 + " 12:00:00 GMT", None, id="a year of 30 digits"),
    ],
)
def test_parse_retry_after(value, expected):
    assert parse_retry_after(value, NOW) == expected


@given(st.text() | st.from_regex(r"[0-9A-Za-z :,+-]{0,40}", fullmatch=True))
def test_a_retry_after_is_within_a_day_whatever_the_server_says(value):
    moment = parse_retry_after(value, NOW.astimezone(AMSTERDAM))
    assert moment is None or NOW < moment <= NOW + LONGEST_RETRY_AFTER


def test_a_retry_after_is_in_utc():
    assert parse_retry_after("120", NOW.astimezone(AMSTERDAM)).tzinfo is UTC
    assert parse_retry_after("Thu, 01 Oct 2026 12:05:00 GMT", NOW).tzinfo is UTC


@pytest.mark.parametrize(
    ("retry_after_at", "expected"),
    [
        pytest.param(None, True, id="never asked to wait"),
        pytest.param(NOW + timedelta(seconds=1), False, id="asked to wait longer"),
        pytest.param(NOW, True, id="the wait is over"),
    ],
)
def test_may_poll(retry_after_at, expected):
    assert may_poll(state(retry_after_at=retry_after_at), NOW) is expected


@pytest.mark.parametrize(
    ("feed_state", "full", "expected"),
    [
        pytest.param(state(), False, True, id="the second poll"),
        pytest.param(state(Validators()), False, False, id="nothing to ask with"),
        pytest.param(
            state(Validators(last_modified="Thu, 01 Oct 2026 11:00:00 GMT")), False, True, id="date"
        ),
        pytest.param(state(), True, False, id="a full poll"),
        pytest.param(state(conditional_polls=22), False, True, id="the 23rd in a row"),
        pytest.param(state(conditional_polls=23), False, False, id="never a 24th in a row"),
        pytest.param(state(conditional_polls=99), False, False, id="long overdue"),
    ],
)
def test_is_conditional(feed_state, full, expected):
    assert is_conditional(feed_state, full=full) is expected


def test_one_poll_in_so_many_is_unconditional():
    asked, conditional_polls = [], 0
    for _ in range(3 * UNCONDITIONAL_EVERY):
        known = Validators() if not asked else ETAG
        asked.append(is_conditional(state(known, conditional_polls=conditional_polls), full=False))
        conditional_polls = conditional_polls + 1 if asked[-1] else 0
    assert [i for i, conditional in enumerate(asked) if not conditional] == [0, 24, 48]


@pytest.mark.parametrize(
    ("headers", "validators", "asked_with"),
    [
        pytest.param(
            {"etag": 'W/"a"', "last-modified": "Thu, 01 Oct 2026 11:00:00 GMT", "date": "x"},
            Validators('W/"a"', "Thu, 01 Oct 2026 11:00:00 GMT"),
            {"If-None-Match": 'W/"a"', "If-Modified-Since": "Thu, 01 Oct 2026 11:00:00 GMT"},
            id="both",
        ),
        pytest.param(
            {"etag": "zonder aanhalingstekens"},
            Validators("zonder aanhalingstekens"),
            {"If-None-Match": "zonder aanhalingstekens"},
            id="verbatim, however wrong",
        ),
        pytest.param(
            {"last-modified": "gisteren"},
            Validators(None, "gisteren"),
            {"If-Modified-Since": "gisteren"},
            id="a date that is none",
        ),
        pytest.param({"etag": ""}, Validators(), {}, id="an empty one is none"),
        pytest.param({}, Validators(), {}, id="none"),
    ],
)
def test_validators_are_kept_and_sent_verbatim(headers, validators, asked_with):
    assert read_validators(headers) == validators
    assert conditional_headers(validators) == asked_with


@pytest.mark.parametrize(
    ("failures", "minutes"),
    [
        pytest.param(0, 60, id="after a success, an hour"),
        pytest.param(1, 15, id="after a failure, a quarter"),
        pytest.param(2, 30, id="then twice that"),
        pytest.param(3, 60, id="and twice that"),
        pytest.param(7, 16 * 60, id="after seven"),
        pytest.param(8, 24 * 60, id="a day is the longest"),
        pytest.param(1_000_000, 24 * 60, id="and never more, nor never again"),
    ],
)
def test_failures_put_the_next_poll_off(failures, minutes):
    assert next_poll(NOW, failures, None) == NOW + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("failures", "retry_after_m", "minutes"),
    [
        pytest.param(1, 60, 60, id="longer than our own"),
        pytest.param(8, 60, 24 * 60, id="shorter than our own"),
    ],
)
def test_a_retry_after_is_kept_and_our_own_back_off_too(failures, retry_after_m, minutes):
    asked = NOW + timedelta(minutes=retry_after_m)
    assert next_poll(NOW, failures, asked) == NOW + timedelta(minutes=minutes)


@given(st.integers(min_value=0, max_value=10**9))
def test_no_feed_is_ever_given_up(failures):
    assert NOW < next_poll(NOW, failures, None) <= NOW + LONGEST_BACK_OFF
    assert next_poll(NOW, failures + 1, None) <= next_poll(NOW, failures + 2, None)


def test_the_usual_interval_is_the_mean_of_enough_changes():
    changes = [NOW + timedelta(hours=n) for n in (0, 1, 2, 3, 12)]
    assert len(changes) == FEWEST_CHANGES
    assert usual_interval(changes) == timedelta(hours=3)
    assert usual_interval(changes[1:]) is None


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("failures", "silence", "usual", "expected"),
    [
        pytest.param(1, timedelta(), DAY, "failing", id="its last poll failed"),
        pytest.param(0, None, None, "well", id="it never changed yet"),
        pytest.param(0, 3 * DAY, DAY, "well", id="silent for three intervals"),
        pytest.param(0, 4 * DAY, DAY, "quiet", id="silent for four intervals"),
        pytest.param(0, 20 * DAY, 10 * DAY, "well", id="a feed that is slow by nature"),
        pytest.param(0, DAY, DAY / 24, "well", id="an hourly feed, a night and a day"),
        pytest.param(0, 2 * DAY, DAY / 24, "quiet", id="an hourly feed, two days"),
        pytest.param(0, 7 * DAY, None, "well", id="a week, where nobody knows what is usual"),
        pytest.param(0, 8 * DAY, None, "quiet", id="more than a week, likewise"),
    ],
)
def test_health(failures, silence, usual, expected):
    changed = None if silence is None else NOW - silence
    assert judge_health(failures, NOW, changed, usual) == expected
