"""Sanitise: from the publisher's HTML to the two renditions and their digest."""

from dataclasses import replace

from newsarchive.cleaning.markup import render
from newsarchive.comparison.digest import content_digest
from newsarchive.items import Document
from newsarchive.model import Observation, Stage
from newsarchive.sources import get_source


class Sanitise:
    """Makes the HTML rendition, the text rendition and the content digest."""

    def process_item(self, item: Document) -> Document:
        """Return `item` with its renditions."""
        home = get_source(item.source).homepage_url
        return item.map(Stage.SANITISE, lambda observation: _sanitise(observation, home))


def _sanitise(observation: Observation, home: str) -> Observation:
    # A relative link in a feed's body is meant from the publisher's own pages, and not from
    # the entry's link, which may be FeedBurner's.
    renditions = render(observation.html, home)
    return replace(
        observation,
        html=renditions.html,
        text=renditions.text,
        word_count=renditions.word_count,
        content_digest=content_digest(observation.title, renditions.html),
    )
