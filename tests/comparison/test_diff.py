import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from newsarchive.comparison.diff import Op, Segment, diff_words, html_of


def show(old: str, new: str) -> str:
    signs = {Op.EQUAL: "{}", Op.DELETE: "[-{}-]", Op.INSERT: "{{+{}+}}"}
    return "".join(signs[part.op].format(part.text) for part in diff_words(old, new))


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        pytest.param("", "", "", id="nothing"),
        pytest.param("Een zin.", "Een zin.", "Een zin.", id="no change"),
        pytest.param("", "Nieuw.", "{+Nieuw.+}", id="all new"),
        pytest.param("Weg.", "", "[-Weg.-]", id="all gone"),
        pytest.param(
            "De dijk houdt stand.",
            "De dijk breekt nu.",
            "De dijk [-houdt stand-]{+breekt nu+}.",
            id="two words, as one change",
        ),
        pytest.param("Drie doden.", "Drie, vier doden.", "Drie{+, vier+} doden.", id="words come"),
        pytest.param("Ja. Nee.", "Ja! Nee.", "Ja[-.-]{+!+} Nee.", id="punctuation"),
        pytest.param("1.\n\n2.", "1.\n\n2.\n\n3.", "1.\n\n2.{+\n\n3.+}", id="a block at the end"),
        pytest.param("1.\n\n2.", "0.\n\n1.\n\n2.", "{+0.\n\n+}1.\n\n2.", id="a block at the start"),
        pytest.param("1.\n\n2.\n\n3.", "1.\n\n3.", "1.\n\n[-2.\n\n-]3.", id="a block gone"),
        pytest.param("Een. Twee.", "Een.\n\nTwee.", "Een.[- -]{+\n\n+}Twee.", id="a block split"),
    ],
)
def test_diff_words(old, new, shown):
    assert show(old, new) == shown


TEXT = st.lists(
    st.sampled_from(["de ", "het ", "dijk", " ", ",", ".", "\n", "\n\n", "é", "’s "]), max_size=40
).map("".join)


@given(st.one_of(TEXT, st.text()), st.one_of(TEXT, st.text()))
def test_both_texts_can_be_put_together_again(old, new):
    segments = diff_words(old, new)
    assert "".join(part.text for part in segments if part.op is not Op.INSERT) == old
    assert "".join(part.text for part in segments if part.op is not Op.DELETE) == new
    assert all(part.text for part in segments)
    order = "".join(part.op[0] for part in segments)
    assert not any(pair in order for pair in ("ee", "dd", "ii", "id"))


@given(TEXT)
def test_the_same_text_is_one_segment(text):
    assert diff_words(text, text) == ((Segment(Op.EQUAL, text),) if text else ())


def test_one_word_in_a_long_text_is_found():
    old = "\n\n".join(f"De {number}e alinea van het stuk gaat over water." for number in range(900))
    new = old.replace("De 450e alinea", "De 450e paragraaf")
    assert [part.text for part in diff_words(old, new) if part.op is not Op.EQUAL] == [
        "alinea",
        "paragraaf",
    ]


def test_words_that_occur_often_are_compared_too():
    assert show("de dijk " * 200, "de dijk " * 100 + "de oude dijk " + "de dijk " * 99) == (
        "de dijk " * 100 + "de {+oude +}dijk " + "de dijk " * 99
    )


def test_a_long_text_written_anew_takes_no_time():
    words, draw = [f"woord{number}" for number in range(500)], random.Random(1)
    old, new = (" ".join(draw.choices(words, k=50_000)) for _ in range(2))
    assert [part.op for part in diff_words(old, new)] == [Op.DELETE, Op.INSERT]


def test_a_block_that_recurs_without_end_takes_no_time():
    blocks = ["Ja ja ja."] * 100_000
    edited = [*blocks[:9], "Nee.", *blocks[10:-9], "Nee.", *blocks[-8:]]
    parts = diff_words("\n\n".join(blocks), "\n\n".join(edited))

    assert [part.op for part in parts] == [Op.EQUAL, Op.DELETE, Op.INSERT, Op.EQUAL]
    assert (parts[0].text, parts[-1].text) == ("Ja ja ja.\n\n" * 9, "\n\n".join(blocks[-8:]))


def test_a_block_that_stands_there_a_thousand_times_takes_no_time():
    old, new = "Herhaling.\n\n" * 1000, "Herhaling.\n\nNieuw.\n\n" * 1000
    segments = diff_words(old, new)
    assert "".join(part.text for part in segments if part.op is not Op.INSERT) == old
    assert "".join(part.text for part in segments if part.op is not Op.DELETE) == new


@pytest.mark.parametrize("place", [0, 2500, 4999])
def test_an_edit_of_a_text_with_very_many_blocks_is_found(place):
    blocks = [f"Blok {number}." for number in range(5000)]
    other = [*blocks[:place], "Ander stuk.", *blocks[place + 1 :]]
    segments = diff_words("\n\n".join(blocks), "\n\n".join(other))
    assert "".join(part.text for part in segments if part.op is Op.INSERT) == "Ander stuk"


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        pytest.param("", "", "", id="nothing"),
        pytest.param("Een.", "Een.", "<p>Een.</p>", id="no change"),
        pytest.param(
            "Drie doden.", "Vier doden.", "<p><del>Drie</del><ins>Vier</ins> doden.</p>", id="words"
        ),
        pytest.param(
            "1.\n\n2.", "1.\n\n3.\n\n4.\n\n2.",
            "<p>1.</p>\n<p><ins>3.</ins></p>\n<p><ins>4.</ins></p>\n<p>2.</p>",
            id="no element reaches over blocks",
        ),
        pytest.param("a\nb", "a\nc", "<p>a<br><del>b</del><ins>c</ins></p>", id="a line"),
        pytest.param(
            "<b>", "<script>&", "<p>&lt;<del>b</del><ins>script</ins>&gt;<ins>&amp;</ins></p>",
            id="text is no markup",
        ),
    ],
)  # fmt: skip
def test_html_of(old, new, shown):
    assert html_of(diff_words(old, new)) == shown


@given(TEXT, TEXT)
def test_html_is_whole_and_has_every_word(old, new):
    shown = etree.fromstring(f"<div>{html_of(diff_words(old, new)).replace('<br>', '<br/>')}</div>")
    for kept, text in (("del", old), ("ins", new)):
        other = {"del": "ins", "ins": "del"}[kept]
        words = "".join(shown.xpath(f"//text()[not(parent::{other})]"))
        assert "".join(words.split()) == "".join(text.split())
