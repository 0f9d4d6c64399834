"""The index in step with the revisions, whatever the order of arrival."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from newsarchive.custody.reindex import index_missing, reindex
from newsarchive.model import Origin
from newsarchive.search import parse_query
from newsarchive.storage import Archive, SearchQuestion, SearchScope
from newsarchive.storage.engine import connect

INDEX = """
SELECT d.place, a.external_id, r.origin, r.number, b.number AS before, d.is_current
  FROM search_documents d
  JOIN articles a ON a.id = d.article_id
  JOIN revisions r ON r.id = d.revision_id
  LEFT JOIN revisions b ON b.id = d.before_id
 ORDER BY a.external_id, r.origin, r.number
"""
WORDS = ("kat", "poes", "hond", "removed:kat", "removed:poes", "removed:hond", "-kat", "titel")


def said(bench, animal, hours, **more):
    bench.record(bench.say(html=f"<p>De {animal} slaapt.</p>", hours=hours, **more))


def page(bench, animal, hours, **more):
    seen = {"origin": Origin.PAGE, "feed": None, "category": None, **more}
    bench.record(bench.say(html=f"<p>De {animal} slaapt.</p>", hours=hours, **seen), poll=False)


def in_order(bench):
    said(bench, "kat", 0)
    said(bench, "poes", 1)


def back_filled(bench):
    said(bench, "hond", 0)
    said(bench, "kat", 4)
    page(bench, "poes", 6)
    page(bench, "kat", 2)  # an older observation comes later
    page(bench, "hond", 4)


def dated_anew(bench):
    noon = bench.say().captured_at
    said(bench, "kat", 0)
    said(bench, "poes", 1, published_at=noon - timedelta(days=3))
    page(bench, "hond", 2, published_at=noon - timedelta(days=5))


def lossy_import(bench):
    imported = {"origin": Origin.IMPORT, "is_lossy": True}
    page(bench, "hond", 2, **imported)
    page(bench, "kat", 0, **imported, number=5)
    page(bench, "poes", -1, **{**imported, "is_lossy": False}, number=5)


STORIES = [in_order, back_filled, dated_anew, lossy_import]


def answers(archive):
    """Return what is found by some words, and how the index has the revisions."""
    found = {}
    for word in WORDS:
        question = SearchQuestion(parse_query(word), scope=SearchScope.ALL)
        found[word] = [
            (h.external_id, h.origin, h.number) for h in archive.search.iter_hits(question)
        ]
    return found


@pytest.mark.parametrize("tell", STORIES)
def test_the_index_is_what_indexing_anew_writes(bench, tell):
    tell(bench)
    index, found = bench.rows(INDEX), answers(bench.archive)
    assert bench.archive.search.find_faults().total == 0

    assert reindex(bench.archive) == bench.archive.count_rows()["articles"]

    assert bench.rows(INDEX) == index
    assert answers(bench.archive) == found


@pytest.mark.parametrize("tell", STORIES)
def test_what_is_current_is_what_the_view_shows(bench, tell):
    tell(bench)

    shown = bench.rows("SELECT external_id, origin, number FROM current_articles ORDER BY 1")
    current = [row[1:4] for row in bench.rows(INDEX) if row[5]]
    assert current == shown


def test_each_revision_is_compared_with_the_one_that_was_in_force_before(bench):
    back_filled(bench)

    assert [row[2:5] for row in bench.rows(INDEX)] == [
        ("feed", 1, None),
        ("feed", 2, 1),
        ("page", 1, 3),
        ("page", 2, None),
        ("page", 3, 2),
    ]


def test_an_article_that_is_dated_anew_moves_with_all_its_revisions(bench):
    noon = bench.say().captured_at
    said(bench, "kat", 0, published_at=noon)
    said(bench, "kat", 0, number=1, published_at=noon - timedelta(days=1))
    question = SearchQuestion(parse_query("kat"))
    before = [hit.external_id for hit in bench.archive.search.iter_hits(question)]
    said(bench, "kat", 1, published_at=noon - timedelta(days=2))
    after = [hit.external_id for hit in bench.archive.search.iter_hits(question)]

    assert (before, after) == (["2280103", "1"], ["1", "2280103"])


@pytest.fixture
def damage(bench):
    """Give a function that changes the database behind the archive's back."""
    engine = connect(bench.url)

    def change(statement):
        with engine.begin() as connection:
            connection.execute(text(statement))

    yield change
    engine.dispose()


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        pytest.param("DELETE FROM search_documents", "missing", id="revisions without a place"),
        pytest.param(
            "UPDATE search_documents SET is_current = NOT is_current",
            "wrongly_current",
            id="another revision is shown",
        ),
        pytest.param(
            "UPDATE articles SET published_at = '2020-01-01 00:00:00.000000'",
            "misplaced",
            id="published at another time",
        ),
        pytest.param(
            "UPDATE search_documents SET place = place + 5", "torn", id="words of other places"
        ),
    ],
)
def test_an_index_out_of_step_is_noticed_and_mended(bench, damage, statement, fault):
    in_order(bench)
    damage(statement)

    faults = bench.archive.search.find_faults()
    assert getattr(faults, fault) > 0
    reindex(bench.archive)
    assert bench.archive.search.find_faults().total == 0


def test_an_index_that_was_not_completed_is_noticed_and_mended(bench):
    in_order(bench)
    search = bench.archive.search
    search.clear()
    search.index(search.find_unindexed())  # and killed here

    assert (search.find_faults().total > 0) is bench.url.startswith("postgresql")
    assert search.count(SearchQuestion(parse_query("poes"))) == 1
    assert index_missing(bench.archive) == 0
    assert search.find_faults().total == 0


def test_what_an_upgrade_left_unindexed_is_indexed_in_batches_and_told(bench):
    bench.record(*(bench.say(html="<p>Kat.</p>", number=number) for number in range(1, 451)))
    bench.archive.search.clear()
    told = []

    assert index_missing(bench.archive, lambda *done: told.append(done)) == 450
    assert told == [(200, 450), (400, 450), (450, 450)]
    assert index_missing(bench.archive) == 0
    assert bench.archive.search.count(SearchQuestion(parse_query("kat"))) == 450


def test_two_writers_index_what_each_stores(bench):
    with Archive.open(bench.url) as other:
        in_order(bench)
        assert other.search.count(SearchQuestion(parse_query("poes"))) == 1
