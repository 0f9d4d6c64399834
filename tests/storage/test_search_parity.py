"""The same questions to the same texts have the same answers on both databases."""

import json
import re
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsarchive.exceptions import UsageError
from newsarchive.search import parse_query
from newsarchive.search.words import split_shown
from newsarchive.storage import (
    Archive,
    SearchOrder,
    SearchQuestion,
    SearchScope,
    Selection,
    search_tsvector,
)

from ..conftest import _database, _run_on  # noqa: TID252 - tests are no package to name
from .conftest import Bench

# Sentences with what words can have: figures, hyphens, apostrophes, accents, capitals.
OURS = """
De Tweede Kamer stemde dinsdag over het voorstel van het kabinet.
Het kabinet-Van Dijk wil de stikstofregels voor boerenbedrijven versoepelen.
Boeren in Overijssel zeggen dat hun bedrijf zo'n klap niet overleeft.
Bij de verkiezingen in Oekraïne zijn 1,5 miljoen stembiljetten geteld.
De verkiezing van de burgemeester van 's-Hertogenbosch is uitgesteld.
Foto's van de brand gaan het hele land door; één foto werd verwijderd.
Zuid-Koreaanse onderzoekers vonden een café dat al 400 jaar bestaat.
De politie hield drie mannen aan na een steekpartij in Amsterdam-Noord.
Volgens de politie waren de aangehouden mannen op weg naar huis.
In het huis van de verdachte lagen wapens, geld en gestolen auto's.
De rechter legde hem een gevangenisstraf op van 12 jaar en tbs.
Rechters in Den Haag vinden de straffen te laag, blijkt uit onderzoek.
Onderzoeken naar de brug laten zien dat het beton scheurt.
De bruggen over de IJssel blijven tot 16.30 uur dicht voor vrachtverkeer.
Max van der Berg won de sprint; zijn ploeggenoot werd tweede.
De ploeg reed een slechte tweede etappe, maar de kamer was goed.
Nederland wint met 3-1 van België en staat in de halve finale.
De Nederlandse spelers vierden feest met 20.000 supporters.
Coëfficiënten, reünies en geïnteresseerden: het kwam allemaal voorbij.
"Wij gaan door," zei de minister, "tot ’t gelukt is."
""".strip().splitlines()


@pytest.fixture(autouse=True)
def few_at_a_time(monkeypatch):
    """Have PostgreSQL list what the newest revisions do not have, as in an archive of any size."""
    monkeypatch.setattr(search_tsvector, "SAMPLE", 5)


def fill(url, texts):
    """Make an archive of an article a text: a title and a body, of which an edit made another."""
    Archive.create(url)
    bench = Bench(url)
    count = len(texts)
    for hours in range(2):
        said = (
            bench.say(
                texts[number],
                f"<p>{texts[(number * 7 - hours) % count]}</p>",
                hours=hours,
                number=number + 1,
            )
            for number in range(count)
        )
        bench.record(*said)
    return bench.archive


@pytest.fixture(scope="module")
def make_both(tmp_path_factory, postgres_server):
    """Make a SQLite and a PostgreSQL archive of the same texts."""
    made = []

    def make(texts, name):
        _run_on(postgres_server, f"CREATE DATABASE {name}")
        urls = (f"sqlite:///{tmp_path_factory.mktemp(name)}/a.db", _database(postgres_server, name))
        made.extend(fill(url, texts) for url in urls)
        return made[-2:]

    yield make
    for archive in made:
        archive.close()


@pytest.fixture(scope="module")
def ours(make_both):
    return make_both(OURS, "parity_of_ours")


@pytest.fixture(scope="module")
def sentences(samples):
    """Give 300 real sentences."""
    lines = (samples / "items-2025-09-28.jsonl").read_text(encoding="utf-8").splitlines()
    bodies = (re.sub(r"<[^>]*>", " ", json.loads(line)["summary"]) for line in lines)
    found = [one.strip() for body in bodies for one in re.split(r"(?<=[.!?])\s+", body)]
    known = list(dict.fromkeys(one for one in found if len(one) > MANY_CHARACTERS))
    return known[:: len(known) // 300][:300]


MANY_CHARACTERS = 60

SHOWN = 40
"""Hits of each query that are compared in all that is shown; of all, their number is."""


@pytest.fixture(scope="module")
def theirs(make_both, sentences):
    return make_both(sentences, "parity_of_theirs")


def make_queries(texts, count):
    """Yield queries of all forms, made of what stands in the texts."""
    random = Random(1)

    def word():
        return random.choice(split_shown(random.choice(texts)))

    def phrase(length):
        words = random.choice(texts).split()
        at = random.randrange(max(len(words) - length, 1))
        return '"{}"'.format(" ".join(words[at : at + length]).replace('"', "").replace("*", ""))

    def beginning():
        long = next(one for one in iter(word, "") if len(one) > 4)
        return f"{long[: random.randint(3, len(long))]}*"

    forms = [
        word,
        lambda: phrase(2),
        lambda: phrase(3),
        beginning,
        lambda: f"={word()}",
        lambda: f"={phrase(2)}",
        lambda: f"{word()} {word()}",
        lambda: f"{word()} OR {phrase(2)} OR {beginning()}",
        lambda: f"{word()} -{word()}",
        lambda: f"NOT {word()}",
        lambda: f"({word()} OR {word()}) AND NOT ({word()} {phrase(2)})",
        lambda: f"title:{word()}",
        lambda: f"title:{phrase(2)} OR title:={word()}",
        lambda: f"removed:{word()}",
        lambda: f"removed:={word()} {word()}",
        lambda: f"removed:{beginning()} OR -title:{word()}",
    ]
    for number in range(count):
        yield forms[number % len(forms)]()


def answer(archive, query, scope, order=SearchOrder.NEWEST):
    question = SearchQuestion(query, Selection(limit=SHOWN), scope=scope, order=order)
    hits = [
        (hit.external_id, hit.number, hit.title, hit.text, hit.removed, hit.score)
        for hit in archive.search.iter_hits(question)
    ]
    return [archive.search.count(question), *hits]


def compare(both, texts, count):
    """Ask both archives; return how many queries found anything."""
    found = 0
    for query in make_queries(texts, count):
        for scope in SearchScope:
            one, other = (answer(archive, parse_query(query), scope) for archive in both)
            assert one == other, query
        found += len(one) > 1
    return found


def test_our_sentences_are_found_alike(ours):
    assert compare(ours, OURS, 112) > 80


@pytest.mark.samples
def test_real_sentences_are_found_alike(theirs, sentences):
    assert len(sentences) == 300
    assert compare(theirs, sentences, 320) > 240


def test_they_are_ranked_alike(ours):
    for query in ("de OR politie", "kamer OR kabinet OR huis", '"de politie" OR title:rechter'):
        one, other = (
            answer(archive, parse_query(query), SearchScope.ALL, SearchOrder.RANKED)
            for archive in ours
        )
        assert one == other


def test_what_is_found_is_what_is_marked(ours):
    for query in make_queries(OURS, 4 * 16):
        if "-" in query or "NOT" in query or "removed" in query:
            continue
        for _, _, title, text, _, _ in answer(ours[0], parse_query(query), SearchScope.ALL)[1:]:
            assert title.spans or text.spans, query


WORDS = sorted({word for sentence in OURS for word in split_shown(sentence)})
queries = st.recursive(
    st.one_of(
        st.sampled_from(WORDS),
        st.sampled_from(WORDS).map("={}".format),
        st.sampled_from(WORDS).filter(lambda word: len(word) > 2).map(lambda w: f"{w[:3]}*"),
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(lambda w: f'"{" ".join(w)}"'),
        st.text("de'- 's=*|+^é", min_size=1, max_size=6),
    ),
    lambda part: st.one_of(
        st.builds("({} {})".format, part, part),
        st.builds("({} OR {})".format, part, part),
        st.builds("-{}".format, part),
        st.builds("title:{}".format, part),
        st.builds("removed:{}".format, part),
    ),
    max_leaves=8,
)


@given(queries, st.sampled_from(SearchScope))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_query_is_answered_alike(ours, text, scope):
    try:
        query = parse_query(text)
    except UsageError:
        return
    one, other = (answer(archive, query, scope) for archive in ours)
    assert one == other
