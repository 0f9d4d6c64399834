"""The fast road: well-formed RSS 2.0 and 0.9x, as NOS writes it, through lxml.

Whatever is not plainly that (ill-formed, another format, markup or HTML's named entities inside
a field) is left to the other road rather than read in part.
"""

from collections.abc import Iterator
from datetime import tzinfo

from lxml import etree

from newsarchive.exceptions import ParseError
from newsarchive.feeds.entries import (
    Attachment,
    Fields,
    ParsedFeed,
    RejectedEntry,
    make_entry,
    make_feed,
)
from newsarchive.model import Entry

_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_DATE = "{http://purl.org/dc/elements/1.1/}date"
_MODIFIED = "{http://purl.org/dc/terms/}modified"
_ORIGINAL_LINK = "{http://rssnamespace.org/feedburner/ext/1.0}origLink"
_MEDIA_CONTENT = "{http://search.yahoo.com/mrss/}content"
_MEDIA_THUMBNAIL = "{http://search.yahoo.com/mrss/}thumbnail"

_PLAIN = {"guid", "link", "title", "description", "pubDate"}
_TEXTS = _PLAIN | {_CONTENT, _DATE, _MODIFIED, _ORIGINAL_LINK}


class NotPlainRssError(ValueError):
    """The document needs a more forgiving parser; the message says why."""


def parse_rss(text: str, zone: tzinfo) -> ParsedFeed:
    """Return what an RSS document says.

    Raises NotPlainRssError where lxml cannot read all of it, and ParseError for a document
    that nothing should read: one that declares entities, or breaks libxml2's limits.
    """
    root = _parse(text)
    if root.tag != "rss":
        raise NotPlainRssError(f"<{root.tag}> is not the root of plain RSS")
    if "xml:base" in text:
        raise NotPlainRssError("links that are relative to a base of their own")
    channel = root.find("channel")
    if channel is None:
        raise ParseError("an RSS document without a channel")
    return make_feed(
        title=_texts(channel).get("title"),
        items=root.iter("item"),
        read=lambda item: _read_entry(item, zone),
        road="lxml",
        ttl=channel.findtext("ttl"),
    )


def _parse(text: str) -> etree._Element:
    parser = etree.XMLParser(
        encoding="utf-8",  # whatever the XML declaration says
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(text.encode("utf-8"), parser)
    except etree.XMLSyntaxError as error:
        code = error.code  # type: ignore[attr-defined] # lxml-stubs lacks it
        if code == etree.ErrorTypes.ERR_RESOURCE_LIMIT:
            raise ParseError(f"a feed that no parser should expand: {error.msg}") from error
        raise NotPlainRssError(error.msg) from error
    dtd = root.getroottree().docinfo.internalDTD
    if dtd is not None and any(dtd.iterentities()):  # type: ignore[union-attr] # likewise
        raise ParseError("a feed that declares entities of its own: refused as a possible bomb")
    return root


def _read_entry(item: etree._Element, zone: tzinfo) -> Entry | RejectedEntry:
    texts = _texts(item)
    fields = Fields(
        guid=texts.get("guid"),
        link=texts.get("link") or _permalink(item),
        original_link=texts.get(_ORIGINAL_LINK),
        title=texts.get("title"),
        body=texts.get(_CONTENT) or texts.get("description", ""),
        published=texts.get("pubDate") or texts.get(_DATE),
        updated=texts.get(_MODIFIED),
        attachments=tuple(_iter_attachments(item)),
    )
    return make_entry(fields, zone, lambda: etree.tostring(item, encoding="unicode"))


def _texts(element: etree._Element) -> dict[str, str]:
    """Return the texts of the children that we read, by tag: of each the first that is not blank.

    The text before a child element or entity is not the whole: such an element is refused.
    """
    texts: dict[str, str] = {}
    for child in element:
        if child.tag in _TEXTS and child.tag not in texts:
            if len(child):
                raise NotPlainRssError(f"markup or an unknown entity in <{child.tag}>")
            if child.text and not child.text.isspace():
                texts[child.tag] = child.text
    return texts


def _permalink(item: etree._Element) -> str | None:
    """Return a guid that is a link as well (RSS 2.0: it is one unless it says that it is not)."""
    guid = item.find("guid")
    return guid.text if guid is not None and guid.get("isPermaLink") != "false" else None


def _iter_attachments(item: etree._Element) -> Iterator[Attachment]:
    for element in item.iter("enclosure"):
        yield Attachment(element.get("url"), element.get("type"))
    for element in item.iter(_MEDIA_CONTENT):
        yield Attachment(
            element.get("url"), element.get("type"), is_image=element.get("medium") == "image"
        )
    for element in item.iter(_MEDIA_THUMBNAIL):
        yield Attachment(element.get("url"), is_image=True)
