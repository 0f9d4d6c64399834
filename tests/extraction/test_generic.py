"""Any publisher's page: the same from the same bytes, from whatever came before, and no junk."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from newsarchive.exceptions import MissingFieldError
from newsarchive.extraction.base import SavedPage
from newsarchive.extraction.generic import Generic

PAGES = sorted((Path(__file__).parents[1] / "pages" / "other").glob("*/input.html"))
READ = [path for path in PAGES if path.parent.name != "generic-empty"]
DIGEST = """
import hashlib, pathlib, sys
from newsarchive.extraction.base import SavedPage
from newsarchive.extraction.generic import Generic
for path in sys.argv[1:]:
    page = SavedPage(pathlib.Path(path).read_bytes(), "https://dijkbode.example/nieuws/stuk")
    print(hashlib.sha256(repr(Generic().extract(page)).encode()).hexdigest())
"""
URL = "https://dijkbode.example/nieuws/stuk"


def digest(path):
    extracted = Generic().extract(SavedPage(path.read_bytes(), URL))
    return hashlib.sha256(repr(extracted).encode()).hexdigest()


@pytest.mark.parametrize("seed", ["0", "4711"])
def test_same_bytes_give_the_same_in_every_process(seed):
    told = subprocess.run(
        [sys.executable, "-c", DIGEST, *map(str, reversed(READ))],
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split() == [digest(path) for path in reversed(READ)]


def test_what_was_read_before_leaves_no_trace():
    first = [digest(path) for path in READ]
    assert [digest(path) for path in READ * 3] == first * 3


def test_importing_the_rule_does_not_import_what_it_works_with():
    check = "import sys, newsarchive.extraction; assert 'trafilatura' not in sys.modules"
    subprocess.run([sys.executable, "-c", check], check=True)


SENTENCE = "De weekmarkt van Dijkwolde verhuist in mei naar het plein. "


@pytest.mark.parametrize(
    ("html", "lacking"),
    [
        pytest.param("", "title and no body", id="nothing"),
        pytest.param("<!-- leeg -->", "title and no body", id="a comment"),
        pytest.param(f"<article><p>{SENTENCE * 9}</p></article>", "title", id="without a title"),
        pytest.param("<title>Markt</title><p>\xa0</p>", "body", id="without a body"),
        pytest.param(
            "<article><h1>Markt</h1><time datetime='2025-04-02'>2 april</time></article>",
            "body",
            id="with labels only",
        ),
    ],
)
def test_refused(html, lacking):
    with pytest.raises(MissingFieldError, match=rf"has no {lacking}\.$"):
        Generic().extract(SavedPage(html.encode(), URL))


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        pytest.param("<link rel=canonical href='/a'>", "https://dijkbode.example/a", id="a link"),
        pytest.param(
            "<link rel=canonical href='/a'><meta property=og:url content='https://x.example/b'>",
            "https://dijkbode.example/a",
            id="the link before Open Graph",
        ),
        pytest.param(
            "<meta property=og:url content='https://x.example/b'>",
            "https://x.example/b",
            id="Open Graph",
        ),
        pytest.param("<link rel=canonical href=' '>", None, id="an empty link"),
        pytest.param("", None, id="neither"),
    ],
)
def test_canonical_url(head, expected):
    html = f"<title>Markt</title>{head}<article><p>{SENTENCE * 9}</p></article>"
    assert Generic().extract(SavedPage(html.encode(), URL)).canonical_url == expected


def test_a_box_of_links_to_other_articles_is_no_part_of_it():
    teaser = "De brug bij Zandhuizen gaat een week lang dicht voor groot onderhoud."
    box = f"<div><h3>Lees ook:</h3><p><a href='/b'>Brug dicht</a></p><p>{teaser}</p></div>"
    paragraph = f"<p>{SENTENCE * 3}</p>"
    html = f"<title>Markt</title><article>{paragraph}{box}<p>Dat is {SENTENCE * 3}</p></article>"
    extracted = Generic().extract(SavedPage(html.encode(), URL))
    assert "Lees ook" not in extracted.html
    assert teaser not in extracted.html
    assert extracted.html.count(SENTENCE.strip()) == 6
