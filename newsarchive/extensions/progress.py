"""Progress: what a crawl is doing, for a person at a terminal."""

import sys

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from newsarchive.items import Document


class Progress:
    """A line that counts up on a terminal; nothing where nobody looks."""

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("NEWSARCHIVE_PROGRESS") or not sys.stderr.isatty():
            raise NotConfigured
        from rich.console import Console  # noqa: PLC0415 - 45 ms that only a terminal pays

        self.crawler = crawler
        self.status = Console(stderr=True).status("Starting …")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Progress":
        """Make the extension for `crawler`; NotConfigured where nobody looks."""
        progress = cls(crawler)
        crawler.signals.connect(progress.start, signal=signals.spider_opened)
        crawler.signals.connect(progress.show, signal=signals.item_scraped)
        crawler.signals.connect(progress.stop, signal=signals.spider_closed)
        return progress

    def start(self) -> None:
        """Show that something is going on."""
        self.status.start()

    def show(self, item: Document) -> None:
        """Show the document that was stored last, and the counts so far."""
        stats = self.crawler.stats
        counts = {name: stats.get_value(f"newsarchive/{name}", 0) for name in ("new", "changed")}
        looked = item.looks[-1].identity.url if item.looks else None
        asked = item.poll.feed.feed.slug if item.poll else looked
        last = asked or item.source
        self.status.update(f"{last}: {counts['new']} new, {counts['changed']} changed so far")

    def stop(self) -> None:
        """Clear the line."""
        self.status.stop()
