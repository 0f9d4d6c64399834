"""What a row says of an article.

Of a body that is given more than once, `body` is taken; else, of `summary` and `full_text`, the
one with more structure (HTML, then lines, then neither), and of equals the summary, which is
what a feed said. Text without tags becomes a paragraph a line, and is known to be lossy.

A time without a zone is Amsterdam's; in the hour that autumn repeats, the first of the two.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from newsarchive.cleaning.dates import parse_feed_date
from newsarchive.exceptions import IdentityError, ParseError
from newsarchive.identity import identify
from newsarchive.items import Document, Quarantined
from newsarchive.model import Capture, Kind, Observation, Origin, Stage
from newsarchive.rows.forms import find_form
from newsarchive.rows.records import Record, iter_records, read_header
from newsarchive.sources import Source

FIELDS: dict[str, tuple[str, ...]] = {
    "title": ("title", "headline"),
    "url": ("url", "link"),
    "published": ("published", "published_at", "datetime", "date", "pubDate"),
    "body": ("body", "html", "content"),
    "summary": ("summary", "description"),
    "full_text": ("full_text", "text"),
    "category": ("category", "feed"),
    "captured": ("scraped_at", "captured", "captured_at", "observed_at"),
    "image": ("image_url", "image"),
}
"""The fields of a row, and the columns that are taken for them, the first that says anything."""

_REQUIRED = ("title", "url")

# The titles of feeds that name their category in other words than the catalogue.
_CHANNEL_TITLES = {
    "nosnieuws": "algemeen",
    "nosnlnieuws": "algemeen",  # 2013
    "nosnlbinnenlandsnieuws": "binnenland",  # until 2019, as the next
    "nosnlbuitenlandsnieuws": "buitenland",
}

_LINES = re.compile(r"#lines=(\d+)-\d+$")
_TAG = re.compile(
    r"</?(?:a|article|b|blockquote|br|div|em|figure|h[1-6]|i|img|li|ol|p|section|span|strong|table"
    r"|ul)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_BARE_AMPERSAND = re.compile(r"&(?!(?:[a-z][a-z0-9]*|#[0-9]+|#x[0-9a-f]+);)", re.IGNORECASE)


def check_header(line: bytes, columns: Mapping[str, str]) -> None:
    """Raise ParseError where the header of a CSV file lacks what every row needs.

    `columns` has the columns that the operator named, by field.
    """
    names = read_header(line)
    for field in _REQUIRED:
        if not set(_columns_of(field, columns)) & set(names):
            raise ParseError(f"no column is the {field}; there are {', '.join(names)}")


def is_chunk(capture: Capture) -> bool:
    """Tell whether a recorded file is a chunk of a table."""
    return find_form(capture.content_type) is not None and _LINES.search(capture.url) is not None


def read_chunk(
    payload: bytes, capture: Capture, source: Source, site_url: str | None = None
) -> Document:
    """Return what a chunk says of articles of `source`: an observation a row.

    `capture` is of that chunk (`is_chunk`). Addresses under the base `site_url` count as the
    publisher's own. What names no article, has no title, or cannot be read is quarantined with
    file and line.
    """
    described = find_form(capture.content_type)
    lines = _LINES.search(capture.url)
    assert described is not None
    assert lines is not None
    observations, quarantined = [], []
    for record in iter_records(payload, described.form, int(lines[1])):
        try:
            row = _Row(record, described.columns)
            observations.append(row.observe(capture, source, site_url))
        except IdentityError as error:
            quarantined.append(_refuse(record, capture, Stage.IDENTIFY, error))
        except ParseError as error:
            quarantined.append(_refuse(record, capture, Stage.PARSE, error))
    return Document(source.name, observations, quarantined, captures=[capture])


def _refuse(record: Record, capture: Capture, stage: Stage, error: Exception) -> Quarantined:
    file = unquote(urlsplit(capture.url).path)
    reason = f"{file}, line {record.line}: {error}"
    return Quarantined(stage, reason, capture.url, record.text, capture.captured_at, capture)


class _Row:
    """One record's fields."""

    def __init__(self, record: Record, columns: Mapping[str, str]) -> None:
        if record.values is None:
            raise ParseError(record.error or "nothing")
        self._values = record.values
        self._columns = columns

    def observe(self, capture: Capture, source: Source, site_url: str | None) -> Observation:
        """Return what the row says; raises ParseError or IdentityError."""
        published_at = self._moment("published")
        slug, category, kind = _find_feed(source, self._find("category"))
        html, is_lossy = self._body()
        url = self._get("url")
        return Observation(
            origin=Origin.IMPORT,
            captured_at=self._moment("captured") or published_at or capture.captured_at,
            imported_at=capture.captured_at,
            title=self._get("title"),
            html=html,
            link=url,
            feed=slug,
            category=category,
            published_at=published_at,
            image_url=self._find("image"),
            kind=kind,
            capture=capture,
            identity=identify(source=source, guid=None, link=url, kind=kind, site_url=site_url),
            is_lossy=is_lossy,
        )

    def _find(self, field: str) -> str | None:
        """Return what the row says in a field, without outer white space; None for nothing."""
        for column in _columns_of(field, self._columns):
            value: Any = self._values.get(column)
            if value is not None and not isinstance(value, str):
                raise ParseError(f"its {column} is not a text but {value!r}")
            if value and (stripped := value.strip()):
                return stripped
        return None

    def _get(self, field: str) -> str:
        value = self._find(field)
        if value is None:
            raise ParseError(f"no {field}: nothing in {', '.join(self._values) or 'it'} says it")
        return value

    def _moment(self, field: str) -> datetime | None:
        written = self._find(field)
        moment = parse_feed_date(written)
        if written is not None and moment is None:
            raise ParseError(f"a time ({field}) that cannot be read: {written!r}")
        return moment

    def _body(self) -> tuple[str, bool]:
        """Return the body as HTML, and whether it is known to lack structure."""
        others = (self._find("summary") or "", self._find("full_text") or "")
        body = self._find("body") or max(others, key=_structure)
        return (body, False) if _TAG.search(body) else (_paragraphs(body), True)


def _columns_of(field: str, columns: Mapping[str, str]) -> tuple[str, ...]:
    return (columns[field],) if field in columns else FIELDS[field]


def _structure(body: str) -> int:
    """Return how much structure a body has: none at all where there is none."""
    return 3 if _TAG.search(body) else bool(body) + ("\n" in body)


def _paragraphs(text: str) -> str:
    """Return a text as HTML, a paragraph a line; its character references keep their meaning."""
    escaped = _BARE_AMPERSAND.sub("&amp;", text).replace("<", "&lt;").replace(">", "&gt;")
    lines = (line.strip() for line in escaped.splitlines())
    return "\n".join(f"<p>{line}</p>" for line in lines if line)


def _find_feed(source: Source, written: str | None) -> tuple[str | None, str | None, Kind]:
    """Return slug, category and kind of the feed that a row names by slug, address or title.

    A category that the catalogue does not know stays what it is.
    """
    if written is None:
        return None, None, Kind.ARTICLE
    slug = written.rstrip("/").rpartition("/")[2]
    for feed in source.feeds:
        if slug == feed.slug:
            return feed.slug, feed.category, feed.kind
    key = _key(written)
    named = _CHANNEL_TITLES.get(key, key)
    for category in source.categories:
        if named in {category, source.name + category}:
            return None, category, Kind.ARTICLE
    return None, written, Kind.ARTICLE


def _key(written: str) -> str:
    """Return a name as the catalogue writes it: `Cultuur & Media` is `cultuurenmedia`."""
    return "".join(filter(str.isalnum, written.replace("&", "en").casefold()))
