import tomllib
from pathlib import Path

import pytest

from newsarchive.exceptions import ConfigError, NotFoundError
from newsarchive.model import Feed
from newsarchive.sources import SOURCES, Source, get_source, known_sources

FILE = Path("newsarchive.toml")
WHOLE = """
[sources.weekblad]
homepage = "https://weekblad.example"
language = "fy"
pages = true

[[sources.weekblad.feeds]]
url = "https://weekblad.example/feed"
category = "Natuur & milieu"

[[sources.weekblad.feeds]]
url = "http://weekblad.example/sport.xml"
category = "sport"
slug = "sport-2"
"""
SMALL = """
[sources.weekblad]
homepage = "https://weekblad.example"
feeds = [{ url = "https://weekblad.example/feed", category = "nieuws" }]
"""


def read(text):
    return known_sources(tomllib.loads(text).get("sources", {}), FILE)


def test_a_table_is_a_source():
    assert read(WHOLE)["weekblad"] == Source(
        name="weekblad",
        homepage_url="https://weekblad.example",
        language="fy",
        feeds=(
            Feed(
                "weekblad",
                "natuur-milieu",
                "Natuur & milieu",
                "https://weekblad.example/feed",
                0,
                has_pages=True,
            ),
            Feed(
                "weekblad",
                "sport-2",
                "sport",
                "http://weekblad.example/sport.xml",
                1,
                has_pages=True,
            ),
        ),
    )


def test_what_is_left_out_has_its_default():
    [feed] = read(SMALL)["weekblad"].feeds
    assert (feed.slug, feed.has_pages, feed.enabled) == ("nieuws", False, True)
    assert read(SMALL)["weekblad"].language == "nl"


def test_the_sources_that_are_built_in_stay():
    assert list(read(SMALL)) == [*SOURCES, "weekblad"]
    assert read("") == SOURCES


def test_an_unknown_source_lists_the_known_ones():
    with pytest.raises(NotFoundError, match="nos, weekblad"):
        get_source("dagblad", read(SMALL))


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        pytest.param("[sources.weekblad]", "[sources.nos]", "built in", id="nos"),
        pytest.param("[sources.weekblad]", "[sources.Week]", "a letter a-z", id="a capital"),
        pytest.param("[sources.weekblad]", '[sources."a:b"]', "a letter a-z", id="a colon"),
        pytest.param("homepage = ", "home = ", "unknown key 'home'.*homepage, feeds", id="a key"),
        pytest.param(
            'homepage = "https://weekblad.example"\n', "", "homepage: is missing", id="no homepage"
        ),
        pytest.param(
            '"https://weekblad.example"\nfeeds', '"weekblad.example"\nfeeds',
            r"\[sources.weekblad\] homepage: 'weekblad.example' is no http", id="no scheme",
        ),
        pytest.param('"https://weekblad.example"\n', "3\n", "homepage: 3 is no text", id="number"),
        pytest.param('"nieuws"', '"a, b"', "category: 'a, b'.*without a comma", id="a comma"),
        pytest.param('"nieuws"', '" "', "category: ' ' is no text", id="blank"),
        pytest.param('"nieuws"', '"新聞"', "slug: '' is no text; it may be letters", id="no slug"),
        pytest.param('"nieuws"', '"nieuws", slug = "A B"', "slug: 'A B'", id="a bad slug"),
        pytest.param('"nieuws"', '"nieuws", url2 = ""', "unknown key 'url2'", id="feed's key"),
        pytest.param("https://weekblad.example/feed", "ftp://x/feed", "number 1, url", id="ftp"),
        pytest.param("weekblad.example/feed", "x:veel/feed", "number 1, url", id="a port"),
        pytest.param("https://weekblad.example/feed", "http://[x", "number 1, url", id="brackets"),
        pytest.param(
            "}]", '}, { url = "https://weekblad.example/2", category = "nieuws" }]',
            "number 2, slug: 'nieuws' is that of another feed", id="one slug twice",
        ),
        pytest.param(
            "}]", '}, { url = "https://weekblad.example/feed", category = "b" }]',
            "number 2, url: 'https://weekblad.example/feed' is", id="one address twice",
        ),
        pytest.param("}]", "}, 3]", "number 2, is no table", id="a feed that is no table"),
        pytest.param("feeds = [", 'language = "Nederlands"\nfeeds = [', "nl or fy", id="language"),
        pytest.param("feeds = [{", 'pages = "ja"\nfeeds = [{', "true or false", id="pages"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_named_with_its_place(before, after, message):
    assert before in SMALL
    with pytest.raises(ConfigError, match=message) as raised:
        read(SMALL.replace(before, after, 1))
    assert str(raised.value).startswith("newsarchive.toml: [sources.")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("sources = 3", "sources is no table", id="sources"),
        pytest.param("[sources]\nweekblad = 3", r"\[sources.weekblad\] is no table", id="source"),
        pytest.param(
            '[sources.w]\nhomepage = "https://w.example"', "feeds: is missing", id="no feeds"
        ),
        pytest.param(
            '[sources.w]\nhomepage = "https://w.example"\nfeeds = []',
            r"feeds: \[\] is none; it may be a list",
            id="an empty list",
        ),
    ],
)
def test_what_is_no_table_is_named(text, message):
    with pytest.raises(ConfigError, match=message):
        read(text)
