"""The front door: everything that the rest of newsarchive asks of the database.

One `Archive` writes from one thread at a time, in short transactions. A reader opens its own,
which the database itself keeps from writing.
"""

from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Self

from sqlalchemy import Connection, Engine, make_url

from newsarchive.exceptions import StorageError
from newsarchive.items import Document
from newsarchive.model import (
    Article,
    Capture,
    Change,
    Feed,
    FeedState,
    Identity,
    Outcome,
    PageState,
    Revision,
)
from newsarchive.sources import Source
from newsarchive.storage import (
    aliases,
    captures,
    documents,
    duplicate_groups,
    duplicates,
    feeds,
    pages,
    reading,
    runs,
    statements,
    upgrade,
)
from newsarchive.storage.browsing_door import BrowsingDoor
from newsarchive.storage.claims_door import ClaimsDoor
from newsarchive.storage.coverage_door import CoverageDoor
from newsarchive.storage.custody_door import CustodyDoor
from newsarchive.storage.duplicate_groups import Group
from newsarchive.storage.engine import again_after_deadlock, connect, sqlite_path, storage_errors
from newsarchive.storage.pages import Manners
from newsarchive.storage.picture_door import PictureDoor
from newsarchive.storage.reading import ArticleRevision, Selection
from newsarchive.storage.release_door import ReleaseDoor
from newsarchive.storage.runs import NewRun, Owner
from newsarchive.storage.search_door import SearchDoor
from newsarchive.storage.watch_door import WatchDoor
from newsarchive.storage.withholding_door import WithholdingDoor
from newsarchive.watching import Plan


class Archive:
    """An open archive. Make one with `open`, `open_or_create` or `read`; close it, or use `with`.

    Every method may raise StorageError with what an operator can do about it.
    """

    def __init__(self, url: str, engine: Engine) -> None:
        self._url = url
        self._engine = engine
        self.pictures = PictureDoor(self._transaction)
        self.coverage = CoverageDoor(self._transaction)
        self.watch = WatchDoor(self._transaction)
        self.browsing = BrowsingDoor(self._transaction)
        self.search = SearchDoor(self._transaction)
        self.withholding = WithholdingDoor(self._transaction)
        self.releases = ReleaseDoor(self._transaction)
        self.claims = ClaimsDoor(self._transaction)
        self.custody = CustodyDoor(self._transaction)

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

    def know(self, source: Source) -> None:
        """Write a source and its feeds as the catalogue has them."""
        with self._transaction() as connection:
            feeds.sync_source(connection, source)

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

    @again_after_deadlock
    def record_document(
        self, document: Document, run_id: int, plan: Plan | None = None
    ) -> Counter[str]:
        """Store a document, whole or not at all; return how many of what there were.

        `plan` says when the page of a look is looked at again.
        """
        with self._transaction() as connection:
            return documents.record_document(connection, document, run_id, plan or Plan())

    def compare_due(self) -> int:
        """Compare a batch of the articles that were told anew with all others; return how many.

        None are due any more when it returns 0.
        """
        with self._transaction() as connection:
            return duplicates.compare_due(connection)

    def unlink(
        self, article: tuple[str, str], others: Sequence[tuple[str, str]], now: datetime
    ) -> None:
        """Note for good that an article is no near-duplicate of the others.

        They are named by source and external id; those that are not held are passed over.
        """
        with self._transaction() as connection:
            duplicates.take_turns(connection)
            duplicate_groups.unlink(connection, article, others, now)

    # Reading for a crawl.

    def find_feed_states(self, wanted: Sequence[Feed]) -> list[FeedState]:
        """Return what is known of each feed."""
        with self._transaction() as connection:
            return feeds.find_states(connection, wanted)

    def find_due(self, source: str, now: datetime, limit: int, *, every: bool = False) -> list[int]:
        """Return the articles whose page is due at `now`, or `every` article; at most `limit`.

        Those that were never looked at come first, then those that are due longest.
        """
        with self._transaction() as connection:
            return pages.find_due(connection, source, now, limit, every=every)

    def find_pages(self, article_ids: Sequence[int]) -> list[PageState]:
        """Return what is known of the articles' pages, in the order of `article_ids`."""
        with self._transaction() as connection:
            return pages.find_pages(connection, article_ids)

    def find_page(self, identity: Identity) -> PageState:
        """Return what is known of the page of one article, which need not be known itself."""
        with self._transaction() as connection:
            return pages.find_page(connection, identity)

    def find_manners(self, source: str, since: datetime) -> Manners:
        """Return what politeness towards a source's site asks for, of its requests `since`."""
        with self._transaction() as connection:
            return pages.find_manners(connection, source, since)

    def find_captures(self, digests: Sequence[str], content_type: str) -> dict[str, Capture]:
        """Return the captures of imported files by payload digest, where there are any."""
        with self._transaction() as connection:
            return captures.find_captures(connection, digests, content_type)

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

    def iter_revisions(self, selection: Selection | None = None) -> Iterator[ArticleRevision]:
        """Yield every revision of the articles of `selection` in flat memory."""
        with self._transaction() as connection:
            yield from reading.iter_revisions(connection, selection or Selection())

    def get_article(self, source: str, external_id: str) -> Article:
        """Return one article; raise NotFoundError where there is none, WithheldError if hidden."""
        with self._transaction() as connection:
            return reading.get_article(connection, source, external_id)

    def find_by_url(self, names: Iterable[str], url: str) -> tuple[str, str] | None:
        """Return source and external id of the article of these sources that `url` leads to.

        `url` is canonical: the article's own address, or one of its aliases.
        """
        with self._transaction() as connection:
            return aliases.find_by_url(connection, names, url)

    def find_duplicates(self, article_id: int | None = None) -> list[Group]:
        """Return the groups of near-duplicates, or the one of an article, with the evidence."""
        with self._transaction() as connection:
            return duplicate_groups.find_groups(connection, article_id)

    def find_revisions(self, article_id: int) -> list[Revision]:
        """Return an article's revisions, by origin and number; none of one that is withheld."""
        with self._transaction() as connection:
            return reading.find_revisions(connection, article_id)

    def get_capture(self, capture_id: int) -> Capture:
        """Return where the bytes of a capture stand; raise NotFoundError where there is none."""
        with self._transaction() as connection:
            return reading.get_capture(connection, capture_id)

    def find_categories(self) -> list[str]:
        """Return the categories that the archive knows, in catalogue order; imported ones last."""
        with self._transaction() as connection:
            return reading.find_categories(connection)

    def iter_changes(self, selection: Selection | None = None) -> Generator[Change, None, None]:
        """Yield changes, the latest first; to be closed by who has seen enough of them."""
        with self._transaction() as connection:
            yield from reading.iter_changes(connection, selection or Selection())

    def find_feeds(self) -> Sequence[Mapping[str, Any]]:
        """Return the feeds that were polled: state, number of entries, last success, health."""
        with self._transaction() as connection:
            return feeds.find_feeds(connection)

    def find_homepages(self) -> dict[str, str]:
        """Return the homepage of each source that was ever crawled or imported, by its name."""
        with self._transaction() as connection:
            return feeds.find_homepages(connection)

    def find_sources(self) -> Sequence[Mapping[str, Any]]:
        """Return each source that was ever crawled or imported, with what is held of it."""
        with self._transaction() as connection:
            return feeds.find_sources(connection)

    def find_runs(self, limit: int = 5) -> Sequence[Mapping[str, Any]]:
        """Return the latest crawl runs."""
        with self._transaction() as connection:
            return reading.find_runs(connection, limit)

    def find_leases(self) -> Sequence[Mapping[str, Any]]:
        """Return who is at work: each lease with its owner and last sign of life."""
        with self._transaction() as connection:
            return reading.find_leases(connection)

    def count_quarantined(self, day_ago: datetime) -> dict[str, dict[str, int]]:
        """Return how many are in quarantine by stage: in `total`, and seen since `day_ago`."""
        with self._transaction() as connection:
            return reading.count_quarantined(connection, day_ago)

    def count_rows(self) -> dict[str, int]:
        """Return how many articles, entries, revisions and quarantined inputs there are."""
        with self._transaction() as connection:
            return reading.count_rows(connection)

    @contextmanager
    def query(
        self, statement: str, timeout_s: float | None = None
    ) -> Iterator[tuple[list[str], Iterator[Sequence[Any]]]]:
        """Run a person's one SQL statement; give its columns and its rows, streamed.

        For an archive opened with `read`. Raises UsageError, in the database's words, for a
        statement that it refuses, also while the rows are read, or when the time is up.
        """
        with (
            self._transaction() as connection,
            statements.run_query(connection, statement, timeout_s) as answer,
        ):
            yield answer
