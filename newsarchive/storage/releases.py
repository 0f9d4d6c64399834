"""Questions of those who make a release: which recorded bytes belong to a selection."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select

from newsarchive.model import Capture
from newsarchive.storage.captures import LABELLED, read_capture
from newsarchive.storage.columns import by_code_point
from newsarchive.storage.reading import Selection, selected_ids
from newsarchive.storage.schema import aliases, articles, captures, entries, revisions
from newsarchive.storage.views import current_articles

BATCH = 500
"""Rows held at a time while many are read."""

REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class ReleaseCapture:
    """A capture that belongs to a selection, or may."""

    id: int
    capture: Capture
    is_source: bool  # a revision of the selection was read from it
    is_withheld: bool  # one of a withheld article was, too


@dataclass(frozen=True, slots=True)
class ReleasePage:
    """An article as a reader of a release finds it: in its current rendition."""

    source: str
    external_id: str
    url: str  # canonical
    title: str
    text: str
    capture_id: int  # of the current revision
    fetched_url: str
    captured_at: datetime


@dataclass(frozen=True, slots=True)
class Withheld:
    """What an article that nobody may see is called in the bytes of others."""

    external_id: str
    urls: tuple[str, ...]  # its own, its aliases, and those under which feeds deliver it


def find_as_of(connection: Connection) -> datetime | None:
    """Return when the archive recorded anything last."""
    moment: datetime | None = connection.execute(select(func.max(captures.c.captured_at))).scalar()
    return moment


def count_selected(connection: Connection, selection: Selection) -> dict[str, int]:
    """Return how many articles are selected, and how many revisions they have."""
    of_selection = revisions.c.article_id.in_(selected_ids(connection, selection))
    counted = {
        "articles": select(func.count()).select_from(
            selected_ids(connection, selection).subquery()
        ),
        "revisions": select(func.count()).select_from(revisions).where(of_selection),
    }
    return {name: connection.execute(count).scalar_one() for name, count in counted.items()}


def iter_captures(connection: Connection, selection: Selection) -> Iterator[ReleaseCapture]:
    """Yield the captures that may belong to a selection, by file and place.

    That is: those that its revisions were read from; earlier ones of the same payload, where
    theirs may be a revisit; and the redirects in the same files, some of which led to them.
    """
    chosen = select(revisions.c.capture_id).where(
        revisions.c.article_id.in_(selected_ids(connection, selection))
    )
    is_source = captures.c.id.in_(chosen)
    statement = (
        select(captures.c.id, *LABELLED, is_source.label("is_source"), _is_withheld())
        .where(or_(is_source, _is_repeated(chosen), _is_redirect_beside(chosen)))
        .order_by(by_code_point(connection, captures.c.warc_file), captures.c.warc_offset)
    )
    with connection.execution_options(yield_per=BATCH).execute(statement) as rows:
        for row in rows:
            capture = read_capture(row, "capture_")
            yield ReleaseCapture(row.id, capture, bool(row.is_source), bool(row.is_withheld))


def _is_repeated(chosen: Select[Any]) -> ColumnElement[bool]:
    later = captures.alias()
    statement = select(later.c.id).where(
        later.c.payload_digest == captures.c.payload_digest,
        later.c.url == captures.c.url,
        later.c.captured_at > captures.c.captured_at,
        later.c.id.in_(chosen),
    )
    return statement.correlate(captures).exists()


def _is_redirect_beside(chosen: Select[Any]) -> ColumnElement[bool]:
    beside = captures.alias()
    files = select(beside.c.warc_file).where(beside.c.id.in_(chosen))
    return captures.c.status.in_(REDIRECTS) & captures.c.warc_file.in_(files)


def _is_withheld() -> ColumnElement[bool]:
    withheld = (
        select(revisions.c.capture_id)
        .join(articles, articles.c.id == revisions.c.article_id)
        .where(articles.c.withheld_at.is_not(None))
    )
    return captures.c.id.in_(withheld).label("is_withheld")


def iter_pages(connection: Connection, selection: Selection) -> Iterator[ReleasePage]:
    """Yield the articles of a selection with the capture of their current rendition.

    In the order of publication, undated ones by first sight, then by id.
    """
    view = current_articles.c
    statement = (
        select(
            *(view.source, view.external_id, view.url, view.title, view.text, view.capture_id),
            captures.c.url.label("fetched_url"),
            captures.c.captured_at,
        )
        .select_from(current_articles)
        .join(captures, captures.c.id == view.capture_id)
        .where(view.article_id.in_(selected_ids(connection, selection)))
        .order_by(
            func.coalesce(view.published_at, view.first_seen_at), view.external_id, view.source
        )
    )
    with connection.execution_options(yield_per=BATCH).execute(statement) as rows:
        for row in rows.mappings():
            yield ReleasePage(**row)


def find_withheld(connection: Connection) -> list[Withheld]:
    """Return every article that is withheld, with all that it is called."""
    is_withheld = articles.c.withheld_at.is_not(None)
    named: dict[int, tuple[str, list[str]]] = {}
    statement = select(articles.c.id, articles.c.external_id, articles.c.url).where(is_withheld)
    for row in connection.execute(statement.order_by(articles.c.id)):
        named[row.id] = (row.external_id, [row.url])
    for table, columns in (
        (aliases, (aliases.c.url,)),
        (entries, (entries.c.link, entries.c.guid)),
    ):
        further = (
            select(table.c.article_id, *columns)
            .join(articles, articles.c.id == table.c.article_id)
            .where(is_withheld)
            .order_by(*columns)
        )
        for article_id, *urls in connection.execute(further):
            named[article_id][1].extend(url for url in urls if url)
    return [Withheld(name, tuple(dict.fromkeys(urls))) for name, urls in named.values()]
