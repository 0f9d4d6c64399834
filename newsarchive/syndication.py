"""Feeds of our own: what the archive saw change, and what came new, as Atom (RFC 4287).

An id is a tag URI (RFC 4151), made of what never changes: the article, and of a change its origin,
number and moment. The same edit has the same id in a file and on the web, and at every address.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from lxml import etree

from newsarchive.cleaning.characters import clean_characters
from newsarchive.comparison.changes import classify_change
from newsarchive.comparison.diff import diff_words, html_of, shortened
from newsarchive.model import Change

ATOM = "http://www.w3.org/2005/Atom"
MEDIA_TYPE = "application/atom+xml"
AUTHOR = "newsarchive"

TAG = "tag:newsarchive.example,2026:"
"""What our tags begin with: a reserved name, which can never be another's."""

DEFAULT_ENTRIES = 100
"""Entries of a feed whose reader did not say how many."""


@dataclass(frozen=True, slots=True)
class AtomEntry:
    """One entry. Text is plain, and escaped when it is written; so is the HTML of `content`."""

    id: str
    title: str
    url: str  # of a page that people read
    updated_at: datetime
    content: str  # HTML
    published_at: datetime | None = None
    categories: Sequence[tuple[str, str | None]] = ()  # term, and the scheme that it is of


@dataclass(frozen=True, slots=True)
class AtomFeed:
    """A feed, its entries in any order."""

    id: str
    title: str
    entries: Sequence[AtomEntry]
    as_of: datetime  # when it stood so; told where there are no entries
    self_url: str | None = None  # where the feed itself is found, if that is known
    page_url: str | None = None  # a page of the same, for people


def tag(*names: str) -> str:
    """Return the tag URI of what these names lead to: `tag:…:nos/2280103`."""
    return TAG + "/".join(quote(name, safe="") for name in names)


def entry_of_change(change: Change, url: str) -> AtomEntry:
    """Return the entry of a change; `url` is a page about it, or the article's own.

    Its content says what kind of change it is, then shows which words came and went.
    """
    titles, texts = (change.old_title, change.new_title), (change.old_text, change.new_text)
    found = classify_change(titles[0], texts[0], titles[1], texts[1])
    silence = {None: None, True: "silent", False: "announced"}[change.is_silent]
    facts = [f"{change.origin} revision {change.number}", *found.parts, *found.classes]
    head = f"<p><small>{', '.join([*facts, silence] if silence else facts)}</small></p>"
    differences = [
        html_of(shortened(diff_words(*pair))) for pair in (titles, texts) if pair[0] != pair[1]
    ]
    moment = _rfc3339(change.observed_at)
    return AtomEntry(
        id=tag(change.source, change.external_id, change.origin, str(change.number), moment),
        title=titles[1] if titles[0] == titles[1] else f"{titles[0]} → {titles[1]}",
        url=url,
        updated_at=change.observed_at,
        content="\n".join([head, *differences]),
        categories=[
            *([(change.category, None)] if change.category else []),
            *((part, tag("part")) for part in found.parts),
            *((one, tag("class")) for one in found.classes),
            *([(silence, tag("announcement"))] if silence else []),
        ],
    )


def build_atom(feed: AtomFeed) -> bytes:
    """Return the feed as UTF-8, the entry that was updated last first.

    Characters that XML cannot hold are left out. The same feed gives the same bytes.
    """
    ordered = sorted(feed.entries, key=lambda entry: (entry.updated_at, entry.id), reverse=True)
    root = etree.Element(
        f"{{{ATOM}}}feed",
        nsmap={None: ATOM},  # type: ignore[dict-item]  # lxml names the default namespace so
    )
    _add(root, "id", feed.id)
    _add(root, "title", feed.title)
    _add(root, "updated", _rfc3339(ordered[0].updated_at if ordered else feed.as_of))
    _add(_add(root, "author"), "name", AUTHOR)
    for relation, url, media_type in (
        ("self", feed.self_url, MEDIA_TYPE),
        ("alternate", feed.page_url, "text/html"),
    ):
        if url:
            _add(root, "link", rel=relation, type=media_type, href=url)
    for entry in ordered:
        _add_entry(_add(root, "entry"), entry)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)


def _add_entry(element: etree._Element, entry: AtomEntry) -> None:
    _add(element, "id", entry.id)
    _add(element, "title", entry.title)
    _add(element, "updated", _rfc3339(entry.updated_at))
    if entry.published_at is not None:
        _add(element, "published", _rfc3339(entry.published_at))
    _add(element, "link", rel="alternate", type="text/html", href=entry.url)
    for term, scheme in entry.categories:
        _add(element, "category", term=term, **({"scheme": scheme} if scheme else {}))
    _add(element, "content", entry.content, type="html")


def _add(
    parent: etree._Element, name: str, text: str | None = None, **attributes: str
) -> etree._Element:
    clean = {key: clean_characters(value)[0] for key, value in attributes.items()}
    element = etree.SubElement(parent, f"{{{ATOM}}}{name}", clean)
    if text is not None:
        element.text = clean_characters(text)[0]
    return element


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
