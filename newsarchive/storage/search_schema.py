"""The tables of full-text search.

`search_documents` says of each revision where it stands in the index and whether it is what is
shown of its article. The index itself, `search_words`, is another thing on each database (see
`search_fts5.py` and `search_tsvector.py`), and so no part of the metadata; both name a revision
by its `place`.
"""

from collections.abc import MutableMapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Select,
    Table,
    and_,
    exists,
    func,
    select,
    true,
)

from newsarchive.search import Query
from newsarchive.storage.columns import Key
from newsarchive.storage.schema import entries, feeds, metadata

search_documents = Table(
    "search_documents",
    metadata,
    Column("place", Key, primary_key=True, autoincrement=False),
    Column("revision_id", Key, ForeignKey("revisions.id"), nullable=False, unique=True),
    Column("article_id", Key, ForeignKey("articles.id"), nullable=False, index=True),
    # The revision that it was compared with for removed words.
    Column("before_id", Key, ForeignKey("revisions.id")),
    Column("is_current", Boolean, nullable=False),
)

INDEX = "search_words"

RARE = 2_500
"""Entries up to which a category is so rare that its articles are where to begin."""

_FIRST = datetime(1900, 1, 1, tzinfo=UTC)
_SECONDS_BITS, _ID_BITS = 36, 27


def place_of(moment: datetime, revision_id: int) -> int:
    """Return where a revision of an article published at `moment` stands: the later, the higher.

    A number below 2**63: the seconds since 1900, then the last 27 bits of the revision's id, so
    that an index in its order is in the order of publication too, and has every period together.
    """
    return first_place(moment) | (revision_id % (1 << _ID_BITS))


def first_place(moment: datetime) -> int:
    """Return the lowest place of what was published at `moment` or later."""
    seconds = int((moment - _FIRST).total_seconds())
    return min(max(seconds, 0), (1 << _SECONDS_BITS) - 1) << _ID_BITS


@dataclass(frozen=True, slots=True)
class Asked:
    """What an index is asked for: the places of some hits."""

    query: Query
    conditions: tuple[ColumnElement[bool], ...]  # on documents and their articles
    category: str | None
    first: int | None  # place; None here and below: no bound
    end: int | None  # the place before which to stop
    limit: int | None

    def is_in_period(self, place: ColumnElement[int]) -> ColumnElement[bool]:
        """Return the condition that a place is from `first` on and before `end`."""
        least = true() if self.first is None else place >= self.first
        return least if self.end is None else and_(least, place < self.end)


def articles_in(category: str) -> Select[int]:
    """Return the statement that gives the articles of a category, once for each entry."""
    return (
        select(entries.c.article_id)
        .join(feeds, feeds.c.id == entries.c.feed_id)
        .where(feeds.c.category == category)
    )


def is_in_category(category: str) -> ColumnElement[bool]:
    """Return the condition that a document's article has a category, looked up one by one."""
    own = entries.c.article_id == search_documents.c.article_id
    return exists(articles_in(category).where(own).correlate(search_documents))


def is_rare(connection: Connection, category: str) -> bool:
    """Return whether a category has so few articles that they are where to begin."""
    some = articles_in(category).limit(RARE + 1).subquery()
    return connection.execute(select(func.count()).select_from(some)).scalar_one() <= RARE


def is_in_metadata(name: str | None, kind: str, _parents: MutableMapping[Any, Any]) -> bool:
    """Return whether a table that a database has is to be compared with the metadata.

    The index is not, nor are the tables that SQLite makes for it.
    """
    return kind != "table" or name is None or not name.startswith(INDEX)
