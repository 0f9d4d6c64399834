import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.search import Snippet, parse_query
from newsarchive.search.finding import find_all
from newsarchive.search.snippets import cut, mark
from newsarchive.search.terms import wanted_terms

LONG = "Het is vandaag droog. " * 30


def finders(query):
    return find_all(wanted_terms(parse_query(query)))


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        pytest.param("kat", "Katten zien een kát.", "[Katten] zien een [kát].", id="inflections"),
        pytest.param("=kat", "Katten zien een kát.", "Katten zien een [kát].", id="as written"),
        pytest.param("kat*", "Kattenbak.", "[Kattenbak].", id="the beginning of a word"),
        pytest.param(
            '"tweede kamer"',
            "De Tweede Kamer, de kamer.",
            "De [Tweede Kamer], de kamer.",
            id="a phrase",
        ),
        pytest.param('"a b" "b c"', "a b c", "[a b c]", id="phrases that overlap"),
        pytest.param("kat -hond", "Kat en hond.", "[Kat] en hond.", id="not what is unwanted"),
        pytest.param("foto", "Foto's!", "[Foto's]!", id="an apostrophe"),
        pytest.param("vis", "Kat en hond.", "Kat en hond.", id="nothing"),
    ],
)
def test_what_was_found_is_marked(query, text, expected):
    assert mark(text, finders(query)).marked("[", "]") == expected


def test_a_snippet_is_where_most_of_the_terms_are():
    text = f"{LONG}De kat slaapt. {LONG}De kat ziet een hond. {LONG}"

    snippet = cut(text, finders("kat hond"))

    assert "De [kat] ziet een [hond]." in snippet.marked("[", "]")
    assert snippet.text.startswith("… ")
    assert snippet.text.endswith(" …")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"{LONG}www.example.nl/{'x-y-' * 30}kat en meer. {LONG}", id="before it"),
        pytest.param(f"{LONG}kat/{'x-y-' * 60} en meer. {LONG}", id="behind it"),
    ],
)
def test_a_snippet_has_what_was_found_where_no_space_is_near(text):
    snippet = cut(text, finders("kat"))

    assert [part.text for part in snippet.parts if part.is_found] == ["kat"]
    assert len(snippet.text) < 300


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Kort.\n\nEn goed.", "Kort. En goed.", id="a short text is one line"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_a_snippet_without_hits_is_the_beginning(text, expected):
    assert cut(text, finders("kat")) == Snippet(expected)


@given(st.text(), st.text("kat de\n", max_size=400), st.integers(1, 80))
def test_spans_are_in_the_text_and_in_order(head, text, width):
    snippet = cut(head + text, finders("kat OR de OR at"), width)

    edges = [edge for span in snippet.spans for edge in span]
    assert edges == sorted(edges)
    assert all(0 <= edge <= len(snippet.text) for edge in edges)
    assert "".join(part.text for part in snippet.parts) == snippet.text
