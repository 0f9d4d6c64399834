"""One moment of an archive as files, while others go on writing; and an archive from such files.

SQLite: `newsarchive.db`, by the database's own online backup. PostgreSQL: a file a table, in
COPY's text format (`postgresql_snapshots.py`).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, case, func, make_url, select

from newsarchive.exceptions import SchemaError, StorageError, UsageError
from newsarchive.model import MediaFile
from newsarchive.storage import pictures, postgresql_snapshots, sqlite_snapshots, upgrade
from newsarchive.storage.archive import Archive
from newsarchive.storage.engine import connect, sqlite_path, sqlite_url, storage_errors
from newsarchive.storage.schema import captures, crawl_runs, leases
from newsarchive.storage.table_copies import Progress, TableCopy

_DATABASES = {"sqlite": sqlite_snapshots, "postgresql": postgresql_snapshots}


@dataclass(frozen=True, slots=True)
class DatabaseCopy:
    """What a snapshot wrote: of which database, at which schema, and every table of it."""

    kind: str  # sqlite or postgresql
    schema: str
    tables: tuple[TableCopy, ...]  # in an order in which they can be filled


@dataclass(frozen=True, slots=True)
class NamedWarc:
    """A WARC file as far as rows name it."""

    name: str
    end: int  # behind the last record that a row names
    is_closed: bool  # the run that wrote it has an outcome


class FrozenArchive:
    """An archive as it stands at one moment. Make one with `freeze_archive`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._database = _DATABASES[connection.dialect.name]

    @property
    def size_bytes(self) -> int:
        """The room that its files take, at most."""
        return int(self._database.find_size(self._connection))

    def write(self, folder: Path, progress: Progress) -> DatabaseCopy:
        """Write the database into `folder`, on the disk for good; return what was written."""
        tables = self._database.write(self._connection, folder, progress)
        return DatabaseCopy(self._connection.dialect.name, upgrade.HEAD, tuple(tables))

    def find_warc_files(self) -> list[NamedWarc]:
        """Return the WARC files that captures stand in, by name."""
        is_closed = func.min(case((crawl_runs.c.outcome.is_(None), 0), else_=1))
        end = func.max(captures.c.warc_offset + captures.c.warc_length)
        statement = (
            select(captures.c.warc_file, end, is_closed)
            .join(crawl_runs, crawl_runs.c.id == captures.c.crawl_run_id)
            .group_by(captures.c.warc_file)
            .order_by(captures.c.warc_file)
        )
        rows = self._connection.execute(statement)
        return [NamedWarc(name, end, bool(closed)) for name, end, closed in rows]

    def is_quiet(self) -> bool:
        """Return whether nobody was at work: no run held a lease."""
        return self._connection.execute(select(leases.c.name).limit(1)).first() is None

    def iter_media_files(self) -> Iterator[MediaFile]:
        """Yield the media files that rows name, in flat memory."""
        return pictures.iter_media_files(self._connection)


@contextmanager
def freeze_archive(url: str) -> Iterator[FrozenArchive]:
    """Give one moment of the archive at `url`, whatever others write meanwhile.

    Raises StorageError, or SchemaError for another schema than this version's.
    """
    engine = connect(url, read_only=True)
    try:
        with storage_errors(url), engine.begin() as connection:
            upgrade.check_schema(connection)  # the first look begins the moment
            yield FrozenArchive(connection)
    finally:
        engine.dispose()


def copy_sqlite(url: str, target: Path) -> None:
    """Copy the SQLite database at `url` to a new file, at whatever schema, on the disk for good."""
    engine = connect(url, read_only=True)
    try:
        with storage_errors(url), engine.begin() as connection:
            sqlite_snapshots.copy(connection, target, lambda *_: None)
    finally:
        engine.dispose()


def find_sqlite_size(url: str) -> int:
    """Return the bytes of the SQLite database at `url`, at whatever schema."""
    engine = connect(url, read_only=True)
    try:
        with storage_errors(url), engine.begin() as connection:
            return sqlite_snapshots.find_size(connection)
    finally:
        engine.dispose()


def load_snapshot(folder: Path, database: DatabaseCopy, url: str) -> None:
    """Make the archive at `url` of the files in `folder`; all is there, or nothing.

    It stays at the schema that it was at. Raises UsageError where that is another kind of
    database, StorageError where there is an archive already.
    """
    check_kind(database, url)
    check_free(url)
    path = sqlite_path(url)
    if path is not None:
        with storage_errors(url):
            sqlite_snapshots.place(folder, path)
        return
    engine = connect(url)
    try:
        with storage_errors(url), engine.begin() as connection:
            _load(connection, folder, database)
    finally:
        engine.dispose()


def check_kind(database: DatabaseCopy, url: str) -> None:
    """Raise UsageError unless `url` is of the kind of database that was copied.

    Raises SchemaError where the copy is of a later schema than this version's.
    """
    if database.schema > upgrade.HEAD:
        raise SchemaError(
            f"this backup is at schema {database.schema}, newer than the {upgrade.HEAD} that this "
            "newsarchive knows: install the newsarchive that made it"
        )
    if make_url(url).get_backend_name() != database.kind:
        raise UsageError(
            f"this is a backup of {database.kind}, and NEWSARCHIVE_DATABASE_URL is {_shown(url)}: "
            f"name a {database.kind} database (`newsarchive rebuild` goes from one to the other)"
        )


def check_free(url: str) -> None:
    """Raise StorageError where there is an archive at `url`, or what is left of one."""
    path = sqlite_path(url)
    if Archive.find_schema(url) is not None:
        name = _shown(url) if path is None else path
        raise StorageError(f"{name}: there is an archive already; put it aside first")
    # A database that stood here, and whose process was killed, may have left its log. SQLite would
    # take the log for that of whatever database it finds beside it, and so destroy it.
    for suffix in ("", "-wal", "-journal") if path is not None else ():
        left = Path(f"{path}{suffix}")
        if left.is_file() and left.stat().st_size:  # a reader leaves an empty log
            raise StorageError(f"{left}: this is left of another database; put it aside first")


@dataclass(frozen=True, slots=True)
class Trial:
    """An archive that was made of a snapshot's files for a while, at this version's schema."""

    tables: tuple[TableCopy, ...]  # what was in it before it was brought there
    archive: Archive


@contextmanager
def try_snapshot(folder: Path, database: DatabaseCopy, url: str) -> Iterator[Trial]:
    """Make an archive of the files in `folder`, of which nothing is left afterwards.

    SQLite's is in a temporary folder. PostgreSQL's is a schema of its own in the database at
    `url`, inside a transaction that is rolled back.
    """
    check_kind(database, url)
    if database.kind == "sqlite":
        with TemporaryDirectory(prefix="newsarchive-trial-") as scratch:
            yield from _try_sqlite(folder, Path(scratch) / "newsarchive.db")
    else:
        yield from _try_postgresql(folder, database, url)


def _try_sqlite(folder: Path, path: Path) -> Iterator[Trial]:
    url = sqlite_url(path)
    with storage_errors(url):
        sqlite_snapshots.place(folder, path)
    engine = connect(url)
    try:
        with storage_errors(url), engine.begin() as connection:
            sqlite_snapshots.check(connection)
            tables = tuple(sqlite_snapshots.digest_tables(connection))
    finally:
        engine.dispose()
    Archive.create(url)
    with Archive.read(url) as archive:
        yield Trial(tables, archive)


def _try_postgresql(folder: Path, database: DatabaseCopy, url: str) -> Iterator[Trial]:
    engine = connect(url)
    try:
        with storage_errors(url), engine.connect() as connection, connection.begin() as transaction:
            postgresql_snapshots.enter_scratch(connection)
            _load(connection, folder, database)
            tables = tuple(postgresql_snapshots.digest_tables(connection))
            if database.schema != upgrade.HEAD:
                upgrade.migrate(connection)
            yield Trial(tables, _ArchiveInTransaction(url, connection))
            transaction.rollback()
    finally:
        engine.dispose()


def _load(connection: Connection, folder: Path, database: DatabaseCopy) -> None:
    upgrade.migrate(connection, database.schema)
    postgresql_snapshots.load(connection, folder, database.tables)


class _ArchiveInTransaction(Archive):
    """An archive that can be seen by nobody but who opened its transaction."""

    def __init__(self, url: str, connection: Connection) -> None:
        self._connection = connection
        super().__init__(url, connection.engine)

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with storage_errors(self._url):
            yield self._connection


def _shown(url: str) -> str:
    return make_url(url).render_as_string(hide_password=True)


def find_differences(expected: Sequence[TableCopy], actual: Sequence[TableCopy]) -> list[str]:
    """Return in what the tables of two copies differ, a sentence each."""
    found = {table.name: table for table in actual}
    wrongs = []
    for table in expected:
        other = found.get(table.name)
        if other is None:
            wrongs.append(f"the table {table.name} is missing")
        elif other.rows != table.rows:
            wrongs.append(f"the table {table.name} has {other.rows} rows, not {table.rows}")
        elif other.digest != table.digest:
            wrongs.append(f"the table {table.name} has not the rows that it had")
    return wrongs
