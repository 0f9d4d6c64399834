"""Turns: looks come to their end in the order in which their last bytes were recorded.

What an archive made anew from its WARC files does, document by document, is then what the crawl
did: the same keys, the same order. Looks that follow their redirects beside each other
would otherwise overtake each other between the recording and the reading.
"""

import asyncio
from dataclasses import dataclass, field

from newsarchive.model import Capture


@dataclass(slots=True, eq=False)
class Way:
    """A look under way: what was recorded for it, and how much of that has been read."""

    captures: list[Capture] = field(default_factory=list)
    read: int = 0


class Turns:
    """The looks of a crawl that are under way."""

    def __init__(self) -> None:
        self._ways: set[Way] = set()
        self._moved = asyncio.Event()

    def begin(self) -> Way:
        """Return the way of a look that begins; it must come to its `end`."""
        way = Way()
        self._ways.add(way)
        return way

    def note_read(self, way: Way) -> None:
        """Note that all that was recorded for a look has been read."""
        way.read = len(way.captures)
        self._wake()

    def end(self, way: Way) -> None:
        """Forget a look; nobody waits for it any more."""
        self._ways.discard(way)
        self._wake()

    async def come(self, way: Way) -> None:
        """Wait until no other look has something recorded before `way`'s last, and not yet read."""
        place = _place(way.captures[-1])
        while any(_place(unread) < place for unread in self._unread(way)):
            await self._moved.wait()

    def _unread(self, but: Way) -> list[Capture]:
        """Return the first capture of each other look that has not been read."""
        return [
            way.captures[way.read]
            for way in self._ways
            if way is not but and way.read < len(way.captures)
        ]

    def _wake(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()


def _place(capture: Capture) -> tuple[str, int]:
    return capture.warc_file, capture.warc_offset
