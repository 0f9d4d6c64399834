"""Publishers' dates: the forms NOS writes, the nights the clock moves, and what is no date."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.cleaning.dates import (
    AMSTERDAM,
    day_in_amsterdam,
    format_rfc2822,
    parse_feed_date,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Thu, 1 Oct 2026 12:52:42 +0200", "2026-10-01T10:52:42", id="NOS, 2026"),
        pytest.param("Mon, 01 Nov 2021 14:46:24 +0100", "2021-11-01T13:46:24", id="NOS, 2021"),
        pytest.param("Fri, 12 Apr 2019 10:44:57 +0200", "2019-04-12T08:44:57", id="two digits"),
        pytest.param(" Thu, 1 Oct 2026 12:52:42 +0200\n", "2026-10-01T10:52:42", id="white space"),
        pytest.param("1 Oct 2026 12:52 +0200", "2026-10-01T10:52:00", id="no weekday, no seconds"),
        pytest.param("Thu, 1 Oct 26 12:52:42 +0200", "2026-10-01T10:52:42", id="two-digit year"),
        pytest.param("Fri, 1 Oct 99 12:52:42 +0200", "1999-10-01T10:52:42", id="last century's"),
        pytest.param("Thu, 1 Oct 2026 12:52:42 GMT", "2026-10-01T12:52:42", id="GMT"),
        pytest.param("Thu, 1 Oct 2026 12:52:42 CEST", "2026-10-01T10:52:42", id="summer time"),
        pytest.param("Thu, 1 Oct 2026 12:52:42 CET", "2026-10-01T11:52:42", id="CET is +0100"),
        pytest.param("Thu, 1 Oct 2026 12:52:42 MEST", "2026-10-01T10:52:42", id="the old name"),
        pytest.param("Thu, 1 Oct 2026 12:52:42 EST", "2026-10-01T17:52:42", id="American zone"),
        pytest.param("Thu, 1 Oct 2026 12:52:42 XYZ", "2026-10-01T12:52:42", id="unknown zone"),
        pytest.param("Thu, 1 Oct 2026 12:52:42 -0000", "2026-10-01T12:52:42", id="-0000 is UTC"),
        pytest.param(
            "Thu, 1 Oct 2026 12:52:42 -0000 (UTC)", "2026-10-01T12:52:42", id="-0000, a comment"
        ),
        pytest.param(
            "Thu, 1 Oct 2026 12:52:42 +0200 (CEST)", "2026-10-01T10:52:42", id="a comment"
        ),
        pytest.param("Thu, 1 Oct 2026 12:52:42", "2026-10-01T10:52:42", id="no zone, summer"),
        pytest.param("Tue, 1 Dec 2026 12:52:42", "2026-12-01T11:52:42", id="no zone, winter"),
        pytest.param("2024-03-12T16:48:27+0100", "2024-03-12T15:48:27", id="NOS's page, 2024"),
        pytest.param("2024-03-12T16:48:27+01:00", "2024-03-12T15:48:27", id="ISO with a colon"),
        pytest.param("2024-03-12T16:48:27Z", "2024-03-12T16:48:27", id="ISO in UTC"),
        pytest.param("2024-03-12T16:48:27", "2024-03-12T15:48:27", id="ISO without zone"),
        pytest.param("2024-03-12", "2024-03-11T23:00:00", id="a day begins in Amsterdam"),
        pytest.param("Sun, 26 Oct 2025 02:30:00 +0200", "2025-10-26T00:30:00", id="autumn, first"),
        pytest.param("Sun, 26 Oct 2025 02:30:00 +0100", "2025-10-26T01:30:00", id="autumn, again"),
        pytest.param("Sun, 26 Oct 2025 02:30:00", "2025-10-26T00:30:00", id="autumn, no zone"),
        pytest.param("Sun, 29 Mar 2026 01:59:59 +0100", "2026-03-29T00:59:59", id="before spring"),
        pytest.param("Sun, 29 Mar 2026 03:00:00 +0200", "2026-03-29T01:00:00", id="after spring"),
        pytest.param("Sun, 29 Mar 2026 02:30:00", "2026-03-29T01:30:00", id="hour left out"),
    ],
)
def test_parse_feed_date(text, expected):
    moment = parse_feed_date(text)
    assert moment == datetime.fromisoformat(expected).replace(tzinfo=UTC)
    assert moment.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        " ",
        "gisteren, 22:36",
        "Do, 1 okt 2026 12:52:42 +0200",
        "Thu, 31 Feb 2026 12:52:42 +0200",
        "Thu, 1 Oct 2026 25:00:00 +0200",
        "Thu, 1 Oct 2026 12:52:42 +9999",
        "Thu, 1 Oct 99999 12:52:42 +0200",
        pytest.param("1 Oct " + "9" * 5000 + " 12:00:00 +0200", id="a year of 5000 digits"),
        pytest.param("1 Oct 2026 12:00:00 +" + "9" * 30, id="an offset of 30 digits"),
        "0000-00-00T00:00:00Z",
        "0001-01-01T00:00:00+02:00",
        "9999-12-31T23:59:59-02:00",
        "9999-12-31T12:00:00Z",
        "1899-12-31T12:00:00Z",
        "1585688771",
        "2024-13-12T16:48:27+0100",
        "\0",
    ],
)
def test_what_is_no_date_is_none(text):
    assert parse_feed_date(text) is None


def test_a_date_without_zone_is_in_the_zone_given():
    assert parse_feed_date("2024-03-12T16:48:27", UTC).hour == 16


def test_the_repeated_hour_of_autumn_is_two_hours():
    first = parse_feed_date("Sun, 26 Oct 2025 02:30:00 +0200")
    second = parse_feed_date("Sun, 26 Oct 2025 02:30:00 +0100")
    assert second - first == timedelta(hours=1)


@given(st.text() | st.from_regex(r"[0-9A-Za-z :,+/-]{0,40}", fullmatch=True))
def test_no_text_raises(text):
    moment = parse_feed_date(text)
    if moment is not None:
        assert format_rfc2822(moment)


@given(
    st.datetimes(datetime(1960, 1, 1), datetime(2150, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001 - hypothesis adds the zone
        lambda moment: moment.replace(microsecond=0)
    )
)
def test_what_we_write_reads_back(moment):
    assert parse_feed_date(format_rfc2822(moment)) == moment
    assert parse_feed_date(moment.astimezone(AMSTERDAM).strftime("%Y-%m-%dT%H:%M:%S%z")) == moment


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        pytest.param("2019-04-12T08:44:57+00:00", "Fri, 12 Apr 2019 10:44:57 +0200", id="summer"),
        pytest.param("2021-11-01T13:46:24+00:00", "Mon, 01 Nov 2021 14:46:24 +0100", id="padded"),
        pytest.param("2026-01-01T01:00:00+09:00", "Wed, 31 Dec 2025 17:00:00 +0100", id="Tokyo"),
    ],
)
def test_format_rfc2822(moment, expected):
    assert format_rfc2822(datetime.fromisoformat(moment)) == expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        pytest.param("2026-07-01T21:59:59+00:00", date(2026, 7, 1), id="before midnight, summer"),
        pytest.param("2026-07-01T22:00:00+00:00", date(2026, 7, 2), id="midnight in summer"),
        pytest.param("2026-12-31T22:59:59+00:00", date(2026, 12, 31), id="before midnight, winter"),
        pytest.param("2026-12-31T23:00:00+00:00", date(2027, 1, 1), id="midnight in winter"),
    ],
)
def test_day_in_amsterdam(moment, expected):
    assert day_in_amsterdam(datetime.fromisoformat(moment)) == expected


@pytest.mark.parametrize("show", [day_in_amsterdam, format_rfc2822])
def test_a_naive_time_is_refused(show):
    with pytest.raises(ValueError, match="has no time zone"):
        show(datetime(2026, 10, 1, 12, 0))  # noqa: DTZ001 - naive is what is tested
