from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.feeds.discovery import FeedLink, find_feed_links, find_form

DOCUMENTS = Path(__file__).parent / "documents"
HOME = "https://waterland.example/nieuws/"


def page(*links, head=""):
    return f"<!doctype html><html><head>{head}{''.join(links)}</head><body>Hoi</body></html>"


RSS = '<link rel="alternate" type="application/rss+xml" title="{}" href="{}">'


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        pytest.param(
            page(RSS.format("Waterland &raquo; Feed", "https://waterland.example/feed/")),
            [FeedLink("https://waterland.example/feed/", "Waterland » Feed")],
            id="RSS, absolute",
        ),
        pytest.param(
            page(RSS.format("", "/feed"), RSS.format("Sport", "sport.xml")),
            [
                FeedLink("https://waterland.example/feed", ""),
                FeedLink("https://waterland.example/nieuws/sport.xml", "Sport"),
            ],
            id="two, relative, in their order",
        ),
        pytest.param(
            page(RSS.format("", "feed"), head='<base href="/blog/">'),
            [FeedLink("https://waterland.example/blog/feed", "")],
            id="relative to the page's own base",
        ),
        pytest.param(
            page("<LINK REL='Alternate' TYPE='application/atom+xml; charset=utf-8' HREF=' /a '/>"),
            [FeedLink("https://waterland.example/a", "")],
            id="Atom, in capitals, with a charset",
        ),
        pytest.param(
            page(RSS.format("Een", "/feed"), RSS.format("Twee", "/feed")),
            [FeedLink("https://waterland.example/feed", "Een")],
            id="the same twice",
        ),
        pytest.param(
            page(
                '<link rel="stylesheet" type="application/rss+xml" href="/x">',
                '<link rel="alternate" type="text/html" hreflang="fy" href="/fy">',
                '<link rel="alternate" type="application/rss+xml">',
            ),
            [],
            id="other links",
        ),
        pytest.param("", [], id="nothing"),
        pytest.param("<!-- -->", [], id="a comment"),
    ],
)
def test_find_feed_links(html, expected):
    assert find_feed_links(html, HOME) == expected


@given(st.text())
def test_any_text_is_a_page(text):
    find_feed_links(text, HOME)


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("nos-2026", "RSS 2.0"),
        ("rss-0.91", "RSS 0.91"),
        ("rss-0.92", "RSS 0.92"),
        ("rss-1.0", "RSS 1.0"),
        ("atom-0.3", "Atom 0.3"),
        ("atom-1.0", "Atom 1.0"),
    ],
)
def test_find_form(name, form):
    assert find_form((DOCUMENTS / f"{name}.xml").read_bytes(), "text/xml") == form


@pytest.mark.parametrize(
    ("body", "form"),
    [
        pytest.param(b"<html></html>", None, id="a page"),
        pytest.param(b"", None, id="nothing"),
        pytest.param(b"<rss><channel/></rss>", "RSS", id="no version"),
        pytest.param(
            b'<rdf:RDF xmlns="http://my.netscape.com/rdf/simple/0.9/"></rdf:RDF>',
            "RSS 0.90",
            id="the first of all",
        ),
    ],
)
def test_find_form_of_others(body, form):
    assert find_form(body, None) == form
