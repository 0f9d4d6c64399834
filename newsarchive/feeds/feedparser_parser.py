"""The forgiving road: feedparser, for ill-formed RSS and for Atom and RDF.

It is thirty times slower than lxml, and not quite faithful: it strips the body's outer white
space, turns C1 controls into the characters that Windows-1252 has in their place, and undoes
UTF-8 that was read as Latin-1 where a whole text reads so.
"""

import html
import io
import re
from collections.abc import Iterator
from datetime import tzinfo
from functools import partial
from typing import Any

from newsarchive.cleaning.characters import clean_characters
from newsarchive.exceptions import ParseError
from newsarchive.feeds.entries import Attachment, Fields, ParsedFeed, make_entry, make_feed

_TAG = re.compile(r"<[^<>]*>")

MAX_CHARACTERS = 2 * 2**20
"""More would keep feedparser busy for too long: it may read as few as 125,000 a second."""


def parse_any(text: str, entry_count: int, zone: tzinfo) -> ParsedFeed:
    """Return what a whole, perhaps ill-formed feed of `entry_count` entries says.

    Raises ParseError where feedparser does not find just as many: a feed is never read in part.
    """
    if len(text) > MAX_CHARACTERS:
        raise ParseError(f"a feed that is no plain RSS, of more than {MAX_CHARACTERS:,} characters")
    result = _parse(text)
    if result.bozo and entry_count == 0:
        raise ParseError("an ill-formed feed without entries")
    if (found := len(result.entries)) != entry_count:
        raise ParseError(f"an ill-formed feed: {found} of its {entry_count} entries can be read")
    is_atom = result.version.startswith("atom")
    return make_feed(
        title=_title(result.feed, is_atom=is_atom),
        items=result.entries,
        read=lambda entry: make_entry(_fields(entry, is_atom=is_atom), zone, partial(repr, entry)),
        road="feedparser",
        ttl=result.feed.get("ttl"),
    )


def _parse(text: str) -> Any:
    import feedparser  # noqa: PLC0415 - 60 ms that a sound feed does not need

    try:
        # A stream, because feedparser opens bytes and strings as files and addresses; the
        # header, because it would guess at the charset, by what happens to be installed.
        return feedparser.parse(
            io.BytesIO(text.encode("utf-8")),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except Exception as error:  # it documents none, and hostile input finds several
        raise ParseError(f"an ill-formed feed that feedparser gives up on: {error!r}") from error


def _fields(entry: Any, *, is_atom: bool) -> Fields:
    # As a plain dict: asked for an `updated` that is not there, feedparser gives `published`.
    updated = dict(entry).get("updated")
    published = entry.get("published") or updated
    return Fields(
        guid=entry.get("id"),
        link=entry.get("link"),
        original_link=entry.get("feedburner_origlink"),
        title=_title(entry, is_atom=is_atom),
        body=_body(entry, is_atom=is_atom),
        published=published,
        # Outside of Atom it may be a dc:date, which is no time of change.
        updated=updated if is_atom else None,
        attachments=tuple(_iter_attachments(entry)),
    )


def _title(element: Any, *, is_atom: bool) -> str | None:
    """Return a title as text: in Atom it may be HTML, and says so (RFC 4287, 3.1.1)."""
    title: str | None = element.get("title")
    if title and is_atom and element.get("title_detail", {}).get("type") != "text/plain":
        return html.unescape(_TAG.sub("", title))
    return title


def _body(entry: Any, *, is_atom: bool) -> str:
    details = [*entry.get("content", ()), entry.get("summary_detail")]
    detail = next((d for d in details if d and d.get("value")), None)
    if detail is None:
        return str(entry.get("summary", ""))
    if is_atom and detail.get("type") == "text/plain":
        return html.escape(detail.value, quote=False)
    return _with_base(detail.value, detail.get("base"))


def _with_base(body: str, base: str | None) -> str:
    """Return `body` with links that a reader follows from the element's own xml:base."""
    if not body or not (base or "").startswith(("http://", "https://")):
        return body
    from lxml import html as lxml_html  # noqa: PLC0415 - few feeds have a base
    from lxml.etree import ParserError  # noqa: PLC0415 - as above

    sound, _ = clean_characters(body)  # lxml refuses what XML cannot hold
    try:
        fragment = lxml_html.fragment_fromstring(sound, create_parent="div")
        fragment.make_links_absolute(base, handle_failures="ignore")
    except (ValueError, ParserError):  # a base that is no address after all, a body that is none
        return body
    return str(lxml_html.tostring(fragment, encoding="unicode"))


def _iter_attachments(entry: Any) -> Iterator[Attachment]:
    for enclosure in entry.get("enclosures", ()):
        yield Attachment(enclosure.get("href"), enclosure.get("type"))
    for media in entry.get("media_content", ()):
        is_image = media.get("medium") == "image"
        yield Attachment(media.get("url"), media.get("type"), is_image=is_image)
    for thumbnail in entry.get("media_thumbnail", ()):
        yield Attachment(thumbnail.get("url"), is_image=True)
