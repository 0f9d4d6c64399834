"""What comparing an article with 1,000,000 others costs: `python benchmarks/duplicates.py`.

The fingerprints of a million articles are made up and put into a SQLite archive; then stories
are archived in feeds of 20, and compared, 200 at a time: a crawl does it after every 25. Takes
about two minutes and 0.6 GB.
"""

import sqlite3
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from newsarchive.comparison.digest import content_digest
from newsarchive.comparison.fingerprint import (
    FINGERPRINT_SIZE,
    fingerprint,
    split_words,
)
from newsarchive.items import Document, Poll
from newsarchive.model import Capture, Identity, Kind, Observation, Origin, Validators
from newsarchive.sources import get_source
from newsarchive.storage import Archive, NewRun, Owner

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "comparison"))

from near_pairs import story  # its folder was added above

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)
SIZES = (0, 100_000, 1_000_000)
ARTICLES, AT_ONCE, POLLS = 2_000, 20, 10
HIGHEST = 2**32 // 10  # of the twelve smallest among some 120 numbers

# Sorted, so that it takes a minute instead of an hour.
FILL = """
INSERT OR IGNORE INTO fingerprints
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ? - 1)
SELECT abs(random()) % ? AS number, 10000000 + i / ? FROM n ORDER BY number
"""


def main() -> None:
    """Measure and print."""
    print("| articles | ms an article | of these its fingerprint | the dearest run | MB |")
    print("| --- | --- | --- | --- | --- |")
    for size in SIZES:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "newsarchive.db"
            Archive.create(f"sqlite:///{path}")
            before = path.stat().st_size
            fill(path, size)
            grown = (path.stat().st_size - before) / 1e6
            times, alone = measure(path)
            mean = sum(times) / ARTICLES * 1e3
            worst = max(times) / (AT_ONCE * POLLS) * 1e3
            print(f"| {size:,} | {mean:.2f} | {alone:.2f} | {worst:.2f} | {grown:.0f} |")


def fill(path: Path, size: int) -> None:
    """Make up the fingerprints of so many articles."""
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA temp_store = FILE")
        connection.execute(FILL, (size * FINGERPRINT_SIZE or 1, HIGHEST, FINGERPRINT_SIZE))
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def measure(path: Path) -> tuple[list[float], float]:
    """Return the seconds of each comparison of a feed's articles, and ms of a fingerprint."""
    archive = Archive.open(f"sqlite:///{path}")
    run = NewRun("nos", "nos", {}, "0", NOON, "nos", Owner("here", "1"))
    run_id = archive.begin_run(run, get_source("nos"), lambda _: False)
    (state,) = archive.find_feed_states([get_source("nos").feeds[0]])
    times, alone = [], 0.0
    for place, document in enumerate(documents(state), start=1):
        archive.record_document(document, run_id)
        if place % POLLS == 0:
            begun = time.process_time()
            while archive.compare_due():
                pass
            times.append(time.process_time() - begun)
        begun = time.process_time()
        for observation in document.observations:
            fingerprint(split_words(observation.text))
        alone += time.process_time() - begun
    archive.close()
    return times, alone / ARTICLES * 1e3


def documents(state: object) -> Iterator[Document]:
    """Yield polls of a feed with articles that are all new."""
    random = Random(1)
    for first in range(0, ARTICLES, AT_ONCE):
        at = NOON + timedelta(minutes=first)
        capture = Capture("http://127.0.0.1/", at, f"sha256:{first:064}", "x", first, 1, 200)
        said = [observation(random, number, capture) for number in range(first, first + AT_ONCE)]
        yield Document("nos", said, (), [capture], Poll(state, at, 200, Validators()))


def observation(random: Random, number: int, capture: Capture) -> Observation:
    """Return what a feed says of one story."""
    title, blocks = story(random)
    # The replica's sentences recur as no newspaper's do: their words in another order do not.
    blocks = [" ".join(random.sample(words := block.split(), len(words))) for block in blocks]
    html = "\n".join(f"<p>{block}</p>" for block in blocks)
    url = f"https://nos.nl/l/{3_000_000 + number}"
    return Observation(
        Origin.FEED,
        capture.captured_at,
        title,
        html,
        guid=url,
        link=url,
        feed="nosnieuwsbinnenland",
        text="\n\n".join(blocks),
        content_digest=content_digest(title, html),
        published_at=capture.captured_at,
        capture=capture,
        identity=Identity("nos", url.rpartition("/")[2], Kind.ARTICLE, url),
    )


if __name__ == "__main__":
    main()
