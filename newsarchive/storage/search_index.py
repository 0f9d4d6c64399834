"""The index of full-text search, kept in step with the revisions.

The store brings an article's index up to date in the transaction that told something new of it.
What the index says follows from revisions and articles alone, whatever the order of arrival:
`reindex` writes the same.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, starmap
from types import ModuleType
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    bindparam,
    delete,
    except_,
    func,
    insert,
    select,
    update,
)

from newsarchive.model import Origin
from newsarchive.search import Query
from newsarchive.search.indexing import Content, iter_streams, read_content
from newsarchive.search.terms import asks_removed
from newsarchive.storage.schema import articles, revisions
from newsarchive.storage.search_schema import place_of, search_documents

BATCH = 500
"""Rows that are held at a time."""

# What is shown of an article, the first that it has; `views.CURRENT_ARTICLES` says the same.
_RANK = {Origin.PAGE: 0, Origin.FEED: 1, Origin.IMPORT: 2}


@dataclass(frozen=True, slots=True)
class _Known:
    """A revision, and how the index has it."""

    id: int
    article_id: int
    origin: str
    number: int
    observed_at: datetime
    is_lossy: bool
    moment: datetime
    place: int | None
    before_id: int | None
    is_current: bool | None


@dataclass(frozen=True, slots=True)
class _Wanted:
    """How the index should have a revision."""

    place: int
    revision_id: int
    article_id: int
    before_id: int | None
    is_current: bool


@dataclass(frozen=True, slots=True)
class Faults:
    """How far the index is out of step; all 0 where it is as it should be."""

    missing: int  # revisions without a place
    misplaced: int  # whose article was published at another time than the place says
    wrongly_current: int  # that are shown and not known as such, or the other way
    torn: int  # places of which the index has no words, or words without a place

    @property
    def total(self) -> int:
        """All of them."""
        return self.missing + self.misplaced + self.wrongly_current + self.torn


def dialect(connection: Connection) -> ModuleType:
    """Return the module that writes and asks the index of this database."""
    if connection.dialect.name == "sqlite":
        from newsarchive.storage import search_fts5  # noqa: PLC0415 - the other is never needed

        return search_fts5
    from newsarchive.storage import search_tsvector  # noqa: PLC0415 - as above

    return search_tsvector


def matching_articles(connection: Connection, query: Query) -> Select[int]:
    """Return the statement that gives the ids of the articles that `query` finds, in no order.

    They are found by what is shown of them, and for removed words by any revision.
    """
    index, documents = dialect(connection), search_documents.c
    statement = (
        select(documents.article_id)
        .select_from(index.words)
        .join(search_documents, index.joined)
        .where(index.matches(query))
    )
    return statement if asks_removed(query) else statement.where(documents.is_current)


def index_articles(connection: Connection, article_ids: Sequence[int]) -> None:
    """Bring the index of some articles up to date with their revisions."""
    if not article_ids:
        return
    known = _find_known(connection, article_ids)
    wanted = {
        one.revision_id: one
        for _, of_article in groupby(known, key=lambda one: one.article_id)
        for one in _plan(list(of_article))
    }
    added: list[_Wanted] = []
    removed: list[_Known] = []
    turned: list[_Wanted] = []
    for old in known:
        new = wanted[old.id]
        if (old.place, old.before_id) != (new.place, new.before_id):
            added.append(new)
            removed += [] if old.place is None else [old]
        elif old.is_current != new.is_current:
            turned.append(new)
    _write(connection, added, removed, turned)


def _find_known(connection: Connection, article_ids: Sequence[int]) -> list[_Known]:
    statement = _select_known().where(revisions.c.article_id.in_(article_ids))
    return [_Known(*row) for row in connection.execute(statement)]


def _select_known() -> Select[Any]:
    """Return the statement that gives revisions, those of one article and origin as observed."""
    columns, documents = revisions.c, search_documents.c
    return (
        select(
            columns.id,
            columns.article_id,
            columns.origin,
            columns.number,
            columns.observed_at,
            columns.is_lossy,
            func.coalesce(articles.c.published_at, articles.c.first_seen_at).label("moment"),
            documents.place,
            documents.before_id,
            documents.is_current,
        )
        .join(articles, articles.c.id == columns.article_id)
        .join(search_documents, documents.revision_id == columns.id, isouter=True)
        .order_by(columns.article_id, columns.origin, columns.observed_at, columns.number)
    )


def _plan(known: Sequence[_Known]) -> list[_Wanted]:
    """Return how the index should have the revisions of one article."""
    shown = max(known, key=_precedence)
    before: dict[str, int] = {}
    planned = []
    for one in known:
        planned.append(
            _Wanted(
                place_of(one.moment, one.id),
                one.id,
                one.article_id,
                before.get(one.origin),
                is_current=one is shown,
            )
        )
        before[one.origin] = one.id
    return planned


def _precedence(one: _Known) -> tuple[object, ...]:
    return -_RANK[Origin(one.origin)], not one.is_lossy, one.observed_at, one.number


def _write(
    connection: Connection,
    added: Sequence[_Wanted],
    removed: Sequence[_Known],
    turned: Sequence[_Wanted],
) -> None:
    index = dialect(connection)
    compared = [(one.revision_id, one.before_id) for one in added]
    compared += [(one.id, one.before_id) for one in removed]
    contents = _read_contents(connection, {key for pair in compared for key in pair if key})
    if removed:
        gone = [(one.place, _streams(contents, one.id, one.before_id)) for one in removed]
        index.remove(connection, gone)
        places = [one.place for one in removed]
        connection.execute(delete(search_documents).where(search_documents.c.place.in_(places)))
    if added:
        new = [(one.place, _streams(contents, one.revision_id, one.before_id)) for one in added]
        index.add(connection, new)
        connection.execute(insert(search_documents), [_row(one) for one in added])
    if turned:
        statement = update(search_documents).where(search_documents.c.place == bindparam("at"))
        values = [{"at": one.place, "is_current": one.is_current} for one in turned]
        connection.execute(statement, values)


def _row(one: _Wanted) -> dict[str, object]:
    return {name: getattr(one, name) for name in _Wanted.__slots__}


def _read_contents(connection: Connection, ids: Iterable[int]) -> dict[int, Content]:
    columns = (revisions.c.id, revisions.c.title, revisions.c.text)
    statement = select(*columns).where(revisions.c.id.in_(list(ids)))
    return {row.id: read_content(row.title, row.text) for row in connection.execute(statement)}


def _streams(contents: Mapping[int, Content], revision_id: int, before_id: int | None) -> list[str]:
    before = None if before_id is None else contents[before_id]
    return list(iter_streams(contents[revision_id], before))


def clear(connection: Connection) -> None:
    """Empty the index."""
    dialect(connection).clear(connection)
    connection.execute(delete(search_documents))


def complete(connection: Connection) -> None:
    """Make the index complete, once it has been emptied and written anew."""
    dialect(connection).complete(connection)


def find_unindexed(connection: Connection) -> list[int]:
    """Return the articles of which a revision is not indexed, the earliest published first.

    In that order FTS5 writes quickest.
    """
    missing = except_(select(revisions.c.id), select(search_documents.c.revision_id)).subquery()
    theirs = select(revisions.c.article_id).join(missing, missing.c.id == revisions.c.id)
    moment = func.coalesce(articles.c.published_at, articles.c.first_seen_at)
    statement = select(articles.c.id).where(articles.c.id.in_(theirs))
    return list(connection.execute(statement.order_by(moment, articles.c.id)).scalars())


def find_faults(connection: Connection) -> Faults:
    """Return how far the index is out of step with the revisions, reading all but the texts."""
    missing = misplaced = wrongly_current = 0
    rows = connection.execute(_select_known().execution_options(yield_per=BATCH))
    for _, of_article in groupby(starmap(_Known, rows), key=lambda one: one.article_id):
        known = list(of_article)
        for old, new in zip(known, _plan(known), strict=True):
            if old.place is None:
                missing += 1
            else:
                misplaced += (old.place, old.before_id) != (new.place, new.before_id)
                wrongly_current += old.is_current != new.is_current
    return Faults(missing, misplaced, wrongly_current, _count_torn(connection))


def _count_torn(connection: Connection) -> int:
    """Return how many places the index has words of and the table no row, or the other way."""
    if not dialect(connection).is_complete(connection):  # then no words are found in it
        return connection.execute(select(func.count()).select_from(search_documents)).scalar_one()
    held, indexed = select(search_documents.c.place), dialect(connection).select_all()
    both = (except_(held, indexed).subquery(), except_(indexed, held).subquery())
    counts = (select(func.count()).select_from(one) for one in both)
    return sum(connection.execute(count).scalar_one() for count in counts)
