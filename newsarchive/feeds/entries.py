"""What a feed says, and what one entry needs to be one: common to both ways of reading a feed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import tzinfo
from itertools import islice
from typing import TypeVar

from newsarchive.cleaning.characters import clean_characters
from newsarchive.cleaning.dates import parse_feed_date
from newsarchive.model import Entry

MAX_ENTRIES = 15_000
"""Entries that are read of one document; NOS's have 20. A statement of SQL can name as many
articles, by source and number, on every build of SQLite (32,766 values) and on PostgreSQL."""

T = TypeVar("T")

_IMAGE_SUFFIXES = (".avif", ".gif", ".jpeg", ".jpg", ".png", ".webp")


@dataclass(frozen=True, slots=True)
class RejectedEntry:
    """An entry that cannot be archived: why, and what can be shown of it."""

    error: str
    payload: str


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """Everything that one feed document said."""

    title: str | None
    entries: tuple[Entry, ...]  # in the document's order
    rejected: tuple[RejectedEntry, ...]
    road: str  # which parser read it: `lxml` or `feedparser`
    unread: int = 0  # entries behind the first `MAX_ENTRIES`
    ttl: str | None = None  # minutes for which it asks not to be asked again, as delivered


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that an entry points at: an enclosure, or an element of Media RSS."""

    url: str | None
    type: str | None = None
    is_image: bool = False  # the element says so in another way


@dataclass(frozen=True, slots=True)
class Fields:
    """The texts of one entry as the document holds them."""

    guid: str | None
    link: str | None
    original_link: str | None
    title: str | None
    body: str
    published: str | None
    updated: str | None
    attachments: tuple[Attachment, ...]  # enclosures first


def make_entry(fields: Fields, zone: tzinfo, show: Callable[[], str]) -> Entry | RejectedEntry:
    """Return the entry that `fields` describe; `show` gives what to keep where they do not.

    Outer white space goes from everything but the body.
    """
    guid, link, title = _sound(fields.guid), _sound(fields.link), _stripped(fields.title)
    if not (guid or link or title):
        return RejectedEntry("an entry without guid, link and title", show())
    return Entry(
        guid=guid,
        link=link,
        original_link=_sound(fields.original_link),
        title=title or "",
        body=fields.body,
        published_at=parse_feed_date(fields.published, zone),
        updated_at=parse_feed_date(fields.updated, zone),
        image_url=next((a.url.strip() for a in fields.attachments if a.url and _is_image(a)), None),
    )


def make_feed(
    title: str | None,
    items: Iterable[T],
    read: Callable[[T], Entry | RejectedEntry],
    road: str,
    ttl: str | None = None,
) -> ParsedFeed:
    """Return the feed of these items as `read` reads them, sorted into entries and rejected ones.

    At most `MAX_ENTRIES` are read; the rest is counted.
    """
    entries, rejected = [], []
    remaining = iter(items)
    for candidate in map(read, islice(remaining, MAX_ENTRIES)):
        if isinstance(candidate, Entry):
            entries.append(candidate)
        else:
            rejected.append(candidate)
    unread = sum(1 for _ in remaining)
    return ParsedFeed(_sound(title), tuple(entries), tuple(rejected), road, unread, ttl)


def _sound(text: str | None) -> str | None:
    """Return a text that no pipeline cleans, without what no database holds."""
    return _stripped(clean_characters(text or "")[0])


def _stripped(text: str | None) -> str | None:
    return (text or "").strip() or None


def _is_image(attachment: Attachment) -> bool:
    if attachment.is_image or (attachment.type or "").lower().startswith("image/"):
        return True
    path = (attachment.url or "").partition("?")[0].partition("#")[0]
    return path.strip().lower().endswith(_IMAGE_SUFFIXES)
