"""The Herstelrubriek as a feed: each correction an entry, an article of a kind of its own."""

from newsarchive.answers.base import Answer
from newsarchive.cleaning.dates import midnight
from newsarchive.extraction import SavedPage
from newsarchive.extraction.corrections import Correction, extract_corrections
from newsarchive.model import Capture, Feed, Identity, Kind, Observation, Origin
from newsarchive.sources.nos import NOS


def observe_corrections(answer: Answer, feed: Feed) -> list[Observation]:
    """Return what the page says; raises MissingFieldError where it has no corrections."""
    assert NOS.numbering is not None, "NOS numbers its articles"
    page = SavedPage(answer.body, feed.url or answer.url)
    corrections = extract_corrections(page, NOS.numbering)
    return [_observe(correction, feed, answer.captures[-1]) for correction in corrections]


def _observe(correction: Correction, feed: Feed, capture: Capture) -> Observation:
    url = f"{feed.url}#{correction.key}"
    day = correction.corrected_on
    return Observation(
        origin=Origin.FEED,
        captured_at=capture.captured_at,
        title=correction.title,
        html=correction.html,
        guid=url,
        link=feed.url,
        feed=feed.slug,
        category=feed.category,
        published_at=None if day is None else midnight(day),
        kind=Kind.CORRECTION,
        capture=capture,
        identity=Identity(feed.source, f"{feed.slug}-{correction.key}", Kind.CORRECTION, url),
        corrects=correction.numbers,
    )
