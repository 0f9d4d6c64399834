"""The door of feeds: the bytes of a response → what the feed says, or why it says nothing.

Two roads lead through it. Well-formed RSS is read by lxml, thirty times faster and to the
letter; what is ill-formed but whole, and Atom and RDF, by feedparser. Nothing is read in part.
"""

from datetime import tzinfo

from newsarchive.cleaning.dates import AMSTERDAM
from newsarchive.exceptions import ParseError
from newsarchive.feeds import feedparser_parser, lxml_parser
from newsarchive.feeds.charset import decode
from newsarchive.feeds.entries import ParsedFeed, RejectedEntry
from newsarchive.feeds.recognition import count_entries, describe, find_feed_root, strip_sections

__all__ = ["MAX_SIZE_BYTES", "ParsedFeed", "RejectedEntry", "parse_feed"]

MAX_SIZE_BYTES = 64 * 2**20
"""A larger body is refused unread; a feed of NOS has about 50 kB."""

MAX_MARKS = 2_000_000
"""So many `<`, which take half a gigabyte as a tree; a feed of NOS of that size has fewer."""


def parse_feed(
    body: bytes, content_type: str | None = None, *, zone: tzinfo = AMSTERDAM
) -> ParsedFeed:
    """Return what a feed (RSS 0.9x, 1.0 and 2.0, Atom) says, each entry as it is delivered.

    `content_type` is the response's header, for its charset; `zone` that of dates without one.
    Raises ParseError, saying what the bytes are, for all that is not a whole feed: an HTML page,
    JSON, nothing, a truncated document, one that declares entities, one over `MAX_SIZE_BYTES`
    or `MAX_MARKS`. Of very many entries the first are read, and the others counted.
    """
    if len(body) > MAX_SIZE_BYTES:
        raise ParseError(f"a document of {len(body):,} bytes: a feed may have {MAX_SIZE_BYTES:,}")
    text = decode(body, content_type).strip()
    root = find_feed_root(text)
    if root is None:
        raise ParseError(f"not a feed, but {describe(body, text)}")
    if (marks := text.count("<")) > MAX_MARKS:
        raise ParseError(f"a document of {marks:,} tags: a feed may have {MAX_MARKS:,}")
    try:
        return lxml_parser.parse_rss(text, zone)
    except lxml_parser.NotPlainRssError as error:
        return _parse_forgivingly(text, root, zone, str(error))


def _parse_forgivingly(text: str, root: str, zone: tzinfo, reason: str) -> ParsedFeed:
    """Read what lxml does not for this `reason`, if all of it is there."""
    # feedparser would drop the declarations and leave `&name;` in the titles.
    if "<!ENTITY" in text:
        raise ParseError("a feed that declares entities of its own: refused as a possible bomb")
    entry_count = count_entries(strip_sections(text), root)
    if entry_count is None:
        raise ParseError(f"a truncated feed: {len(text):,} characters without </{root}> ({reason})")
    return feedparser_parser.parse_any(text, entry_count, zone)
