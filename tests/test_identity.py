import hashlib
import json
import re
from urllib.parse import unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from newsarchive.exceptions import IdentityError
from newsarchive.identity import find_reference, identify
from newsarchive.model import Feed, Identity, Kind
from newsarchive.sources import SOURCES, Source, get_source

NOS = get_source("nos")
REPLICA = "http://127.0.0.1:8000"
KRANT = Source(
    name="krant",
    homepage_url="https://www.krant.example/",
    feeds=(Feed("krant", "alles", "alles", "https://krant.example/rss", 0),),
)


def identify_nos(link=None, guid=None, **addresses):
    return identify(source=NOS, guid=guid, link=link, **addresses)


def article(number, kind=Kind.ARTICLE):
    return Identity("nos", number, kind, f"https://nos.nl/l/{number}")


FORMS = [
    pytest.param("https://nos.nl/l/2633258", "2633258", id="short, since 2017"),
    pytest.param("http://nos.nl/l/787556", "787556", id="short, 2015"),
    pytest.param("https://www.nos.nl/l/t/2372980", "2372980", id="short, shared on Twitter"),
    pytest.param("https://www.nos.nl/l/f/2358829", "2358829", id="short, shared on Facebook"),
    pytest.param("https://www.nos.nl/l/m/2358829", "2358829", id="short, shared by mail"),
    pytest.param("https://nos.nl/artikel/2280103-het-regent-nu", "2280103", id="long"),
    pytest.param("https://nos.nl/artikel/2573981", "2573981", id="long, without its slug"),
    pytest.param("http://www.nos.nl/artikel/2201497-storm.html", "2201497", id="2012-2020"),
    pytest.param("http://nos.nl/tekst/469381-gas-in-de-grond.html", "469381", id="tekst, 2013"),
    pytest.param("http://nos.nl/audio/208359-een-gesprek.html", "208359", id="audio, 2010"),
    pytest.param("https://nos.nl/nieuwsuur/artikel/2568102-zadel", "2568102", id="Nieuwsuur"),
    pytest.param("https://nos.nl/op3/artikel/2479700-studie", "2479700", id="NOS op 3"),
    pytest.param("https://nos.nl/regio/utrecht/artikel/2571079-dom", "2571079", id="a region"),
    pytest.param("https://nos.nl/collectie/13902/artikel/2465084-gas", "2465084", id="collection"),
    pytest.param(
        "https://nos.nl/nieuwsuur/collectie/13902/artikel/2465084-gas",
        "2465084",
        id="a collection of Nieuwsuur",
    ),
    pytest.param(
        "https://nos.nl/op3/collectie/13860/artikel/2373171-stem",
        "2373171",
        id="a collection of NOS op 3",
    ),
    pytest.param("https://www.jeugdjournaal.nl/l/2633001", "2633001", id="Jeugdjournaal"),
    pytest.param("https://jeugdjournaal.nl/artikel/2633001-pup", "2633001", id="the same, long"),
    pytest.param("https://nos.nl/googleamp/artikel/129340-crisis.html", "129340", id="AMP, 2017"),
    pytest.param("https://amp.nos.nl/artikel/2358829-d.html", "2358829", id="AMP, 2020"),
    pytest.param("https://next.nos.nl/artikel/2542173-doelpunt", "2542173", id="next, 2024"),
    pytest.param(
        "http://feeds.nos.nl/~r/nosnieuwsbuitenland/~3/hW7LRmYwxaE/2280103",
        "2280103",
        id="FeedBurner, 2018-2021",
    ),
    pytest.param(
        "http://feeds.nos.nl/~r/nosnieuws/~3/lxaxtIWAaaE/469381-gas-in-de-grond.html",
        "469381",
        id="FeedBurner, 2013",
    ),
    pytest.param(
        "http://feeds.feedburner.com/~r/nosjournaal/~3/P0j0-4z0EU4/2403964",
        "2403964",
        id="FeedBurner's own host",
    ),
    pytest.param(
        "http://feedproxy.google.com/~r/nosop3/~3/123456/2403964",
        "2403964",
        id="FeedBurner at Google, a token of digits",
    ),
    pytest.param("  https://nos.nl/l/2280103\n", "2280103", id="white space around"),
    pytest.param("//nos.nl/l/2280103", "2280103", id="without a scheme"),
    pytest.param("nos.nl/artikel/2280103-regen", "2280103", id="as typed into a browser"),
    pytest.param("/artikel/2280103-regen", "2280103", id="as on a page of the site"),
    pytest.param("HTTPS://WWW.NOS.NL/Artikel/2280103-Regen", "2280103", id="upper case"),
    pytest.param("https://nos.nl:443/l/2280103", "2280103", id="the port of https"),
    pytest.param("https://nos.nl./l/2280103", "2280103", id="the root of the DNS"),
    pytest.param("https://jan:geheim@nos.nl/l/2280103", "2280103", id="credentials"),
    pytest.param("https://nos.nl/l/2280103/", "2280103", id="a slash at the end"),
    pytest.param("https://nos.nl/l/2280103?utm_source=rss&id=99999", "2280103", id="a query"),
    pytest.param("https://nos.nl/artikel/2280103%2Dregen", "2280103", id="an encoded hyphen"),
    pytest.param("https://nos.nl/artikel/2280103-financi%C3%ABn", "2280103", id="encoded letters"),
    pytest.param("https://nos.nl/artikel/%32280103-regen", "2280103", id="an encoded digit"),
    pytest.param("https://nos.nl/artikel/2280103-in-100000-huizen", "2280103", id="slug's number"),
    pytest.param("https://nos.nl\\artikel\\2280103-regen", "2280103", id="backward slashes"),
]

KINDS = [
    pytest.param("https://nos.nl/liveblog/2583962-debat", Kind.LIVEBLOG, id="liveblog"),
    pytest.param("https://nos.nl/liveblog/2583962-debat#UPDATE-5", Kind.LIVEBLOG, id="an update"),
    pytest.param(
        "https://nos.nl/liveblog/2583962#UPDATE-container-12345678", Kind.LIVEBLOG, id="container"
    ),
    pytest.param("https://nos.nl/collectie/14006/liveblog/2583962-x", Kind.LIVEBLOG, id="its own"),
    pytest.param("https://next.nos.nl/liveblog/2583962-debat", Kind.LIVEBLOG, id="next"),
    pytest.param("https://nos.nl/video/2583962-vlog", Kind.VIDEO, id="video"),
    pytest.param("https://nos.nl/op3/video/2583962-vlog", Kind.VIDEO, id="video of NOS op 3"),
    pytest.param("https://nos.nl/collectie/13951/video/2583962-dag", Kind.VIDEO, id="of a day"),
    pytest.param("https://nos.nl/livestream/2583962-wk", Kind.LIVESTREAM, id="livestream"),
]

WITHOUT_ARTICLE = [
    pytest.param("https://nos.nl", id="homepage"),
    pytest.param("https://nos.nl/live", id="live"),
    pytest.param("https://nos.nl/verkeer", id="traffic"),
    pytest.param("https://nos.nl/collectie/13965-wonen", id="a collection"),
    pytest.param("https://nos.nl/collectie/13965", id="a collection without its slug"),
    pytest.param("https://nos.nl/nieuwsuur/collectie/13965-wonen", id="one of Nieuwsuur"),
    pytest.param("https://nos.nl/nieuws/archief/2019-04-12", id="a day"),
    pytest.param("https://nos.nl/artikel/2024-wordt-een-goed-jaar", id="a year"),
    pytest.param("https://nos.nl/l/1234", id="a number too short"),
    pytest.param("https://nos.nl/l/12345678901", id="a number too long"),
    pytest.param("https://nos.nl/l/0012345", id="a number that begins with noughts"),
    pytest.param("https://nos.nl/l/22801a3", id="no number"),
    pytest.param("https://nos.nl/l/22801 03", id="a space within"),
    pytest.param("https://nos.nl/l/22801\n03", id="a line end within"),
    pytest.param("https://nos.nl/l/٢٢٨٠١٠٣", id="digits of another script"),
    pytest.param("https://nos.nl/zoeken?q=/artikel/2280103", id="in the query"),
    pytest.param("https://nos.nl/#/artikel/2280103", id="in the fragment"),
    pytest.param("https://nos.nl/uitzending/12345-journaal", id="a broadcast"),
    pytest.param("https://cdn.nos.nl/image/2020/11/05/689236/xxl.jpg", id="a picture"),
    pytest.param("https://app.nos.nl/shorthand/een-verhaal/index.html", id="an app page"),
    pytest.param("http://feeds.feedburner.com/~r/nosjournaal/~4/hW7LRmYwxaE", id="a pixel"),
    pytest.param("https://nos.nl:poort/l/2280103", id="a port that is no number"),
    pytest.param("https://[nos.nl/l/2280103", id="half an IPv6 address"),
    pytest.param("urn:nos:2280103", id="a URN"),
    pytest.param("mailto:redactie@nos.nl/l/2280103", id="mail"),
]

FOREIGN = [
    pytest.param("https://krant.example/artikel/123456", id="another publisher"),
    pytest.param("https://nos.nl.evil.example/artikel/123456", id="ours as a subdomain"),
    pytest.param("https://evilnos.nl/artikel/123456", id="ours as an ending"),
    pytest.param("https://nos.nl@evil.example/artikel/123456", id="ours as a user"),
    pytest.param("https://nos.nl:123456@evil.example/l/123456", id="ours with a password"),
    pytest.param("https://evil.example\\@nos.nl/l/123456", id="behind a backward slash"),
    pytest.param("https://evil.example/https://nos.nl/l/123456", id="ours as a path"),
    pytest.param("https://evil.example/?u=https://nos.nl/l/123456", id="ours as a query"),
    pytest.param("https://evil.example#@nos.nl/l/123456", id="ours as a fragment"),
    pytest.param("//evil.example/l/123456", id="without a scheme"),
    pytest.param("https://nos.nl:8443/l/123456", id="a server on another port"),
    pytest.param("http://127.0.0.1:8000/l/123456", id="a replica that is not configured"),
    pytest.param("ftp://nos.nl/l/123456", id="no web server"),
    pytest.param("http://feedproxy.google.com/~r/krant/~3/abc/123456", id="another feed"),
    pytest.param("http://feeds.feedburner.com/artikel/123456", id="FeedBurner without a feed"),
]


@pytest.mark.parametrize(("link", "number"), FORMS)
def test_the_number_of_every_form(link, number):
    assert identify_nos(link) == article(number)
    assert identify_nos(guid=link) == article(number)


@pytest.mark.parametrize(("link", "kind"), KINDS)
def test_the_form_tells_the_kind(link, kind):
    assert identify_nos(link) == article("2583962", kind)
    assert identify_nos(link, guid="https://nos.nl/l/2583962") == article("2583962", kind)


def test_the_feed_tells_the_kind_where_the_form_does_not():
    assert identify_nos("https://nos.nl/l/2280103", kind=Kind.VIDEO).kind is Kind.VIDEO
    assert identify_nos("https://nos.nl/liveblog/2280103", kind=Kind.VIDEO).kind is Kind.LIVEBLOG


@pytest.mark.parametrize("link", WITHOUT_ARTICLE)
def test_an_address_without_article_has_no_identity(link):
    with pytest.raises(IdentityError, match="No address bears a number"):
        identify_nos(guid=link)
    # but it does no harm beside a guid that has one
    assert identify_nos(link, guid="https://nos.nl/l/2280103") == article("2280103")


@pytest.mark.parametrize("link", FOREIGN)
def test_an_address_elsewhere_names_no_article(link):
    with pytest.raises(IdentityError, match="No address bears a number"):
        identify_nos(guid=link)


@pytest.mark.parametrize("link", FOREIGN)
def test_an_entry_that_leads_elsewhere_is_refused_whatever_its_guid(link):
    with pytest.raises(IdentityError, match=r"not of 'nos': link"):
        identify_nos(link, guid="https://nos.nl/l/123456")
    with pytest.raises(IdentityError, match=r"not of 'nos': feedburner:origLink"):
        identify_nos("https://nos.nl/l/123456", original_link=link)


def test_a_message_stays_short():
    with pytest.raises(IdentityError) as caught:
        identify_nos("https://nos.nl" + "/12345" * 100_000)
    assert len(str(caught.value)) < 300


def test_a_guid_need_not_be_an_address():
    assert identify_nos("https://nos.nl/l/2280103", guid="tag:123456") == article("2280103")


def test_guid_original_link_and_link_agree():
    identity = identify_nos(
        "http://feeds.nos.nl/~r/nosjournaal/~3/P0j0-4z0EU4/2403964",
        guid="https://nos.nl/l/2403964",
        original_link="https://nos.nl/artikel/2403964-regen",
    )
    assert identity == article("2403964")


@pytest.mark.parametrize(
    "addresses",
    [
        pytest.param({"guid": 11111, "link": 22222}, id="guid and link"),
        pytest.param({"guid": 11111, "original_link": 22222}, id="guid and origLink"),
        pytest.param({"original_link": 22222, "link": 11111}, id="origLink and link"),
        pytest.param({"guid": 11111, "original_link": 11111, "link": 22222}, id="two to one"),
    ],
)
def test_addresses_of_two_articles_name_none(addresses):
    links = {name: f"https://nos.nl/l/{number}" for name, number in addresses.items()}
    with pytest.raises(IdentityError) as caught:
        identify_nos(**links)
    assert "https://nos.nl/l/11111" in str(caught.value)
    assert "https://nos.nl/l/22222" in str(caught.value)


@pytest.mark.parametrize("nothing", [None, "", " "])
def test_an_entry_without_addresses_has_no_identity(nothing):
    with pytest.raises(IdentityError):
        identify_nos(nothing, guid=nothing)


@pytest.mark.parametrize(
    ("site_url", "link"),
    [
        pytest.param(REPLICA, f"{REPLICA}/l/2280103", id="short"),
        pytest.param(REPLICA, f"{REPLICA}/artikel/2280103-regen", id="long"),
        pytest.param(REPLICA, f"{REPLICA}/~r/nosjournaal/~3/abc/2280103", id="FeedBurner's form"),
        pytest.param(f"{REPLICA}/nos/", f"{REPLICA}/nos/l/2280103", id="a base with a path"),
        pytest.param("http://replica", "http://replica:80/l/2280103", id="its port spelt out"),
        pytest.param(REPLICA, "https://nos.nl/l/2280103", id="the publisher's own stays its own"),
    ],
)
def test_links_that_carry_the_configured_base_are_the_publishers_own(site_url, link):
    assert identify_nos(link, site_url=site_url) == article("2280103")


@pytest.mark.parametrize(
    ("site_url", "link"),
    [
        pytest.param(REPLICA, "http://127.0.0.1:8001/l/2280103", id="another port"),
        pytest.param(REPLICA, "http://127.0.0.1:8000.evil.example/l/2280103", id="another host"),
        pytest.param(f"{REPLICA}/nos", f"{REPLICA}/l/2280103", id="above the base"),
        pytest.param(f"{REPLICA}/nos", f"{REPLICA}/nosnl/l/2280103", id="beside the base"),
    ],
)
def test_links_beside_the_configured_base_are_foreign(site_url, link):
    with pytest.raises(IdentityError):
        identify_nos(link, site_url=site_url)


def test_a_link_to_the_configured_base_itself_is_not_foreign():
    guid = "https://nos.nl/l/2280103"
    assert identify_nos(REPLICA, guid=guid, site_url=REPLICA) == article("2280103")


WORDS = st.sampled_from([
    "https:", "http:", "/", "//", "\\", "@", ":", "?", "#", "-", ".", ".html", "%2F", "%", "[", "]",
    "nos.nl", "www.", "evil.example", "feeds.nos.nl", "feeds.feedburner.com", "jeugdjournaal.nl",
    "~r", "~3", "nosjournaal", "l", "t", "artikel", "collectie", "video", "liveblog", "slug",
    "2280103", "123", "13965", "0", "٣", "%32", " ", "\t", "\n", "\x00", "\ufeff", "\ud800",
])  # fmt: skip
MESSY = st.one_of(
    st.text(),
    st.lists(WORDS, max_size=20).map("".join),
    st.lists(WORDS, max_size=8).map(lambda words: "https://nos.nl/" + "".join(words)),
    st.lists(WORDS, max_size=8).map(lambda words: "https://nos.nl/artikel/" + "".join(words)),
)


@given(guid=MESSY, link=MESSY, original_link=MESSY, kind=st.sampled_from(Kind))
@example(guid="https://nos.nl/l/22801\n03", link="", original_link="", kind=Kind.ARTICLE)
def test_no_number_is_invented_and_identity_is_idempotent(guid, link, original_link, kind):
    try:
        identity = identify_nos(link, guid=guid, original_link=original_link, kind=kind)
    except IdentityError:
        return
    # a run of digits of its own: not a part of a longer number
    runs = re.findall(r"[0-9]+", unquote(f"{guid} {link} {original_link}"))
    assert identity.external_id in runs
    assert identify_nos(identity.url, kind=identity.kind) == identity
    assert identify_nos(guid=identity.url, kind=identity.kind) == identity


@given(host=st.from_regex(r"[a-z0-9-]{1,20}(\.[a-z0-9-]{1,20}){1,3}", fullmatch=True))
def test_no_other_host_bears_a_number(host):
    if not re.fullmatch(r"(.*\.)?(nos|jeugdjournaal)\.nl", host):
        with pytest.raises(IdentityError):
            identify_nos(f"https://{host}/artikel/2280103-regen")


def test_without_numbers_the_canonical_url_identifies():
    url = "https://krant.example/nieuws/2280103-regen"
    digest = hashlib.sha256(url.encode()).hexdigest()[:12]
    expected = Identity("krant", digest, Kind.ARTICLE, url)
    for link in (
        url,
        "http://www.krant.example/nieuws/2280103-regen/?utm_source=rss#kop",
        expected.url,
    ):
        assert identify(source=KRANT, guid="urn:1", link=link) == expected
        assert identify(source=KRANT, guid=link, link=None) == expected
        detour = "http://feedproxy.google.com/~r/krant/~3/abc/1"
        assert identify(source=KRANT, guid=None, link=detour, original_link=link) == expected


def test_without_numbers_and_addresses_there_is_no_identity():
    with pytest.raises(IdentityError, match="'urn:1'"):
        identify(source=KRANT, guid="urn:1", link=None)


def test_the_homepage_is_the_address_of_no_article():
    home, guid = "http://krant.example", "https://krant.example/?p=7"
    assert identify(source=KRANT, guid=guid, link=home).url == guid
    assert identify(source=KRANT, guid=home, link=guid).url == guid
    with pytest.raises(IdentityError, match="No address names an article"):
        identify(source=KRANT, guid="urn:7", link=home)


def test_a_relative_link_is_on_the_homepages_host():
    assert identify(source=KRANT, guid=None, link="/a").url == "https://krant.example/a"


@given(guid=MESSY, link=MESSY)
def test_without_numbers_any_text_is_an_identity_or_an_identity_error(guid, link):
    try:
        identity = identify(source=KRANT, guid=guid, link=link)
    except IdentityError:
        return
    assert identify(source=KRANT, guid=None, link=identity.url) == identity


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("2280103", ("nos", "2280103"), id="an external id"),
        pytest.param(" nos:2280103\n", ("nos", "2280103"), id="with its source"),
        pytest.param("https://nos.nl/l/2280103", ("nos", "2280103"), id="an address"),
        pytest.param("nos.nl/video/2280103-vlog", ("nos", "2280103"), id="typed by hand"),
        pytest.param(
            "https://nos.nl/collectie/13965/artikel/2280103-x", ("nos", "2280103"), id="collection"
        ),
        pytest.param(f"{REPLICA}/l/2280103", ("nos", "2280103"), id="of the replica"),
        pytest.param("krant:0123456789ab", ("krant", "0123456789ab"), id="a digest"),
        pytest.param(
            "http://krant.example/a",
            ("krant", hashlib.sha256(b"https://krant.example/a").hexdigest()[:12]),
            id="an address of a source without numbers",
        ),
        pytest.param("123", None, id="too short"),
        pytest.param("0123456789ab", None, id="a digest that does not say of which source"),
        pytest.param("weekblad:2280103", None, id="an unknown source"),
        pytest.param("nos:regen", None, id="no id"),
        pytest.param("regen", None, id="a word"),
        pytest.param("", None, id="nothing"),
        pytest.param("https://weekblad.example/l/2280103", None, id="an address elsewhere"),
        pytest.param("https://nos.nl/verkeer", None, id="an address without article"),
    ],
)
def test_find_reference(text, expected):
    assert find_reference(text, {**SOURCES, "krant": KRANT}, site_url=REPLICA) == expected


@given(MESSY)
def test_find_reference_takes_any_text(text):
    found = find_reference(text)
    if found is not None:
        assert found[0] == "nos"
        assert found[1] in re.findall(r"[0-9]+", unquote(text))


@pytest.mark.samples
def test_every_real_item_identifies(samples):
    lines = (samples / "items-2025-09-28.jsonl").read_text(encoding="utf-8").splitlines()
    items = [json.loads(line) for line in lines]
    assert len(items) == 216
    numbers = {identify_nos(item["url"]).external_id for item in items}
    assert len(numbers) == len({item["url"] for item in items})


@pytest.mark.samples
def test_links_in_real_bodies_identify_but_for_pages_that_are_no_articles(samples):
    text = (samples / "items-2025-09-28.jsonl").read_text(encoding="utf-8")
    links = set(re.findall(r"https?://(?:[a-z]+\.)*nos\.nl/[^\"\\]*", text))
    assert len(links) > 300
    unknown = {link for link in links if find_reference(link) is None}
    assert {re.sub(r"https://([a-z.]+)/.*", r"\1", link) for link in unknown} <= {
        "app.nos.nl",
        "nos.nl",
    }
    assert not any(re.search("[0-9]{5}", link) for link in unknown)


@pytest.mark.samples
@pytest.mark.parametrize(
    ("pattern", "entries"),
    [
        pytest.param("feed-nosnieuwsalgemeen-2026-10-01.xml", 12, id="2026"),
        pytest.param("feed-nosjournaal-2021-11-01-feedburner-trimmed.xml", 2, id="FeedBurner"),
        pytest.param("snapshots-2020-04-01/*.xml", 80, id="snapshots of 2020"),
    ],
)
def test_guid_and_links_of_real_feeds_identify_and_agree(samples, pattern, entries):
    seen = 0
    for path in sorted(samples.glob(pattern)):
        for item in etree.parse(path).iter("item"):
            given_ = {
                etree.QName(child).localname.removeprefix("item_"): child.text for child in item
            }
            identity = identify_nos(
                given_["link"], guid=given_["guid"], original_link=given_.get("origLink")
            )
            assert given_["guid"].strip() in {
                identity.url,
                f"https://www.jeugdjournaal.nl/l/{identity.external_id}",
            }
            seen += 1
    assert seen == entries
