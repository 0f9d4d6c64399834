import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.search.words import (
    LONGEST,
    ends_in_word,
    find_spans,
    read_word,
    split_shown,
    split_words,
)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        pytest.param("De Tweede Kamer stemt.", "de tweede kamer stemt", id="lower case"),
        pytest.param("Één café in São Paulo", "een cafe in sao paulo", id="without diacritics"),
        pytest.param("cafe\u0301s", "cafes", id="marks that stand apart"),
        pytest.param("Søren en Łódź", "soren en lodz", id="letters that Unicode takes for others"),
        pytest.param("STRAẞE ﬁets", "strasse fiets", id="ligatures"),
        pytest.param("Noord-Korea", "noord korea", id="a hyphen is between two words"),
        pytest.param("zo'n foto’s, 's avonds", "zo n fotos s avonds", id="'s at the end stays"),
        pytest.param("FOTO'S", "fotos", id="also in capitals"),
        pytest.param("'Wilders' partij'", "wilders partij", id="quotation marks are not words"),
        pytest.param("Kamer\u00adlid", "kamerlid", id="a soft hyphen is not there"),
        pytest.param("1.000 euro, 3½ uur, D66", "1 000 euro 312 uur d66", id="figures"),
        pytest.param("a_b\u00a0c\u200bd", "a b c d", id="what is between words"),
        pytest.param("Київ 北京", "киів 北京", id="other alphabets"),
        pytest.param("— … !", "", id="no word at all"),
        pytest.param("a" * 100, "a" * LONGEST, id="a very long one is cut"),
    ],
)
def test_words_of_a_text(text, plain):
    assert " ".join(word.plain for word in split_words(text)) == plain


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("verkiezing", "Verkiezingen", id="plural"),
        pytest.param("foto", "foto's", id="plural with an apostrophe"),
        pytest.param("Oekraïne", "oekraine", id="a diaeresis"),
    ],
)
def test_inflections_have_one_stem(one, other):
    assert split_words(one)[0].stem == split_words(other)[0].stem


@given(st.text())
def test_any_text_has_words_that_indexes_can_hold(text):
    for word in split_words(text):
        for form in word:
            assert form.isalnum()
            assert len(form) <= LONGEST


@given(st.text())
def test_words_are_found_where_they_stand(text):
    shown = split_shown(text)

    assert [text[start:end] for start, end in find_spans(text)] == shown
    assert [word for word in map(read_word, shown) if word] == split_words(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("de kat", True, id="a letter"),
        pytest.param("de kat.", False, id="a full stop"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_whether_a_text_ends_in_a_word(text, expected):
    assert ends_in_word(text) is expected
