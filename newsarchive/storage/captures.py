"""Captures: which recorded bytes stand where."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, select, tuple_

from newsarchive.model import Capture
from newsarchive.storage.engine import insert_missing
from newsarchive.storage.schema import captures

_COLUMNS = (
    captures.c.url,
    captures.c.captured_at,
    captures.c.payload_digest,
    captures.c.warc_file,
    captures.c.warc_offset,
    captures.c.warc_length,
    captures.c.status,
    captures.c.content_type,
)


def add_captures(
    connection: Connection, found: Iterable[Capture], run_id: int
) -> dict[Capture, int]:
    """Add the captures that the archive does not hold yet; return the ids of all, in order."""
    wanted = list(dict.fromkeys(found))
    if not wanted:
        return {}
    rows = [
        {"crawl_run_id": run_id, **{c.name: getattr(capture, c.name) for c in _COLUMNS}}
        for capture in wanted
    ]
    connection.execute(insert_missing(connection, captures), rows)
    place = tuple_(captures.c.warc_file, captures.c.warc_offset)
    statement = select(captures.c.id, captures.c.warc_file, captures.c.warc_offset).where(
        place.in_([(capture.warc_file, capture.warc_offset) for capture in wanted])
    )
    ids = {(row.warc_file, row.warc_offset): row.id for row in connection.execute(statement)}
    return {capture: ids[capture.warc_file, capture.warc_offset] for capture in wanted}


def find_captures(
    connection: Connection, digests: Sequence[str], content_type: str
) -> dict[str, Capture]:
    """Return an imported file's capture for each payload digest that the archive holds one of.

    Of several captures of the same bytes it is the first. They may have been read as files of
    another kind, which is another capture.
    """
    statement = (
        select(*_COLUMNS)
        .where(
            captures.c.payload_digest.in_(digests),
            captures.c.status.is_(None),
            captures.c.content_type == content_type,
        )
        .order_by(captures.c.id.desc())
    )
    return {row.payload_digest: read_capture(row) for row in connection.execute(statement)}


LABELLED = tuple(column.label(f"capture_{column.name}") for column in _COLUMNS)
"""A capture's columns, for a SELECT that has other columns of the same names."""


def read_capture(row: Any, prefix: str = "") -> Capture:
    """Return the Capture of a row that has its columns, their names behind `prefix`."""
    return Capture(**{column.name: getattr(row, prefix + column.name) for column in _COLUMNS})
