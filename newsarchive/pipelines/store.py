"""Store: the end of the road, where a document enters the archive or fails loudly."""

import logging

from scrapy.crawler import Crawler

from newsarchive.items import Document
from newsarchive.recording import recording_of

logger = logging.getLogger(__name__)


class Store:
    """Hands each document to the archive and counts what it meant."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Store":
        """Make the pipeline for `crawler`."""
        return cls(crawler)

    async def process_item(self, item: Document) -> Document:
        """Return `item` once it is in the archive for good."""
        stats = self.crawler.stats
        try:
            counts = await recording_of(self.crawler).store(item)
        except Exception:
            # Its validators are not stored either: the next crawl gets the whole of it again.
            stats.inc_value("newsarchive/documents_not_stored")
            raise
        for name, count in counts.items():
            stats.inc_value(f"newsarchive/{name}", count)
        for quarantined in item.quarantined:
            logger.warning(
                "Quarantined at %s: %s: %s", quarantined.stage, quarantined.url, quarantined.error
            )
        return item
