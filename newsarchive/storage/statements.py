"""A person's own SQL: run for reading only, streamed, and refused in the database's own words."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, CursorResult
from sqlalchemy.exc import (
    DBAPIError,
    InterfaceError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
)

from newsarchive.exceptions import UsageError

BUFFERED_ROWS = 200

READ_ONLY = "newsarchive asks the database for reading only"

# https://www.sqlite.org/rescode.html: the codes that another statement would not have met.
_STATEMENT_CODES = {
    sqlite3.SQLITE_ERROR,
    sqlite3.SQLITE_AUTH,
    sqlite3.SQLITE_MISMATCH,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_TOOBIG,
}
_PRIMARY = 0xFF  # the part of an extended result code that is the primary one
_PG_READ_ONLY = "25006"


def run_query(connection: Connection, statement: str) -> tuple[list[str], Iterator[Sequence[Any]]]:
    """Run a person's one SQL statement; return its columns and its rows, streamed.

    The statement goes to the driver as it is, so that `%` and `:` mean what they mean in SQL.
    The connection must be read-only. That holds because no second statement can get through,
    such as one behind a `COMMIT`: SQLite's driver takes one only, PostgreSQL's does with the
    extended protocol, which a server-side cursor and a prepared statement use.
    """
    # SQLAlchemy would shorten a column called `a.b` on SQLite.
    options = {"no_parameters": True, "sqlite_raw_colnames": True}
    connection = connection.execution_options(**options)
    if connection.dialect.name == "sqlite":
        _driver(connection).set_authorizer(_refuse_other_files)
        result = connection.exec_driver_sql(statement)
    else:
        result = _ask_postgresql(connection, statement)
    if not result.returns_rows:
        raise UsageError("this statement has no answer; ask with SELECT")
    return list(result.keys()), iter(result)


def _refuse_other_files(action: int, *_: object) -> int:
    """Keep ATTACH from making a file: it is not bound by the archive's own read-only mode."""
    return sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_ATTACH else sqlite3.SQLITE_OK


def _ask_postgresql(connection: Connection, statement: str) -> CursorResult[Any]:
    streamed = {"stream_results": True, "max_row_buffer": BUFFERED_ROWS}
    try:
        with connection.begin_nested():
            return connection.exec_driver_sql(statement, execution_options=streamed)
    except (ProgrammingError, NotSupportedError):
        # No cursor can be had for EXPLAIN, SHOW and the like; and what is wrong is told in
        # terms of a DECLARE that nobody wrote. Sent as it is, the statement is told of as it is.
        _driver(connection).prepare_threshold = 0
    try:
        return connection.exec_driver_sql(statement)
    except DBAPIError:
        connection.invalidate()  # COPY leaves a connection that cannot even be rolled back
        raise


def _driver(connection: Connection) -> Any:
    """Return the driver's own connection."""
    return connection.connection.driver_connection


@contextmanager
def statement_errors() -> Iterator[None]:
    """Turn what a database says against a person's statement into a UsageError in its words."""
    try:
        yield
    except DBAPIError as error:
        if not _is_about_statement(error):
            raise
        told = str(error.orig).strip()
        raise UsageError(f"{told}\n({READ_ONLY})" if _is_write(error) else told) from error


def _is_about_statement(error: DBAPIError) -> bool:
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return code & _PRIMARY in _STATEMENT_CODES
    # PostgreSQL's own troubles, a lost connection among them, are operational errors.
    return not isinstance(error, OperationalError | InterfaceError)


def _is_write(error: DBAPIError) -> bool:
    code = getattr(error.orig, "sqlite_errorcode", 0) & _PRIMARY
    return (
        code in {sqlite3.SQLITE_AUTH, sqlite3.SQLITE_READONLY}
        or getattr(error.orig, "sqlstate", None) == _PG_READ_ONLY
    )
