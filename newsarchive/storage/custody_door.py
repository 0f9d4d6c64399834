"""What is asked to see that an archive is whole: `Archive.custody`, a part of the front door."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime

from sqlalchemy import Connection

from newsarchive.model import Capture
from newsarchive.storage import custody
from newsarchive.storage.custody import Fault, KeptRevision, Rendition


class CustodyDoor:
    """Custody of an open archive; each method is one transaction of it."""

    def __init__(self, transaction: Callable[[], AbstractContextManager[Connection]]) -> None:
        self._transaction = transaction

    def find_warc_files(self) -> list[str]:
        """Return the WARC files that captures stand in, by name."""
        with self._transaction() as connection:
            return custody.find_warc_files(connection)

    def iter_captures(self, warc_file: str) -> Iterator[tuple[int, Capture]]:
        """Yield the captures in a file with their ids, as they stand there."""
        with self._transaction() as connection:
            yield from custody.iter_captures(connection, warc_file)

    def find_articles_of(self, capture_ids: Sequence[int]) -> dict[int, list[str]]:
        """Return, by capture, the articles of which it holds a revision: `nos:2280103`."""
        with self._transaction() as connection:
            return custody.find_articles_of(connection, capture_ids)

    def has_capture(self, url: str, captured_at: datetime, payload_digest: str) -> bool:
        """Return whether there is a capture of that URL, time and payload."""
        with self._transaction() as connection:
            return custody.has_capture(connection, url, captured_at, payload_digest)

    def was_closed(self, warc_file: str) -> bool:
        """Return whether the run that wrote a WARC file came to its end."""
        with self._transaction() as connection:
            return custody.was_closed(connection, warc_file)

    def iter_kept_revisions(self) -> Iterator[KeptRevision]:
        """Yield every revision with what its digest stands for, in flat memory."""
        with self._transaction() as connection:
            yield from custody.iter_kept_revisions(connection)

    def find_faults(self) -> list[Fault]:
        """Return what the database holds that cannot be."""
        with self._transaction() as connection:
            return custody.find_faults(connection)

    def iter_renditions(self) -> Iterator[Rendition]:
        """Yield every revision as what code made of a capture, in the order of their keys."""
        with self._transaction() as connection:
            yield from custody.iter_renditions(connection)
