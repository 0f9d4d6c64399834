"""What is asked about pictures: `Archive.pictures`, a part of the front door."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from newsarchive.model import Media, MediaFile
from newsarchive.storage import pictures
from newsarchive.storage.pages import Manners


class PictureDoor:
    """The pictures of an open archive; each method is one transaction of it."""

    def __init__(self, transaction: Callable[[], AbstractContextManager[Connection]]) -> None:
        self._transaction = transaction

    def choose(self, source: str, media: Media) -> None:
        """Have the pictures of `media` noted from now on, by whoever writes."""
        with self._transaction() as connection:
            pictures.choose_media(connection, source, media)

    def note_earlier(self, source: str) -> bool:
        """Note pictures of a batch of earlier revisions; return whether there may be more.

        There are such after a choice of more pictures than before.
        """
        with self._transaction() as connection:
            return pictures.note_earlier(connection, source)

    def find_pending(
        self, source: str, media: Media, now: datetime, limit: int, *, every: bool = False
    ) -> list[str]:
        """Return the addresses of pictures to fetch at `now`, or of `every` missing one.

        At most `limit`; those that were never tried come first.
        """
        with self._transaction() as connection:
            return pictures.find_pending(connection, source, media, now, limit, every=every)

    def find_manners(self, source: str, since: datetime) -> Manners:
        """Return what politeness asks for towards the hosts of a source's pictures."""
        with self._transaction() as connection:
            return pictures.find_picture_manners(connection, source, since)

    def iter_files(self) -> Iterator[MediaFile]:
        """Yield each media file in the order of their paths, in flat memory."""
        with self._transaction() as connection:
            yield from pictures.iter_media_files(connection)

    def count(self) -> dict[str, Any]:
        """Return how many pictures are stored, pending and given up; and the latest failures."""
        with self._transaction() as connection:
            return pictures.count_pictures(connection)
