"""Which articles are near-duplicates; docs/near-duplicates.md says how well that is told."""

import json
import re
import sys
from itertools import combinations
from pathlib import Path

import pytest

from newsarchive.comparison.duplicates import (
    MIN_SIMILARITY,
    decide_duplicate,
    has_other_date,
    is_comparable,
    measure_similarity,
    read_story,
    share_of_facts,
)
from newsarchive.model import Kind

sys.path.insert(0, str(Path(__file__).parent))

from near_curve import CHOSEN_ON, REPORTED_ON, classes, curve, interval, judge, linked_of

DOCUMENT = Path(__file__).parents[2] / "docs" / "near-duplicates.md"

BLOCKS = [
    f"In {place} heeft {name} op {day} {count} mensen toegesproken over de hoge waterstand, die"
    f" volgens het waterschap pas na {count + 3} dagen weer tot het gewone peil is gezakt."
    for place, name, day, count in [
        ("Kampen", "Brandsma", "maandag", 41),
        ("Goes", "Elzinga", "dinsdag", 52),
        ("Tiel", "Feenstra", "woensdag", 63),
        ("Ede", "Postmus", "donderdag", 74),
    ]
]
TEXT = "\n\n".join(BLOCKS)


def story(text=TEXT, title="Hoog water"):
    return read_story(title, text)


@pytest.mark.parametrize("seed", [CHOSEN_ON, REPORTED_ON])
def test_precision_and_recall_are_what_was_asked_for(seed):
    pairs = [judged.pair for judged in judge(seed)]
    linked = linked_of(seed)
    near = [pair for pair in pairs if pair.is_near]
    right = [pair for pair in linked if pair.is_near]
    assert (len(pairs) >= 200, len(right) / len(linked) >= 0.98) == (True, True)
    assert len(right) / len(near) >= 0.85
    assert interval(len(right), len(near))[0] >= 0.85
    assert [pair.form for pair in linked if "column" in pair.form] == []


def test_the_tables_of_the_document_are_what_the_code_gives():
    text = DOCUMENT.read_text(encoding="utf-8")
    for lines in (curve(CHOSEN_ON), curve(REPORTED_ON), classes(REPORTED_ON)):
        assert "\n".join(lines) in text


def test_the_passages_tell_why():
    found = decide_duplicate(story(f"Een nieuwe eerste zin, heel anders.\n\n{TEXT}"), story())
    assert found is not None
    assert found.similarity > 0.9
    (passage,) = found.passages
    assert passage.text.startswith("In Kampen heeft Brandsma op maandag 41 mensen")
    assert passage.text.endswith(" …")


def test_the_same_report_with_other_names_is_another_report():
    other = re.sub(r"\d+", lambda n: str(int(n[0]) + 9), TEXT.replace("maandag", "zondag"))
    for name, another in [("Kampen", "Breda"), ("Brandsma", "Idzerda"), ("Goes", "Oss")]:
        other = other.replace(name, another)
    assert measure_similarity(story(), story(other)) > MIN_SIMILARITY
    assert share_of_facts(story(), story(other)) < 0.6
    assert decide_duplicate(story(other), story()) is None


def plain(numbers):
    """Return as many different words, without a name or a figure among them."""
    letters = str.maketrans("0123456789", "abcdefghij")
    return " ".join(f"woord{number}".translate(letters) for number in numbers)


@pytest.mark.parametrize(
    ("earlier", "later", "expected"),
    [
        pytest.param("12 van 13 en 14 met 15", "12 bij 13 als 14 dus 15", 1.0, id="all"),
        pytest.param("1 2 3 4 5 6 7 8", "1 2 3 4", 1.0, id="of the one with fewer"),
        pytest.param("11 12 13 14", "11 12 23 24", 0.5, id="half of them"),
        pytest.param(
            "1 2 3 4 de Ede Goes Oss Tiel", "1 2 3 4 de Assen Urk Oss Epe", 0.25, id="less"
        ),
        pytest.param("12 en 13 in Ede en Goes", "14 en 15 in Oss en Tiel", 0.0, id="both kinds"),
        pytest.param("12 en 13", "14 en 15", None, id="too few to tell"),
    ],
)
def test_which_part_of_the_facts_is_the_same(earlier, later, expected):
    assert share_of_facts(story(later), story(earlier)) == expected


@pytest.mark.parametrize(
    ("common", "changed", "is_linked"),
    [
        pytest.param("", "", True, id="the same text, in which nothing can be checked"),
        pytest.param("", plain(range(200, 240)), False, id="much of it, and nothing to check"),
        pytest.param("11 12 13 14 15", "11 12 23 24 25", True, id="some figures put right"),
        pytest.param("11 12 13 14 15", "11 22 23 24 25", False, id="hardly a figure the same"),
    ],
)
def test_the_more_alike_the_fewer_facts_need_be_the_same(common, changed, is_linked):
    earlier, later = (story(f"{plain(range(150))} {more}") for more in (common, changed))
    assert (decide_duplicate(later, earlier) is not None) == is_linked


def test_the_longest_passages_are_told_in_the_order_of_the_text():
    runs = [plain(range(100 * n, 100 * n + length)) for n, length in enumerate([12, 30, 11, 60])]
    runs += [plain(range(400 + 100 * n, 400 + 100 * n + 20)) for n in range(3)]
    earlier, later = (story(f" {mark} ".join(runs)) for mark in ("toen", "nu"))
    found = decide_duplicate(later, earlier)
    assert found is not None
    assert [passage.words for passage in found.passages] == [30, 60, 20, 20, 20]


@pytest.mark.parametrize(
    ("place", "left"),
    [
        # A run that begins in the block before reaches four words into this one.
        pytest.param(30, 28 + 4 + 2 * 28, id="within a block"),
        pytest.param(26, 2 * 28, id="across the end of one"),
    ],
)
def test_a_block_with_a_shingle_of_a_template_does_not_count(place, left):
    told = story()
    assert [len(story(block).words) for block in BLOCKS] == [28] * 4
    assert measure_similarity(told, told, {told.shingles[place]}) == left / (4 * 28)


def test_a_template_proposes_nobody():
    first, other = story(), story(f"{TEXT}\n\nEn dat was het voor vandaag uit het land.")
    assert decide_duplicate(other, first) is not None
    assert decide_duplicate(other, first, first.fingerprint) is None


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param("De uitzending van 1 april", "De uitzending van 2 mei", True, id="dates"),
        pytest.param("Weer: maandag", "Weer: dinsdag", True, id="days"),
        pytest.param("Brand in Ede", "Brand in Ede", False, id="the same title"),
        pytest.param("12 doden bij brand", "Brand: 14 doden", False, id="another form"),
    ],
)
def test_titles_of_one_form(one, other, expected):
    assert has_other_date(one, other) is expected


@pytest.mark.parametrize(
    ("kind", "title", "expected"),
    [
        pytest.param(Kind.ARTICLE, "Hoog water", True, id="an article"),
        pytest.param(Kind.ARTICLE, "Wekdienst 28/9: debat • finale", False, id="a dated label"),
        pytest.param(Kind.ARTICLE, "Kabinet valt over 24/7-plan", True, id="no date at the start"),
        pytest.param(Kind.VIDEO, "Hoog water", False, id="a video"),
        pytest.param(Kind.LIVEBLOG, "Hoog water", False, id="a liveblog"),
        pytest.param(Kind.CORRECTION, "Hoog water", False, id="a correction"),
    ],
)
def test_what_can_be_a_near_duplicate(kind, title, expected):
    assert is_comparable(kind, title) is expected


def test_short_texts_are_not_compared():
    short, long = story("\n\n".join(BLOCKS[:2])), story("\n\n".join(BLOCKS[:3]))
    assert len(short.words) < 75 < len(long.words)
    assert decide_duplicate(long, long) is not None
    assert decide_duplicate(short, short) is None
    assert decide_duplicate(long, short) is None


# Real articles by id. Of all pairs of the day none is a near-duplicate; these come closest.
NEAREST = {
    ("2584326", "2584334"),  # the Wekdienst in the words of an article
    ("2584352", "2584355"),  # one event for two readerships
    ("2584305", "2584341"),
    ("2584343", "2584373"),  # one title
    ("2583847", "2583908"),
}


@pytest.mark.samples
def test_of_a_real_day_no_two_articles_are_linked_and_each_is_like_its_page(samples):
    lines = (samples / "items-2025-09-28.jsonl").read_text(encoding="utf-8").splitlines()
    items = {row["url"].rpartition("/")[2]: row for row in map(json.loads, lines)}
    told = {
        number: read_story(row["title"], re.sub(r"<[^>]+>", " ", row["summary"]))
        for number, row in items.items()
        if is_comparable(Kind.ARTICLE, row["title"])
    }
    assert {number for pair in NEAREST for number in pair} <= items.keys()
    linked = [(a, b) for a, b in combinations(told, 2) if decide_duplicate(told[a], told[b])]
    assert linked == []
    pages = {
        number: read_story(row["title"], row["full_text"])
        for number, row in items.items()
        if number in told and len((row["full_text"] or "").split()) > 75
    }
    same = [n for n, page in pages.items() if len(told[n].words) > 75]
    found = [n for n in same if decide_duplicate(pages[n], told[n])]
    assert len(same) > 100
    assert len(found) >= 0.98 * len(same)
