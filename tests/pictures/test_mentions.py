"""Which pictures a revision shows."""

import pytest

from newsarchive.model import Media
from newsarchive.pictures.mentions import find_mentions

HEAD = "https://cdn.nos.nl/image/2026/10/01/804211/1008x567.jpg"
LARGE = "https://cdn.nos.nl/image/2026/10/01/804211/3840x2160.jpg"
INSIDE = "https://cdn.nos.nl/image/2026/10/01/804300/1008x567.jpg"
METADATA = {"image": {"url": HEAD, "caption": "De dijk", "copyright": "Studio Zilt"}}


def figure(url, caption=""):
    said = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'<figure><img src="{url}">{said}</figure>'


def told(html="", image_url=HEAD, metadata=METADATA, media=Media.ALL):
    found = find_mentions(html, image_url, metadata, media)
    return [(m.address.url, m.role, m.caption, m.copyright) for m in found]


OWN = (HEAD, "feature", "De dijk", "Studio Zilt")


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        pytest.param("<p>Geen beeld.</p>", [], id="none"),
        pytest.param(
            figure(INSIDE, "Het gemaal © Studio Duin"),
            [(INSIDE, "body", "Het gemaal", "Studio Duin")],
            id="with caption and credit",
        ),
        pytest.param(
            figure(INSIDE, "© Studio Duin"), [(INSIDE, "body", "", "Studio Duin")], id="credit only"
        ),
        pytest.param(
            figure(INSIDE, "Het gemaal"), [(INSIDE, "body", "Het gemaal", "")], id="caption only"
        ),
        pytest.param(
            f'<p>Een <img src="{INSIDE}"> hier.</p>', [(INSIDE, "body", "", "")], id="in a sentence"
        ),
        pytest.param(figure(LARGE, "Nogmaals"), [], id="the feature again, at another size"),
        pytest.param(figure("data:image/gif;base64,AA"), [], id="no address"),
    ],
)
def test_the_pictures_among_the_text(html, expected):
    assert told(html) == [OWN, *expected]


def test_an_article_without_a_picture_of_its_own():
    assert told(figure(INSIDE), image_url=None) == [(INSIDE, "body", "", "")]


def test_an_entry_tells_no_caption():
    assert told(metadata={}) == [(HEAD, "feature", "", "")]


def test_only_what_is_asked_for():
    assert told(figure(INSIDE), media=Media.FEATURE) == [OWN]
    assert told(figure(INSIDE), media=Media.NONE) == []
