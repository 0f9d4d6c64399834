"""Closing: a run that is told to end does so when what is under way has landed.

Scrapy (2.19) looks whether anything is left when a response has been read, but not when an item has
landed that a spider's `start` gave, as those of imports and rebuilds are: it would wait for ever.
"""

import asyncio

from scrapy import signals
from scrapy.crawler import Crawler

PAUSE_S = 0.01
"""An item counts as under way until all have been told that it has landed."""


class Closing:
    """Looks for Scrapy, after each item, whether it waits for nothing."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Closing":
        """Make the extension for `crawler`."""
        closing = cls(crawler)
        for landed in (signals.item_scraped, signals.item_dropped, signals.item_error):
            crawler.signals.connect(closing.look_soon, signal=landed)
        return closing

    def look_soon(self) -> None:
        """Look when the item that has landed is no longer under way."""
        asyncio.get_running_loop().call_later(PAUSE_S, self._look)

    def _look(self) -> None:
        under_way, spider = self.crawler.engine.scraper.slot, self.crawler.spider
        assert under_way is not None, "an item has landed"
        assert spider is not None, "as above"
        waiting = under_way.closing
        if waiting is None or waiting.called:
            return
        if under_way.is_idle():
            waiting.callback(spider)
        else:
            self.look_soon()
