"""A person's own SQL: run for reading only, for so long and no longer, and streamed.

What keeps a statement from writing is the database. It is opened for reading, and:

* On SQLite an authorizer refuses ATTACH, which could make another file; the driver takes one
  statement and no more; functions that reach beyond the database are not there.
* On PostgreSQL the transaction is READ ONLY. That does not bind a statement such as COPY … TO
  PROGRAM, so one that gives no columns, by the server's own description, is never run. Nor does
  it bind functions such as lo_export or pg_read_file: a superuser's rights are given up for those
  of `pg_read_all_data` first. A second statement cannot get through the extended protocol.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from threading import Event, Timer
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
NO_ANSWER = f"this statement has no answer; ask with SELECT\n({READ_ONLY})"

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
# https://www.postgresql.org/docs/current/errcodes-appendix.html: the classes that are of the
# connection, the server's means, an operator's doing, or its system.
_PG_TROUBLES = {"08", "53", "57", "58"}

# The path is kept as it is, since it may begin with a schema named for the user.
_GIVE_UP_RIGHTS = """
SELECT set_config('search_path', (SELECT string_agg(quote_ident(s), ',')
                                    FROM unnest(current_schemas(false)) AS s), true),
       set_config('role', 'pg_read_all_data', true)
  FROM pg_roles
 WHERE rolname = current_user AND rolsuper
   AND EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'pg_read_all_data')
"""


@contextmanager
def run_query(
    connection: Connection, statement: str, timeout_s: float | None = None
) -> Iterator[tuple[list[str], Iterator[Sequence[Any]]]]:
    """Run a person's one SQL statement; give its columns and its rows, streamed.

    The statement goes to the driver as it is, so that `%` and `:` mean what they mean in SQL.
    The connection must be read-only. Raises UsageError, in the database's words, for what it
    refuses, and where the rows are not all read in `timeout_s` seconds.
    """
    if _is_broken(statement):
        raise UsageError("this statement is not UTF-8")
    # SQLAlchemy would shorten a column called `a.b` on SQLite.
    options = {"no_parameters": True, "sqlite_raw_colnames": True}
    connection = connection.execution_options(**options)
    driver: Any = connection.connection.driver_connection
    is_sqlite = connection.dialect.name == "sqlite"
    stop = driver.interrupt if is_sqlite else driver.cancel_safe
    with _time_limit(timeout_s, stop) as expired, _statement_errors(timeout_s, expired):
        ask = _ask_sqlite if is_sqlite else _ask_postgresql
        # Rows that nobody reads any more must go, before the transaction can end.
        with closing(ask(connection, driver, statement)) as result:
            if not result.returns_rows:
                raise UsageError(NO_ANSWER)
            yield list(result.keys()), _until(expired, result)


def _is_broken(statement: str) -> bool:
    """Return whether there are bytes in it that are no text, as a shell can hand them over."""
    return any("\ud800" <= character <= "\udfff" for character in statement)


@contextmanager
def _time_limit(timeout_s: float | None, stop: Callable[[], object]) -> Iterator[Event]:
    """Call `stop` from another thread when the time is up; the event says that it is."""
    expired = Event()

    def expire() -> None:
        expired.set()
        stop()

    if timeout_s is None:
        yield expired
        return
    timer = Timer(timeout_s, expire)
    timer.daemon = True
    timer.start()
    try:
        yield expired
    finally:
        timer.cancel()
        timer.join()  # else it might stop what comes after


def _until(expired: Event, result: CursorResult[Any]) -> Iterator[Sequence[Any]]:
    """Yield the rows until the time is up, also where the database waits for their reader."""
    for row in result:
        if expired.is_set():
            raise TimeoutError
        yield row


def _ask_sqlite(connection: Connection, driver: Any, statement: str) -> CursorResult[Any]:
    driver.set_authorizer(_refuse_other_files)
    driver.text_factory = _decoded
    return connection.exec_driver_sql(statement)


def _refuse_other_files(action: int, *_: object) -> int:
    """Keep ATTACH from making a file: it is not bound by the archive's own read-only mode."""
    return sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_ATTACH else sqlite3.SQLITE_OK


def _decoded(text: bytes) -> str:
    """Return a text; a statement can cut one in the middle of a character."""
    return text.decode("utf-8", "replace")


def _ask_postgresql(connection: Connection, driver: Any, statement: str) -> CursorResult[Any]:
    connection.exec_driver_sql(_GIVE_UP_RIGHTS)
    if not _has_columns(driver, statement):
        raise UsageError(NO_ANSWER)
    streamed = {"stream_results": True, "max_row_buffer": BUFFERED_ROWS}
    try:
        with connection.begin_nested():
            return connection.exec_driver_sql(statement, execution_options=streamed)
    except (ProgrammingError, NotSupportedError):
        # No cursor can be had for EXPLAIN, SHOW and the like; and what is wrong is told in
        # terms of a DECLARE that nobody wrote. Sent as it is, the statement is told of as it is.
        driver.prepare_threshold = 0  # by the extended protocol, as any that was described
        return connection.exec_driver_sql(statement)


def _has_columns(driver: Any, statement: str) -> bool:
    """Return whether the server would answer with rows, which it tells without running anything.

    Raises UsageError for what it cannot parse, more than one statement included.
    """
    from psycopg.errors import error_from_result  # noqa: PLC0415 - SQLite does without
    from psycopg.pq import ExecStatus  # noqa: PLC0415 - as above

    for result in (
        driver.pgconn.prepare(b"", statement.encode()),
        driver.pgconn.describe_prepared(b""),
    ):
        if result.status != ExecStatus.COMMAND_OK:
            raise UsageError(str(error_from_result(result)).strip())
    return bool(result.nfields)


@contextmanager
def _statement_errors(timeout_s: float | None, expired: Event) -> Iterator[None]:
    """Turn what a database says against a person's statement into a UsageError in its words."""
    try:
        yield
    except (DBAPIError, TimeoutError) as error:
        if expired.is_set():
            raise UsageError(f"this took longer than its limit of {timeout_s:g} s") from error
        if not isinstance(error, DBAPIError) or not _is_about_statement(error):
            raise
        told = str(error.orig).strip()
        raise UsageError(f"{told}\n({READ_ONLY})" if _is_write(error) else told) from error


def _is_about_statement(error: DBAPIError) -> bool:
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return code & _PRIMARY in _STATEMENT_CODES
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return state[:2] not in _PG_TROUBLES
    return not isinstance(error, OperationalError | InterfaceError)


def _is_write(error: DBAPIError) -> bool:
    code = getattr(error.orig, "sqlite_errorcode", 0) & _PRIMARY
    return (
        code in {sqlite3.SQLITE_AUTH, sqlite3.SQLITE_READONLY}
        or getattr(error.orig, "sqlstate", None) == _PG_READ_ONLY
    )
