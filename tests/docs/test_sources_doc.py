"""docs/sources.md names the keys that there are, and its example can be used."""

import tomllib
from pathlib import Path

import pytest

from newsarchive.cleaning.urls import canonicalize_url
from newsarchive.sources.toml import FEED_KEYS, SOURCE_KEYS, read_sources

from .conftest import blocks, named, read, rows, section

TEXT = read("docs/sources.md")


def test_the_example_is_a_source():
    [example] = (block.text for block in blocks(TEXT) if block.language == "toml")
    [source] = read_sources(tomllib.loads(example)["sources"], Path("x")).values()
    assert source.categories == ("nieuws", "sport")


@pytest.mark.parametrize(
    ("heading", "keys"), [("key of a source", SOURCE_KEYS), ("key of a feed", FEED_KEYS)]
)
def test_every_key_is_explained(heading, keys):
    table = section(TEXT, "The table").partition(f"| {heading}")[2].partition("\n\n")[0]
    assert [cells[0].strip("`") for cells in rows(table)] == list(keys)


def test_what_is_said_to_be_one_address_is_one():
    table = section(TEXT, "Which article is meant").partition("| written")[2].partition("\n\n")[0]
    shown = [(named(written), named(canonical)[0]) for written, canonical in list(rows(table))]
    assert len(shown) == 5
    for written, canonical in shown:
        for form in written:
            assert _whole(form) == _whole(canonical)


def _whole(form):
    if form.startswith("/"):
        return canonicalize_url(f"https://weekblad.example{form}")
    url = form if "://" in form else f"https://{form}/…"
    return canonicalize_url(url.replace("…", "weekblad.example" if url == form else "brug"))
