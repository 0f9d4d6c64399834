"""Identify: which article an observation speaks of, without any network."""

from dataclasses import replace

from scrapy.crawler import Crawler

from newsarchive.identity import identify
from newsarchive.items import Document
from newsarchive.model import Observation, Stage
from newsarchive.recording import recording_of
from newsarchive.sources import get_source


class Identify:
    """Finds each observation's article; what names none, or two, goes to quarantine."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Identify":
        """Make the pipeline for `crawler`."""
        return cls(crawler)

    def process_item(self, item: Document) -> Document:
        """Return `item` with the identity of each observation."""
        source = get_source(item.source)
        site_url = recording_of(self.crawler).config.site_url

        def named(observation: Observation) -> Observation:
            identity = identify(
                source=source,
                guid=observation.guid,
                link=observation.link,
                original_link=observation.original_link,
                kind=observation.kind,
                site_url=site_url,
            )
            return replace(observation, identity=identity)

        return item.map(Stage.IDENTIFY, named)
