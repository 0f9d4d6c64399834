"""The small parts of the pages: cursors, rows of a comparison, texts, calendar months."""

import asyncio
import re
from contextlib import suppress
from datetime import UTC, date, datetime
from importlib.resources import files

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.comparison.diff import diff_words
from newsarchive.exceptions import UsageError
from newsarchive.web import create_app
from newsarchive.web.crowd import MOST_AT_A_TIME
from newsarchive.web.cursors import read_cursor, write_cursor
from newsarchive.web.listing import lay_out_month
from newsarchive.web.rows import pair_rows
from newsarchive.web.site import with_query
from newsarchive.web.texts import load_texts

from .conftest import at


@given(
    st.none() | st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001 - the zone stands beside it
    st.integers(min_value=0, max_value=2**63 - 1),
)
def test_a_cursor_says_what_it_was_told(moment, key):
    assert read_cursor(write_cursor(moment, key)) == (moment, key)


@given(st.text(max_size=60))
def test_what_is_no_cursor_is_a_usage_error_or_nothing(text):
    with suppress(UsageError):
        read_cursor(text)


@pytest.mark.parametrize(
    "text",
    [
        *("zeppelin", "", "IA", "MjAyNi0xMy0wMSAx"),
        pytest.param(write_cursor(datetime.max.replace(tzinfo=UTC), 1), id="the end of time"),
    ],
)
def test_what_is_no_cursor_is_refused_in_words(text):
    with pytest.raises(UsageError, match="begin without one"):
        read_cursor(text)


def test_rows_end_where_both_texts_have_a_blank_line():
    segments = diff_words("Een.\n\nTwee brug.\n\nDrie.", "Een.\n\nTwee kade.\n\nNieuw.\n\nDrie.")
    rows = pair_rows(segments)

    assert "".join(one.text for one in rows[0].old) == "Een."
    assert "".join(one.text for one in rows[-1].new) == "Drie."
    assert [row.is_changed for row in rows] == [False, True, True, False]


def test_a_row_has_all_of_both_texts():
    old, new = "A b.\n\nC d e.\n\nF.", "A x.\n\nC e.\n\nG.\n\nF."
    rows = pair_rows(diff_words(old, new))

    for told, name in ((old, "old"), (new, "new")):
        shown = "".join(one.text for row in rows for one in getattr(row, name))
        assert shown.split() == told.split() or shown.replace("\n", "") == told.replace("\n", "")


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (0, "0 B"),
        (1023, "1,023 B"),
        (1536, "1.5 KB"),
        (5 << 30, "5.0 GB"),
        (3 << 60, "3,145,728.0 TB"),
    ],
)
def test_sizes_are_short(size, expected):
    assert load_texts().size(size) == expected


def test_times_are_those_of_amsterdam():
    texts = load_texts()

    assert texts.moment(datetime(2026, 9, 30, 22, 30, tzinfo=UTC)) == "1 October 2026, 00:30"
    assert texts.day(date(2026, 10, 1)) == "Thursday 1 October 2026"
    assert texts.many("article", 1) == "1 article"
    assert texts.many("article", 1200) == "1,200 articles"


def test_every_text_that_a_template_asks_for_is_there_and_no_other():
    texts = load_texts()
    folder = files("newsarchive.web")
    sources = [
        path.read_text(encoding="utf-8")
        for place in (folder, folder / "templates")
        for path in place.iterdir()
        if path.name.endswith((".py", ".html"))
    ]
    calls = r"""(?:\bt|texts)\(\s*["']([a-z_]+\.[a-z_]+)["']"""
    asked = {key for text in sources for key in re.findall(calls, text)}
    begun = {key for text in sources for key in re.findall(r"""["']([a-z_]+\.)["'] ~""", text)}
    begun |= {key for text in sources for key in re.findall(r"""f["']([a-z_]+\.)\{""", text)}
    counted = {f"many.{key}" for text in sources for key in re.findall(r'many\("([a-z]+)"', text)}
    direct = {"number.thousands", "site.nothing"}

    assert {key for key in asked if key not in texts.entries} == set()
    for key in texts.entries.keys() - asked - direct:
        known = key.startswith(tuple(begun)) or key.rpartition(".")[0] in counted
        assert known, f"{key} is not used"


def test_a_month_is_laid_out_in_weeks_from_monday():
    month = lay_out_month(date(2026, 10, 1), {date(2026, 10, 1): 8, date(2026, 10, 2): 1})
    first, *_, last = month.weeks

    assert first[:3] == [None, None, None]
    assert (first[3].day, first[3].count, first[3].heat) == (date(2026, 10, 1), 8, 4)
    assert first[4].heat == 1
    assert first[5].heat == 0
    assert last[5].day == date(2026, 10, 31)
    assert month.total == 9


def test_an_address_has_only_the_parameters_that_are_given():
    assert with_query("/search", q="a&b", kind=None, day="", title_only=True, silent=False) == (
        "/search?q=a%26b&title_only=1"
    )


def test_whoever_comes_while_many_wait_is_sent_away_in_the_usual_form(filled, archive):
    app = create_app(archive, filled.data_dir, lambda: at(20))
    api, page, after = asyncio.run(_ask_in_a_crowd(app))

    assert (api.status_code, api.json()["status"]) == (503, 503)
    assert api.headers["content-type"] == "application/problem+json"
    assert page.status_code == 503
    assert page.headers["retry-after"] == "5"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert after.status_code == 200


async def _ask_in_a_crowd(app):
    """Return what is told while as many wait as may, and what when they are gone."""
    all_here, end = asyncio.Barrier(MOST_AT_A_TIME + 1), asyncio.Event()

    @app.get("/wait")
    async def wait():
        await all_here.wait()
        await end.wait()

    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        crowd = [asyncio.create_task(client.get("/wait")) for _ in range(MOST_AT_A_TIME)]
        await all_here.wait()
        told = [await client.get("/api/v1/categories"), await client.get("/")]
        end.set()
        await asyncio.gather(*crowd)
        return [*told, await client.get("/robots.txt")]


@pytest.mark.parametrize("path", ["/broken", "/api/v1/broken"])
def test_a_bug_is_answered_in_the_usual_form_too(filled, archive, path):
    app = create_app(archive, filled.data_dir, lambda: at(20))

    @app.get(path)
    def break_down():
        raise RuntimeError("/srv/secret")

    answer = asyncio.run(_ask_though_it_breaks(app, path))

    assert answer.status_code == 500
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "a bug of newsarchive" in answer.text
    assert "secret" not in answer.text
    is_problem = answer.headers["content-type"] == "application/problem+json"
    assert is_problem == path.startswith("/api/")


async def _ask_though_it_breaks(app, path):
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        return await client.get(path)
