"""Search through the front door, on both databases.

The archive has three articles of three days, the latest first:

* 3, a cat in a tree: a feed revision, and a page whose `poes` became a `kat`;
* 2, a dog, of kind video and in the category tech;
* 1, an election.
"""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from newsarchive.exceptions import UsageError
from newsarchive.model import Identity, Kind, Origin
from newsarchive.search import parse_query
from newsarchive.storage import (
    Archive,
    SearchOrder,
    SearchQuestion,
    SearchScope,
    Selection,
    search_hits,
    search_schema,
    search_tsvector,
)
from newsarchive.storage.engine import connect

from ..conftest import _database, _run_on  # noqa: TID252 - tests are no package to name
from .conftest import Bench

ALL = SearchScope.ALL


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def archive(request, tmp_path_factory):
    """Give the archive on one database after the other; nothing here writes to it."""
    url = f"sqlite:///{tmp_path_factory.mktemp('search') / 'newsarchive.db'}"
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres_server")
        _run_on(server, "CREATE DATABASE search")
        url = _database(server, "search")
    Archive.create(url)
    bench = Bench(url)
    fill(bench)
    yield bench.archive
    bench.archive.close()


def fill(bench):
    noon = bench.say().captured_at
    days = {number: noon - timedelta(days=30 * (3 - number)) for number in (1, 2, 3)}
    video = Identity("nos", "2", Kind.VIDEO, "https://nos.nl/l/2")
    cat = {"number": 3, "published_at": days[3]}
    dog = {"number": 2, "published_at": days[2], "identity": video}
    poll = {"number": 1, "published_at": days[1]}
    bench.record(
        bench.say("Kat gered uit boom", "<p>De brandweer redde een poes.</p>", **cat),
        bench.say("Eén zetel meer", "<p>Verkiezingen in de Tweede Kamer.</p>", **poll),
    )
    tech = {"feed": "nosnieuwstech", "category": "tech"}
    html = "<p>Honden lopen ver: de tweede hond ook. Een kat niet, of kamer voor kamer.</p>"
    bench.record(bench.say("Hond vindt de weg", html, **dog, **tech), category="tech")
    page = {"origin": Origin.PAGE, "feed": None, "category": None, **cat}
    for hours, animal in enumerate(("poes", "kat"), start=1):
        html = f"<p>De brandweer redde een {animal} uit de boom.</p>"
        bench.record(bench.say("Kat gered uit boom", html, hours=hours, **page), poll=False)


def ask(archive, query, *, limit=None, category=None, since=None, until=None, **more):
    selection = Selection(category, since, until, limit)
    return list(archive.search.iter_hits(SearchQuestion(parse_query(query), selection, **more)))


def found(archive, query, **more):
    """Return which revisions are found, as `article origin number`."""
    return [f"{hit.external_id} {hit.origin} {hit.number}" for hit in ask(archive, query, **more)]


CAT, DOG, POLL = "3 page 2", "2 feed 1", "1 feed 1"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param("kat", [CAT, DOG], id="a word, the latest article first"),
        pytest.param("katten", [CAT, DOG], id="an inflection that is not there"),
        pytest.param("een", [CAT, DOG, POLL], id="a frequent word, with and without accents"),
        pytest.param("poes", [], id="a word that is shown no more"),
        pytest.param("=katten", [], id="as it is written"),
        pytest.param("=verkiezingen", [POLL], id="as it is written there"),
        pytest.param('"tweede kamer"', [POLL], id="a phrase"),
        pytest.param('"verkiezing in de"', [POLL], id="a phrase with an inflection"),
        pytest.param('="verkiezing in de"', [], id="a phrase as it is written"),
        pytest.param('"boom de"', [], id="no phrase runs from the title into the text"),
        pytest.param('"meer verkiezing*"', [], id="nor one with a beginning"),
        pytest.param("verkiezing*", [POLL], id="a beginning"),
        pytest.param('"de verkiez* "', [], id="the beginning of a phrase's last word"),
        pytest.param('"in de twe*"', [POLL], id="likewise, and there"),
        pytest.param("kat hond", [DOG], id="two words"),
        pytest.param("zetel OR hond", [DOG, POLL], id="one of two"),
        pytest.param("kat -hond", [CAT], id="without"),
        pytest.param("-kat", [POLL], id="nothing but without"),
        pytest.param("zetel OR -kat", [POLL], id="one of them without"),
        pytest.param("(zetel OR hond) AND (kat OR kamer) NOT tweede", [], id="nested"),
        pytest.param("title:kat", [CAT], id="in the title"),
        pytest.param("title:=gered", [CAT], id="as it is written in the title"),
        pytest.param('title:"kat gered"', [CAT], id="a phrase in the title"),
        pytest.param("title:verk*", [], id="a beginning in the title"),
        pytest.param("title:hond kat", [DOG], id="one in the title, one anywhere"),
    ],
)
def test_a_query_finds(archive, query, expected):
    assert found(archive, query) == expected


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        pytest.param({"title_only": True}, [CAT], id="in titles only"),
        pytest.param({"kind": Kind.VIDEO}, [DOG], id="of one kind"),
        pytest.param({"source": "nos"}, [CAT, DOG], id="of one source"),
        pytest.param({"source": "ander"}, [], id="of a source without any"),
        pytest.param({"category": "tech"}, [DOG], id="of one category"),
        pytest.param({"since": date(2026, 10, 1)}, [CAT], id="since a day"),
        pytest.param({"until": date(2026, 10, 1)}, [DOG], id="until before a day"),
        pytest.param({"limit": 1}, [CAT], id="so many"),
        pytest.param({"scope": ALL}, [CAT, "3 page 1", "3 feed 1", DOG], id="in all revisions"),
    ],
)
def test_hits_are_narrowed(archive, more, expected):
    assert found(archive, "kat", **more) == expected


@pytest.mark.parametrize(
    ("query", "more", "expected"),
    [
        pytest.param("removed:poes", {}, [CAT], id="a word that an edit took away"),
        pytest.param("removed:poezen", {}, [], id="not every inflection has one stem"),
        pytest.param("removed:=poes", {}, [CAT], id="as it was written"),
        pytest.param("removed:poe*", {}, [CAT], id="its beginning"),
        pytest.param("removed:kat", {}, [], id="a word that is there yet"),
        pytest.param("removed:poes title:boom", {}, [CAT], id="with what the revision has"),
        pytest.param("poes", {"scope": ALL}, ["3 page 1", "3 feed 1"], id="where it stood"),
    ],
)
def test_words_that_an_edit_removed(archive, query, more, expected):
    assert sorted(found(archive, query, **more)) == sorted(expected)


def test_a_hit_says_what_was_found(archive):
    [hit] = ask(archive, "removed:poes kat")

    assert (hit.source, hit.kind, hit.category) == ("nos", Kind.ARTICLE, "buitenland")
    assert hit.title.marked("[", "]") == "[Kat] gered uit boom"
    assert hit.text.marked("[", "]") == "De brandweer redde een [kat] uit de boom."
    assert "een [poes] uit" in hit.removed.marked("[", "]")
    assert hit.is_current


@pytest.mark.parametrize("order", SearchOrder)
def test_pages_of_hits_make_the_whole(archive, order):
    whole = ask(archive, "een OR kat", scope=ALL, order=order)
    paged, after = [], None
    while page := ask(archive, "een OR kat", scope=ALL, order=order, limit=2, after=after):
        paged += page
        after = page[-1].cursor

    assert len(whole) == 5
    assert paged == whole


@pytest.mark.parametrize("cursor", ["", "x", "-1", "²", "9" * 30])
def test_a_cursor_that_no_hit_gave_is_refused(archive, cursor):
    with pytest.raises(UsageError, match="no cursor"):
        ask(archive, "kat", after=cursor)


def test_ranked_hits_have_the_best_first(archive):
    hits = ask(archive, "hond OR kat OR zetel", order=SearchOrder.RANKED)

    assert hits[0].external_id == "2"  # in title and text
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_hits_are_counted_no_further_than_told(archive):
    question = SearchQuestion(parse_query("een"), Selection(limit=1))

    assert archive.search.count(question) == 3
    assert archive.search.count(question, at_most=2) == 2


def test_facets(archive):
    facets = archive.search.find_facets(SearchQuestion(parse_query("een"), Selection(limit=1)))

    assert facets.counted == 3
    assert facets.is_complete
    assert list(facets.categories.items()) == [("buitenland", 2), ("tech", 1)]
    assert facets.kinds == {"article": 2, "video": 1}
    assert facets.years == {2026: 3}
    assert not archive.search.find_facets(SearchQuestion(parse_query("een")), at_most=2).is_complete


@pytest.mark.parametrize("order", SearchOrder)
def test_a_page_has_the_hits_and_the_facets(archive, order):
    first = SearchQuestion(parse_query("een"), Selection(limit=2), order=order)
    search = archive.search

    hits, facets = search.find_page(first, at_most=5)
    assert hits == list(search.iter_hits(first))
    assert len(hits) == 2
    assert facets == search.find_facets(first, at_most=5)
    following = replace(first, after=hits[-1].cursor)
    more, facets = search.find_page(following, at_most=5)
    assert more == list(search.iter_hits(following))
    assert len(more) == 1
    assert facets.counted == 3


@pytest.mark.parametrize("rare", [0, 100])
@pytest.mark.parametrize("sample", [1, 100])
def test_however_an_index_is_asked_it_has_the_same_hits(archive, monkeypatch, rare, sample):
    for module in (search_schema, search_tsvector):
        monkeypatch.setattr(module, "RARE", rare, raising=False)
        monkeypatch.setattr(module, "SAMPLE", sample, raising=False)
    whole = SearchQuestion(parse_query("een"))
    everything = [hit.external_id for hit in archive.search.iter_hits(whole)]
    limited = replace(whole, selection=Selection(limit=9))
    one_category = replace(whole, selection=Selection(category="buitenland", limit=9))

    assert len(everything) == 3
    assert [hit.external_id for hit in archive.search.iter_hits(limited)] == everything
    found = [hit.external_id for hit in archive.search.iter_hits(one_category)]
    assert len(found) == 2
    assert found == [number for number in everything if number in found]


def test_a_withheld_article_is_not_found(bench):
    fill(bench)
    engine = connect(bench.url)
    with engine.begin() as connection:
        hidden = "UPDATE articles SET withheld_at = first_seen_at WHERE external_id = '3'"
        connection.execute(text(hidden))
    engine.dispose()

    assert found(bench.archive, "kat", scope=ALL) == [DOG]
    assert found(bench.archive, "kat", order=SearchOrder.RANKED) == [DOG]
    question, search = SearchQuestion(parse_query("kat"), scope=ALL), bench.archive.search
    assert search.count(question) == search.find_facets(question).counted == 1
    shown = bench.archive.iter_articles(Selection(query="kat"))
    assert [article.external_id for article in shown] == ["2"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param("kat", ["2", "3"], id="what is shown"),
        pytest.param("poes", [], id="not what is shown no more"),
        pytest.param("removed:poes", ["3"], id="what an edit took away"),
    ],
)
def test_a_selection_by_query(archive, query, expected):
    selection = Selection(query=query)

    assert [article.external_id for article in archive.iter_articles(selection)] == expected
    assert {r.external_id for r in archive.iter_revisions(selection)} == set(expected)
    assert {c.external_id for c in archive.iter_changes(selection)} == set(expected) & {"3"}


def test_a_reader_searches(bench):
    fill(bench)
    with Archive.read(bench.url) as reader:
        assert found(reader, "kat") == [CAT, DOG]


def test_what_is_very_long_is_found_up_to_a_length_that_is_told(bench):
    body = "de kat en " * 9_000 + "de hond en een slot"
    bench.record(bench.say("Lang", f"<p>{body}</p>"))

    assert found(bench.archive, '"kat en de kat"') == ["2280103 feed 1"]
    assert found(bench.archive, '"de hond"') == []


AT_THE_END = {
    '"de vink"': True,
    '"de vin*"': True,
    '="de vink"': True,
    '"de vis"': False,
    '-"de vink"': False,
    '(-"de vis" OR vis) AND "een slot"': True,
    'title:"lang lang"': False,
}
"""Whether queries find an article that ends in "de vink en een vis of een slot"."""


def test_phrases_are_found_behind_all_that_a_tsvector_can_hold(bench):
    body = "de kat en " * 6_000 + "de vink en een vis of een slot"
    bench.record(bench.say("Lang", f"<p>{body}</p>"))

    assert {query: bool(found(bench.archive, query)) for query in AT_THE_END} == AT_THE_END


@pytest.mark.parametrize(
    ("word", "count"),
    [
        pytest.param("шйщ" * 20, 2_000, id="the longest"),
        pytest.param("w", 25_000, id="the most"),
    ],
)
def test_very_many_different_words_can_be_stored(bench, word, count):
    for hours in range(2):
        body = " ".join(f"{hours}{number:x}{word}" for number in range(count))
        counts = bench.record(bench.say(body, f"<p>{body}</p>", hours=hours))

        assert counts["quarantined"] == 0
    assert len(found(bench.archive, f"removed:00{word}")) == 1


def test_a_revision_that_is_refused_leaves_nothing_in_the_index(bench):
    bad = bench.say("Kapot", "<p>Kat.</p>", number=9)
    bench.record(bench.say(html="<p>Kat.</p>"), replace(bad, content_digest="md5:0"))

    assert found(bench.archive, "kat") == ["2280103 feed 1"]
    assert bench.archive.search.find_faults().total == 0


def test_hits_that_move_while_they_are_read_are_told_as_they_were(bench, monkeypatch):
    monkeypatch.setattr(search_hits, "BATCH", 1)
    days = {number: bench.say().captured_at + timedelta(days=number) for number in (1, 2, 3)}
    bench.record(
        *(bench.say(f"Brug {number}", number=number, published_at=days[number]) for number in days)
    )
    question = SearchQuestion(parse_query("brug"), Selection(limit=10))

    with Archive.read(bench.url) as reader:
        hits = reader.search.iter_hits(question)
        first = next(hits)
        moved = bench.say("Brug 1", "<p>Anders.</p>", 1, 1, published_at=days[3])
        bench.record(moved)
        found = [first, *hits]

    assert [hit.title.text for hit in found] == ["Brug 3", "Brug 2", "Brug 1"]
