"""Questions to the index of full-text search, and the places that answer one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection

from newsarchive.cleaning.dates import midnight
from newsarchive.exceptions import UsageError
from newsarchive.model import Kind
from newsarchive.search import Query
from newsarchive.search.terms import asks_removed, in_title
from newsarchive.storage.reading import Selection
from newsarchive.storage.schema import articles
from newsarchive.storage.search_index import dialect
from newsarchive.storage.search_schema import Asked, first_place, search_documents

EVERYTHING = Selection()


class Order(StrEnum):
    """In which order hits come."""

    NEWEST = "newest"  # by publication, undated articles by first sight
    RANKED = "ranked"  # by how much of them the question is about


class Scope(StrEnum):
    """Which revisions are searched."""

    CURRENT = "current"  # of each article the one that is shown
    ALL = "all"


@dataclass(frozen=True, slots=True)
class SearchQuestion:
    """What is searched for, and how much of it is wanted.

    `query` comes from `newsarchive.search.parse_query`. `scope` None means: all revisions where
    the query asks for removed words, else the current ones.
    """

    query: Query
    selection: Selection = EVERYTHING  # category, days of publication, limit
    kind: Kind | None = None
    source: str | None = None
    title_only: bool = False
    scope: Scope | None = None
    order: Order = Order.NEWEST
    after: str | None = None  # the cursor of the hit behind which to begin

    @property
    def meant(self) -> Query:
        """The query, kept to the title where that is asked for."""
        return in_title(self.query) if self.title_only else self.query

    @property
    def is_current_only(self) -> bool:
        """Whether only the revisions that are shown are searched."""
        if self.scope is None:
            return not asks_removed(self.query)
        return self.scope is Scope.CURRENT

    @property
    def position(self) -> int | None:
        """The cursor as a number; raises UsageError for one that no hit gave."""
        if self.after is None:
            return None
        if not (self.after.isascii() and self.after.isdigit() and len(self.after) < LONGEST_CURSOR):
            raise UsageError(f"{self.after!r} is no cursor; take the one of the last hit")
        return int(self.after)


LONGEST_CURSOR = 19  # digits of which all are below 2**63


def iter_places(
    connection: Connection,
    question: SearchQuestion,
    limit: int | None,
    *,
    query: Query | None = None,
    before: int | None = None,
) -> Iterator[int]:
    """Yield the places of the hits, the newest first; at most `limit`, and those `before` one.

    `query` is asked instead of the question's own.
    """
    selection = question.selection
    asked = Asked(
        query or question.meant,
        tuple(_conditions(question)),
        selection.category,
        _first(selection.since),
        min((end for end in (_first(selection.until), before) if end is not None), default=None),
        limit,
    )
    yield from dialect(connection).iter_places(connection, asked)


def _conditions(question: SearchQuestion) -> Iterator[ColumnElement[bool]]:
    yield articles.c.withheld_at.is_(None)
    if question.is_current_only:
        yield search_documents.c.is_current
    if question.kind is not None:
        yield articles.c.kind == question.kind
    if question.source is not None:
        yield articles.c.source == question.source


def _first(day: date | None) -> int | None:
    return None if day is None else first_place(midnight(day))
