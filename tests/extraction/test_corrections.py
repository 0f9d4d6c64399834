"""Corrections are told apart by the shape of the page, since no copy of it was at hand."""

from datetime import date

import pytest

from newsarchive.exceptions import MissingFieldError
from newsarchive.extraction import SavedPage
from newsarchive.extraction.corrections import extract_corrections
from newsarchive.sources import get_source

NUMBERING = get_source("nos").numbering


def read(body):
    page = f"<!DOCTYPE html><html><body>{body}</body></html>".encode()
    return extract_corrections(SavedPage(page, "https://nos.nl/herstel"), NUMBERING)


LINK = '<a href="https://nos.nl/artikel/2280103-dijk">hier</a>'


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            "<main><p>Uitleg.</p><h2>Een</h2><p>A.</p><p>B.</p><h2>Twee</h2><p>C.</p></main>",
            [("Een", None), ("Twee", None)],
            id="headings begin corrections, and what stands before is the page's own",
        ),
        pytest.param(
            "<main><p><strong>3 mei 2024</strong></p><p>A.</p>"
            "<p>vrijdag 1 mei 2024</p><p>B.</p></main>",
            [("3 mei 2024 A.", date(2024, 5, 3)), ("vrijdag 1 mei 2024 B.", date(2024, 5, 1))],
            id="so do dates that stand alone",
        ),
        pytest.param(
            "<main><h3>Een</h3><p>3 mei 2024</p><p>A.</p>"
            "<p>2 mei 2024</p><h3>Twee</h3><p>B.</p></main>",
            [("Een", date(2024, 5, 3)), ("Twee", date(2024, 5, 2))],
            id="a heading and a date begin one together, in either order",
        ),
        pytest.param(
            "<article><p>Op 3 mei 2024 stond er A.</p><p>B.</p></article>",
            [("Op 3 mei 2024 stond er A.", date(2024, 5, 3)), ("B.", None)],
            id="without either each paragraph is one",
        ),
        pytest.param(
            "<main><p>31 februari 2024</p><p>A.</p></main>",
            [("31 februari 2024 A.", None)],
            id="a day that is none",
        ),
    ],
)
def test_what_begins_a_correction(body, expected):
    assert [(one.title, one.corrected_on) for one in read(body)] == expected


def test_the_articles_that_are_named():
    (found,) = read(
        f"<main><h2>Een</h2><p>{LINK}, {LINK}, <a href='/l/2280104'>daar</a>, "
        "<a href='https://elders.example/artikel/2280105'>elders</a>,"
        " <a href='/nieuws'>x</a></p></main>"
    )
    assert found.numbers == ("2280103", "2280104")


def test_a_correction_is_known_again_when_its_wording_changes():
    first, second = (
        read(f"<main><h2>{title}</h2><p>3 mei 2024</p><p>{text} {LINK}</p></main>")[0]
        for title, text in (("Een", "A."), ("Eén", "B."))
    )
    assert first.key == second.key
    other = read(f"<main><h2>Een</h2><p>4 mei 2024</p><p>A. {LINK}</p></main>")[0]
    assert other.key != first.key


def test_a_long_text_without_heading_is_titled_by_its_beginning():
    (found,) = read(f"<main><p>{'woord ' * 40}</p></main>")
    assert len(found.title) <= 102
    assert found.title.endswith("woord …")


@pytest.mark.parametrize("body", ["", "<main><h1>Herstel</h1></main>", "<nav><p>Menu</p></nav>"])
def test_a_page_without_any_is_an_error(body):
    with pytest.raises(MissingFieldError):
        read(body)
