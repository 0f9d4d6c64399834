"""Bring an archive to this version's schema; of a SQLite archive, with a copy of it first."""

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from newsarchive.exceptions import StorageError
from newsarchive.storage import SCHEMA, Archive, copy_sqlite, find_sqlite_size, sqlite_path

ROOM = 2
"""How often the database must find room: for its copy, and for tables that are made anew."""


@dataclass(frozen=True, slots=True)
class Upgraded:
    """From which schema to which, and where the archive is as it was."""

    before: str
    after: str
    copy: Path | None


def upgrade(url: str, now: datetime) -> Upgraded:
    """Bring the archive at `url` to this version's schema: it is all done, or nothing is.

    A SQLite database is copied before, beside it: `newsarchive.db.schema-0004-20261001T120000Z`.
    Nothing removes such copies. Raises StorageError where there is no archive, or no room.
    """
    before = Archive.find_schema(url)
    if before is None:
        raise StorageError("there is no archive to upgrade yet: run `newsarchive init`")
    path = sqlite_path(url)
    copy = _copy(url, path, before, now) if path and before < SCHEMA else None
    Archive.create(url)
    return Upgraded(before, SCHEMA, copy)


def _copy(url: str, path: Path, schema: str, now: datetime) -> Path:
    copy = path.with_name(f"{path.name}.schema-{schema}-{now:%Y%m%dT%H%M%SZ}")
    needed, free = ROOM * find_sqlite_size(url), shutil.disk_usage(path.parent).free
    if free < needed:
        raise StorageError(
            f"{path.parent}: no room to upgrade: {needed:,} bytes are needed for a copy and for "
            f"the work, {free:,} are free. Make room; nothing was changed."
        )
    beside = copy.with_name(f".{copy.name}")
    beside.unlink(missing_ok=True)
    try:
        copy_sqlite(url, beside)
        beside.replace(copy)
    finally:
        beside.unlink(missing_ok=True)
    return copy
