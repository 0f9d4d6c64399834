"""Edits for people who look: a screenful, the latest first, without comparing all the others.

They are the rows of the view `changes`. That numbers every revision of the archive before it
answers; here each revision of the period is put beside the one before it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, literal, or_, select

from newsarchive.model import Kind, Origin
from newsarchive.storage.columns import UtcDateTime, by_code_point
from newsarchive.storage.schema import articles, entries, feeds, revisions

_new = revisions.alias("new")
_old = revisions.alias("old")


@dataclass(frozen=True, slots=True)
class EditPlace:
    """Where a list of edits goes on: behind this one."""

    observed_at: datetime
    revision_id: int


@dataclass(frozen=True, slots=True)
class EditQuestion:
    """Which edits are asked for, observed from `since` until before `until`."""

    since: datetime | None = None
    until: datetime | None = None
    category: str | None = None
    origin: Origin | None = None
    of_headlines: bool = False
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Edit:
    """A revision beside the one of the same origin that was in force before it."""

    revision_id: int
    article_id: int
    source: str
    external_id: str
    kind: Kind
    url: str  # of the article, canonical
    category: str | None
    origin: Origin
    number: int
    old_number: int
    observed_at: datetime
    old_observed_at: datetime
    is_silent: bool | None  # as in the view `changes`
    old_title: str
    new_title: str
    old_text: str
    new_text: str

    @property
    def place(self) -> EditPlace:
        """Where a list goes on behind it."""
        return EditPlace(self.observed_at, self.revision_id)


@dataclass(frozen=True, slots=True)
class EditMark:
    """When an edit was observed, and whether the publisher kept silent about it."""

    observed_at: datetime
    is_silent: bool | None


def find_edits(
    connection: Connection, question: EditQuestion, limit: int, behind: EditPlace | None = None
) -> list[Edit]:
    """Return the edits that are asked for, the latest first; at most `limit`, behind `behind`."""
    category = (
        select(feeds.c.category)
        .join(entries, entries.c.feed_id == feeds.c.id)
        .where(entries.c.article_id == articles.c.id)
        .order_by(feeds.c.position, by_code_point(connection, feeds.c.category))
        .limit(1)
        .correlate(articles)
        .scalar_subquery()
        .label("category")
    )
    statement = _pairs(
        _new.c.id.label("revision_id"),
        *(
            _new.c.article_id,
            articles.c.source,
            articles.c.external_id,
            articles.c.kind,
            articles.c.url,
            category,
        ),
        *(_new.c.origin, _new.c.number, _old.c.number.label("old_number"), _new.c.observed_at),
        *(_old.c.observed_at.label("old_observed_at"), _new.c.modified_at),
        *(_old.c.modified_at.label("old_modified_at"), _old.c.title.label("old_title")),
        *(_new.c.title.label("new_title"), _old.c.text.label("old_text")),
        _new.c.text.label("new_text"),
    ).where(*_conditions(question))
    if behind is not None:
        statement = statement.where(_is_behind(behind))
    order = (_new.c.observed_at.desc(), _new.c.id.desc())
    rows = connection.execute(statement.order_by(*order).limit(limit)).mappings()
    return [_edit(dict(row)) for row in rows]


def find_edit_marks(connection: Connection, since: datetime) -> Sequence[EditMark]:
    """Return when each edit since then was observed, and whether it was silent."""
    statement = _pairs(
        *(_new.c.observed_at, _new.c.origin, _new.c.modified_at),
        _old.c.modified_at.label("old_modified_at"),
    ).where(_new.c.observed_at >= literal(since, UtcDateTime))
    return [
        EditMark(row["observed_at"], _is_silent(row))
        for row in connection.execute(statement).mappings()
    ]


def _pairs(*columns: ColumnElement[Any]) -> Select[Any]:
    """Return a SELECT over revisions that had one before them, of articles not withheld."""
    earlier = revisions.alias("earlier")
    before = (
        select(earlier.c.id)
        .where(
            earlier.c.article_id == _new.c.article_id,
            earlier.c.origin == _new.c.origin,
            or_(
                earlier.c.observed_at < _new.c.observed_at,
                and_(earlier.c.observed_at == _new.c.observed_at, earlier.c.number < _new.c.number),
            ),
        )
        .order_by(earlier.c.observed_at.desc(), earlier.c.number.desc())
        .limit(1)
        .correlate(_new)
        .scalar_subquery()
    )
    return (
        select(*columns)
        .select_from(_new)
        .join(_old, _old.c.id == before)
        .join(articles, articles.c.id == _new.c.article_id)
        .where(articles.c.withheld_at.is_(None))
    )


def _conditions(question: EditQuestion) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if question.since is not None:
        found.append(_new.c.observed_at >= literal(question.since, UtcDateTime))
    if question.until is not None:
        found.append(_new.c.observed_at < literal(question.until, UtcDateTime))
    if question.origin is not None:
        found.append(_new.c.origin == question.origin)
    if question.of_headlines:
        found.append(_new.c.title != _old.c.title)
    if question.silent:
        found += [_new.c.origin == Origin.PAGE, _new.c.modified_at == _old.c.modified_at]
    if question.category is not None:
        this = (entries.c.article_id == _new.c.article_id) & (feeds.c.category == question.category)
        mentioned = select(entries.c.id).join(feeds, feeds.c.id == entries.c.feed_id).where(this)
        found.append(mentioned.correlate(_new).exists())
    return found


def _is_behind(place: EditPlace) -> ColumnElement[bool]:
    moment = literal(place.observed_at, UtcDateTime)
    return and_(
        _new.c.observed_at <= moment,
        or_(_new.c.observed_at < moment, _new.c.id < place.revision_id),
    )


def _edit(row: dict[str, Any]) -> Edit:
    is_silent = _is_silent(row)
    del row["modified_at"], row["old_modified_at"]
    values = {"kind": Kind(row["kind"]), "origin": Origin(row["origin"]), "is_silent": is_silent}
    return Edit(**{**row, **values})


def _is_silent(row: Any) -> bool | None:
    times = (row["modified_at"], row["old_modified_at"])
    if row["origin"] != Origin.PAGE or None in times:
        return None
    return bool(times[0] == times[1])
