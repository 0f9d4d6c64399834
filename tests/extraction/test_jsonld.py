"""ld+json: which of the things that a page describes is its article, and what it says."""

import json
from datetime import UTC, datetime

import pytest

from newsarchive.exceptions import MissingFieldError
from newsarchive.extraction.base import SavedPage
from newsarchive.extraction.jsonld import JsonLd, NewsArticle, find_news_article
from newsarchive.model import Kind

URL = "https://nos.nl/artikel/9100001-brug-dicht"
ARTICLE = {"@type": "NewsArticle", "headline": "Brug dicht"}
VIDEO = {"@type": "VideoObject", "name": "Een video"}
CRUMBS = {"@type": "BreadcrumbList", "name": "Nieuws"}


def page(*scripts):
    texts = (script if isinstance(script, str) else json.dumps(script) for script in scripts)
    body = "".join(f'<script type="application/ld+json">{text}</script>' for text in texts)
    return SavedPage(f"<html><body>{body}</body></html>".encode(), URL)


def read(**fields):
    return find_news_article(page({**ARTICLE, **fields}))


@pytest.mark.parametrize(
    "scripts",
    [
        pytest.param([ARTICLE], id="alone"),
        pytest.param([[CRUMBS, ARTICLE]], id="in a list"),
        pytest.param([{"@graph": [CRUMBS, ARTICLE]}], id="in @graph"),
        pytest.param([{"@type": "WebPage", "mainEntity": ARTICLE}], id="as mainEntity"),
        pytest.param(['{"@type": "NewsArt', ARTICLE], id="after broken JSON"),
        pytest.param([VIDEO, ARTICLE, {**ARTICLE, "headline": "Lees ook"}], id="among others"),
        pytest.param([f"//<![CDATA[\n{json.dumps(ARTICLE)};\n//]]>"], id="in CDATA"),
        pytest.param([{**ARTICLE, "@type": ["NewsArticle", "Thing"]}], id="of several types"),
        pytest.param(['{"@type":"NewsArticle","headline":"Brug dicht","x":"a\tb\nc"}'],
                     id="with bare control characters"),
    ],
)  # fmt: skip
def test_found(scripts):
    assert find_news_article(page(*scripts)).headline == "Brug dicht"


@pytest.mark.parametrize(
    "scripts",
    [
        pytest.param([], id="no script"),
        pytest.param(["{"], id="broken JSON"),
        pytest.param(["[" * 100_000], id="a bomb"),
        pytest.param(["null"], id="null"),
        pytest.param([CRUMBS], id="something else"),
        pytest.param([{"@type": {"a": 1}}], id="a type that is no text"),
    ],
)
def test_none(scripts):
    assert find_news_article(page(*scripts)) is None
    assert not JsonLd().recognises(page(*scripts))


def test_a_script_that_is_cut_short():
    whole = page(ARTICLE).body
    assert find_news_article(SavedPage(whole[: whole.index(b"</script")], URL)) is None


@pytest.mark.parametrize(
    ("fields", "name", "value"),
    [
        pytest.param({"identifier": 9100001}, "identifier", "9100001", id="a number"),
        pytest.param({"identifier": {"@type": "PropertyValue", "value": "a1"}}, "identifier", "a1",
                     id="a PropertyValue"),
        pytest.param({"mainEntityOfPage": {"@id": URL}}, "url", URL, id="address of the page"),
        pytest.param({"keywords": ["brug", "Sneek"]}, "keywords", ("brug", "Sneek"), id="keywords"),
        pytest.param({"keywords": "brug, Sneek,"}, "keywords", ("brug", "Sneek"),
                     id="keywords in one text"),
        pytest.param({"author": {"name": "A"}}, "authors", ("A",), id="an author"),
        pytest.param({"author": ["A", {"name": "B"}, {}]}, "authors", ("A", "B"), id="authors"),
        pytest.param({"image": "https://x.example/a.jpg"}, "image_url", "https://x.example/a.jpg",
                     id="an image's address"),
        pytest.param({"image": [{"url": "https://x.example/a.jpg"}]}, "image_url",
                     "https://x.example/a.jpg", id="images"),
        pytest.param({"isPartOf": {"name": "Dossier"}}, "part_of", ("Dossier",), id="isPartOf"),
        pytest.param({"uploadDate": "2024-03-12T16:48:27+0100"}, "published_at",
                     datetime(2024, 3, 12, 15, 48, 27, tzinfo=UTC), id="a video's time"),
        pytest.param({"datePublished": "gisteren"}, "published_at", None, id="no time"),
    ],
)  # fmt: skip
def test_field(fields, name, value):
    assert getattr(read(**fields), name) == value


def test_kinds():
    assert find_news_article(page(VIDEO)) == NewsArticle(Kind.VIDEO, headline="Een video")
    assert read(**{"@type": "LiveBlogPosting"}).kind is Kind.LIVEBLOG


@pytest.mark.parametrize(
    ("lacking", "said"), [("headline", "headline"), ("datePublished", "datePublished")]
)
def test_a_rule_of_its_own_refuses(lacking, said):
    whole = {**ARTICLE, "articleBody": "Dicht.", "datePublished": "2024-03-12T16:48:27+0100"}
    assert JsonLd().extract(page(whole)).html == "<p>Dicht.</p>"
    with pytest.raises(MissingFieldError, match=f"without {said}"):
        JsonLd().extract(page({name: whole[name] for name in whole if name != lacking}))


def test_a_page_without_its_text_is_of_no_form():
    assert not JsonLd().recognises(page({**ARTICLE, "datePublished": "2024-03-12T16:48:27+0100"}))
    with pytest.raises(MissingFieldError, match="without articleBody"):
        JsonLd().extract(page(ARTICLE))
