import pytest

from newsarchive.search import parse_query
from newsarchive.search.finding import find_all
from newsarchive.search.ranking import rank
from newsarchive.search.terms import wanted_terms

FILLER = "Het is vandaag droog en morgen regent het. "


def ranked(query, *articles):
    """Return the titles, the best first."""
    scores = rank(find_all(wanted_terms(parse_query(query))), articles)
    ordered = sorted(zip(scores, articles, strict=True), key=lambda one: -one[0])
    return [title for _, (title, _) in ordered]


@pytest.mark.parametrize(
    ("query", "better", "worse"),
    [
        pytest.param(
            "kat", ("Kat gered", FILLER), ("Weer", f"De kat. {FILLER}"), id="a title says more"
        ),
        pytest.param(
            "kat", ("A", "Kat. Kat. " + FILLER), ("B", "Kat. Hond. " + FILLER), id="more often"
        ),
        pytest.param(
            "kat", ("A", "De kat. " + FILLER), ("B", "De kat. " + FILLER * 9), id="in less text"
        ),
        pytest.param(
            "kat OR weer",
            ("A", "De kat. " + FILLER),
            ("B", "Het weer. " + FILLER),
            id="a rare word says more",
        ),
        pytest.param(
            '"de kat"',
            ("A", "De kat, de kat. " + FILLER),
            ("B", "De kat. Kat de de."),
            id="a phrase",
        ),
        pytest.param("katt*", ("A", "Katten, katten."), ("B", "Kattenbak, kat."), id="a beginning"),
    ],
)
def test_the_better_of_two_comes_first(query, better, worse):
    others = [(str(number), "Het weer. " + FILLER) for number in range(5)]

    order = ranked(query, worse, *others, better)

    assert order.index(better[0]) < order.index(worse[0])


def test_no_texts_have_no_scores():
    assert rank([], []) == []
