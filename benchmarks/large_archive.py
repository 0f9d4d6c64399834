"""Make a large archive, through the front door: `python benchmarks/large_archive.py FOLDER SIZE`.

Each article stands in a feed with 19 others, and has a page of about 10 kB as it came.
"""

import random
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path

from newsarchive.comparison.digest import content_digest
from newsarchive.items import Document
from newsarchive.model import Capture, Feed, Identity, Kind, Observation, Origin
from newsarchive.sources import get_source
from newsarchive.storage import Archive, NewRun, Owner
from newsarchive.warc import Exchange, WarcWriter

SEED = 2280103
FIRST = 2_000_000
BATCH = 20  # entries of a feed, and pages of a transaction
BEGUN = datetime(2026, 1, 1, tzinfo=UTC)
SYLLABLES = ["van", "ter", "ko", "ma", "ri", "de", "lo", "pen", "wij", "stra", "be", "gaan", "en"]
FURNITURE = "<div class='om'></div>" * 250
NOS = get_source("nos")

dice = random.Random(SEED)
WORDS = ["".join(dice.choices(SYLLABLES, k=dice.randint(2, 4))) for _ in range(20_000)]


def main() -> None:
    """Write the archive to a new folder."""
    data_dir, size = Path(sys.argv[1]), int(sys.argv[2])
    url = f"sqlite:///{data_dir / 'newsarchive.db'}"
    Archive.create(url)
    warc = WarcWriter(data_dir, "nos", software="newsarchive/0", clock=lambda: BEGUN)
    with Archive.open(url) as archive:
        run = NewRun("nos", "nos", {}, "0", BEGUN, "nos", Owner("here", "1:1"))
        run_id = archive.begin_run(run, NOS, lambda _: False)
        for start in range(0, size, BATCH):
            numbers = range(FIRST + start, FIRST + min(start + BATCH, size))
            archive.record_document(document(warc, numbers, start), run_id)
    warc.close()


def document(warc: WarcWriter, numbers: Iterable[int], minutes: int) -> Document:
    """Return a feed of new articles and their pages, recorded."""
    moment = BEGUN + timedelta(minutes=minutes)
    feed = NOS.feeds[(minutes // BATCH) % 10]
    titles = {number: sentence() for number in numbers}
    items = "".join(f"<item>{number} {escape(title)}</item>" for number, title in titles.items())
    rss = f"<rss>{items}</rss>"
    captures = [fetch(warc, str(feed.url), rss, moment, f"feed nos/{feed.slug}")]
    said: list[Observation] = []
    for number, title in titles.items():
        texts = [" ".join(sentence() for _ in range(4)) for _ in range(dice.randint(3, 9))]
        body = f"<h1>{title}</h1>{rendered(texts)}{FURNITURE}"
        url = f"https://nos.nl/artikel/{number}"
        captures.append(fetch(warc, url, body, moment, f"page nos/{number}"))
        said += observe(number, title, texts, feed, captures)
    return Document("nos", said, captures=captures)


def observe(
    number: int, title: str, texts: list[str], feed: Feed, captures: list[Capture]
) -> Iterator[Observation]:
    """Yield what the feed, the first capture, and the page, the last, say of an article."""
    link = f"https://nos.nl/l/{number}"
    for origin, paragraphs, capture in (
        (Origin.FEED, texts[:1], captures[0]),
        (Origin.PAGE, texts, captures[-1]),
    ):
        html, text = rendered(paragraphs), "\n\n".join(paragraphs)
        yield Observation(
            origin,
            capture.captured_at,
            title,
            html,
            guid=link,
            link=link,
            feed=feed.slug if origin is Origin.FEED else None,
            category=feed.category,
            published_at=capture.captured_at,
            text=text,
            word_count=len(text.split()),
            content_digest=content_digest(title, html),
            capture=capture,
            identity=Identity("nos", str(number), Kind.ARTICLE, link),
        )


def fetch(warc: WarcWriter, url: str, body: str, moment: datetime, asked: str) -> Capture:
    """Record an answer of the publisher."""
    heads = [(b"Content-Type", b"text/html; charset=utf-8")]
    return warc.write_exchange(Exchange(url, [], 200, heads, body.encode(), moment, document=asked))


def rendered(paragraphs: Iterable[str]) -> str:
    """Return paragraphs as HTML."""
    return "\n".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)


def sentence() -> str:
    """Return some words that nobody said."""
    return " ".join(dice.choices(WORDS, k=14)).capitalize() + "."


if __name__ == "__main__":
    main()
