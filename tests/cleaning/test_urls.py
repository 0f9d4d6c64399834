import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.cleaning.urls import canonicalize_url, make_absolute, strip_tracking_parameters

PIECES = st.sampled_from([
    "http", "https", "://", "//", "/", ":", "@", "?", "#", "&", "=", ".", "..", "%", "%2F", "www.",
    "krant.example", "KRANT.example", ":80", ":443", ":8080", "[::1]", "[", "]", "\\", " ", "\t",
    "utm_source=rss", "id=1", "fbclid", "amp", "amp.", "amp=1", "amp=2", "é", "☃",
    "\ud800", "\x00", "nieuws", "127.0.0.1",
])  # fmt: skip
MESSY_URLS = st.one_of(
    st.text(),
    st.lists(PIECES).map("".join),
    st.lists(PIECES).map(lambda pieces: "https://www.krant.example/" + "".join(pieces)),
)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param("/artikel/2280103", "https://nos.nl/artikel/2280103", id="from the root"),
        pytest.param("meer", "https://nos.nl/nieuws/meer", id="from the folder"),
        pytest.param("../sport", "https://nos.nl/sport", id="from the folder above"),
        pytest.param("//www.nos.nl/l/12345", "https://www.nos.nl/l/12345", id="without a scheme"),
        pytest.param("?page=2", "https://nos.nl/nieuws/tech?page=2", id="another query"),
        pytest.param("#kop", "https://nos.nl/nieuws/tech#kop", id="a place on the page"),
        pytest.param(" /weer\n", "https://nos.nl/weer", id="white space around"),
        pytest.param(
            "HTTPS://NOS.nl:443/?#", "HTTPS://NOS.nl:443/?#", id="absolute: byte for byte"
        ),
        pytest.param("mailto:post@nos.nl", "mailto:post@nos.nl", id="no web address"),
        pytest.param("http://[half", "http://[half", id="unreadable: as it is"),
        pytest.param("//[half", "//[half", id="unreadable and relative: as it is"),
    ],
)
def test_make_absolute(url, expected):
    assert make_absolute(url, "https://nos.nl/nieuws/tech") == expected


@given(MESSY_URLS)
def test_make_absolute_takes_any_text(url):
    make_absolute(url, "https://nos.nl/")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param("/a?utm_source=rss&utm_medium=x", "/a", id="nothing left, no question mark"),
        pytest.param("/a?id=7&utm_source=rss", "/a?id=7", id="the last parameter"),
        pytest.param("/a?fbclid=Iw&b=2&&b=3&c", "/a?b=2&&b=3&c", id="the rest byte for byte"),
        pytest.param("/a?UTM_Campaign=x#kop", "/a#kop", id="any case, the fragment stays"),
        pytest.param("/a?npo_cc_skip_wall=1", "/a", id="the consent wall of 2013"),
        pytest.param("/a?gclidx=1", "/a?gclidx=1", id="a name that only begins the same"),
        pytest.param("/utm_source=1?", "/utm_source=1?", id="a path is no query"),
        pytest.param("/a#?utm_source=1", "/a#?utm_source=1", id="a fragment is no query"),
        pytest.param("/a?q=caf%E9&b=%zz", "/a?q=caf%E9&b=%zz", id="encodings stay as they are"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_strip_tracking_parameters(url, expected):
    assert strip_tracking_parameters(url) == expected


@given(MESSY_URLS)
def test_stripping_twice_strips_no_more(url):
    once = strip_tracking_parameters(url)
    assert strip_tracking_parameters(once) == once


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param("http://krant.example/a", "https://krant.example/a", id="https"),
        pytest.param("HTTPS://WWW.Krant.Example/A", "https://krant.example/A", id="host"),
        pytest.param("https://www.www.krant.example/a", "https://krant.example/a", id="www twice"),
        pytest.param("https://www.nl/a", "https://www.nl/a", id="www is a domain here"),
        pytest.param("https://krant.example", "https://krant.example/", id="the root has a slash"),
        pytest.param("https://krant.example/a/", "https://krant.example/a", id="no slash else"),
        pytest.param("http://krant.example:80/a", "https://krant.example/a", id="port of http"),
        pytest.param("https://krant.example:443/a", "https://krant.example/a", id="port of https"),
        pytest.param(
            "http://www.krant.example:8080/a", "http://krant.example:8080/a", id="another port"
        ),
        pytest.param("https://krant.example/a#kop", "https://krant.example/a", id="fragment"),
        pytest.param("https://krant.example./a", "https://krant.example/a", id="root of the DNS"),
        pytest.param("https://krant.example/a?", "https://krant.example/a", id="empty query"),
        pytest.param(
            "https://krant.example/a?b=2&utm_source=rss&a=1",
            "https://krant.example/a?b=2&a=1",
            id="no trackers, and the order stays",
        ),
        pytest.param(
            "https://krant.example/a?ut\nm_source=rss",
            "https://krant.example/a",
            id="a torn tracker",
        ),
        pytest.param("https://jan:geheim@krant.example/a", "https://krant.example/a", id="secrets"),
        pytest.param(" https://krant.example/a b\n", "https://krant.example/a%20b", id="spaces"),
        pytest.param("https://krant.example/é", "https://krant.example/%C3%A9", id="percent"),
        pytest.param("https://café.example/", "https://xn--caf-dma.example/", id="IDNA"),
        pytest.param("http://[2001:DB8::1]/a", "https://[2001:db8::1]/a", id="IPv6"),
        pytest.param("https://amp.krant.example/a", "https://krant.example/a", id="AMP's host"),
        pytest.param("https://krant.example/amp/n/a", "https://krant.example/n/a", id="AMP before"),
        pytest.param(
            "https://krant.example/n/a/amp/", "https://krant.example/n/a", id="AMP behind"
        ),
        pytest.param(
            "https://krant.example/a?amp=1", "https://krant.example/a", id="AMP asked for"
        ),
        pytest.param(
            "https://krant.example/a?id=7&amp", "https://krant.example/a?id=7", id="AMP, no value"
        ),
        pytest.param(
            "https://krant.example/a?outputType=amp", "https://krant.example/a", id="AMP of Arc"
        ),
    ],
)
def test_canonicalize_url(url, expected):
    assert canonicalize_url(url) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("/?p=123", "/?p=124", id="a number in the query"),
        pytest.param("/a?id=1", "/a", id="a parameter that nobody knows"),
        pytest.param("/a?a=1&b=2", "/a?b=2&a=1", id="the order of parameters"),
        pytest.param("/a?amp=2", "/a", id="amp as a number of its own"),
        pytest.param("/amp", "/", id="an article about AMP"),
        pytest.param("/n/amperes", "/n", id="a word that begins so"),
        pytest.param("/n/amp-uitleg", "/n", id="a slug that begins so"),
        pytest.param("/A", "/a", id="case of the path"),
        pytest.param("/a.html", "/a", id="an ending"),
        pytest.param("/2026/10/01/a", "/2026/10/02/a", id="the day"),
    ],
)
def test_different_articles_are_never_merged(one, other):
    base = "https://krant.example"
    assert canonicalize_url(base + one) != canonicalize_url(base + other)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("", id="nothing"),
        pytest.param("krant", id="a word"),
        pytest.param("/a", id="relative"),
        pytest.param("mailto:jan@krant.example", id="mail"),
        pytest.param("javascript:alert(1)", id="script"),
        pytest.param("https://", id="no host"),
        pytest.param("https://./", id="a host of dots"),
        pytest.param("https://krant.example:poort/", id="a port that is no number"),
        pytest.param("https://[half/", id="half an IPv6 address"),
        pytest.param("https://krant.example/\ud800", id="half a character"),
    ],
)
def test_what_is_no_web_address_has_no_canonical_form(url):
    with pytest.raises(ValueError):  # noqa: PT011 - some come from urllib, with words of its own
        canonicalize_url(url)


@given(MESSY_URLS)
def test_canonical_is_canonical(url):
    try:
        once = canonicalize_url(url)
    except ValueError:
        return
    assert canonicalize_url(once) == once
