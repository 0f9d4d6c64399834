"""Identify: which article an observation speaks of, without any network."""

from dataclasses import replace

from scrapy.crawler import Crawler

from newsarchive.feeds.contradictions import set_aside_contradictions
from newsarchive.identity import identify
from newsarchive.items import Document
from newsarchive.model import Observation, Origin, Stage
from newsarchive.recording import recording_of
from newsarchive.sources import get_source


class Identify:
    """Finds each observation's article; what names none, or two, goes to quarantine.

    So does what contradicts an earlier entry of its feed.

    A page's article is known: it is the one that was asked for.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Identify":
        """Make the pipeline for `crawler`."""
        return cls(crawler)

    def process_item(self, item: Document) -> Document:
        """Return `item` with the identity of each observation."""
        recording = recording_of(self.crawler)
        source = get_source(item.source, recording.sources)
        site_url = recording.config.site_url

        def named(observation: Observation) -> Observation:
            if observation.identity is not None:
                return observation
            identity = identify(
                source=source,
                guid=observation.guid,
                link=observation.link,
                original_link=observation.original_link,
                kind=observation.kind,
                site_url=site_url,
            )
            return replace(observation, identity=identity)

        identified = item.map(Stage.IDENTIFY, named)
        of_feed = item.poll is not None or any(o.origin is Origin.FEED for o in item.observations)
        return set_aside_contradictions(identified) if of_feed else identified
