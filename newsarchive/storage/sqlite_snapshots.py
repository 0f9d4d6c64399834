"""A snapshot of SQLite: the whole database in one file, `newsarchive.db`, and nothing beside it."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from newsarchive.exceptions import DamageFoundError, TransferError
from newsarchive.storage.table_copies import Progress, TableCopy, digest_lines

FILE = "newsarchive.db"
STEP_PAGES = 4096


def find_size(connection: Connection) -> int:
    """Return the bytes of the database."""
    pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    return int(pages * connection.exec_driver_sql("PRAGMA page_size").scalar_one())


def write(connection: Connection, folder: Path, progress: Progress) -> list[TableCopy]:
    """Copy the database as the connection's transaction sees it; return what is in the copy."""
    target = folder / FILE
    copy(connection, target, progress)
    with _blaming(target), closing(sqlite3.connect(target)) as copied:
        return list(_digest(copied, progress))


def copy(connection: Connection, target: Path, progress: Progress) -> None:
    """Copy the database to a new file, on the disk for good."""

    def tell(_status: int, remaining: int, total: int) -> None:
        progress("pages", total - remaining, total)

    # The transaction keeps what others write meanwhile out of the copy: it never begins anew.
    connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one()
    with _blaming(target), closing(sqlite3.connect(target)) as file:
        _driver(connection).backup(file, pages=STEP_PAGES, progress=tell)
        # One file, that opens where nothing may be written too.
        file.execute("PRAGMA journal_mode = DELETE").fetchone()
    _sync(target)


def digest_tables(connection: Connection) -> Iterator[TableCopy]:
    """Yield what is known of each table."""
    return _digest(_driver(connection), lambda *_: None)


def check(connection: Connection) -> None:
    """Raise DamageFoundError where the database itself finds damage."""
    for pragma in ("integrity_check(1)", "foreign_key_check"):
        found = connection.exec_driver_sql(f"PRAGMA {pragma}").first()
        if found is not None and tuple(found) != ("ok",):
            raise DamageFoundError(f"{pragma.partition('(')[0]}: {found[0]}")


def place(folder: Path, path: Path) -> None:
    """Make the database file at `path` of the one in `folder`: it is there whole, or not."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        shutil.copyfile(folder / FILE, beside)
        _sync(beside)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


@contextmanager
def _blaming(target: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise TransferError(
            f"{target}: the database cannot be copied here: {error}. Make room, or name a place "
            "that you may write to."
        ) from error


def _driver(connection: Connection) -> sqlite3.Connection:
    driver: Any = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection), "of the dialect sqlite"
    return driver


def _digest(connection: sqlite3.Connection, progress: Progress) -> Iterator[TableCopy]:
    # What a virtual table keeps in shadow tables, the file's own digest and check vouch for.
    listed = connection.execute(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' "
        "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
    ).fetchall()
    for number, (name,) in enumerate(listed, start=1):
        columns = connection.execute(
            "SELECT name, pk FROM pragma_table_info(?) ORDER BY cid", (name,)
        ).fetchall()
        key = [column for column, place in sorted(columns, key=lambda c: c[1]) if place]
        order = ", ".join(map(_quoted, key)) or "rowid"
        rows = connection.execute(f"SELECT * FROM {_quoted(name)} ORDER BY {order}")  # noqa: S608 - names of the database's own
        yield digest_lines(name, [column for column, _ in columns], map(_line, rows))
        progress("tables", number, len(listed))


def _line(row: tuple[Any, ...]) -> bytes:
    import orjson  # noqa: PLC0415 - of no use to a crawl that finds nothing new

    return orjson.dumps(row, default=bytes.hex, option=orjson.OPT_APPEND_NEWLINE)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
