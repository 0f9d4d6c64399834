"""Which bytes a revision was read from, and whether they may be handed out."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from newsarchive.model import Capture, Origin
from newsarchive.storage.captures import LABELLED, read_capture
from newsarchive.storage.schema import articles, captures, crawl_runs, entries, revisions
from newsarchive.storage.withholding_schema import withholdings

LINES = "#lines="
"""In the address of a capture that is a piece of an imported table: each row is an article."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a revision comes from."""

    capture_id: int
    capture: Capture
    crawl_run_id: int
    spider: str
    version: str  # of newsarchive
    is_shared: bool  # the same bytes also tell of an article that is withheld


def find_provenance(
    connection: Connection, article_id: int, origin: Origin, number: int
) -> Provenance | None:
    """Return where one revision of an article comes from."""
    columns = revisions.c
    statement = (
        select(columns.capture_id, columns.crawl_run_id, crawl_runs.c.spider, crawl_runs.c.version)
        .add_columns(*LABELLED)
        .join(captures, captures.c.id == columns.capture_id)
        .join(crawl_runs, crawl_runs.c.id == columns.crawl_run_id)
        .where(columns.article_id == article_id, columns.origin == origin, columns.number == number)
    )
    row = connection.execute(statement).first()
    if row is None:
        return None
    capture = read_capture(row, "capture_")
    return Provenance(
        capture_id=row.capture_id,
        capture=capture,
        crawl_run_id=row.crawl_run_id,
        spider=row.spider,
        version=row.version,
        is_shared=_tells_of_withheld(connection, article_id, origin, row.capture_id, capture),
    )


def _tells_of_withheld(
    connection: Connection, article_id: int, origin: Origin, capture_id: int, capture: Capture
) -> bool:
    """Tell whether the bytes of a capture may have the text of an article that is withheld.

    A feed's have all that were in it: of an entry without change no revision names the capture,
    so every withheld article counts that was in a feed of this one at the time. Nor does one of
    an imported table's row without change: every withheld article counts that was ever imported.
    """
    decided = select(withholdings.c.article_id)  # they are few, and the articles many
    withheld = select(articles.c.id).where(
        articles.c.id.in_(decided), articles.c.withheld_at.is_not(None)
    )
    hidden = list(connection.execute(withheld).scalars())
    if not hidden:
        return False
    named = select(revisions.c.id).where(
        revisions.c.article_id.in_(hidden), revisions.c.capture_id == capture_id
    )
    own_feeds = select(entries.c.feed_id).where(entries.c.article_id == article_id)
    beside = select(entries.c.id).where(
        entries.c.article_id.in_(hidden),
        entries.c.feed_id.in_(own_feeds),
        entries.c.first_seen_at <= capture.captured_at,
        entries.c.last_seen_at >= capture.captured_at,
    )
    imported = select(revisions.c.id).where(
        revisions.c.article_id.in_(hidden), revisions.c.origin == Origin.IMPORT
    )
    statements = [named]
    if origin is Origin.FEED:
        statements.append(beside)
    elif LINES in capture.url:
        statements.append(imported)
    return any(connection.execute(one.limit(1)).first() is not None for one in statements)
