from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.comparison.fingerprint import (
    FINGERPRINT_SIZE,
    fingerprint,
    number_shingles,
    split_words,
)

SENTENCE = "Het kabinet trekt miljoenen uit voor de dijken bij Kampen."


def test_words_are_runs_of_letters_and_digits_in_lower_case():
    assert split_words("‘Eén’ op 1.000: Sao-Paulo") == ["eén", "op", "1", "000", "sao", "paulo"]


def test_a_shingle_is_five_words_with_a_space_behind_each():
    numbers = number_shingles(split_words(SENTENCE))
    assert numbers[0] == crc32(b"het kabinet trekt miljoenen uit ")
    assert len(numbers) == 6


def test_rule_1_stays_as_it_is():
    """These numbers are in archives: a change of them is another rule, and a migration."""
    assert fingerprint(split_words(SENTENCE)) == (39367139, 1447758423)
    words = [f"waterstand{number}" for number in range(40)]
    assert fingerprint(words) == tuple(sorted(number_shingles(words))[:12])
    assert fingerprint(["dijken", *"abcdefg"]) == tuple(number_shingles(["dijken", *"abcd"]))
    assert fingerprint(["dijke", *"abcdefg"]) == ()


@pytest.mark.parametrize("words", [[], ["een"], ["een", "twee", "drie", "vier"]])
def test_a_text_without_five_words_has_no_shingle(words):
    assert (number_shingles(words), fingerprint(words)) == ([], ())


@given(st.lists(st.sampled_from(["de", "kabinet", "dijken", "één", "waterschap"]), max_size=60))
def test_a_fingerprint_is_of_a_texts_own_shingles_and_small(words):
    found = fingerprint(words)
    assert set(found) <= set(number_shingles(words))
    assert list(found) == sorted(set(found))
    assert len(found) <= FINGERPRINT_SIZE
