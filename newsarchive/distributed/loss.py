"""What is done where Valkey is lost: the crawl ends, and what it did not do stays due."""

import asyncio
import logging

from redis import RedisError
from redis.backoff import ExponentialBackoff
from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)

RETRIES = 6
BACKOFF = ExponentialBackoff(cap=2, base=0.1)
"""Some five seconds in all, in which a Valkey that is started again is there."""


class Loss:
    """Ends a crawl, once."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._closing: asyncio.Task[None] | None = None

    def note(self, error: RedisError) -> None:
        """End the crawl; the first time, that is."""
        if self._closing is None:
            logger.error("NEWSARCHIVE_REDIS_URL: the server is lost: %s: ending this run", error)
            closing = self._crawler.engine.close_spider_async(reason="valkey_lost")
            self._closing = asyncio.get_running_loop().create_task(closing)
