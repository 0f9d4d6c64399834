"""What became of one article: its revisions without their texts, and one of them with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from newsarchive.model import Capture, LookOutcome, Origin, Revision, Update
from newsarchive.storage.captures import LABELLED, read_capture
from newsarchive.storage.schema import (
    articles,
    captures,
    liveblog_updates,
    looks,
    media_files,
    revision_media,
    revisions,
)


@dataclass(frozen=True, slots=True)
class Step:
    """A revision as a history lists it, with the capture it was read from."""

    id: int
    origin: Origin
    number: int
    title: str
    word_count: int
    content_digest: str
    observed_at: datetime
    imported_at: datetime | None
    published_at: datetime | None
    modified_at: datetime | None
    is_lossy: bool
    capture_id: int
    crawl_run_id: int
    capture: Capture


@dataclass(frozen=True, slots=True)
class Look:
    """One time that an article's page was looked at."""

    captured_at: datetime
    outcome: LookOutcome
    status: int | None
    url: str
    error: str | None


@dataclass(frozen=True, slots=True)
class ShownPicture:
    """A picture that a revision shows; `digest` and what follows it only where it is held."""

    position: int
    role: str  # feature or body
    url: str  # as the revision has it
    caption: str
    copyright: str
    digest: str | None
    content_type: str | None
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class HeldFile:
    """Where the bytes of a picture stand, below the data folder."""

    path: str
    content_type: str


_STEP = (
    *("id", "origin", "number", "title", "word_count", "content_digest", "observed_at"),
    *("imported_at", "published_at", "modified_at", "is_lossy", "capture_id", "crawl_run_id"),
)


def find_steps(connection: Connection, article_id: int) -> list[Step]:
    """Return an article's revisions, by origin and in the order in which they were observed."""
    columns = revisions.c
    statement = (
        select(*(columns[name] for name in _STEP), *LABELLED)
        .join(captures, captures.c.id == columns.capture_id)
        .where(columns.article_id == article_id)
        .order_by(columns.origin, columns.observed_at, columns.number)
    )
    return [
        Step(
            **{name: getattr(row, name) for name in _STEP if name != "origin"},
            origin=Origin(row.origin),
            capture=read_capture(row, "capture_"),
        )
        for row in connection.execute(statement)
    ]


def find_revision(
    connection: Connection, article_id: int, origin: Origin, number: int
) -> Revision | None:
    """Return one revision, with both renditions."""
    columns = revisions.c
    statement = select(revisions).where(
        columns.article_id == article_id, columns.origin == origin, columns.number == number
    )
    row = connection.execute(statement).mappings().first()
    return None if row is None else Revision(**{**row, "origin": Origin(row["origin"])})


def find_updates(connection: Connection, revision_id: int) -> list[Update]:
    """Return the updates of a liveblog's revision, in the order of its page."""
    columns = liveblog_updates.c
    statement = (
        select(columns.update_id, columns.title, columns.html, columns.published_at, columns.text)
        .where(columns.revision_id == revision_id)
        .order_by(columns.position)
    )
    return [Update(**row) for row in connection.execute(statement).mappings()]


def find_pictures(connection: Connection, revision_id: int) -> list[ShownPicture]:
    """Return the pictures that a revision shows, held or not, in its order."""
    shown, held = revision_media.c, media_files.c
    statement = (
        select(
            *(shown.position, shown.role, shown.url, shown.caption, shown.copyright),
            *(held.digest, held.content_type, held.width, held.height),
        )
        .join(media_files, held.digest == shown.digest, isouter=True)
        .where(shown.revision_id == revision_id)
        .order_by(shown.position)
    )
    return [ShownPicture(**row) for row in connection.execute(statement).mappings()]


def find_file(connection: Connection, digest: str) -> HeldFile | None:
    """Return where a picture stands that some article which is not withheld shows."""
    showing = (
        select(revision_media.c.revision_id)
        .join(revisions, revisions.c.id == revision_media.c.revision_id)
        .join(articles, articles.c.id == revisions.c.article_id)
        .where(revision_media.c.digest == digest, articles.c.withheld_at.is_(None))
    )
    statement = select(media_files.c.path, media_files.c.content_type).where(
        media_files.c.digest == digest, showing.exists()
    )
    row = connection.execute(statement).mappings().first()
    return None if row is None else HeldFile(**row)


def find_looks(connection: Connection, article_id: int, limit: int) -> Sequence[Look]:
    """Return how the looks at an article's page went, the latest first."""
    columns = looks.c
    statement = (
        select(columns.captured_at, columns.outcome, columns.status, columns.url, columns.error)
        .where(columns.article_id == article_id)
        .order_by(columns.captured_at.desc())
        .limit(limit)
    )
    rows = connection.execute(statement).mappings()
    return [Look(**{**row, "outcome": LookOutcome(row["outcome"])}) for row in rows]
