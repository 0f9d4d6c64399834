"""docs/search.md tells the language as it is."""

import pytest

from newsarchive.search import language, parse_query
from newsarchive.search.indexing import MOST_BYTES, MOST_TITLE_WORDS, MOST_WORDS
from newsarchive.search.words import LONGEST, split_words
from newsarchive.storage.search_hits import RANKED

from .conftest import named, read, rows, section

TEXT = read("docs/search.md")


def test_every_form_that_is_shown_can_be_asked():
    shown = [form for cells in rows(section(TEXT, "The language")) for form in named(cells[0])]
    queries = [form for form in shown if "…" not in form]

    assert len(queries) > 10
    for query in queries:
        parse_query(query)


def test_forms_that_are_said_to_be_one_are_one():
    table = rows(section(TEXT, "The language"))
    said = [forms for cells in table if (forms := named(cells[0]))]

    assert parse_query(said[1][0]) == parse_query(said[1][1])
    assert parse_query(said[3][0]) == parse_query(said[3][1])


def test_stems_are_as_they_are_told():
    header, *told = rows(section(TEXT, "What a word is"))
    assert header == ["one stem", "another one"]
    for one, another in told:
        stems = {split_words(word)[0].stem for word in named(one)}
        assert len(stems) == 1, one
        assert split_words(named(another)[0])[0].stem not in stems, another


@pytest.mark.parametrize(
    "limit",
    [
        *(language.LONGEST, language.MOST_WORDS, LONGEST, RANKED),
        *(MOST_WORDS, MOST_BYTES, MOST_TITLE_WORDS),
    ],
)
def test_every_limit_is_told(limit):
    assert f"{limit:,}" in TEXT
