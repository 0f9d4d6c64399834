"""Whole documents: what each says, field by field, and what is refused, in which words."""

import contextlib
import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsarchive.exceptions import ParseError
from newsarchive.feeds import entries, parser
from newsarchive.feeds.entries import MAX_ENTRIES
from newsarchive.feeds.parser import parse_feed

DOCUMENTS = Path(__file__).parent / "documents"
EXPECTED = {path.stem: json.loads(path.read_text("utf-8")) for path in DOCUMENTS.glob("*.json")}
NAMES = sorted(EXPECTED)
FIELDS = [
    pytest.param(name, index, field, id=f"{name} entry {index} {field}")
    for name in NAMES
    for index, entry in enumerate(EXPECTED[name]["entries"])
    for field in entry
]

ITEM = (
    "<item><title>Brug dicht</title><link>https://nos.nl/l/9100001</link>"
    "<description>{}</description><guid>https://nos.nl/l/9100001</guid></item>"
)
PROLOG = '<?xml version="1.0" encoding="UTF-8"?>\n'


def rss(*bodies, title="NOS Nieuws", prolog=PROLOG):
    items = "".join(ITEM.format(body) for body in bodies)
    return f'{prolog}<rss version="2.0"><channel><title>{title}</title>{items}</channel></rss>'


def parse_document(name):
    return parse_feed((DOCUMENTS / f"{name}.xml").read_bytes())


@pytest.mark.parametrize(("name", "index", "field"), FIELDS)
def test_field(name, index, field):
    value = getattr(parse_document(name).entries[index], field)
    shown = value.isoformat() if isinstance(value, datetime) else value
    assert shown == EXPECTED[name]["entries"][index][field]


@pytest.mark.parametrize("name", NAMES)
def test_document(name):
    feed, expected = parse_document(name), EXPECTED[name]
    assert feed.title == expected["title"]
    assert feed.road == expected["road"]
    assert len(feed.entries) == len(expected["entries"])
    assert len(feed.rejected) == len(expected.get("rejected", []))
    for rejected, shown in zip(feed.rejected, expected.get("rejected", []), strict=True):
        assert rejected.error == "an entry without guid, link and title"
        assert shown in rejected.payload


def test_every_document_has_its_expectations():
    assert {path.stem for path in DOCUMENTS.glob("*.xml")} == set(EXPECTED)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        pytest.param(rss("é").encode(), None, id="nothing but the prolog says UTF-8"),
        pytest.param(rss("é", prolog="").encode(), "text/xml", id="nothing says UTF-8"),
        pytest.param(rss("é").encode("utf-8-sig"), "text/xml; charset=iso-8859-1", id="UTF-8 mark"),
        pytest.param(rss("é").encode("utf-16"), "text/xml; charset=iso-8859-1", id="UTF-16 mark"),
        pytest.param(b"\xfe\xff" + rss("é").encode("utf-16-be"), None, id="UTF-16 mark, turned"),
        pytest.param(rss("é").encode("utf-16-le"), None, id="UTF-16 without mark"),
        pytest.param(
            rss("é").encode("latin-1"), "application/rss+xml; charset=ISO-8859-1", id="header"
        ),
        pytest.param(
            rss("é").encode("latin-1"), 'text/xml;charset="latin1"; x=y', id="header, in quotes"
        ),
        pytest.param(
            rss("é", prolog="<?xml version='1.0' encoding='iso-8859-1'?>").encode("latin-1"),
            "text/xml",
            id="prolog",
        ),
        pytest.param(
            rss("é", prolog="<?xml version='1.0' encoding='iso-8859-1'?>").encode(),
            "text/xml; charset=utf-8",
            id="header over prolog",
        ),
        pytest.param(rss("é").encode(), "text/xml; charset=latin1", id="a lying header"),
        pytest.param(rss("é").encode(), "text/xml; charset=us-ascii", id="a header of old"),
        pytest.param(rss("é").encode("latin-1"), "text/xml; charset=utf-8", id="all of them lie"),
        pytest.param(rss("é").encode(), "text/xml; charset=klingon", id="an unknown charset"),
        pytest.param(rss("é").encode(), "text/xml; charset=zlib", id="a codec that is no charset"),
    ],
)
def test_charset(body, content_type):
    assert parse_feed(body, content_type).entries[0].body == "é"


def test_header_wins_over_prolog_where_only_the_bytes_could_tell():
    body = rss("kost 5 €", prolog="<?xml version='1.0' encoding='windows-1252'?>")
    feed = parse_feed(body.encode("iso-8859-15"), "text/xml; charset=iso-8859-15")
    assert feed.entries[0].body == "kost 5 €"


def test_windows_quotes_in_what_is_called_latin_1():
    body = rss("\u2018ja\u2019", prolog="<?xml version='1.0' encoding='iso-8859-1'?>")
    assert parse_feed(body.encode("cp1252")).entries[0].body == "\u2018ja\u2019"


def test_one_damaged_byte_does_not_turn_the_others():
    body = rss("één café", "crème").encode().replace("crè".encode(), b"cr\xc3")
    feed = parse_feed(body)
    assert [entry.body for entry in feed.entries] == ["één café", "cr\ufffdme"]


def with_dtd(declarations, text):
    return f"<!DOCTYPE rss [{declarations}]>{text.removeprefix(PROLOG)}".encode()


LONG_ENTITY = f'<!ENTITY a "{"a" * 10_000}">'
BILLION_LAUGHS = LONG_ENTITY + "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">'
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param(b"", "an empty document", id="empty"),
        pytest.param(b" \r\n ", "an empty document", id="white space"),
        pytest.param(
            b"<!DOCTYPE html><html><head><title>Even geduld</title></head></html>",
            "an HTML page titled 'Even geduld'",
            id="HTML",
        ),
        pytest.param(b"<div>Storing<br></div>", "an HTML page", id="HTML without its head"),
        pytest.param(
            b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><p/></html>',
            "an HTML page",
            id="XHTML",
        ),
        pytest.param(b'{"error": "not found"}', "JSON", id="JSON"),
        pytest.param(b"Service Unavailable", "begins 'Service Unavailable'", id="text"),
        pytest.param(gzip.compress(rss("x").encode()), "gzip-compressed data", id="gzip"),
        pytest.param(b"\x1f\x8bkapot", "gzip-compressed data", id="gzip garbage"),
        pytest.param(b"\x89PNG\r\n\x1a\n\0\0\0", "binary data", id="a picture"),
        pytest.param(b"\x1a\x45" * 50, "text that begins", id="control characters"),
        pytest.param(b"<!--" * 10, "text that begins '<!--", id="a comment without end"),
        pytest.param(b"<urlset><url/></urlset>", "root element <urlset>", id="a sitemap"),
        pytest.param(b"<opml><rss/></opml>", "root element <opml>", id="a feed inside"),
        pytest.param(b'<rss version="2.0"></rss>', "without a channel", id="no channel"),
        pytest.param(
            rss("x").replace("<channel>", "<channel>&").replace(ITEM.format("x"), "").encode(),
            "ill-formed feed without entries",
            id="ill-formed and empty",
        ),
        pytest.param(
            with_dtd(BILLION_LAUGHS, rss("&i;")), "no parser should expand", id="billion laughs"
        ),
        pytest.param(
            with_dtd(LONG_ENTITY, rss("&a;" * 1000)), "no parser should expand", id="quadratic bomb"
        ),
        pytest.param(
            with_dtd(BILLION_LAUGHS, rss("x").replace("<channel>", '<channel x="&i;">')),
            "no parser should expand",
            id="bomb in an attribute",
        ),
        pytest.param(
            with_dtd('<!ENTITY a SYSTEM "file:///etc/passwd">', rss("&a;")),
            "declares entities",
            id="external entity",
        ),
        pytest.param(
            with_dtd('<!ENTITY % a SYSTEM "file:///etc/passwd">%a;', rss("x")),
            "declares entities",
            id="external parameter entity",
        ),
        pytest.param(
            with_dtd('<!ENTITY a "ha">', rss("&a;")), "declares entities", id="the fuse of a bomb"
        ),
        pytest.param(
            with_dtd('<!ENTITY a "ha">', rss("& &a;")), "declares entities", id="ill-formed bomb"
        ),
        pytest.param(
            rss("<a>" * 300 + "</a>" * 300).encode(), "no parser should expand", id="too deep"
        ),
        pytest.param(
            rss("x" * 10_100_000).encode(), "no parser should expand", id="one text of 10 MB"
        ),
        pytest.param(
            rss("x" * 2_100_000 + "&").encode(), "more than 2,097,152 characters", id="slow road"
        ),
        pytest.param(rss("&#x110000;").encode(), "feedparser gives up", id="no such character"),
    ],
)
def test_what_is_no_feed_is_refused_in_words(body, message):
    with pytest.raises(ParseError, match=message.replace("(", r"\(")):
        parse_feed(body)


@pytest.mark.parametrize("name", NAMES)
def test_a_truncated_feed_is_never_accepted(name):
    body = (DOCUMENTS / f"{name}.xml").read_bytes().rstrip()
    for length in range(len(body) - 1, 0, -7):
        with pytest.raises(ParseError):
            parse_feed(body[:length])


def test_a_truncated_feed_is_called_so():
    with pytest.raises(ParseError, match=r"a truncated feed: .* characters without </rss>"):
        parse_feed(rss("x", "y")[:-20].encode())


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(rss("a & b")[:-20] + "<!-- </rss>", id="its end is in an open comment"),
        pytest.param(rss("<![CDATA[ & </rss>"), id="its end is in an open CDATA section"),
        pytest.param(rss("<![CDATA[</rss>]]> &")[:-20], id="an end of root in a body"),
        pytest.param(rss("a") + rss("b", prolog="")[:-20], id="a second one begins and is cut"),
        pytest.param(rss("a & b")[:-1], id="the last bracket is missing"),
        pytest.param(rss("a & b")[:-1] + "<", id="a bracket for another"),
    ],
)
def test_what_only_looks_whole_is_truncated(text):
    with pytest.raises(ParseError, match="truncated"):
        parse_feed(text.encode())


def test_an_ill_formed_feed_of_which_entries_would_be_lost_is_refused():
    text = rss("a", "b").replace("</item><item>", "</item><!DOCTYPE <item>")
    with pytest.raises(ParseError, match="1 of its 2 entries can be read"):
        parse_feed(text.encode())


@given(st.sampled_from(NAMES), st.data())
@settings(deadline=None)
def test_whatever_is_done_to_a_document_it_is_read_or_refused(name, data):
    body = (DOCUMENTS / f"{name}.xml").read_bytes()
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(body))] * 2)))
    scrap = data.draw(st.binary(max_size=8) | st.sampled_from([b"<", b"&", b"]]>", b"<!--", b'"']))
    with contextlib.suppress(ParseError):
        assert parse_feed(body[:start] + scrap + body[end:]).road in {"lxml", "feedparser"}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(rss("a & b"), id="a bare ampersand"),
        pytest.param(rss("a\x0bb"), id="a control character"),
        pytest.param(rss("a</p>b"), id="a tag never opened"),
        pytest.param(rss("a").replace("</channel>", ""), id="a channel never closed"),
        pytest.param(rss("a") + "<!-- 0.3 s -->\n<br>Warning", id="words after the end"),
        pytest.param(rss("a").replace("rss", "RSS"), id="capitals"),
        pytest.param(rss("a").replace("<rss", '<rss xmlns="urn:x"'), id="a namespace of its own"),
    ],
)
def test_what_is_odd_but_whole_goes_by_feedparser(text):
    feed = parse_feed(text.encode())
    assert feed.road == "feedparser"
    assert [entry.guid for entry in feed.entries] == ["https://nos.nl/l/9100001"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("\n\n" + rss("a"), id="white space before the prolog"),
        pytest.param(rss("a") + "\n<!-- 0.3 s -->\n", id="a comment after the end"),
        pytest.param(rss("<!-- </rss> -->a<?php x?>"), id="comments inside"),
        pytest.param(rss("<![CDATA[a]]>"), id="CDATA"),
    ],
)
def test_what_is_well_formed_goes_by_lxml(text):
    feed = parse_feed(text.encode())
    assert (feed.road, feed.entries[0].body) == ("lxml", "a")


def test_a_body_may_speak_of_entities():
    assert parse_feed(rss("<![CDATA[<!ENTITY]]>").encode()).entries[0].body == "<!ENTITY"


def test_a_feed_may_be_empty():
    feed = parse_feed(rss().encode())
    assert (feed.title, feed.entries, feed.rejected) == ("NOS Nieuws", (), ())


def test_an_entry_that_cannot_be_named_does_not_hold_back_the_others():
    nameless = "<item><description>Kort.</description></item>"
    feed = parse_feed(rss("a", "b").replace("<item>", nameless + "<item>", 1).encode())
    assert [entry.body for entry in feed.entries] == ["a", "b"]
    assert [rejected.payload for rejected in feed.rejected] == [nameless]


@pytest.mark.parametrize("mark", ["\0", "\ufffe"])
def test_no_name_has_a_character_that_no_database_holds(mark):
    text = rss("a").replace("NOS Nieuws", f"NOS{mark} Nieuws")
    text = text.replace("<guid>", f"<guid>{mark}").replace("<link>", f"<link>{mark}")
    clean, feed = parse_feed(rss("a").encode()), parse_feed(text.encode())
    assert feed.title == "NOS Nieuws"
    assert (feed.entries[0].guid, feed.entries[0].link) == (
        clean.entries[0].guid,
        clean.entries[0].link,
    )


def test_of_an_element_given_twice_the_first_counts():
    text = rss("a").replace("<guid>", "<title>Reclame</title><guid>")
    assert parse_feed(text.encode()).entries[0].title == "Brug dicht"


def test_an_entry_needs_no_more_than_a_title():
    feed = parse_feed(b"<rss><channel><item><title>Alleen dit</title></item></channel></rss>")
    entry = feed.entries[0]
    assert (entry.title, entry.guid, entry.link, entry.body) == ("Alleen dit", None, None, "")


def test_a_date_without_zone_is_in_the_zone_of_the_source():
    body = rss("a").replace("<guid>", "<pubDate>Thu, 1 Oct 2026 12:00:00</pubDate><guid>").encode()
    noon = datetime(2026, 10, 1, 12, tzinfo=UTC)
    assert parse_feed(body, zone=UTC).entries[0].published_at == noon
    assert parse_feed(body).entries[0].published_at == noon.replace(hour=10)


def test_a_document_that_is_too_large_is_refused_unread(monkeypatch):
    monkeypatch.setattr(parser, "MAX_SIZE_BYTES", 1000)
    with pytest.raises(ParseError, match="1,001 bytes: a feed may have 1,000"):
        parse_feed(b" " * 1001)


def test_a_feed_of_very_many_entries_is_read_whole():
    feed = parse_feed(rss(*map(str, range(MAX_ENTRIES))).encode())
    assert [entry.body for entry in feed.entries] == [str(n) for n in range(MAX_ENTRIES)]
    assert feed.unread == 0


@pytest.mark.parametrize("road", ["lxml", "feedparser"])
def test_of_too_many_entries_the_first_are_read_and_the_others_counted(monkeypatch, road):
    monkeypatch.setattr(entries, "MAX_ENTRIES", 3)
    text = rss(*map(str, range(10)))
    feed = parse_feed((text if road == "lxml" else text.replace("</title>", " &</title>")).encode())
    assert feed.road == road
    assert [entry.body for entry in feed.entries] == ["0", "1", "2"]
    assert feed.unread == 7


def test_a_document_of_too_many_tags_is_refused_before_a_tree_is_made(monkeypatch):
    monkeypatch.setattr(parser, "MAX_MARKS", 50)
    with pytest.raises(ParseError, match=r"tags: a feed may have 50"):
        parse_feed(rss(*map(str, range(20))).encode())
