"""Questions of those who look after the archive: which bytes and digests it should hold."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, select

from newsarchive.model import Capture, Outcome
from newsarchive.storage.captures import LABELLED, read_capture
from newsarchive.storage.columns import by_code_point
from newsarchive.storage.schema import articles, captures, crawl_runs, revisions

BATCH = 500
"""Rows that are held, and keys that are asked for, at a time."""


@dataclass(frozen=True, slots=True)
class KeptRevision:
    """What a revision's digest stands for, and whether its capture is there."""

    name: str  # `nos:2280103 page 2`
    article: str  # `nos:2280103`
    title: str
    html: str
    content_digest: str
    digest_rule: int
    capture_id: int
    has_capture: bool


def find_warc_files(connection: Connection) -> list[str]:
    """Return the WARC files that captures stand in, by name."""
    statement = select(captures.c.warc_file).distinct().order_by(captures.c.warc_file)
    return list(connection.execute(statement).scalars())


def iter_captures(connection: Connection, warc_file: str) -> Iterator[tuple[int, Capture]]:
    """Yield the captures in a file with their ids, in the order in which they stand there."""
    statement = (
        select(captures.c.id, *LABELLED)
        .where(captures.c.warc_file == warc_file)
        .order_by(captures.c.warc_offset)
    )
    for row in connection.execution_options(yield_per=BATCH).execute(statement):
        yield row.id, read_capture(row, "capture_")


def find_articles_of(connection: Connection, capture_ids: Sequence[int]) -> dict[int, list[str]]:
    """Return, by capture, the articles of which it holds a revision: `nos:2280103`."""
    found: dict[int, list[str]] = {}
    for start in range(0, len(capture_ids), BATCH):
        statement = (
            select(revisions.c.capture_id, articles.c.source, articles.c.external_id)
            .join(articles, articles.c.id == revisions.c.article_id)
            .where(revisions.c.capture_id.in_(capture_ids[start : start + BATCH]))
            .distinct()
            .order_by(articles.c.source, articles.c.external_id)
        )
        for row in connection.execute(statement):
            found.setdefault(row.capture_id, []).append(f"{row.source}:{row.external_id}")
    return found


def has_capture(
    connection: Connection, url: str, captured_at: datetime, payload_digest: str
) -> bool:
    """Return whether there is a capture of that URL, time and payload."""
    statement = select(captures.c.id).where(
        captures.c.payload_digest == payload_digest,
        captures.c.url == url,
        captures.c.captured_at == captured_at,
    )
    return connection.execute(statement.limit(1)).first() is not None


def was_closed(connection: Connection, warc_file: str) -> bool:
    """Return whether the run that wrote a file came to its end, and so closed it."""
    statement = (
        select(captures.c.id)
        .join(crawl_runs, crawl_runs.c.id == captures.c.crawl_run_id)
        .where(
            captures.c.warc_file == warc_file,
            and_(crawl_runs.c.outcome.is_not(None), crawl_runs.c.outcome != Outcome.ABANDONED),
        )
    )
    return connection.execute(statement.limit(1)).first() is not None


def iter_kept_revisions(connection: Connection) -> Iterator[KeptRevision]:
    """Yield every revision, in the order of arrival."""
    statement = (
        select(
            revisions,
            articles.c.source,
            articles.c.external_id,
            captures.c.id.is_not(None).label("has_capture"),
        )
        .join(articles, articles.c.id == revisions.c.article_id, isouter=True)
        .join(captures, captures.c.id == revisions.c.capture_id, isouter=True)
        .order_by(revisions.c.id)
    )
    for row in connection.execution_options(yield_per=BATCH).execute(statement):
        article = f"{row.source}:{row.external_id}"
        yield KeptRevision(
            f"{article} {row.origin} {row.number}",
            article,
            row.title,
            row.html,
            row.content_digest,
            row.digest_rule,
            row.capture_id,
            bool(row.has_capture),
        )


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that the database holds and cannot, and where."""

    what: str  # a sentence
    revision: str | None = None  # `nos:2280103 page`
    article: str | None = None  # `nos:2280103`


def find_faults(connection: Connection) -> list[Fault]:
    """Return what is wrong with the rows as such: those that are missing, and those that break.

    PostgreSQL sees to the latter by itself, at each write.
    """
    faults = list(_find_gaps(connection))
    if connection.dialect.name == "sqlite":
        faults += _find_broken(connection)
    return faults


def _find_gaps(connection: Connection) -> Iterator[Fault]:
    """Find revisions that were taken out: those of an article and origin count from 1."""
    count, last = func.count(), func.max(revisions.c.number)
    statement = (
        select(articles.c.source, articles.c.external_id, revisions.c.origin, count, last)
        .join(articles, articles.c.id == revisions.c.article_id)
        .group_by(articles.c.source, articles.c.external_id, revisions.c.origin)
        .having(count != last)
        .order_by(articles.c.source, articles.c.external_id, revisions.c.origin)
    )
    for source, external_id, origin, there, highest in connection.execute(statement):
        article = f"{source}:{external_id}"
        what = f"has {there} revisions, and they are numbered up to {highest}"
        yield Fault(what, f"{article} {origin}", article)


def _find_broken(connection: Connection) -> Iterator[Fault]:
    for (told,) in connection.exec_driver_sql("PRAGMA integrity_check(10)"):
        if told != "ok":
            yield Fault(f"the database is not whole: {told}")
    # A revision whose capture is missing is told by itself.
    statement = (
        'SELECT "table", parent, count(*) FROM pragma_foreign_key_check '
        "WHERE NOT (\"table\" = 'revisions' AND parent = 'captures') GROUP BY 1, 2 ORDER BY 1, 2"
    )
    for table, parent, count in connection.exec_driver_sql(statement):
        yield Fault(f"rows of {table} name rows of {parent} that are not there: {count}")


@dataclass(frozen=True, slots=True)
class Rendition:
    """What was made of one capture for one article: to be compared with what is made today."""

    source: str
    external_id: str
    origin: str
    observed_at: datetime
    capture: tuple[str, int]  # WARC file and offset
    form: str | None  # of a page: the rule that read it
    fields: Mapping[str, Any]

    @property
    def key(self) -> tuple[str, str, str, datetime, tuple[str, int]]:
        """What tells it from all others, in whatever archive."""
        return self.source, self.external_id, self.origin, self.observed_at, self.capture


RENDERED = (
    "title",
    "html",
    "text",
    "published_at",
    "modified_at",
    "image_url",
    "metadata",
    "is_lossy",
)
"""The columns of a revision that code makes of recorded bytes."""


def iter_renditions(connection: Connection) -> Iterator[Rendition]:
    """Yield every revision as a rendition, in the order of their keys, in flat memory."""
    named = (articles.c.source, articles.c.external_id, revisions.c.origin)
    order = (
        *(by_code_point(connection, name) for name in named),
        revisions.c.observed_at,
        by_code_point(connection, captures.c.warc_file),
        captures.c.warc_offset,
    )
    columns = (articles.c.source, articles.c.external_id, captures.c.warc_file)
    statement = (
        select(*columns, captures.c.warc_offset, revisions)
        .join(articles, articles.c.id == revisions.c.article_id)
        .join(captures, captures.c.id == revisions.c.capture_id)
        .order_by(*order)
    )
    for row in connection.execution_options(yield_per=BATCH).execute(statement).mappings():
        yield Rendition(
            source=row["source"],
            external_id=row["external_id"],
            origin=row["origin"],
            observed_at=row["observed_at"],
            capture=(row["warc_file"], row["warc_offset"]),
            form=row["metadata"].get("form"),
            fields={name: row[name] for name in RENDERED},
        )
