"""Pages of Next.js: which rule takes which JSON, and what no fixture shows."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.exceptions import ExtractionError
from newsarchive.extraction.base import Extracted, Form, SavedPage
from newsarchive.extraction.disagreements import compare_with_jsonld, count_words_of_html
from newsarchive.extraction.jsonld import NewsArticle
from newsarchive.extraction.nextarticle import NextArticle
from newsarchive.extraction.nextdata import NextData
from newsarchive.extraction.partners import split_partner
from newsarchive.extraction.updates import number_of, read_updates
from newsarchive.model import Kind

URL = "https://nos.nl/artikel/9100001-brug-dicht"
TEXT = {"type": "text", "text": "De brug is dicht."}
ARTICLE = {
    "id": 9100001,
    "type": "article",
    "title": "Brug dicht",
    "publishedAt": "2024-05-14T16:48:27+0200",
    "items": [TEXT],
}
TIME = datetime(2024, 5, 14, 14, 48, 27, tzinfo=UTC)
RULES = (NextData(), NextArticle())


def page(props, *, head="", script=None):
    script = json.dumps({"props": {"pageProps": props}}) if script is None else script
    text = f'<html><head>{head}</head><script id="__NEXT_DATA__">{script}</script></html>'
    return SavedPage(text.encode(), URL)


def read(**changes):
    return NextData().extract(page({"data": ARTICLE | changes}))


@pytest.mark.parametrize(
    ("props", "form"),
    [
        pytest.param({"data": ARTICLE}, Form.NEXT_DATA, id="blocks in items"),
        pytest.param({"data": {**ARTICLE, "items": None}}, Form.NEXT_DATA, id="no blocks at all"),
        pytest.param({"article": ARTICLE}, Form.NEXT_ARTICLE, id="pageProps.article"),
        pytest.param({"data": {**ARTICLE, "content": []}}, Form.NEXT_ARTICLE, id="content"),
        pytest.param({"data": {"__typename": "Article", "id": 1}}, Form.NEXT_ARTICLE, id="named"),
        pytest.param({"data": {**ARTICLE, "type": "collection"}}, None, id="a collection"),
        pytest.param({"data": None, "article": []}, None, id="other types"),
        pytest.param({"latestNews": {"items": [ARTICLE]}}, None, id="a front page"),
    ],
)
def test_form(props, form):
    assert [rule.form for rule in RULES if rule.recognises(page(props))] == [form] * bool(form)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        pytest.param("{", "no JSON", id="broken"),
        pytest.param("[" * 100_000, "no JSON", id="a bomb"),
        pytest.param("", "no JSON", id="empty"),
    ],
)
def test_a_broken_script_is_told(script, said):
    broken = page({}, script=script)
    assert [rule.recognises(broken) for rule in RULES] == [True, False]
    with pytest.raises(ExtractionError, match=said):
        NextData().extract(broken)


def test_a_page_without_script_is_of_another_form():
    page_of_2017 = SavedPage(b"<html><body><p>Tekst</p></body></html>", URL)
    assert not any(rule.recognises(page_of_2017) for rule in RULES)


def test_the_script_is_read_in_the_encoding_of_the_page():
    body = page({"data": ARTICLE}).body.replace(b"Brug dicht", "Café dicht".encode("latin-1"))
    assert NextData().extract(SavedPage(body, URL, "latin-1")).title == "Café dicht"


def test_a_rule_is_not_asked_to_read_another_form():
    for rule in RULES:
        with pytest.raises(ExtractionError, match="no pageProps"):
            rule.extract(page({}))


@pytest.mark.parametrize(
    ("head", "url"),
    [
        pytest.param('<link href="https://nos.nl/l/1?a=1&amp;b" rel="canonical"/>',
                     "https://nos.nl/l/1?a=1&b", id="canonical"),
        pytest.param('<link rel="icon" href="/a.png">', None, id="another link"),
        pytest.param('<link rel="canonical">', None, id="without address"),
    ],
)  # fmt: skip
def test_canonical_link(head, url):
    assert NextData().extract(page({"data": ARTICLE}, head=head)).canonical_url == url


@pytest.mark.parametrize(
    ("changes", "name", "value"),
    [
        pytest.param({"title": " Brug dicht "}, "title", "Brug dicht", id="outer spaces go"),
        pytest.param({"modifiedAt": None}, "modified_at", None, id="never changed"),
        pytest.param({"modifiedAt": ARTICLE["publishedAt"]}, "modified_at", TIME,
                     id="changed when it was published, as it stands"),
        pytest.param({"type": "livestream", "items": None}, "kind", Kind.LIVESTREAM,
                     id="a livestream may do without a body"),
        pytest.param({"shareImageSrc": "https://x.example/a.jpg"}, "image_url",
                     "https://x.example/a.jpg", id="the picture for sharing, where no other is"),
        pytest.param({"id": None}, "external_id", None, id="no number"),
        pytest.param({"items": [{"type": "text", "text": "Tijd", "id": "1", "createdAt": "x"}]},
                     "html", "<p>Tijd</p>", id="a block with a time is no update"),
    ],
)  # fmt: skip
def test_field(changes, name, value):
    assert getattr(read(**changes), name) == value


@pytest.mark.parametrize(
    ("changes", "name", "value"),
    [
        pytest.param({"supplyChannelName": "Omrop Fryslân"}, "regional_partner", "Omrop Fryslân",
                     id="the desk is a regional broadcaster"),
        pytest.param({"supplyChannelName": "In samenwerking met Rijnmond"}, "regional_partner",
                     "Rijnmond", id="the line of the desk names one"),
        pytest.param({"supplyChannelName": "NOS Nieuws"}, "regional_partner", None,
                     id="the desk is NOS's own"),
        pytest.param({"bios": [{"name": "Anne"}, {}, None]}, "authors", ["Anne"], id="authors"),
        pytest.param({"keywords": [], "pills": None}, "keywords", None, id="no keywords"),
        pytest.param({"items": [TEXT, {"type": "video", "source": {"url": "https://v.example/"},
                                       "videoAsset": {"durationInSeconds": float("inf")}}]},
                     "media", [{"url": "https://v.example/"}], id="a video without end"),
    ],
)  # fmt: skip
def test_metadata(changes, name, value):
    props = {"data": ARTICLE | changes, "broadcasters": [{"name": "Omrop Fryslân"}]}
    assert NextData().extract(page(props)).metadata.get(name) == value


def test_an_update_that_is_pinned_stands_at_its_time():
    first, second = (
        {"id": f"UPDATE-{number}", "publishedAt": ARTICLE["publishedAt"], "items": [TEXT]}
        for number in (1, 2)
    )
    updates = read_updates({"items": [first], "updates": [second, first], "related": [ARTICLE]})
    assert [update.update_id for update, _ in updates] == ["2", "1"]
    assert updates[0][0].published_at == TIME


@pytest.mark.parametrize(
    "anchor",
    ["12", "UPDATE-12", "UPDATE-container-12", "https://nos.nl/liveblog/9100001#UPDATE-12"],
)
def test_number_of_an_update(anchor):
    assert number_of(anchor) == "12"


@pytest.mark.parametrize(
    ("html", "partner"),
    [
        pytest.param("<p>In samenwerking met RTV Noord</p>\n<p>Tekst</p>", "RTV Noord", id="line"),
        pytest.param("<p><em>In samenwerking met A&amp;B</em></p><p>Tekst</p>", "A&B", id="em"),
        pytest.param("<p>In samenwerking met de gemeente. Tekst</p>", "", id="a sentence"),
        pytest.param("<p>Tekst</p><p>In samenwerking met RTV Noord</p>", "", id="further down"),
    ],
)
def test_partner(html, partner):
    rest, found = split_partner(html)
    assert found == partner
    assert rest == ("<p>Tekst</p>" if partner else html)


def extracted(html):
    return Extracted(Form.NEXT_DATA, Kind.ARTICLE, "Brug dicht", html, published_at=TIME)


@pytest.mark.parametrize(
    ("told", "notes"),
    [
        pytest.param({}, [], id="nothing is told"),
        pytest.param({"headline": "Brug  dicht ", "published_at": TIME}, [], id="the same"),
        pytest.param({"headline": "Brug open"}, ["headline: ld+json has 'Brug open'"], id="title"),
        pytest.param({"body": "Een twee"}, [], id="a heading less"),
        pytest.param({"body": "Een twee drie vier"},
                     ["body: ld+json has 4 words, the blocks have 3"], id="a word more"),
    ],
)  # fmt: skip
def test_disagreements(told, notes):
    assert (
        compare_with_jsonld(
            extracted("<h2>Een</h2><p>twee</p><p>drie</p>"), NewsArticle(Kind.ARTICLE, **told)
        )
        == notes
    )


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>a<em>b</em></p><p>c</p>", 2),
        ("a<br>b", 2),
        ("<li>a</li><li>b&nbsp;c</li>", 3),
        ("<" * 200_000, 0),
    ],
)
def test_words_of_html(html, words):
    assert count_words_of_html(html) == words


def test_hostile_heads_take_no_time():
    hostile = page({"data": ARTICLE}, head="<link " * 200_000)
    assert NextData().extract(hostile).canonical_url is None


NAMES = st.sampled_from([
    *ARTICLE, "text", "content", "article", "data", "video", "videoAsset", "formats", "url", "bios",
    "keywords", "categories", "collections", "image", "indexImage", "updates", "liveblog", "name",
    "label", "supplyChannelName", "createdAt", "modifiedAt",
])  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(NAMES, inside, max_size=6),
    max_leaves=20,
)


@given(st.sampled_from(["article", "video", "liveblog"]), st.dictionaries(NAMES, JSON, max_size=8))
def test_any_json_is_read_or_refused(kind, changes):
    for props in ({"data": ARTICLE | changes | {"type": kind}}, {"article": changes}):
        for rule in RULES:
            try:
                found = rule.extract(page(props)) if rule.recognises(page(props)) else None
            except ExtractionError:
                continue
            assert found is None or (found.title and found.published_at)
