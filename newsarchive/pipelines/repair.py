"""Repair: broken characters and mojibake, only where it is certain."""

from dataclasses import replace

from scrapy.crawler import Crawler

from newsarchive.cleaning.characters import clean_characters
from newsarchive.cleaning.mojibake import repair_text
from newsarchive.items import Document
from newsarchive.model import Observation, Stage


class Repair:
    """Repairs title and body of each observation, and counts what it repaired."""

    def __init__(self, crawler: Crawler) -> None:
        self.stats = crawler.stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Repair":
        """Make the pipeline for `crawler`."""
        return cls(crawler)

    def process_item(self, item: Document) -> Document:
        """Return `item` in sound characters."""
        return item.map(Stage.REPAIR, self._repair)

    def _repair(self, observation: Observation) -> Observation:
        return replace(
            observation,
            title=self._text(observation.title),
            html=self._text(observation.html),
        )

    def _text(self, text: str) -> str:
        text, cleaned = clean_characters(text)
        text, repaired = repair_text(text)
        self.stats.inc_value("newsarchive/characters_cleaned", cleaned)
        self.stats.inc_value("newsarchive/mojibake_repaired", repaired)
        return text
