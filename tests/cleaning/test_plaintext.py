import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import fragment_fromstring

from newsarchive.cleaning.plaintext import count_words, render_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        pytest.param("", "", id="nothing"),
        pytest.param(
            "<p>Een.</p>\n<h2>Kop</h2>\n<p>Twee.</p>", "Een.\n\nKop\n\nTwee.", id="blocks"
        ),
        pytest.param(
            "<p>Een  zin\xa0\xa0 ja. </p>", "Een zin ja.", id="spaces and no-break spaces"
        ),
        pytest.param("<p>9\u202f000 km</p>", "9 000 km", id="a narrow no-break space"),
        pytest.param("<p>Een<br>twee <br> drie</p>", "Een\ntwee\ndrie", id="br is a newline"),
        pytest.param("<p><br>Een<br></p>", "Een", id="br at the edge"),
        pytest.param("<p>Een<br>\xa0<br>twee</p>", "Een\ntwee", id="a blank line divides blocks"),
        pytest.param(
            '<p>Zie <a href="https://nos.nl/l/1">dit <em>bericht</em></a>, en <b>ook</b> dat.</p>',
            "Zie dit bericht, en ook dat.",
            id="link text and emphasis stay in the line",
        ),
        pytest.param("<p>A &amp; B &lt;3</p>", "A & B <3", id="character references"),
        pytest.param("<ul><li>Een</li><li>Twee</li></ul>", "- Een\n- Twee", id="a list"),
        pytest.param("<ol><li>Een</li><li>Twee</li></ol>", "- Een\n- Twee", id="a numbered list"),
        pytest.param(
            "<ul><li>Een<ul><li>A<ol><li>i</li></ol></li><li>B</li></ul></li><li>Twee</li></ul>",
            "- Een\n  - A\n    - i\n  - B\n- Twee",
            id="nested lists are indented",
        ),
        pytest.param(
            "<ul><li>Een<br>regel</li><li><p>Twee</p><p>alinea's</p></li></ul>",
            "- Een\n  regel\n- Twee\n  alinea's",
            id="an item of several lines is indented",
        ),
        pytest.param("<ul><li><ul><li>A</li></ul></li></ul>", "  - A", id="an item of a list only"),
        pytest.param(
            "<p>Dit:</p>\n<ul><li>Een<br><br>twee</li></ul>\n<p>Dat.</p>",
            "Dit:\n\n- Een\n  twee\n\nDat.",
            id="a list is one block, whatever is in it",
        ),
        pytest.param(
            "<table><caption>Stand</caption><thead><tr><th>Ploeg</th><th>P</th></tr></thead>"
            "<tbody><tr><td>Een<br>FC</td><td>3</td></tr></tbody></table>",
            "Stand\n\nPloeg | P\nEen FC | 3",
            id="a table is one block, its caption another",
        ),
        pytest.param("<table><tr><td>1</td><td>2</td></tr></table>", "1 | 2", id="rows alone"),
        pytest.param(
            "<table><tr><td>A</td><td></td><td>C</td></tr><tr><td> </td></tr></table>",
            "A | | C",
            id="an empty cell keeps its place, an empty row goes",
        ),
        pytest.param(
            "<blockquote><p>Nooit.</p><ul><li>Een</li></ul></blockquote>",
            "Nooit.\n\n- Een",
            id="a quote is its inner blocks",
        ),
        pytest.param(
            '<p>Een.</p>\n<figure><img src="https://nos.nl/a.jpg" alt="Een dijk">'
            "<figcaption>De dijk <em>ANP</em></figcaption></figure>",
            "Een.\n\nDe dijk ANP",
            id="a caption is a block",
        ),
        pytest.param(
            '<figure><img src="https://nos.nl/a.jpg" alt="dijk"></figure>', "", id="image"
        ),
        pytest.param("<p>\u200b</p><p>Ja</p>", "Ja", id="a block of nothing visible"),
    ],
)
def test_the_text_rendition(html, text):
    assert render_text(html) == text


@given(st.lists(st.sampled_from(["Een", "zin", " ", "\xa0", "<br>", "<em>na</em>", "</p><p>"])))
def test_no_line_has_space_to_spare(pieces):
    text = render_text(f"<p>{''.join(pieces)}</p>")
    assert text == text.strip()
    assert "  " not in text
    assert all(line == line.strip() for line in text.split("\n"))
    blocks = fragment_fromstring(f"<p>{''.join(pieces)}</p>", create_parent=True).iter("p")
    assert len(text.split("\n\n")) == max(1, sum(bool(b.text_content().strip()) for b in blocks))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        pytest.param("", 0, id="nothing"),
        pytest.param("Een zin van vijf woorden.", 5, id="a sentence"),
        pytest.param("ja – nee … \"'", 2, id="punctuation is no word"),
        pytest.param("zo'n 3,5 km/u op 't 's-Gravendijkwal", 6, id="punctuation is part of words"),
        pytest.param("- Een\n  - twee\n\n9 | 10", 4, id="marks of lists and tables"),
        pytest.param("_ __ a_b", 1, id="an underscore is no letter"),
    ],
)
def test_count_words(text, count):
    assert count_words(text) == count
    assert count == sum(any(sign.isalnum() for sign in token) for token in text.split())
