"""Lists of articles for people who look: by day and category, a screenful at a time.

Which articles, and in which order, is asked of `articles` and `entries` alone; only then are
their titles and texts read, of so many as are shown. A list costs what it shows, not what the
archive holds.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from heapq import nsmallest
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, literal, or_, select

from newsarchive.cleaning.dates import day_in_amsterdam
from newsarchive.exceptions import NotFoundError, WithheldError
from newsarchive.model import Kind, Origin
from newsarchive.storage.columns import UtcDateTime, by_code_point
from newsarchive.storage.schema import articles, entries, feeds, revision_media, revisions
from newsarchive.storage.views import current_articles
from newsarchive.storage.withholding import get_standing
from newsarchive.storage.withholding_schema import withholdings

LEAD_CHARACTERS = 400

FEW_ENTRIES = 600
"""A category with at most so many is sorted whole; a walk along the days finds others soon."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a list of the newest articles goes on: behind this one."""

    published_at: datetime | None  # None: among those without a time, which come last
    article_id: int


@dataclass(frozen=True, slots=True)
class Shelf:
    """Which articles a list has; days are Amsterdam's, `until` not included."""

    category: str | None = None
    source: str | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """An article as a list shows it."""

    article_id: int
    source: str
    external_id: str
    kind: Kind
    url: str
    title: str
    lead: str  # the beginning of its text
    word_count: int
    category: str | None
    categories: tuple[str, ...]  # sorted by name
    published_at: datetime | None
    published_on: date | None
    modified_at: datetime | None
    first_seen_at: datetime
    last_seen_at: datetime
    revision_count: int  # of the origin shown
    origin: Origin
    number: int
    observed_at: datetime
    withdrawn_at: datetime | None
    near_duplicate_of: int | None
    picture: str | None  # digest of its own picture, where that is held

    @property
    def place(self) -> Place:
        """Where a list goes on behind it."""
        return Place(self.published_at, self.article_id)


def find_summaries(
    connection: Connection, shelf: Shelf, limit: int, behind: Place | None = None
) -> list[Summary]:
    """Return articles, the latest published first, those without a time of publication last.

    At most `limit`, behind the one at `behind`. Withheld ones are not among them.
    """
    return read_summaries(connection, find_ids(connection, shelf, limit, behind))


def find_ids(
    connection: Connection, shelf: Shelf, limit: int, behind: Place | None = None
) -> list[int]:
    """Return the articles of `find_summaries`, by their keys."""
    conditions = _conditions(shelf)
    if shelf.category is not None:
        feed_ids = _feeds_of(connection, shelf.category)
        few = _find_few(connection, feed_ids)
        if few is not None:
            return _sort_few(connection, few, conditions, limit, behind)
        conditions.append(_is_entry_of(feed_ids))
    found: list[int] = []
    if behind is None or behind.published_at is not None:
        found = _walk_dated(connection, conditions, limit, behind)
    is_bounded = shelf.since is not None or shelf.until is not None
    if len(found) < limit and not is_bounded:
        undated = behind if behind and behind.published_at is None else None
        found += _walk_undated(connection, conditions, limit - len(found), undated)
    return found


def _conditions(shelf: Shelf) -> list[ColumnElement[bool]]:
    columns = articles.c
    found: list[ColumnElement[bool]] = [columns.withheld_at.is_(None)]
    if shelf.source is not None:
        found.append(columns.source == shelf.source)
    if shelf.since is not None:
        found.append(columns.published_on >= shelf.since)
    if shelf.until is not None:
        found.append(columns.published_on < shelf.until)
    return found


def _feeds_of(connection: Connection, category: str) -> list[int]:
    statement = select(feeds.c.id).where(feeds.c.category == category)
    return list(connection.execute(statement).scalars())


def _is_entry_of(feed_ids: Sequence[int]) -> ColumnElement[bool]:
    this = (entries.c.article_id == articles.c.id) & entries.c.feed_id.in_(feed_ids)
    return select(entries.c.id).where(this).correlate(articles).exists()


def _find_few(connection: Connection, feed_ids: Sequence[int]) -> list[int] | None:
    """Return the articles of these feeds; None where there are more than a few entries."""
    statement = select(entries.c.article_id).where(entries.c.feed_id.in_(feed_ids))
    found = list(connection.execute(statement.limit(FEW_ENTRIES + 1)).scalars())
    return None if len(found) > FEW_ENTRIES else sorted(set(found))


def _sort_few(
    connection: Connection,
    few: Sequence[int],
    conditions: Sequence[ColumnElement[bool]],
    limit: int,
    behind: Place | None,
) -> list[int]:
    columns = articles.c
    statement = select(columns.id, columns.published_at).where(columns.id.in_(few), *conditions)
    rows = (_newest_first(row.published_at, row.id) for row in connection.execute(statement))
    if behind is not None:
        start = _newest_first(behind.published_at, behind.article_id)
        rows = (row for row in rows if row > start)
    return [-row[-1] for row in nsmallest(limit, rows)]


def _newest_first(published_at: datetime | None, article_id: int) -> tuple[bool, float, int]:
    moment = -published_at.timestamp() if published_at else 0.0
    return (published_at is None, moment, -article_id)


def _walk_dated(
    connection: Connection,
    conditions: Sequence[ColumnElement[bool]],
    limit: int,
    behind: Place | None,
) -> list[int]:
    columns = articles.c
    statement = select(columns.id).where(columns.published_on.is_not(None), *conditions)
    if behind is not None and behind.published_at is not None:
        moment = literal(behind.published_at, UtcDateTime)
        # The day is what the index knows.
        statement = statement.where(
            columns.published_on <= day_in_amsterdam(behind.published_at),
            or_(
                columns.published_at < moment,
                and_(columns.published_at == moment, columns.id < behind.article_id),
            ),
        )
    order = (columns.published_on.desc(), columns.published_at.desc(), columns.id.desc())
    return list(connection.execute(statement.order_by(*order).limit(limit)).scalars())


def _walk_undated(
    connection: Connection,
    conditions: Sequence[ColumnElement[bool]],
    limit: int,
    behind: Place | None,
) -> list[int]:
    columns = articles.c
    statement = select(columns.id).where(columns.published_on.is_(None), *conditions)
    if behind is not None:
        statement = statement.where(columns.id < behind.article_id)
    return list(connection.execute(statement.order_by(columns.id.desc()).limit(limit)).scalars())


def find_arrivals(connection: Connection, category: str | None, limit: int) -> list[Summary]:
    """Return the articles that the archive came to know last, the latest first."""
    columns = articles.c
    statement = select(columns.id).where(columns.withheld_at.is_(None))
    if category is not None:
        feed_ids = _feeds_of(connection, category)
        few = _find_few(connection, feed_ids)
        belongs = _is_entry_of(feed_ids) if few is None else columns.id.in_(few)
        statement = statement.where(belongs)
    found = connection.execute(statement.order_by(columns.id.desc()).limit(limit))
    return read_summaries(connection, list(found.scalars()))


# Its categories are asked for apart: for a whole day at once that costs a tenth of one by one.
_NAMES = {field.name for field in fields(Summary)} - {"category", "categories"}
_SHOWN = [column for column in current_articles.c if column.name in _NAMES]


def read_summaries(connection: Connection, article_ids: Sequence[int]) -> list[Summary]:
    """Return these articles in this order; those that are withheld or unknown are left out."""
    if not article_ids:
        return []
    view = current_articles.c
    lead = func.substr(view.text, 1, LEAD_CHARACTERS).label("lead")
    statement = select(*_SHOWN, lead).where(_is_among(view.article_id, article_ids))
    names = [column.name for column in (*_SHOWN, lead)]
    rows = [dict(zip(names, row, strict=True)) for row in connection.execute(statement)]
    categories = _find_categories_of(connection, article_ids)
    pictures = _find_pictures(connection, rows)
    found = {
        row["article_id"]: _summary(
            row, categories.get(row["article_id"], []), pictures.get(row["article_id"])
        )
        for row in rows
    }
    return [found[article_id] for article_id in article_ids if article_id in found]


def _is_among(column: ColumnElement[int], keys: Sequence[int]) -> ColumnElement[bool]:
    """Return the condition that a key is among others, which are written into the statement.

    They are numbers, and as parameters hundreds of them take longer than the answer.
    """
    return column.in_(bindparam(None, keys, expanding=True, literal_execute=True))


def _summary(row: dict[str, Any], categories: Sequence[str], picture: str | None) -> Summary:
    row["kind"], row["origin"] = Kind(row["kind"]), Origin(row["origin"])
    return Summary(
        **row,
        category=categories[0] if categories else None,
        categories=tuple(sorted(set(categories))),
        picture=picture,
    )


def _find_categories_of(connection: Connection, article_ids: Sequence[int]) -> dict[int, list[str]]:
    """Return the categories of each article, in the catalogue's order, some more than once."""
    statement = (
        select(entries.c.article_id, feeds.c.category)
        .join(feeds, feeds.c.id == entries.c.feed_id)
        .where(_is_among(entries.c.article_id, article_ids))
        .order_by(feeds.c.position, by_code_point(connection, feeds.c.category))
    )
    found: dict[int, list[str]] = {}
    for row in connection.execute(statement):
        found.setdefault(row.article_id, []).append(row.category)
    return found


def _find_pictures(connection: Connection, rows: Iterable[dict[str, Any]]) -> dict[int, str]:
    """Return the digest of each article's own picture that is held."""
    shown = {(row["article_id"], row["origin"], row["number"]) for row in rows}
    statement = (
        select(
            revisions.c.article_id, revisions.c.origin, revisions.c.number, revision_media.c.digest
        )
        .join(revision_media, revision_media.c.revision_id == revisions.c.id)
        .where(
            _is_among(revisions.c.article_id, [article_id for article_id, _, _ in shown]),
            revision_media.c.role == "feature",
            revision_media.c.digest.is_not(None),
        )
        .order_by(revision_media.c.position.desc())
    )
    return {
        row.article_id: row.digest
        for row in connection.execute(statement)
        if (row.article_id, row.origin, row.number) in shown
    }


def get_summary(connection: Connection, source: str, external_id: str) -> Summary:
    """Return one article; raise NotFoundError where none is held, WithheldError if hidden."""
    view = current_articles.c
    this = select(view.article_id).where(view.source == source, view.external_id == external_id)
    found = read_summaries(connection, list(connection.execute(this).scalars()))
    if found:
        return found[0]
    if get_standing(connection, source, external_id).withheld_at is None:
        raise NotFoundError(f"of {source}:{external_id} this archive has no revision yet")
    raise WithheldError(f"{source}:{external_id} is withheld")


def find_span(connection: Connection) -> tuple[date | None, date | None]:
    """Return the first and the last day with news; None where no article has a day."""
    column = articles.c.published_on
    return _first(connection, column.is_not(None), column), _first(
        connection, column.is_not(None), column.desc()
    )


def find_neighbours(connection: Connection, day: date) -> tuple[date | None, date | None]:
    """Return the nearest days with news before and after `day`."""
    column = articles.c.published_on
    return _first(connection, column < day, column.desc()), _first(connection, column > day, column)


def _first(
    connection: Connection, which: ColumnElement[bool], order: ColumnElement[Any]
) -> date | None:
    statement = select(articles.c.published_on).where(which, articles.c.withheld_at.is_(None))
    return connection.execute(statement.order_by(order).limit(1)).scalar()


def count_days(connection: Connection, since: date, until: date) -> dict[date, int]:
    """Return how many articles were published on each day of a period that has any."""
    column = articles.c.published_on
    within = (column >= since, column < until)
    counted = select(column, func.count().label("many")).where(*within).group_by(column)
    # All are counted in the index alone; those that are withheld are few, and known by name.
    decided = select(withholdings.c.article_id)
    hidden = counted.where(articles.c.id.in_(decided), articles.c.withheld_at.is_not(None))
    counts: dict[date, int] = {}
    for sign, statement in ((1, counted), (-1, hidden)):
        for row in connection.execute(statement):
            counts[row.published_on] = counts.get(row.published_on, 0) + sign * row.many
    return {day: count for day, count in sorted(counts.items()) if count}


def find_categories(connection: Connection) -> list[str]:
    """Return the categories that have entries, in the catalogue's order."""
    held = select(entries.c.id).where(entries.c.feed_id == feeds.c.id).correlate(feeds).exists()
    statement = (
        select(feeds.c.category)
        .where(held)
        .group_by(feeds.c.category)
        .order_by(func.min(feeds.c.position), by_code_point(connection, feeds.c.category))
    )
    return list(connection.execute(statement).scalars())
