import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from newsarchive.cleaning.characters import clean_characters


@pytest.mark.parametrize(
    ("text", "cleaned", "count"),
    [
        pytest.param("een\ttwee\r\ndrie é 🎉 \x7f\x85\xa0", None, 0, id="storable characters stay"),
        pytest.param("", None, 0, id="nothing"),
        pytest.param("ka\x00bi\x00net", "kabinet", 2, id="NUL goes"),
        pytest.param("\x01ja\x08\x0e\x1f", "ja", 4, id="control characters go"),
        pytest.param("een\x0btwee\x0cdrie", "een twee drie", 2, id="odd white space is a space"),
        pytest.param("ja\ufffe\uffff", "ja", 2, id="characters that XML has not go"),
        pytest.param("a\ud83db\udc4dc", "a\ufffdb\ufffdc", 2, id="lone surrogates"),
        pytest.param("\udc4d\ud83d", "\ufffd\ufffd", 2, id="surrogates in the wrong order"),
        pytest.param("duim \ud83d\udc4d", "duim 👍", 1, id="a pair of surrogates is a character"),
    ],
)
def test_clean_characters(text, cleaned, count):
    assert clean_characters(text) == (text if cleaned is None else cleaned, count)


@given(st.text(st.characters(categories=None)))
def test_whatever_comes_is_storable_afterwards(text):
    cleaned, count = clean_characters(text)
    assert "\x00" not in cleaned
    cleaned.encode()
    etree.Element("p").text = cleaned  # raises for what XML cannot hold
    assert clean_characters(cleaned) == (cleaned, 0)
    assert (cleaned == text) == (count == 0)
