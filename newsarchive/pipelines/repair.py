"""Repair: broken characters and mojibake, only where it is certain."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from scrapy.crawler import Crawler

from newsarchive.cleaning.characters import clean_characters
from newsarchive.cleaning.mojibake import repair_text
from newsarchive.items import Document
from newsarchive.model import Observation, Stage, Update


class Repair:
    """Repairs title, body and metadata of each observation, and counts what it repaired."""

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
            updates=[self._update(update) for update in observation.updates],
            metadata=self._value(observation.metadata),
        )

    def _update(self, update: Update) -> Update:
        return replace(update, title=self._text(update.title), html=self._text(update.html))

    def _value(self, value: Any) -> Any:
        """Return a JSON value with all its texts repaired."""
        match value:
            case str():
                return self._text(value)
            case Mapping():
                return {name: self._value(one) for name, one in value.items()}
            case list() | tuple():
                return [self._value(one) for one in value]
        return value

    def _text(self, text: str) -> str:
        text, cleaned = clean_characters(text)
        text, repaired = repair_text(text)
        # Metadata has texts by the dozen, and hardly one of them is damaged.
        if cleaned:
            self.stats.inc_value("newsarchive/characters_cleaned", cleaned)
        if repaired:
            self.stats.inc_value("newsarchive/mojibake_repaired", repaired)
        return text
