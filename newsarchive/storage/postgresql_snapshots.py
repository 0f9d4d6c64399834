"""A snapshot of PostgreSQL: `tables/<name>.copy.gz`, the rows of each table in COPY's text format.

They stand in the order of the primary key. Tables, indexes and triggers are not in it: migrations
make them. So no tool is needed beside the driver, and any PostgreSQL that newsarchive works with
reads it. Generated columns are left out, since the database makes them again.
"""

import gzip
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect

from newsarchive.exceptions import StorageError
from newsarchive.storage.table_copies import Progress, TableCopy, digest_lines

FOLDER = "tables"
SCRATCH = "newsarchive_trial"
CHUNK_BYTES = 1 << 20
LEVEL = 1  # the fastest
_WHOLE_NUMBERS = ("BIGINT", "INTEGER", "SMALLINT")
_MADE_BY_MIGRATIONS = "alembic_version"


def find_size(connection: Connection) -> int:
    """Return the bytes of the tables; compressed they take less."""
    statement = (
        "SELECT coalesce(sum(pg_table_size(c.oid)), 0) FROM pg_class c "
        "WHERE c.relkind = 'r' AND pg_table_is_visible(c.oid) "
        "AND c.relnamespace = current_schema()::regnamespace"
    )
    return int(connection.exec_driver_sql(statement).scalar_one())


def write(connection: Connection, folder: Path, progress: Progress) -> list[TableCopy]:
    """Write every table into a file, on the disk for good; return what was written."""
    (folder / FOLDER).mkdir()
    tables = _find_tables(connection)
    written = []
    for number, (name, columns) in enumerate(tables.items(), start=1):
        pieces = _copy_out(connection, name, columns)
        written.append(digest_lines(name, columns, _kept(pieces, _path(folder, name))))
        progress("tables", number, len(tables))
    return written


def digest_tables(connection: Connection) -> Iterator[TableCopy]:
    """Yield what is known of each table."""
    for name, columns in _find_tables(connection).items():
        yield digest_lines(name, columns, _copy_out(connection, name, columns))


def enter_scratch(connection: Connection) -> None:
    """Make a schema of its own, and have names mean what is in it until the transaction ends."""
    connection.exec_driver_sql(f"CREATE SCHEMA {SCRATCH}")
    connection.exec_driver_sql(f"SET LOCAL search_path TO {SCRATCH}")


def load(connection: Connection, folder: Path, tables: Sequence[TableCopy]) -> None:
    """Fill the tables, which migrations have made; raise StorageError where they are others."""
    made = _find_tables(connection)
    if strange := {table.name for table in tables} ^ made.keys():
        raise StorageError(f"the backup and its schema do not agree on {', '.join(strange)}")
    quoted = connection.dialect.identifier_preparer.quote
    _switch_triggers(connection, made, "DISABLE")
    connection.exec_driver_sql(f"TRUNCATE {', '.join(map(quoted, made))}")
    for table in tables:
        _copy_in(connection, table, _path(folder, table.name))
        _set_sequences(connection, table.name)
    _switch_triggers(connection, made, "ENABLE")


def _find_tables(connection: Connection) -> dict[str, list[str]]:
    """Return each table's columns, but for generated ones, in an order that foreign keys allow."""
    inspector = inspect(connection)
    ordered = inspector.get_sorted_table_and_fkc_names()
    names = [name for name, _ in ordered if name and name != _MADE_BY_MIGRATIONS]
    return {
        name: [c["name"] for c in inspector.get_columns(name) if not c.get("computed")]
        for name in names
    }


def _path(folder: Path, name: str) -> Path:
    return folder / FOLDER / f"{name}.copy.gz"


def _copy_out(connection: Connection, name: str, columns: Sequence[str]) -> Iterator[bytes]:
    quoted = connection.dialect.identifier_preparer.quote
    listed = ", ".join(map(quoted, columns))
    order = ", ".join(_order(connection, name))
    statement = f"COPY (SELECT {listed} FROM {quoted(name)} ORDER BY {order}) TO STDOUT"  # noqa: S608 - names of the database's own
    with _cursor(connection) as cursor, cursor.copy(statement) as rows:
        for row in rows:
            yield bytes(row)


def _order(connection: Connection, name: str) -> Iterator[str]:
    """Yield what a table is ordered by: the same on every server, whatever its collation."""
    inspector = inspect(connection)
    types = {column["name"]: str(column["type"]) for column in inspector.get_columns(name)}
    for key in inspector.get_pk_constraint(name)["constrained_columns"] or types:
        quoted = connection.dialect.identifier_preparer.quote(key)
        yield quoted if types[key] in _WHOLE_NUMBERS else f'{quoted}::text COLLATE "C"'


def _kept(pieces: Iterator[bytes], path: Path) -> Iterator[bytes]:
    """Write pieces to a file as they pass by; it is on the disk when they end."""
    with path.open("xb") as raw:
        with gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=LEVEL, mtime=0) as packed:
            for piece in pieces:
                packed.write(piece)
                yield piece
        raw.flush()
        os.fsync(raw.fileno())


def _copy_in(connection: Connection, table: TableCopy, path: Path) -> None:
    quoted = connection.dialect.identifier_preparer.quote
    listed = ", ".join(map(quoted, table.columns))
    statement = f"COPY {quoted(table.name)} ({listed}) FROM STDIN"
    with gzip.open(path) as lines, _cursor(connection) as cursor, cursor.copy(statement) as rows:
        while piece := lines.read(CHUNK_BYTES):
            rows.write(piece)


def _set_sequences(connection: Connection, name: str) -> None:
    """Have the next row numbered behind the last."""
    quoted = connection.dialect.identifier_preparer.quote
    for key in inspect(connection).get_pk_constraint(name)["constrained_columns"]:
        find = "SELECT pg_get_serial_sequence(%s, %s)"
        sequence = connection.exec_driver_sql(find, (quoted(name), key)).scalar()
        if sequence:
            move = f"SELECT setval(%s, max({quoted(key)})) FROM {quoted(name)}"  # noqa: S608 - as above
            connection.exec_driver_sql(move, (sequence,))


def _switch_triggers(connection: Connection, names: Iterable[str], how: str) -> None:
    """Switch off, or on, what guards rows that are there, and what makes rows of rows."""
    for name in names:
        quoted = connection.dialect.identifier_preparer.quote(name)
        connection.exec_driver_sql(f"ALTER TABLE {quoted} {how} TRIGGER USER")


def _cursor(connection: Connection) -> Any:
    driver: Any = connection.connection.driver_connection
    return driver.cursor()
