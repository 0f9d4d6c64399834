"""Back-pressure: how many documents may be under way between a spider and the archive."""

import asyncio

from scrapy import signals
from scrapy.crawler import Crawler

SETTLING_S = 0.01

LANDED = (signals.item_scraped, signals.item_dropped, signals.item_error)
"""What tells that an item has reached the end of its road, however that was."""


class Gate:
    """Lets `room` in at a time; a document's landing, however it ends, lets one out."""

    def __init__(self, room: int) -> None:
        self._room = asyncio.Semaphore(room)
        self._inside = 0
        self._empty = asyncio.Event()
        self._empty.set()

    def watch(self, crawler: Crawler) -> None:
        """Let one out for each item of `crawler` that reaches the end of its road."""
        for signal in LANDED:
            crawler.signals.connect(self.leave, signal=signal)

    async def enter(self) -> None:
        """Wait until there is room, and take it; who came first goes first."""
        await self._room.acquire()
        self._inside += 1
        self._empty.clear()

    def leave(self) -> None:
        """Give the room of one back."""
        self._inside -= 1
        self._room.release()
        if self._inside == 0:
            self._empty.set()

    def is_empty(self) -> bool:
        """Return whether all that came in have left."""
        return self._inside == 0

    async def empty(self) -> None:
        """Wait until all that came in have left."""
        await self._empty.wait()

    async def settle(self) -> None:
        """Wait until all have left, and until Scrapy, too, has seen it.

        Scrapy looks whether it is done when a spider's `start` ends, and then every five
        seconds only.
        """
        await self.empty()
        await asyncio.sleep(SETTLING_S)
