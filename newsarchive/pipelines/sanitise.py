"""Sanitise: from the publisher's HTML to the two renditions and their digest."""

from dataclasses import replace

from newsarchive.cleaning.markup import render
from newsarchive.comparison.digest import content_digest
from newsarchive.items import Document
from newsarchive.model import Observation, Stage


class Sanitise:
    """Makes the HTML rendition, the text rendition and the content digest."""

    def process_item(self, item: Document) -> Document:
        """Return `item` with its renditions."""
        return item.map(Stage.SANITISE, _sanitise)


def _sanitise(observation: Observation) -> Observation:
    renditions = render(observation.html, observation.link or "")
    return replace(
        observation,
        html=renditions.html,
        text=renditions.text,
        word_count=renditions.word_count,
        content_digest=content_digest(observation.title, renditions.html),
    )
