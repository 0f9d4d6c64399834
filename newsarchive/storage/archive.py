"""The front door: everything that the rest of newsarchive asks of the database.

One `Archive` writes from one thread at a time, in short transactions. A reader opens its own,
which the database itself keeps from writing.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Self

from sqlalchemy import Connection, Engine, make_url

from newsarchive.exceptions import NotFoundError, StorageError
from newsarchive.items import Document
from newsarchive.model import Article, Capture, Change, Feed, FeedState, Outcome, Revision
from newsarchive.sources import Source
from newsarchive.storage import captures, documents, feeds, reading, runs, statements, upgrade
from newsarchive.storage.engine import connect, sqlite_path, storage_errors
from newsarchive.storage.reading import Selection
from newsarchive.storage.runs import NewRun, Owner


class Archive:
    """An open archive. Make one with `open`, `open_or_create` or `read`; close it, or use `with`.

    Every method may raise StorageError with what an operator can do about it.
    """

    def __init__(self, url: str, engine: Engine) -> None:
        self._url = url
        self._engine = engine

    @property
    def name(self) -> str:
        """The archive's URL as people may see it, without the password."""
        return make_url(self._url).render_as_string(hide_password=True)

    @classmethod
    def open(cls, url: str) -> Self:
        """Open an archive to write in; raise SchemaError unless its schema is this version's."""
        path = sqlite_path(url)
        if path is not None and not path.exists():
            raise StorageError(f"{path}: no such archive; run `newsarchive init`")
        return cls._checked(url, connect(url))

    @classmethod
    def open_or_create(cls, url: str) -> Self:
        """Open an archive to write in; a SQLite archive that does not exist is created."""
        path = sqlite_path(url)
        if path is not None and not path.exists():
            cls.create(url)
        return cls.open(url)

    @classmethod
    def read(cls, url: str) -> Self:
        """Open an archive for reading only."""
        return cls._checked(url, connect(url, read_only=True))

    @classmethod
    def _checked(cls, url: str, engine: Engine) -> Self:
        archive = cls(url, engine)
        try:
            with archive._transaction() as connection:
                upgrade.check_schema(connection)
        except BaseException:
            archive.close()
            raise
        return archive

    @staticmethod
    def find_schema(url: str) -> str | None:
        """Return the revision of the schema there; None where there is no archive."""
        path = sqlite_path(url)
        if path is not None and not path.exists():
            return None
        engine = connect(url, read_only=True)
        try:
            with storage_errors(url), engine.begin() as connection:
                return upgrade.find_schema(connection)
        finally:
            engine.dispose()

    @staticmethod
    def create(url: str) -> None:
        """Make the tables and views, or bring them to this version's; data stays.

        Raises SchemaError where they are of a later version.
        """
        path = sqlite_path(url)
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        engine = connect(url)
        try:
            with storage_errors(url):
                with engine.begin() as connection:
                    if (upgrade.find_schema(connection) or "") > upgrade.HEAD:
                        upgrade.check_schema(connection)
                upgrade.upgrade(engine)
        finally:
            engine.dispose()

    def close(self) -> None:
        """Give up all connections; SQLite then folds its write-ahead log into the database."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with storage_errors(self._url), self._engine.begin() as connection:
            yield connection

    # Writing: each method is one transaction.

    def begin_run(self, run: NewRun, source: Source, is_alive: Callable[[Owner], bool]) -> int:
        """Begin a crawl run and take its lease; raise LeaseHeldError where another holds it."""
        with self._transaction() as connection:
            feeds.sync_source(connection, source)
            return runs.begin_run(connection, run, is_alive)

    def renew_lease(self, run_id: int, now: datetime) -> bool:
        """Give a sign of life; return whether the run still holds its lease."""
        with self._transaction() as connection:
            return runs.renew_lease(connection, run_id, now)

    def finish_run(
        self, run_id: int, outcome: Outcome, counters: Mapping[str, Any], now: datetime
    ) -> None:
        """Write how a run ended and give its lease back."""
        with self._transaction() as connection:
            runs.finish_run(connection, run_id, outcome, counters, now)

    def record_document(self, document: Document, run_id: int) -> Counter[str]:
        """Store a document, whole or not at all; return how many of what there were."""
        with self._transaction() as connection:
            return documents.record_document(connection, document, run_id)

    # Reading for a crawl.

    def find_feed_states(self, wanted: Sequence[Feed]) -> list[FeedState]:
        """Return what is known of each feed."""
        with self._transaction() as connection:
            return feeds.find_states(connection, wanted)

    def find_captures(self, digests: Sequence[str]) -> dict[str, Capture]:
        """Return the captures of imported files by payload digest, where there are any."""
        with self._transaction() as connection:
            return captures.find_captures(connection, digests)

    def find_texts(self, source: str, external_id: str) -> list[str]:
        """Return the text of every revision of an article; none where it is not held."""
        with self._transaction() as connection:
            return reading.find_texts(connection, source, external_id)

    # Reading for people.

    def iter_articles(
        self, selection: Selection | None = None, *, newest_first: bool = False
    ) -> Iterator[Article]:
        """Yield the current articles of `selection` in flat memory."""
        with self._transaction() as connection:
            yield from reading.iter_articles(
                connection, selection or Selection(), newest_first=newest_first
            )

    def get_article(self, source: str, external_id: str) -> Article:
        """Return one article; raise NotFoundError where there is none."""
        with self._transaction() as connection:
            article = reading.find_article(connection, source, external_id)
        if article is None:
            raise NotFoundError(f"{source}:{external_id} is not in this archive")
        return article

    def find_revisions(self, article_id: int) -> list[Revision]:
        """Return an article's revisions, by origin and number."""
        with self._transaction() as connection:
            return reading.find_revisions(connection, article_id)

    def get_capture(self, capture_id: int) -> Capture:
        """Return where the bytes of a capture stand; raise NotFoundError where there is none."""
        with self._transaction() as connection:
            capture = reading.find_capture(connection, capture_id)
        if capture is None:
            raise NotFoundError(f"capture {capture_id} is not in this archive")
        return capture

    def find_categories(self) -> list[str]:
        """Return the categories that the archive knows, in catalogue order; imported ones last."""
        with self._transaction() as connection:
            return reading.find_categories(connection)

    def iter_changes(self, selection: Selection | None = None) -> Iterator[Change]:
        """Yield changes, the latest first."""
        with self._transaction() as connection:
            yield from reading.iter_changes(connection, selection or Selection())

    def find_feeds(self) -> Sequence[Mapping[str, Any]]:
        """Return the feeds that were polled, with their state and number of entries."""
        with self._transaction() as connection:
            return reading.find_feeds(connection)

    def find_runs(self, limit: int = 5) -> Sequence[Mapping[str, Any]]:
        """Return the latest crawl runs."""
        with self._transaction() as connection:
            return reading.find_runs(connection, limit)

    def count_rows(self) -> dict[str, int]:
        """Return how many articles, entries, revisions and quarantined inputs there are."""
        with self._transaction() as connection:
            return reading.count_rows(connection)

    @contextmanager
    def query(self, statement: str) -> Iterator[tuple[list[str], Iterator[Sequence[Any]]]]:
        """Run a person's one SQL statement; give its columns and its rows, streamed.

        For an archive opened with `read`. Raises UsageError, in the database's words, for a
        statement that it refuses, also while the rows are read.
        """
        with self._transaction() as connection, statements.statement_errors():
            yield statements.run_query(connection, statement)
