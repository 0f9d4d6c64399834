"""The forms of the pages, read here without any of the project's own rules of extraction."""

import json
import re
from dataclasses import replace
from html import unescape
from itertools import islice

import pytest
from lxml import html

from newsarchive.cleaning.markup import render
from newsarchive.extraction import NOS_RULES, extract_page
from newsarchive.extraction.base import SavedPage
from newsarchive.model import Kind
from newsarchive.replica.articles import Bullets, Clip, Embed, Picture, Quote, read_article
from newsarchive.replica.composition import kind_of
from newsarchive.replica.drafts import PageDraft
from newsarchive.replica.pages import PageEra, page_path, write_page
from newsarchive.replica.scenario import article_of, open_newsroom
from newsarchive.replica.script import get_scenario

NEXT = [PageEra.NEXT_DATA, PageEra.NEXT_ARTICLE]
SERVER = [PageEra.TEXTWRAP, PageEra.MODULES]


@pytest.fixture(scope="module")
def newsroom():
    return open_newsroom(90)


def ordinary(newsroom, count=20):
    numbers = (n for n in newsroom.drafts if kind_of(n) is Kind.ARTICLE)
    return [article_of(newsroom, number) for number in islice(numbers, count)]


def one(newsroom, kind):
    return article_of(newsroom, next(n for n in newsroom.drafts if kind_of(n) is kind))


def written(newsroom, article, era, **options):
    return write_page(newsroom.desk, article, era, **options)


def fold(text):
    return " ".join(text.split())


def texts(page, *paths):
    root = html.document_fromstring(page)
    return [fold(element.text_content()) for path in paths for element in root.xpath(path)]


def next_data(page):
    found = re.search(r'<script id="__NEXT_DATA__" type="application/json">(.*?)</script>', page)
    return json.loads(found[1])


def linked_data(page):
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page)[1])


def test_articles_have_what_feeds_drop(newsroom):
    blocks = [type(block) for article in ordinary(newsroom, 40) for block in article.blocks]
    assert {Picture, Bullets, Quote, Clip, Embed} < set(blocks)


@pytest.mark.parametrize("era", PageEra)
def test_what_a_reader_sees_is_on_the_page(newsroom, era):
    for article in ordinary(newsroom):
        page = fold(html.document_fromstring(written(newsroom, article, era)).text_content())
        truth = read_article(article)
        assert truth.title in page
        paragraphs = [block for block in truth.blocks if block.endswith(".")]
        assert len(paragraphs) >= 3
        assert all(block in page for block in paragraphs if not block.startswith("- "))


@pytest.mark.parametrize("era", PageEra)
@pytest.mark.parametrize("kind", [Kind.ARTICLE, Kind.LIVEBLOG, Kind.VIDEO])
def test_every_page_has_the_furniture_of_the_site(newsroom, kind, era):
    page = written(newsroom, one(newsroom, kind), era)
    assert page.startswith("<!DOCTYPE html>")
    assert '<html lang="nl"' in page or 'lang="nl"' in page[:300]
    for wanted in ("Ga naar de inhoud", "Herstelrubriek", "/herstel", 'property="og:title"'):
        assert wanted in page
    if kind is Kind.ARTICLE or era in NEXT:
        assert "Deel" in page


@pytest.mark.parametrize("era", PageEra)
@pytest.mark.parametrize("kind", [Kind.ARTICLE, Kind.LIVEBLOG, Kind.VIDEO])
def test_our_own_extraction_reads_every_page_whole(newsroom, kind, era):
    for number in (n for n in newsroom.drafts if kind_of(n) is kind):
        article = article_of(newsroom, number)
        address = f"https://nos.nl{page_path(article, era)}"
        page = SavedPage(written(newsroom, article, era, page_size=50_000).encode(), address)
        read, truth = extract_page(page, NOS_RULES), read_article(article)
        assert render(read.html, address).text == truth.text
        assert (read.title.strip(), read.published_at) == (truth.title, article.published_at)
        assert [(u.update_id, u.title) for u in read.updates] == [u[:2] for u in truth.updates]


def test_the_form_of_2017(newsroom):
    for article in ordinary(newsroom):
        page = written(newsroom, article, PageEra.TEXTWRAP)
        root = html.document_fromstring(page)
        assert root.xpath("//body/@data-item-id") == [article.external_id]
        assert root.xpath("//body/@id") == [f"article-{article.external_id}"]
        assert texts(page, "//article//h1[@class='article__title']") == [article.title.strip()]
        assert len(root.xpath("//article//time[@datetime]")) == 1
        wrapped = texts(page, "//div[@class='article_textwrap']/*[self::p or self::h2]")
        assert [text for text in read_article(article).blocks if text in wrapped] == wrapped
        assert "Bekijk ook" in texts(page, "//div[@class='block_links links']/h3")
        assert root.xpath("//meta[@name='news_keywords']")
        assert not root.xpath("//link[@rel='canonical'] | //script[@type='application/ld+json']")
        assert page_path(article, PageEra.TEXTWRAP).endswith(".html")


def test_the_form_of_2020(newsroom):
    for article in ordinary(newsroom):
        page = written(newsroom, article, PageEra.MODULES)
        assert texts(page, "//h1[@class='title_iP7Q1aiP']") == [article.title.strip()]
        assert len(texts(page, "//span[@class='published_WzR_NC-U']/time[@datetime]")) == 1
        assert texts(page, "//a[@class='link_2imnEnEf']")[0] == article.label
        body = texts(page, "//div[contains(@class, 'contentBody')]//p[@class='text_3v_J6Y0G']")
        assert [text for text in read_article(article).blocks if text in body] == body


@pytest.mark.parametrize("era", SERVER)
def test_liveblogs_of_the_server_had_one_markup(newsroom, era):
    article = one(newsroom, Kind.LIVEBLOG)
    page = written(newsroom, article, era)
    updates = "//li[starts-with(@id, 'UPDATE-container-')]"
    assert texts(page, f"{updates}//h2") == [update.title for update in article.updates]
    assert len(texts(page, f"{updates}//time[@datetime]")) == len(article.updates)
    assert texts(page, f"{updates}//div[@class='liveblog__elements']") == [
        fold(text.replace("\n\n", "")) for _, _, text in read_article(article).updates
    ]
    assert article.supplier in texts(page, "//span[@class='liveblog-header__meta-supplychannel']")


def test_the_data_of_2024(newsroom):
    for article in ordinary(newsroom):
        found = next_data(written(newsroom, article, PageEra.NEXT_DATA))
        assert (found["page"], found["gssp"]) == ("/item/[slug]", True)
        data = found["props"]["pageProps"]["data"]
        assert (data["id"], data["type"]) == (int(article.external_id), "article")
        assert data["title"] == article.title
        assert data["publishedAt"].endswith("+0200")
        assert data["items"][-1]["type"] == "link_container"
        told = [item["text"] for item in data["items"] if item["type"] == "text"]
        blocks = read_article(article).blocks
        read = [fold(unescape(re.sub("<[^>]+>", "", text))) for text in told]
        assert [text for text in blocks if text in read] == read[article.partner is not None :]
        sizes = data["image"]["image"]["imagesByRatio"]["16:9"]
        assert (len(sizes), sizes[-1]["width"]) == (13, 3840)


def test_the_data_of_2026(newsroom):
    names = set()
    for article in ordinary(newsroom, 40):
        props = next_data(written(newsroom, article, PageEra.NEXT_ARTICLE))["props"]["pageProps"]
        data = props["article"]
        names |= {element["__typename"] for element in data["content"]}
        assert "items" not in data
        assert ("createdAt" in data) is (article.number % 8 == 3)
        assert ("publishedAt" in data) is (article.number % 8 != 3)
        assert all(keyword["label"] for keyword in data["keywords"])
        for element in data["content"]:
            if element["__typename"] == "VideoElement":
                assert element["videoAsset"]["formats"][0]["url"].startswith("https://")
                assert element["videoAsset"]["durationInSeconds"] > 0
                assert element["indexImage"]["Ratio16x9"]
    assert {"TextElement", "VideoElement", "QuoteElement", "ImageElement"} < names


@pytest.mark.parametrize("era", NEXT)
def test_linked_data_has_the_text_but_its_headings(newsroom, era):
    for article in ordinary(newsroom):
        data = linked_data(written(newsroom, article, era))
        assert (data["@type"], data["identifier"]) == ("NewsArticle", int(article.external_id))
        assert data["mainEntityOfPage"] == f"https://nos.nl/l/{article.external_id}"
        told = [fold(text) for text in data["articleBody"].split("  ")]
        assert all(text in " ".join(read_article(article).blocks) for text in told[:1])
        assert "  " in data["articleBody"]


@pytest.mark.parametrize("era", NEXT)
def test_every_place_that_tells_of_an_edit_tells_the_same(newsroom, era):
    number = ordinary(newsroom, 1)[0].number
    edited = replace(newsroom, pages={number: PageDraft(number, modified_at=newsroom.at)})
    page = written(edited, article_of(edited, number), era)
    props = next_data(page)["props"]["pageProps"]
    told = {
        (props.get("data") or props["article"])["modifiedAt"],
        linked_data(page)["dateModified"],
        *re.findall(r'content="([^"]+)" property="og:article:modified_time"', page),
        *re.findall(r'Aangepast <time dateTime="([^"]+)"', page),
    }
    assert told == {"2026-10-01T12:00:00+0200"}
    assert linked_data(page)["datePublished"] not in told


@pytest.mark.parametrize(
    ("kind", "expected"), [(Kind.LIVEBLOG, "LiveBlogPosting"), (Kind.VIDEO, "VideoObject")]
)
def test_linked_data_of_other_kinds(newsroom, kind, expected):
    page = written(newsroom, one(newsroom, kind), PageEra.NEXT_DATA)
    assert linked_data(page)["@type"] == expected
    assert next_data(page)["props"]["pageProps"]["data"]["type"] == kind


@pytest.mark.parametrize("era", PageEra)
def test_a_page_of_a_wanted_size(newsroom, era):
    first, second = ordinary(newsroom, 2)
    pages = [written(newsroom, article, era, page_size=185_000) for article in (first, second)]
    assert all(175_000 < len(page.encode()) < 195_000 for page in pages)
    lines = [set(re.split(r"(?<=>)|\n", page)) for page in pages]
    shared = sum(map(len, lines[0] & lines[1]))
    assert shared < 0.75 * len(pages[0])


@pytest.mark.parametrize("era", PageEra)
def test_another_build_changes_every_name_and_no_word(newsroom, era):
    number = ordinary(newsroom, 1)[0].number
    rebuilt = replace(newsroom, pages={number: PageDraft(number, furniture=1)})
    after = article_of(rebuilt, number)
    before = article_of(newsroom, number)
    assert written(newsroom, before, era) != written(rebuilt, after, era)
    assert before.related != after.related
    assert read_article(before) == read_article(after)


@pytest.mark.parametrize("era", PageEra)
def test_a_page_may_lack_its_title(newsroom, era):
    article = ordinary(newsroom, 1)[0]
    page = written(newsroom, article, era, has_title=False)
    assert texts(page, "//main//h1") == []
    assert article.title.strip() not in page


def test_where_pages_stand(newsroom):
    forms = {
        re.sub(r"\d+.*", "", page_path(article, PageEra.NEXT_DATA))
        for number in newsroom.drafts
        for article in [article_of(newsroom, number)]
    }
    assert forms >= {"/artikel/", "/video/", "/liveblog/", "/nieuwsuur/artikel/", "/collectie/"}
    assert any(form.startswith("/regio/") for form in forms)


def test_the_same_seed_writes_the_same_pages():
    def pages(seed):
        month = get_scenario("month")
        newsroom = open_newsroom(8, seed=seed, interval=month.interval)
        return [
            written(newsroom, article_of(newsroom, n), era)
            for n in newsroom.drafts
            for era in PageEra
        ]

    assert pages(1) == pages(1)
    assert pages(1) != pages(2)
