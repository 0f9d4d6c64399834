"""Strip: what others put into the text to follow its readers."""

from dataclasses import replace

from scrapy.crawler import Crawler

from newsarchive.cleaning.trackers import strip_pixels
from newsarchive.items import Document
from newsarchive.model import Observation, Stage


class Strip:
    """Removes tracking pixels, and counts them."""

    def __init__(self, crawler: Crawler) -> None:
        self.stats = crawler.stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Strip":
        """Make the pipeline for `crawler`."""
        return cls(crawler)

    def process_item(self, item: Document) -> Document:
        """Return `item` without tracking pixels."""
        return item.map(Stage.STRIP, self._strip)

    def _strip(self, observation: Observation) -> Observation:
        html, removed = strip_pixels(observation.html)
        self.stats.inc_value("newsarchive/pixels_removed", removed)
        return replace(observation, html=html)
