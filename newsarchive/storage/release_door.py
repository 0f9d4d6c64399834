"""What is asked for a release: `Archive.releases`, a part of the front door."""

from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from datetime import datetime
from typing import TypeVar, cast

from sqlalchemy import Connection

from newsarchive.model import Article
from newsarchive.storage import reading, releases
from newsarchive.storage.reading import ArticleRevision, Selection
from newsarchive.storage.releases import ReleaseCapture, ReleasePage, Withheld

T = TypeVar("T")


class Snapshot:
    """A selection of the archive as it is at one moment, whatever a crawl stores meanwhile.

    What its methods yield is closed with `streams`, read to its end or not.
    """

    def __init__(self, connection: Connection, selection: Selection, streams: ExitStack) -> None:
        self._connection = connection
        self._streams = streams
        self.selection = selection

    def find_as_of(self) -> datetime | None:
        """Return when the archive recorded anything last."""
        return releases.find_as_of(self._connection)

    def count(self) -> dict[str, int]:
        """Return how many `articles` and `revisions` there are."""
        return releases.count_selected(self._connection, self.selection)

    def iter_articles(self) -> Iterator[Article]:
        """Yield the current articles in flat memory."""
        return self._streamed(reading.iter_articles(self._connection, self.selection))

    def iter_revisions(self) -> Iterator[ArticleRevision]:
        """Yield every revision of the articles in flat memory."""
        return self._streamed(reading.iter_revisions(self._connection, self.selection))

    def iter_captures(self) -> Iterator[ReleaseCapture]:
        """Yield the captures that may belong to the articles, by file and place."""
        return self._streamed(releases.iter_captures(self._connection, self.selection))

    def iter_pages(self) -> Iterator[ReleasePage]:
        """Yield the articles with the capture of their current rendition, as published."""
        return self._streamed(releases.iter_pages(self._connection, self.selection))

    def find_withheld(self) -> list[Withheld]:
        """Return every article that is withheld, with all that it is called."""
        return releases.find_withheld(self._connection)

    def _streamed(self, rows: Iterator[T]) -> Iterator[T]:
        # The server would keep a cursor for what nobody reads on, after an error.
        return self._streams.enter_context(closing(cast("Generator[T]", rows)))


class ReleaseDoor:
    """Releases of an open archive."""

    def __init__(self, transaction: Callable[[], AbstractContextManager[Connection]]) -> None:
        self._transaction = transaction

    @contextmanager
    def snapshot(self, selection: Selection) -> Iterator[Snapshot]:
        """Give a selection as it is now, to be asked more than once with one answer."""
        with self._transaction() as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            with ExitStack() as streams:
                yield Snapshot(connection, selection, streams)
