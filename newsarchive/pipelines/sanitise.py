"""Sanitise: from the publisher's HTML to the two renditions and their digest."""

from dataclasses import replace

from scrapy.crawler import Crawler

from newsarchive.cleaning.markup import render
from newsarchive.comparison.digest import content_digest
from newsarchive.items import Document
from newsarchive.model import Observation, Origin, Stage, Update
from newsarchive.recording import recording_of
from newsarchive.sources import get_source


class Sanitise:
    """Makes the HTML rendition, the text rendition and the content digest."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Sanitise":
        """Make the pipeline for `crawler`."""
        return cls(crawler)

    def process_item(self, item: Document) -> Document:
        """Return `item` with its renditions."""
        sources = recording_of(self.crawler).sources
        home = get_source(item.source, sources).homepage_url
        return item.map(Stage.SANITISE, lambda observation: _sanitise(observation, home))


def _sanitise(observation: Observation, home: str) -> Observation:
    # A relative link in a feed's body is meant from the publisher's own pages, and not from
    # the entry's link, which may be FeedBurner's.
    base = (observation.link if observation.origin is Origin.PAGE else None) or home
    renditions = render(observation.html, base)
    return replace(
        observation,
        html=renditions.html,
        text=renditions.text,
        word_count=renditions.word_count,
        content_digest=content_digest(observation.title, renditions.html),
        updates=[_sanitise_update(update, base) for update in observation.updates],
    )


def _sanitise_update(update: Update, base: str) -> Update:
    renditions = render(update.html, base)
    return replace(update, html=renditions.html, text=renditions.text)
