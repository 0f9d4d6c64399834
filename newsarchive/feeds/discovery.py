"""Discovery: the feeds that a page names, and what form of feed a document is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from newsarchive.cleaning.urls import make_absolute
from newsarchive.feeds.charset import decode
from newsarchive.feeds.recognition import find_feed_root

_FEED_TYPES = {"application/rss+xml", "application/atom+xml", "application/rdf+xml"}
_VERSION = re.compile(r"""\sversion\s*=\s*["']([0-9.]{1,8})["']""")
_RDF_FORMS = {"http://my.netscape.com/rdf/simple/0.9/": "RSS 0.90"}


@dataclass(frozen=True, slots=True)
class FeedLink:
    """A feed that a page names."""

    url: str
    title: str


def find_feed_links(html: str, url: str) -> list[FeedLink]:
    """Return the feeds that the page `html` at `url` names in its head, in its order.

    That is `<link rel="alternate">` with the type of a feed, as readers of feeds look for it
    (https://www.rssboard.org/rss-autodiscovery). No address is guessed.
    """
    parser = etree.HTMLParser(encoding="utf-8")
    root = etree.fromstring(html.encode("utf-8", "replace") or b" ", parser)
    if root is None:  # nothing, or nothing but comments
        return []
    found: dict[str, FeedLink] = {}
    for link in _iter_links(root, url):
        found.setdefault(link.url, link)
    return list(found.values())


def _iter_links(root: etree._Element, url: str) -> Iterator[FeedLink]:
    bases = (given for element in root.iter("base") if (given := element.get("href")))
    base = make_absolute(next(bases, ""), url)
    for link in root.iter("link"):
        relations = (link.get("rel") or "").lower().split()
        kind = (link.get("type") or "").partition(";")[0].strip().lower()
        href = (link.get("href") or "").strip()
        if href and "alternate" in relations and kind in _FEED_TYPES:
            yield FeedLink(make_absolute(href, base), (link.get("title") or "").strip())


def find_form(body: bytes, content_type: str | None) -> str | None:
    """Return in words which form of feed a document is, `RSS 2.0`; None where it is none."""
    text = decode(body, content_type).strip()
    root = find_feed_root(text)
    if root is None:
        return None
    opening = text[text.index(f"<{root}") :].partition(">")[0]
    version = _VERSION.search(opening)
    match root.rpartition(":")[2].lower():
        case "rss":
            return f"RSS {version[1]}" if version else "RSS"
        case "feed":
            return f"Atom {version[1]}" if version else "Atom 1.0"
    return next((form for sign, form in _RDF_FORMS.items() if sign in opening), "RSS 1.0")
