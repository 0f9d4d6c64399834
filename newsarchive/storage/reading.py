"""Questions that commands, exporters and tests ask; nothing here writes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, case, func, literal, select

from newsarchive.cleaning.dates import midnight
from newsarchive.exceptions import NotFoundError, WithheldError
from newsarchive.model import Article, Capture, Change, Kind, Origin, Revision
from newsarchive.search import parse_query
from newsarchive.storage.captures import read_capture
from newsarchive.storage.columns import UtcDateTime, by_code_point
from newsarchive.storage.schema import (
    articles,
    captures,
    crawl_runs,
    entries,
    feeds,
    leases,
    quarantine,
    revisions,
)
from newsarchive.storage.search_index import matching_articles
from newsarchive.storage.views import changes, current_articles
from newsarchive.storage.withholding import get_standing

BATCH = 200
"""Rows held at a time while many are read."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which articles or changes are asked for; days are Amsterdam's, `until` not included."""

    category: str | None = None
    since: date | None = None
    until: date | None = None
    limit: int | None = None
    query: str | None = None  # of full-text search; only articles that it finds


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleRevision(Article):
    """An article as one of its revisions shows it, which need not be the current one.

    The revision's own are title, both renditions, `word_count`, `image_url`, `modified_at`, all
    from `origin` to `capture_id`, `revision_count` (of that origin), and what stands here.
    """

    imported_at: datetime | None
    is_lossy: bool
    content_digest: str
    digest_rule: int
    crawl_run_id: int
    metadata: Mapping[str, object]


def iter_articles(
    connection: Connection, selection: Selection, *, newest_first: bool = False
) -> Iterator[Article]:
    """Yield the articles of `selection` with the link that the category's feed delivered.

    In the order of publication, undated ones by first sight, then by id and source: the same order
    on both databases, whatever the order of arrival.
    """
    view = current_articles.c
    moment = func.coalesce(view.published_at, view.first_seen_at)
    statement = select(current_articles, _link(selection).label("link"))
    statement = _narrow(connection, statement, selection, moment)
    oldest_first = (moment, view.external_id, view.source)
    order = (moment.desc(), view.article_id.desc()) if newest_first else oldest_first
    statement = statement.order_by(*order).limit(selection.limit)
    for row in _stream(connection, statement):
        yield _article(row)


def iter_revisions(connection: Connection, selection: Selection) -> Iterator[ArticleRevision]:
    """Yield every revision of the articles of `selection`, those of one article together.

    The articles come in the order of `iter_articles`, their revisions by origin and number.
    """
    view, revision = current_articles.c, revisions.c
    own = [column for column in revision if column.name in _OF_A_REVISION]
    articles_own = [column for column in view if column.name not in _OF_A_REVISION]
    statement: Select[Any] = (
        select(*articles_own, *own, _revision_count(), _link(selection).label("link"))
        .select_from(current_articles)
        .join(revisions, revision.article_id == view.article_id)
    )
    moment = func.coalesce(view.published_at, view.first_seen_at)
    statement = _narrow(connection, statement, selection, moment)
    order = (moment, view.external_id, view.source, revision.origin, revision.number)
    for row in _stream(connection, statement.order_by(*order).limit(selection.limit)):
        values = {**row, "kind": Kind(row["kind"]), "origin": Origin(row["origin"])}
        yield ArticleRevision(**values)


_OF_A_REVISION = {
    *("title", "html", "text", "word_count", "image_url", "modified_at"),
    *("revision_count", "origin", "number", "observed_at", "capture_id"),
    *("imported_at", "is_lossy", "content_digest", "digest_rule", "crawl_run_id", "metadata"),
}


def selected_ids(connection: Connection, selection: Selection) -> Select[Any]:
    """Return the statement that gives the ids of the articles of `selection`."""
    view = current_articles.c
    moment = func.coalesce(view.published_at, view.first_seen_at)
    return _narrow(connection, select(view.article_id), selection, moment)


def _revision_count() -> Any:
    counted = revisions.alias()
    return (
        select(func.count())
        .where(
            counted.c.article_id == revisions.c.article_id, counted.c.origin == revisions.c.origin
        )
        .correlate(revisions)
        .scalar_subquery()
        .label("revision_count")
    )


def _link(selection: Selection) -> Any:
    """Return the link as delivered by the feed of the article's category, or of the one named."""
    category = selection.category or current_articles.c.category
    return (
        select(entries.c.link)
        .join(feeds, feeds.c.id == entries.c.feed_id)
        .where(entries.c.article_id == current_articles.c.article_id, feeds.c.category == category)
        .order_by(feeds.c.position, entries.c.id)
        .limit(1)
        .correlate(current_articles)
        .scalar_subquery()
    )


def _narrow(
    connection: Connection, statement: Select[Any], selection: Selection, moment: Any
) -> Select[Any]:
    if selection.category is not None:
        in_category = (
            select(entries.c.id)
            .join(feeds, feeds.c.id == entries.c.feed_id)
            .where(
                entries.c.article_id == current_articles.c.article_id,
                feeds.c.category == selection.category,
            )
        )
        statement = statement.where(in_category.correlate(current_articles).exists())
    if selection.since is not None:
        statement = statement.where(moment >= _bound(selection.since))
    if selection.until is not None:
        statement = statement.where(moment < _bound(selection.until))
    if selection.query is not None:
        found = matching_articles(connection, parse_query(selection.query))
        statement = statement.where(current_articles.c.article_id.in_(found))
    return statement


def _bound(day: date) -> Any:
    """Return a day's beginning as a value of the database's time type."""
    return literal(midnight(day), UtcDateTime)


def _stream(connection: Connection, statement: Select[Any]) -> Iterator[RowMapping]:
    # Closed by whoever has seen enough: a cursor of the server's would stay open.
    with connection.execution_options(yield_per=BATCH).execute(statement) as result:
        yield from result.mappings()


def _article(row: RowMapping) -> Article:
    return Article(**{**row, "kind": Kind(row["kind"]), "origin": Origin(row["origin"])})


def get_article(connection: Connection, source: str, external_id: str) -> Article:
    """Return one article as it is now; raise WithheldError or NotFoundError where none is shown."""
    view = current_articles.c
    statement = select(current_articles, _link(Selection()).label("link")).where(
        view.source == source, view.external_id == external_id
    )
    row = connection.execute(statement).mappings().first()
    if row is not None:
        return _article(row)
    withheld_at = get_standing(connection, source, external_id).withheld_at
    if withheld_at is None:
        raise NotFoundError(f"of {source}:{external_id} this archive has no revision yet")
    since = f"since {withheld_at:%Y-%m-%d %H:%M} UTC"
    raise WithheldError(f"{source}:{external_id} is withheld {since}: see `newsarchive withhold`")


def find_revisions(connection: Connection, article_id: int) -> list[Revision]:
    """Return an article's revisions of every origin, by origin and number; none if withheld."""
    statement = (
        select(revisions)
        .join(articles, articles.c.id == revisions.c.article_id)
        .where(articles.c.id == article_id, articles.c.withheld_at.is_(None))
        .order_by(revisions.c.origin, revisions.c.number)
    )
    rows = connection.execute(statement).mappings()
    return [Revision(**{**row, "origin": Origin(row["origin"])}) for row in rows]


def get_capture(connection: Connection, capture_id: int) -> Capture:
    """Return where the bytes of a capture stand; raise NotFoundError where there is none."""
    row = connection.execute(select(captures).where(captures.c.id == capture_id)).first()
    if row is None:
        raise NotFoundError(f"capture {capture_id} is not in this archive")
    return read_capture(row)


def find_categories(connection: Connection) -> list[str]:
    """Return the categories that the archive knows, in catalogue order; imported ones last."""
    statement = (
        select(feeds.c.category)
        .group_by(feeds.c.category)
        .order_by(func.min(feeds.c.position), by_code_point(connection, feeds.c.category))
    )
    return list(connection.execute(statement).scalars())


def find_texts(connection: Connection, source: str, external_id: str) -> list[str]:
    """Return the text of every revision of one article."""
    statement = (
        select(revisions.c.text)
        .join(articles, articles.c.id == revisions.c.article_id)
        .where(articles.c.source == source, articles.c.external_id == external_id)
        .order_by(revisions.c.id)
    )
    return list(connection.execute(statement).scalars())


def iter_changes(connection: Connection, selection: Selection) -> Iterator[Change]:
    """Yield the changes of `selection`, the latest first."""
    category = (
        select(feeds.c.category)
        .join(entries, entries.c.feed_id == feeds.c.id)
        .where(entries.c.article_id == articles.c.id)
        .order_by(feeds.c.position, by_code_point(connection, feeds.c.category))
        .limit(1)
        .correlate(articles)
        .scalar_subquery()
    )
    whose = (articles.c.source, articles.c.url, category.label("category"))
    statement = select(*changes.c, *whose).join(articles, articles.c.id == changes.c.article_id)
    if selection.category is not None:
        in_category = (
            select(entries.c.id)
            .join(feeds, feeds.c.id == entries.c.feed_id)
            .where(
                entries.c.article_id == changes.c.article_id,
                feeds.c.category == selection.category,
            )
        )
        statement = statement.where(in_category.correlate(changes).exists())
    if selection.since is not None:
        statement = statement.where(changes.c.observed_at >= _bound(selection.since))
    if selection.until is not None:
        statement = statement.where(changes.c.observed_at < _bound(selection.until))
    if selection.query is not None:
        found = matching_articles(connection, parse_query(selection.query))
        statement = statement.where(changes.c.article_id.in_(found))
    order = (changes.c.observed_at.desc(), changes.c.article_id, changes.c.number.desc())
    for row in _stream(connection, statement.order_by(*order).limit(selection.limit)):
        yield Change(**{**row, "origin": Origin(row["origin"])})


def find_runs(connection: Connection, limit: int) -> Sequence[Mapping[str, Any]]:
    """Return the latest crawl runs, the last one first; one at work has a `heartbeat_at`."""
    statement = (
        select(crawl_runs, leases.c.heartbeat_at)
        .join(leases, leases.c.crawl_run_id == crawl_runs.c.id, isouter=True)
        .order_by(crawl_runs.c.id.desc())
        .limit(limit)
    )
    return [dict(row) for row in connection.execute(statement).mappings()]


def find_leases(connection: Connection) -> Sequence[Mapping[str, Any]]:
    """Return who is at work: each lease with its owner and last sign of life."""
    statement = select(leases).order_by(leases.c.name)
    return [dict(row) for row in connection.execute(statement).mappings()]


def count_quarantined(connection: Connection, day_ago: datetime) -> dict[str, dict[str, int]]:
    """Return how many are in quarantine by stage: in `total`, and seen since `day_ago`."""
    is_recent = case((quarantine.c.last_observed_at >= literal(day_ago, UtcDateTime), 1), else_=0)
    statement = (
        select(quarantine.c.stage, func.count().label("total"), func.sum(is_recent).label("recent"))
        .group_by(quarantine.c.stage)
        .order_by(quarantine.c.stage)
    )
    rows = connection.execute(statement)
    return {row.stage: {"total": row.total, "last_day": row.recent} for row in rows}


def count_rows(connection: Connection) -> dict[str, int]:
    """Return how many articles, entries, revisions and quarantined inputs there are."""
    tables = (articles, entries, revisions, quarantine)
    one = select(*(select(func.count()).select_from(t).scalar_subquery() for t in tables))
    return dict(zip((t.name for t in tables), connection.execute(one).one(), strict=True))
