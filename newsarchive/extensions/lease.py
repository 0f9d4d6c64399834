"""The heartbeat of a crawl: the sign of life that keeps its lease."""

import asyncio
import logging
from contextlib import suppress

from scrapy import signals
from scrapy.crawler import Crawler

from newsarchive.exceptions import StorageError
from newsarchive.recording import recording_of

logger = logging.getLogger(__name__)

HEARTBEAT_S = 30.0


class Heartbeat:
    """Gives a sign of life while a crawl runs; a crawl that lost its lease ends itself."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._beating: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Heartbeat":
        """Make the extension for `crawler`."""
        heartbeat = cls(crawler)
        crawler.signals.connect(heartbeat.start, signal=signals.engine_started)
        # The run gives its lease back then, and goes on to look for near-duplicates.
        crawler.signals.connect(heartbeat.stop, signal=signals.spider_closed)
        return heartbeat

    def start(self) -> None:
        """Begin to beat."""
        self._beating = asyncio.get_running_loop().create_task(self._beat())

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            try:
                is_ours = await recording_of(self.crawler).renew_lease()
            except StorageError as error:
                # The lease outlasts many signs of life; one of the next may be heard.
                logger.warning("No sign of life could be given: %s", error)
                continue
            if not is_ours:
                logger.error("Another run took this run's lease: ending this one")
                # Not in this task, which ends with the crawl and would so cut its end short.
                closing = self.crawler.engine.close_spider_async(reason="lease_lost")
                self._closing = asyncio.get_running_loop().create_task(closing)
                return

    async def stop(self) -> None:
        """Stop beating."""
        if self._beating is not None:
            self._beating.cancel()
            with suppress(asyncio.CancelledError):
                await self._beating
