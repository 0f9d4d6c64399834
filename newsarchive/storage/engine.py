"""Connections to SQLite and PostgreSQL, set up the same way everywhere.

SQLite: WAL, foreign keys, a busy timeout, and writers that begin with `BEGIN IMMEDIATE`, so
that two of them wait for each other instead of failing half-way. Readers cannot write, by
the database's own means, and see one moment of the archive in a transaction.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar
from urllib.parse import quote

from sqlalchemy import Connection, Engine, Table, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import DatabaseError, InterfaceError, OperationalError

from newsarchive.exceptions import StorageError

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

P = ParamSpec("P")
T = TypeVar("T")

BUSY_TIMEOUT_S = 30
CONNECT_TIMEOUT_S = 10

CHUNK = 500
"""Values in one IN (...); PostgreSQL takes 65,535 in a statement, some builds of SQLite half."""


def sqlite_path(url: str) -> Path | None:
    """Return the database file of a SQLite URL; None for PostgreSQL."""
    parts = make_url(url)
    return Path(parts.database or "") if parts.get_backend_name() == "sqlite" else None


def sqlite_url(path: Path) -> str:
    """Return the URL of a database file: `#`, `?` and `%` in its path mean themselves."""
    return f"sqlite:///{quote(str(path))}"


def connect(url: str, *, read_only: bool = False) -> Engine:
    """Return an engine for `url`; nothing is opened yet."""
    parts = make_url(url)
    if parts.get_backend_name() == "sqlite":
        return _sqlite(parts, read_only=read_only)
    # Beside what the URL says itself, which may name a schema: `?options=-csearch_path%3Dnews`.
    given = parts.normalized_query
    options = " ".join([*given.get("options", ()), "-c timezone=UTC"])
    waiting = {} if "connect_timeout" in given else {"connect_timeout": CONNECT_TIMEOUT_S}
    engine = create_engine(parts, pool_pre_ping=True, connect_args={"options": options, **waiting})
    if not read_only:
        return engine
    # Of a reader's transaction every statement sees the same moment, as on SQLite.
    return engine.execution_options(postgresql_readonly=True, isolation_level="REPEATABLE READ")


def _sqlite(url: URL, *, read_only: bool) -> Engine:
    if read_only:
        # `mode=ro` makes a missing file an error instead of an empty archive.
        file = f"file:{quote(url.database or '')}"
        url = url.set(database=file, query={"mode": "ro", "uri": "true"})
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_S})
    begin = "BEGIN" if read_only else "BEGIN IMMEDIATE"

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys = ON")
        if not read_only:
            cursor.execute("PRAGMA journal_mode = WAL")
            cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.close()

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yield `values` in parts that a statement can have as parameters."""
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]


def insert_into(connection: Connection, table: Table) -> "postgresql.Insert | sqlite.Insert":
    """Return an INSERT that can say what to do ON CONFLICT, in the database's own dialect."""
    # The dialect in use is imported already; the other would cost every start 0.05 s.
    if connection.dialect.name == "sqlite":
        from sqlalchemy.dialects import sqlite  # noqa: PLC0415 - as above

        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - as above

    return postgresql.insert(table)


def insert_missing(connection: Connection, table: Table) -> "postgresql.Insert | sqlite.Insert":
    """Return an INSERT that leaves rows alone which are there already, or come first meanwhile."""
    return insert_into(connection, table).on_conflict_do_nothing()


ATTEMPTS = 5
"""How often a transaction is begun before a deadlock counts as an error."""


def again_after_deadlock(method: Callable[P, T]) -> Callable[P, T]:
    """Have a method that is one transaction begin anew where PostgreSQL undid it.

    Two documents of two workers may have articles, pictures and bad entries in common, each in its
    own order, and so come to wait for each other: then one of them is undone.
    """

    @wraps(method)
    def repeated(*args: P.args, **kwargs: P.kwargs) -> T:
        for _ in range(ATTEMPTS - 1):
            try:
                return method(*args, **kwargs)
            except StorageError as error:
                if not _is_deadlock(error):
                    raise
        return method(*args, **kwargs)

    return repeated


def _is_deadlock(error: StorageError) -> bool:
    return sqlstate(error.__cause__) == "40P01"


def sqlstate(error: BaseException | None) -> str:
    """Return PostgreSQL's code of an error; nothing where it has none."""
    return getattr(getattr(error, "orig", None), "sqlstate", None) or ""


@contextmanager
def storage_errors(url: str) -> Iterator[None]:
    """Turn errors that an operator can mend into a StorageError that says how.

    Errors that only a programmer can mend pass through as they are.
    """
    try:
        yield
    except (DatabaseError, sqlite3.DatabaseError) as error:
        reasons = list(_reasons(error))
        known = ((said, _REMEDIES[sign]) for said in reasons for sign in _REMEDIES if sign in said)
        reason, remedy = next(known, (reasons[0], None))
        if remedy is None and not isinstance(error, OperationalError):
            raise
        name = make_url(url).render_as_string(hide_password=True)
        raise StorageError(f"{name}: {reason}" + (f" ({remedy})" if remedy else "")) from error


def _reasons(error: BaseException | None) -> Iterator[str]:
    """Yield what the database says, and what it had said before, while that was dealt with.

    Of a full disk SQLite's last word is that a savepoint is gone: it has undone everything.
    """
    while error is not None:
        yield str(getattr(error, "orig", error)).strip().partition("\n")[0]
        error = error.__context__


def raise_unless_about_values(error: Exception) -> None:
    """Raise what no other values would mend: a full disk, a lost connection."""
    # Class 54 is what is too large for PostgreSQL, such as a text for an index.
    is_too_large = sqlstate(error).startswith("54")
    if isinstance(error, OperationalError | InterfaceError) and not is_too_large:
        raise error


_FULL = "the disk is full; make room and run the crawl again"
_REMEDIES = {
    "unable to open": "no such archive; run `newsarchive init`, or name another one",
    "locked": "another process is writing for too long; try again",
    "disk is full": _FULL,
    "No space left on device": _FULL,
    "permission denied": "this user may not do that; grant it the right, or name another one",
    "readonly": "this file may not be written; mind its owner and folder",
    "not a database": "this file is no archive; name another one",
    "malformed": "the file is damaged; restore it from a backup",
}
"""What an operator can do about an error, by words in the database's own message."""
