"""Single blocks: what each comes to, and that none vanishes, whatever its shape."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.cleaning.markup import render
from newsarchive.exceptions import ExtractionError
from newsarchive.extraction.blocks import Body, join, read_blocks

URL = "https://media.example/een.mp4"
SIZES = [
    {"width": 96, "height": 72, "url": {"jpg": "https://cdn.example/96.jpg"}},
    {"width": 960, "height": 720, "url": {"jpg": "https://cdn.example/960.jpg"}},
]


@pytest.mark.parametrize(
    ("block", "html"),
    [
        pytest.param({"type": "text", "text": "Een <em>brug</em>."}, "<p>Een <em>brug</em>.</p>",
                     id="text is HTML and stays it"),
        pytest.param({"type": "text", "text": " \n"}, "", id="blank text is nothing"),
        pytest.param({"type": "text", "text": None}, "", id="text of another type is nothing"),
        pytest.param({"type": "title", "title": "A < B & C"}, "<h2>A &lt; B &amp; C</h2>",
                     id="a title is plain text"),
        pytest.param({"__typename": "TextElement", "html": "Een brug."}, "<p>Een brug.</p>",
                     id="an element of 2026"),
        pytest.param({"type": "textList", "text": "<ol><li>Een</li></ol>"},
                     "<ol><li>Een</li></ol>", id="a list in HTML"),
        pytest.param({"type": "list", "items": ["Een", {"text": "Twee"}]},
                     "<ul><li>Een</li><li>Twee</li></ul>", id="a list of texts"),
        pytest.param({"type": "quote", "text": "Ja.", "author": ""},
                     "<blockquote><p>Ja.</p></blockquote>", id="a quote of nobody"),
        pytest.param({"type": "image", "image": {"imagesByRatio": {"4:3": SIZES}}},
                     '<figure><img src="https://cdn.example/960.jpg"></figure>',
                     id="an image at its largest"),
        pytest.param({"type": "image", "image": {"url": "https://x.example/a.jpg", "alt": '"A"'}},
                     '<figure><img src="https://x.example/a.jpg" alt="&quot;A&quot;"></figure>',
                     id="an image of one size"),
        pytest.param({"type": "video", "source": {"url": URL}, "description": "Zo ging het."},
                     f'<p><a href="{URL}">Zo ging het.</a></p>', id="a video without title"),
        pytest.param({"type": "audio", "media": {"src": URL}},
                     f'<p><a href="{URL}">{URL}</a></p>', id="sound without any words"),
        pytest.param({"__typename": "ClipElement", "videoAsset": {"formats": [{"url": URL}]},
                      "indexImage": {"Ratio16x9": SIZES}, "title": "Zo"},
                     f'<p><a href="{URL}">Zo</a></p>', id="a video by another name, no poster"),
        pytest.param({"__typename": "AudioElement", "title": "Luister",
                      "asset": {"id": "7", "formats": [{"url": URL, "mimetype": "audio/mpeg"}]}},
                     f'<p><a href="{URL}">Luister</a></p>', id="sound of 2026"),
        pytest.param({"__typename": "ImageElement", "imageAsset": {"Ratio16x9": SIZES},
                      "caption": "De brug"},
                     '<figure><img src="https://cdn.example/960.jpg">'
                     "<figcaption>De brug</figcaption></figure>", id="an image of 2026"),
        pytest.param({"type": "textbox", "children": [
                        {"type": "carousel", "items": [{"type": "text", "text": "Diep"}]}]},
                     "<p>Diep</p>", id="a box in a box"),
        pytest.param({"type": "tweet", "url": "https://s.example/1", "text": "Hoi", "author": "Ik"},
                     '<blockquote><p>Hoi</p><p>Ik</p></blockquote>\n'
                     '<p><a href="https://s.example/1">https://s.example/1</a></p>',
                     id="an unknown block with words and an address"),
        pytest.param({"type": "event", "title": "1950", "text": "<em>Open</em>"},
                     "<p>1950</p>\n<p><em>Open</em></p>", id="nothing is said twice"),
        pytest.param({"type": "divider", "id": "7"}, "", id="an unknown block that says nothing"),
    ],
)  # fmt: skip
def test_html(block, html):
    assert read_blocks([block]).html == html


@pytest.mark.parametrize(
    ("block", "related"),
    [
        pytest.param({"type": "link_container", "items": [
                        {"type": "internal_link", "item": {"id": 9100001, "title": "Brug dicht"}}]},
                     ("Brug dicht", "https://nos.nl/l/9100001"), id="an article of NOS"),
        pytest.param({"type": "link_container", "items": [
                        {"type": "external_link", "url": "https://x.example/", "title": "Elders"}]},
                     ("Elders", "https://x.example/"), id="another site"),
        pytest.param({"type": "leesOok", "items": [{"item": {"id": "9100001", "title": "Brug"}}]},
                     ("Brug", "https://nos.nl/l/9100001"), id="links by another name"),
    ],
)  # fmt: skip
def test_links_are_beside_the_body(block, related):
    title, url = related
    assert read_blocks([block]) == Body("", related=({"title": title, "url": url},))


@pytest.mark.parametrize(
    ("block", "unknown"),
    [
        pytest.param({"type": "text", "text": "Een"}, (), id="a known one"),
        pytest.param({"type": "poll", "title": "Een"}, ("poll",), id="an unknown one"),
        pytest.param({"title": "Een"}, ("without a name",), id="one without a name"),
        pytest.param({"type": "timeline", "items": [{"type": "text", "text": "Een"}]},
                     ("timeline",), id="an unknown box"),
        pytest.param({"type": "text", "value": {"text": "Een"}}, ("text",),
                     id="a known name in an unknown shape"),
        pytest.param({"type": "text", "richText": "<p>Een</p>"}, ("text",),
                     id="markup by an unknown name"),
        pytest.param({"type": "text", "value": "<em>Een</em>"}, ("text",),
                     id="markup where others have plain text"),
    ],
)  # fmt: skip
def test_unknown_blocks_are_named_and_say_what_they_say(block, unknown):
    body = read_blocks([block])
    assert body.unknown == unknown
    assert render(body.html, "https://nos.nl").text == "Een"


def test_joined_bodies_keep_their_order():
    bodies = [Body("<p>a</p>", unknown=("x",)), Body(""), Body("<p>b</p>", unknown=("x", "y"))]
    assert join(bodies) == Body("<p>a</p>\n<p>b</p>", unknown=("x", "y"))


def nested(name, depth):
    block = {"type": "text", "text": "Diep"}
    for _ in range(depth):
        block = {"type": name, "children": [block]}
    return block


@pytest.mark.parametrize("name", ["textbox", "text"])
def test_bombs_are_refused(name):
    assert read_blocks([nested(name, 40)]).html == "<p>Diep</p>"
    with pytest.raises(ExtractionError, match="deep"):
        read_blocks([nested(name, 400)])


NAMES = st.sampled_from([
    "type", "__typename", "text", "title", "items", "item", "children", "content", "image", "url",
    "imagesByRatio", "indexImage", "Ratio16x9", "videoAsset", "formats", "source", "media",
    "author", "id", "durationInSeconds", "width", "height",
])  # fmt: skip


def objects(inside):
    return st.dictionaries(NAMES, inside, max_size=5)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inside: st.lists(inside, max_size=3) | objects(inside),
    max_leaves=12,
)


@given(st.lists(objects(VALUES), max_size=4))
def test_any_json_can_be_read(blocks):
    assert isinstance(read_blocks(blocks).html, str)


WORDS = st.text("abc ", min_size=1).filter(str.strip)


@given(st.lists(st.tuples(st.text("xyz", min_size=1), WORDS), min_size=1, max_size=5))
def test_no_text_is_lost_whatever_its_block_is_called(named):
    body = read_blocks({"type": name, "text": words} for name, words in named)
    assert [line.split() for line in render(body.html, "https://nos.nl").text.split("\n\n")] == [
        words.split() for _, words in named
    ]
