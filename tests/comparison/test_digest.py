import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.cleaning.markup import sanitize_html
from newsarchive.comparison.digest import content_digest

TITLE = "Dijk houdt"
BODY = (
    '<p>De <em>oude</em> dijk <a href="https://nos.nl/l/1">houdt</a>, zegt het waterschap.</p>\n'
    '<figure><img src="https://nos.nl/a.jpg" alt="dijk"><figcaption>ANP</figcaption></figure>\n'
    "<ul><li>Peil: 3 m</li><li>Wind: 4</li></ul>"
)
INLINE = ("a", "b", "del", "em", "i", "img", "ins", "s", "strong", "sub", "sup", "u")


def edited(old: str, new: str) -> str:
    assert old in BODY
    return BODY.replace(old, new)


def test_the_bytes_hashed_are_those_of_the_docstring():
    canonical = (
        "Dijk houdt\n"
        '<p>De <em>oude </em>dijk <a href="https://nos.nl/l/1">houdt</a>, zegt het waterschap.</p>'
        "<figure><img><figcaption>ANP</figcaption></figure>"
        "<ul><li>Peil: 3 m</li><li>Wind: 4</li></ul>"
    )
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    assert content_digest(TITLE, BODY) == f"sha256:{digest}"


@pytest.mark.parametrize("name", INLINE)
def test_a_space_beside_what_stands_within_a_line_counts(name):
    """The names are part of rule 1, as the kinds of space are: with one less it is another rule."""
    spaced = f"<p>De <{name}>dijk</{name}></p>"
    assert content_digest(TITLE, spaced) != content_digest(TITLE, spaced.replace("De ", "De"))
    moved = f"<p>De<{name}> dijk</{name}></p>"
    assert content_digest(TITLE, spaced) == content_digest(TITLE, moved)


@pytest.mark.parametrize("space", "\t\n\f\r\xa0\u2009\u202f")
def test_each_kind_of_space_is_one(space):
    assert content_digest(TITLE, edited("3 m", f"3{space} {space}m")) == content_digest(TITLE, BODY)


def test_text_behind_the_last_tag_counts():
    assert content_digest(TITLE, f"{BODY}Nog iets.") != content_digest(TITLE, BODY)


@pytest.mark.parametrize(
    ("title", "body"),
    [
        pytest.param(" Dijk\xa0 houdt ", BODY, id="white space in the title"),
        pytest.param(TITLE, edited("oude", " oude "), id="spaces beside emphasis"),
        pytest.param(TITLE, edited("De <em>", "De<em> "), id="a space moved across a tag"),
        pytest.param(TITLE, edited("3 m", "3\xa0m"), id="a no-break space"),
        pytest.param(TITLE, edited("zegt het", "zegt   het"), id="many spaces"),
        pytest.param(TITLE, edited("schap.", "schap. "), id="a space before the end of a block"),
        pytest.param(TITLE, edited("</li><li>", "</li>\n  <li>"), id="indented markup"),
        pytest.param(TITLE, BODY.replace("\n", ""), id="no line breaks between blocks"),
        pytest.param(TITLE, edited("a.jpg", "2048x1152.webp"), id="the address of an image"),
        pytest.param(TITLE, edited(' alt="dijk"', ""), id="the text of an image"),
        pytest.param(TITLE, edited("<p>", '<p class="x">'), id="another attribute"),
    ],
)
def test_what_is_cosmetic_does_not_count(title, body):
    assert content_digest(title, body) == content_digest(TITLE, BODY)


@pytest.mark.parametrize(
    ("title", "body"),
    [
        pytest.param("Dijk breekt", BODY, id="the headline"),
        pytest.param("dijk houdt", BODY, id="a capital in the headline"),
        pytest.param(TITLE, edited("houdt", "houdt nog"), id="a word"),
        pytest.param(TITLE, edited("schap.", "schap"), id="punctuation"),
        pytest.param(TITLE, edited("waterschap", "water schap"), id="a word split in two"),
        pytest.param(TITLE, edited("oude</em> dijk", "oude</em>dijk"), id="two words joined"),
        pytest.param(TITLE, edited(", zegt", ",</p>\n<p>zegt"), id="a block boundary"),
        pytest.param(TITLE, edited("<p>De", "<h2>De").replace("</p>", "</h2>"), id="a heading"),
        pytest.param(TITLE, edited("nos.nl/l/1", "nos.nl/l/2"), id="the target of a link"),
        pytest.param(TITLE, edited("<em>oude</em>", "oude"), id="emphasis"),
        pytest.param(TITLE, edited("houdt</a>, zegt", "houdt, zegt</a>"), id="the reach of a link"),
        pytest.param(TITLE, edited("</li><li>", "<br>"), id="an item"),
        pytest.param(TITLE, edited("oude", "oude<br>"), id="a line break"),
        pytest.param(
            TITLE, edited('<img src="https://nos.nl/a.jpg" alt="dijk">', ""), id="an image"
        ),
        pytest.param(TITLE, "", id="everything"),
        pytest.param("", BODY, id="the title goes"),
    ],
)
def test_what_a_reader_notices_counts(title, body):
    assert content_digest(title, body) != content_digest(TITLE, BODY)


def test_a_space_between_inline_tags_counts():
    spaced, joined = "<p><b>een</b> <i>twee</i></p>", "<p><b>een</b><i>twee</i></p>"
    assert content_digest("", spaced) != content_digest("", joined)


def test_title_and_body_do_not_run_into_each_other():
    assert content_digest("Een twee", "<p>drie</p>") != content_digest("Een", "twee <p>drie</p>")


def test_an_unknown_rule_is_refused():
    with pytest.raises(ValueError, match="no digest rule 0"):
        content_digest(TITLE, BODY, rule=0)


PROSE = st.text(st.sampled_from("ab é<>&\"' \xa0"), max_size=20)


@given(PROSE, PROSE)
def test_indentation_by_the_publisher_does_not_count(first, second):
    def body(start, end, gap):
        paragraphs = [text.replace("&", "&amp;").replace("<", "&lt;") for text in (first, second)]
        return sanitize_html(gap.join(f"<p>{start}{text}{end}</p>" for text in paragraphs), "")

    assert content_digest("", body("", "", "")) == content_digest("", body("\n   ", " \n", "\n\t"))
