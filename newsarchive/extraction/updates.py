"""The updates of a liveblog in the JSON of a Next.js page.

No page with such JSON is known, so an update is told by what it must have: an identifier, a time of
its own, and text or blocks; wherever it stands in the JSON, and whatever the field is called.
"""

from collections.abc import Iterable, Iterator

from newsarchive.cleaning.dates import parse_feed_date
from newsarchive.extraction.blocks import CONTAINED, Body, heading, paragraph, read_blocks
from newsarchive.extraction.fields import (
    Fields,
    identifier_in,
    is_object,
    object_in,
    objects_in,
    string_in,
)
from newsarchive.model import Update

PUBLISHED = ("publishedAt", "createdAt")
# Their entries have identifiers and times too, but are other articles.
_OTHER_ARTICLES = frozenset({"categories", "collections", "related", "links", "bios", "pills"})


def is_update(block: Fields) -> bool:
    """Tell whether `block` is an update of a liveblog rather than a block of text."""
    return (
        identifier_in(block, "id") is not None
        and bool(string_in(block, *PUBLISHED))
        # A block of text may bear the time when it was written.
        and bool(objects_in(block, *CONTAINED) or (string_in(block, "text") and _title(block)))
    )


def read_updates(liveblog: Fields) -> list[tuple[Update, Body]]:
    """Return the updates of `liveblog` in the order of the page, with what their blocks say.

    An update that stands there twice, pinned above and at its time, is returned at its time:
    pinning one is no edit.
    """
    read: dict[str, tuple[Update, Body]] = {}
    for found in _found(liveblog):
        update_id = number_of(identifier_in(found, "id") or "")
        read.pop(update_id, None)
        read[update_id] = _read(update_id, found)
    return list(read.values())


def html_of(updates: Iterable[Update]) -> str:
    """Return `updates` as one body: each its title as a heading, and then its blocks."""
    pieces = (piece for update in updates for piece in (heading(update.title), update.html))
    return "\n".join(filter(None, pieces))


def number_of(anchor: str) -> str:
    """Return the number of an update from its anchor: `UPDATE-container-5`, `UPDATE-5` or `5`."""
    return anchor.rpartition("#")[2].removeprefix("UPDATE-").removeprefix("container-")


def _title(block: Fields) -> str:
    return string_in(block, "title").strip()


def _found(liveblog: Fields) -> Iterator[Fields]:
    for holder in (liveblog, object_in(liveblog, "liveblog")):
        for name, value in holder.items():
            if isinstance(value, list) and name not in _OTHER_ARTICLES:
                yield from (item for item in value if is_object(item) and is_update(item))


def _read(update_id: str, found: Fields) -> tuple[Update, Body]:
    body = read_blocks(objects_in(found, *CONTAINED))
    update = Update(
        update_id=update_id,
        title=_title(found),
        html="\n".join(filter(None, [paragraph(string_in(found, "text")), body.html])),
        published_at=parse_feed_date(string_in(found, *PUBLISHED)),
    )
    return update, body
