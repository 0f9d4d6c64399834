"""The stemmer beside the one that it stands for, and beside PostgreSQL's."""

import re

import pytest
import snowballstemmer
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from newsarchive.search.stemming import stem
from newsarchive.search.words import split_words
from newsarchive.storage.engine import connect

LIBRARY = snowballstemmer.stemmer("dutch_porter")

SUFFIXES = (
    *("", "en", "ene", "s", "se", "e", "heid", "heden", "enheid", "end", "ing", "ig", "igend"),
    *("iging", "lijk", "lijke", "baar", "bar", "bare", "cheid", "gemen"),
)
words = st.builds(
    "{}{}{}".format,
    st.text("aeiouydtjkgmhsnlbr9ø", max_size=7),
    st.sampled_from(SUFFIXES),
    st.sampled_from(SUFFIXES),
)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        pytest.param("verkiezingen", "verkiez", id="-ingen"),
        pytest.param("katten", "kat", id="a double consonant"),
        pytest.param("maan", "man", id="a double vowel"),
        pytest.param("gezondheden", "gezond", id="-heden"),
        pytest.param("spelletje", "spelletj", id="a diminutive stays"),
        pytest.param("yoghurts", "yoghurt", id="a y that is a consonant"),
        pytest.param("2026", "2026", id="a number"),
        pytest.param("de", "de", id="too short"),
    ],
)
def test_stem(word, expected):
    assert stem(word) == expected == LIBRARY.stemWord(word)


@given(words)
def test_any_word_has_the_library_s_stem(word):
    assert stem(word) == LIBRARY.stemWord(word)


@pytest.mark.samples
def test_real_words_have_the_stems_of_postgresql(samples, new_postgres):
    lines = (samples / "items-2025-09-28.jsonl").read_text(encoding="utf-8").splitlines()
    known = {
        word.plain for line in lines for word in split_words(re.sub(r"<[^>]*>|\\u....", " ", line))
    }
    plain = sorted(word for word in known if word.isascii() and word.isalpha())
    engine = connect(new_postgres())
    with engine.connect() as connection:
        asked = text(
            "SELECT w, ts_lexize('dutch_stem', w) FROM unnest(CAST(:words AS text[])) AS w"
        )
        theirs = dict(connection.execute(asked, {"words": plain}).all())
    engine.dispose()

    assert len(plain) > 5_000
    # What PostgreSQL leaves out is a stop word; we index it, so that phrases can be found.
    assert [w for w in plain if theirs[w] and theirs[w] != [stem(w)]] == []
