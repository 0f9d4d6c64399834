"""Our feeds, against the rules by which a feed validator judges (RFC 4287, RFC 3339, RFC 4151)."""

import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import urlsplit

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from newsarchive.model import Change, Origin
from newsarchive.syndication import (
    AtomEntry,
    AtomFeed,
    build_atom,
    entry_of_change,
    tag,
)

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
# RFC 4151, 2.1: authority, date, then characters of a path or query.
TAG = re.compile(
    r"tag:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?,\d{4}(?:-\d\d){0,2}:"
    r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9A-F]{2})*"
)
ATOM = "{http://www.w3.org/2005/Atom}"
ONCE = {"id", "title", "updated"}
AT_MOST_ONCE = {"content", "published", "summary", "rights", "generator", "icon", "logo"}
KNOWN = {
    "feed": ONCE | AT_MOST_ONCE - {"content", "published", "summary"} | {"author", "link", "entry"},
    "entry": ONCE | {"content", "published", "summary", "link", "category", "author"},
}


def faults(document: bytes) -> list[str]:
    """Return what a feed validator would find wrong with an Atom document."""
    root = etree.fromstring(document)
    found = [] if root.tag == f"{ATOM}feed" else [f"the root is {root.tag}"]
    entries = root.findall(f"{ATOM}entry")
    for element in [root, *entries]:
        found += _faults_of(element)
    authors = root.findall(f"{ATOM}author/{ATOM}name")
    if len(authors) != 1 or not authors[0].text:
        found.append("there is not one author with a name")
    ids = Counter(element.text for element in root.iter(f"{ATOM}id"))
    found += [f"the id {name} twice" for name, times in ids.items() if times > 1]
    updated = [entry.findtext(f"{ATOM}updated") for entry in entries]
    moments = [datetime.fromisoformat(moment).replace(tzinfo=UTC) for moment in updated]
    if moments != sorted(moments, reverse=True):
        found.append("the entries are not in the order of time")
    if updated and root.findtext(f"{ATOM}updated") != updated[0]:
        found.append("the feed is not as of its latest entry")
    return found


def _faults_of(element):
    kind = etree.QName(element).localname
    names = Counter(etree.QName(child).localname for child in element)
    yield from (f"{kind} has an element {name}" for name in names.keys() - KNOWN[kind])
    yield from (f"{kind} has {names[name]} {name}" for name in ONCE if names[name] != 1)
    yield from (f"{kind} has {names[name]} {name}" for name in AT_MOST_ONCE if names[name] > 1)
    for name in ("updated", "published"):
        for child in element.findall(ATOM + name):
            if not RFC3339.fullmatch(child.text or ""):
                yield f"{name} {child.text} is not of RFC 3339"
    if not TAG.fullmatch(element.findtext(f"{ATOM}id") or ""):
        yield "the id is not of RFC 4151"
    yield from _faults_of_links(element.findall(f"{ATOM}link"))
    if kind == "entry":
        yield from _faults_of_content(element)


def _faults_of_links(links):
    for link in links:
        parts = urlsplit(link.get("href", ""))
        if not (parts.scheme and parts.netloc) or link.get("rel") not in {"self", "alternate"}:
            yield f"a link {dict(link.attrib)}"
    kinds = Counter((link.get("rel"), link.get("type")) for link in links)
    yield from (f"two links {pair}" for pair, times in kinds.items() if times > 1)


def _faults_of_content(entry):
    content = entry.find(f"{ATOM}content")
    if content is None or content.get("type") != "html" or len(content):
        yield "the content is not escaped HTML"
    if entry.find(f"{ATOM}link[@rel='alternate']") is None:
        yield "an entry leads nowhere"
    for category in entry.findall(f"{ATOM}category"):
        if not category.get("term"):
            yield "a category has no term"


def change(**more):
    values = {
        "article_id": 1,
        "external_id": "2633001",
        "origin": Origin.PAGE,
        "number": 2,
        "observed_at": NOON,
        "old_title": "Brug bij Zutphen dicht",
        "new_title": "Brug bij Zutphen weer open",
        "old_text": "Drie schepen wachten.\n\nHet duurt nog lang.",
        "new_text": "Vier schepen wachten.\n\nHet duurt nog lang.",
        "is_silent": True,
        "source": "nos",
        "url": "https://nos.nl/l/2633001",
        "category": "binnenland",
    }
    return Change(**{**values, **more})


ARRIVAL = (tag("nos", "1"), "Brug dicht", "https://nos.nl/l/1", NOON, "<p>Zo.</p>")


def told(one):
    return entry_of_change(one, one.url)


def feed(*entries, **more):
    values = {"id": tag("feed", "changes"), "title": "Edits", "as_of": NOON + timedelta(days=1)}
    return AtomFeed(entries=entries, **{**values, **more})


CHANGES = [
    change(),
    change(number=3, observed_at=NOON + timedelta(microseconds=1), is_silent=None),
    change(external_id="2633002", new_title="Brug bij Zutphen dicht", is_silent=False),
    change(origin=Origin.FEED, category=None, observed_at=NOON - timedelta(days=400)),
    change(source="eigen krant", external_id="a/b?c#d é", old_text="", new_text="<b>&amp;</b>"),
    change(external_id="3", old_title="A \x1b[31m & <i>B</i>", new_title="\ud800 \ufffe ]]>"),
]
ADDRESSES = {
    "self_url": "https://archief.example/changes.xml",
    "page_url": "https://archief.example/changes",
}


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(build_atom(feed(*map(told, CHANGES), **ADDRESSES)), id="changes"),
        pytest.param(build_atom(feed(*map(told, CHANGES))), id="changes of no known address"),
        pytest.param(build_atom(feed(**ADDRESSES)), id="nothing"),
        pytest.param(
            build_atom(feed(AtomEntry(*ARRIVAL, NOON, [("binnenland", None)]))), id="an article"
        ),
    ],
)
def test_a_feed_is_valid(document):
    assert faults(document) == []
    read = feedparser.parse(document)
    assert not read.bozo
    assert read.version == "atom10"


def test_the_validator_finds_what_is_wrong():
    entries = [told(one) for one in CHANGES]
    good = build_atom(feed(*entries, **ADDRESSES))
    for old, new in [
        (b"<author>", b"<author><name/></author><author>"),
        (b"T12:00:00Z", b"T12:00:00"),
        (b"<id>tag:", b"<id>urn:"),
        (b"<title>Edits</title>", b""),
        (b'href="https://nos.nl/', b'href="/'),
        (b"<content ", b"<content/><content "),
        (b'term="silent"', b'term=""'),
    ]:
        assert old in good
        assert faults(good.replace(old, new)), old
    twice = build_atom(feed(entries[0], entries[0]))
    assert faults(twice) == [f"the id {entries[0].id} twice"]


def test_an_entry_shows_the_words_and_says_what_kind_of_change_it_is():
    entry = feedparser.parse(build_atom(feed(told(change())))).entries[0]
    shown = entry.content[0].value
    assert entry.title == "Brug bij Zutphen dicht → Brug bij Zutphen weer open"
    assert entry.link == "https://nos.nl/l/2633001"
    assert "page revision 2, headline, lead, number, wording, silent" in shown
    assert "<del>Drie</del><ins>Vier</ins> schepen" in shown
    assert {(one.term, one.scheme) for one in entry.tags} == {
        ("binnenland", None),
        ("headline", tag("part")),
        ("lead", tag("part")),
        ("number", tag("class")),
        ("wording", tag("class")),
        ("silent", tag("announcement")),
    }


def test_what_stands_in_an_article_is_never_markup_of_ours():
    document = build_atom(feed(told(change(new_text="<script>alert(1)</script> & zo"))))
    shown = etree.fromstring(document).findtext(f"{ATOM}entry/{ATOM}content")
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown.replace("<ins>", "").replace("</ins>", "")


def test_the_id_of_an_edit_depends_on_nothing_that_may_change():
    first = told(change())
    assert first.id == "tag:newsarchive.example,2026:nos/2633001/page/2/2026-10-01T12%3A00%3A00Z"
    later = change(
        category="politiek",
        url="https://nos.nl/artikel/2633001",
        is_silent=None,
        observed_at=NOON.astimezone(timezone(timedelta(hours=2))),
    )
    assert told(later).id == first.id
    ids = {told(one).id for one in [*CHANGES, change(number=7), change(origin=Origin.FEED)]}
    assert len(ids) == len(CHANGES) + 2


def test_the_latest_comes_first_and_dates_the_feed():
    entries = [told(one) for one in CHANGES]
    first = build_atom(feed(*entries))
    assert build_atom(feed(*reversed(entries))) == first
    read = feedparser.parse(first)
    assert read.feed.updated == "2026-10-01T12:00:00.000001Z"
    assert read.entries[-1].updated == "2025-08-27T12:00:00Z"
    assert feedparser.parse(build_atom(feed())).feed.updated == "2026-10-02T12:00:00Z"


SOME = st.text(max_size=20)


@given(SOME, SOME, SOME)
def test_any_text_makes_a_valid_feed(title, content, name):
    entry = AtomEntry(tag("nos", name), title, "https://nos.nl/l/1", NOON, content)
    document = build_atom(replace(feed(entry), title=title))
    assert faults(document) == []
