"""How often a feed is asked: by what it shows, within what operator and server want."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.feeds.pace import (
    FASTEST,
    LONGEST_WISH,
    SLOWEST,
    Showing,
    next_interval,
    parse_ttl,
    read_wish,
)

MINUTE = timedelta(minutes=1)
HALF = 30 * MINUTE


@pytest.mark.parametrize(
    ("new", "elapsed_m", "expected_m"),
    [
        pytest.param(10, 30, 30, id="half is new: just right"),
        pytest.param(7, 30, 30, id="a third is new: right"),
        pytest.param(13, 30, 30, id="two thirds are new: right"),
        pytest.param(5, 30, 37.5, id="a quarter is new: longer"),
        pytest.param(16, 30, 18.75, id="four fifths are new: shorter"),
        pytest.param(20, 30, 7.5, id="all is new: a quarter, for who knows how much there was"),
        pytest.param(0, 30, 37.5, id="nothing is new: longer, and not at once"),
        pytest.param(20, 480, 37.5, id="all is new after a night: so it would be at any time"),
        pytest.param(10, 480, 37.5, id="half is new after a night: hourly will do, step by step"),
        pytest.param(2, 1, 30, id="two are new after a minute: chance"),
        pytest.param(3, 1, 7.5, id="three are new after a minute: a rush"),
        pytest.param(20, -60, 30, id="a clock that was set back says nothing"),
        pytest.param(20, 0, 30, id="nor does one that stands still"),
    ],
)
def test_the_interval_follows_what_is_new(new, elapsed_m, expected_m):
    showing = Showing(elapsed_m * MINUTE, entries=20, known=20 - new)
    assert next_interval(HALF, showing, SLOWEST) == expected_m * MINUTE


@pytest.mark.parametrize(
    ("wish_m", "slowest_m", "expected_m"),
    [
        pytest.param(0, 60, 7.5, id="a server without a wish"),
        pytest.param(20, 60, 20, id="a server that wants us not so soon"),
        pytest.param(600, 60, 60, id="never slower than the operator wants"),
        pytest.param(0, 6, 6, id="an operator in a hurry"),
    ],
)
def test_server_and_operator_have_a_say(wish_m, slowest_m, expected_m):
    rush = Showing(HALF, entries=20, known=0, wish=wish_m * MINUTE)
    assert next_interval(HALF, rush, slowest_m * MINUTE) == expected_m * MINUTE


def test_a_feed_that_is_not_modified_is_asked_less_often_up_to_the_floor():
    interval, seen = 20 * MINUTE, []
    for _ in range(6):
        interval = next_interval(interval, Showing(interval, 0, 0), SLOWEST)
        seen.append(round(interval / MINUTE, 1))
    assert seen == [25, 31.2, 39.1, 48.8, 60, 60]


@given(
    st.timedeltas(FASTEST, SLOWEST),
    st.timedeltas(timedelta(days=-1), timedelta(days=400)),
    st.integers(0, 15_000).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))),
    st.timedeltas(timedelta(), LONGEST_WISH),
    st.timedeltas(FASTEST, timedelta(days=1)),
)
def test_an_interval_stays_within_its_bounds(interval, elapsed, counts, wish, slowest):
    found = next_interval(interval, Showing(elapsed, *counts, wish), slowest)
    assert FASTEST <= found <= slowest


@pytest.mark.parametrize(
    ("headers", "ttl", "expected_s"),
    [
        pytest.param({}, None, 0, id="no wish"),
        pytest.param({"cache-control": "max-age=600"}, None, 600, id="max-age"),
        pytest.param({"cache-control": "public, Max-Age=600"}, None, 600, id="among others"),
        pytest.param({"cache-control": 'max-age="600"'}, None, 600, id="in quotes"),
        pytest.param({"cache-control": "s-maxage=600"}, None, 0, id="meant for shared caches"),
        pytest.param({"cache-control": "max-age=600", "age": "100"}, None, 500, id="less its age"),
        pytest.param({"cache-control": "max-age=600", "age": "9" * 99}, None, 0, id="very old"),
        pytest.param({"cache-control": "max-age=-5"}, None, 0, id="a negative one"),
        pytest.param({"cache-control": "max-age=" + "9" * 99}, None, 86400, id="99 digits"),
        pytest.param({"cache-control": "no-cache"}, "20", 1200, id="the feed's own ttl"),
        pytest.param({"cache-control": "max-age=60"}, "20", 1200, id="the longer of both"),
        pytest.param({}, "9" * 99, 86400, id="a ttl of 99 digits"),
        pytest.param({}, "een uur", 0, id="a ttl in words"),
        pytest.param({}, " 60 ", 3600, id="a ttl with spaces"),
    ],
)
def test_what_the_server_wishes(headers, ttl, expected_s):
    assert read_wish(headers, parse_ttl(ttl)) == timedelta(seconds=expected_s)
