"""The steps of the road one by one, in a process of their own: prints CPU times as JSON."""

import json
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import mean, median
from tempfile import TemporaryDirectory

import nh3

from newsarchive.cleaning.markup import render
from newsarchive.cleaning.mojibake import repair_text
from newsarchive.cleaning.trackers import strip_pixels
from newsarchive.comparison.digest import content_digest
from newsarchive.feeds import feedparser_parser, lxml_parser
from newsarchive.feeds.entries import ParsedFeed
from newsarchive.items import Document, Poll
from newsarchive.model import Capture, FeedState, Identity, Kind, Observation, Origin, Validators
from newsarchive.replica.documents import MOMENT, Era, write_feed
from newsarchive.replica.scenario import compose, open_newsroom
from newsarchive.sources import get_source
from newsarchive.storage import Archive, NewRun, Owner

ROUNDS = 5
ENTRIES = 20  # of a feed of NOS
DOCUMENTS = 50


def cpu_s(function: Callable[[], object]) -> float:
    """Return the CPU that a call takes: the median of some."""
    function()
    times = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        function()
        times.append(time.process_time() - begun)
    return median(times)


def each(function: Callable[..., object], values: Iterable[object]) -> float:
    """Return the mean CPU in milliseconds of a call with one of `values`."""
    known = list(values)
    return 1e3 * cpu_s(lambda: [function(value) for value in known]) / len(known)


def feed_documents() -> list[str]:
    """Return feeds of the replica, 20 entries each."""
    newsroom = open_newsroom(400, window=ENTRIES)
    drafts = list(newsroom.drafts.values())
    groups = [drafts[start : start + ENTRIES] for start in range(0, len(drafts), ENTRIES)]
    return [
        write_feed(
            newsroom.feeds[0],
            (compose(newsroom.desk, draft) for draft in group),
            newsroom.at,
            Era.NOS,
        ).decode()
        for group in groups
    ]


def clean(body: str) -> str:
    """Do with one body all that the pipelines do."""
    html, _ = strip_pixels(repair_text(body)[0])
    renditions = render(html, "https://nos.nl")
    return content_digest("Kop", renditions.html)


def recording(parsed: list[ParsedFeed]) -> float:
    """Return how many rows a second `record_document` writes, feeds of 20 new entries each."""
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder, 'newsarchive.db')}"
        Archive.create(url)
        with Archive.open(url) as archive:
            source = get_source("nos")
            run = NewRun("nos", "nos", {}, "0", MOMENT, "nos", Owner("here", "1"))
            run_id = archive.begin_run(run, source, lambda _: False)
            [state] = archive.find_feed_states(source.feeds[:1])
            documents = [_document(state, number, parsed) for number in range(DOCUMENTS)]
            begun = time.process_time()
            for document in documents:
                archive.record_document(document, run_id)
            spent = time.process_time() - begun
    # Of each entry: the article, the entry and the revision.
    return 3 * sum(len(document.observations) for document in documents) / spent


def _document(state: FeedState, number: int, parsed: list[ParsedFeed]) -> Document:
    captured_at = datetime.now(UTC)
    digest = f"sha256:{number:064d}"
    capture = Capture("https://nos.nl/x", captured_at, digest, "warc/x", number, 1, status=200)
    observations = []
    for place, entry in enumerate(parsed[number % len(parsed)].entries):
        external_id = str(3_000_000 + number * ENTRIES + place)
        address = f"https://nos.nl/l/{external_id}"
        renditions = render(entry.body, "https://nos.nl")
        observations.append(
            Observation(
                origin=Origin.FEED,
                captured_at=captured_at,
                title=entry.title,
                html=renditions.html,
                text=renditions.text,
                word_count=renditions.word_count,
                content_digest=content_digest(entry.title, renditions.html),
                guid=address,
                link=address,
                feed=state.feed.slug,
                category=state.feed.category,
                published_at=entry.published_at,
                identity=Identity("nos", external_id, Kind.ARTICLE, address),
                capture=capture,
            )
        )
    poll = Poll(state, captured_at, 200, Validators('"v"', None))
    return Document("nos", observations, captures=[capture], poll=poll)


def main() -> None:
    texts = feed_documents()
    zone = MOMENT.tzinfo
    assert zone is not None
    parsed = [lxml_parser.parse_rss(text, zone) for text in texts]
    bodies = [entry.body for feed in parsed for entry in feed.entries]
    forgiving = partial(feedparser_parser.parse_any, entry_count=ENTRIES, zone=zone)
    measured = {
        "body_characters": mean(map(len, bodies)),
        "lxml_ms": each(partial(lxml_parser.parse_rss, zone=zone), texts),
        "feedparser_ms": each(forgiving, texts),
        "clean_ms": each(clean, bodies),
        "nh3_ms": each(nh3.clean, bodies),
        "rows_per_s": recording(parsed),
    }
    json.dump(measured, sys.stdout)


if __name__ == "__main__":
    main()
