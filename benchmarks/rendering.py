"""What a rendered page costs beside a plain one: `python benchmarks/rendering.py [SPLASH_URL]`.

One page at a time, as a polite crawl has it but without its pause, and two at a time, which is the
most that a crawl renders. The pages are the replica's, whole: what is measured is the browser.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from crawls import sqlite_archives
from processes import BIN, Workshop
from table import Row, render

PAGES = "-a", "categories=buitenland,politiek,tech"
# Both ends as the archive has them: neither start-up nor feeds are in it.
LOOKS = (
    "SELECT count(*) AS pages, sum(requests) * 1.0 / count(*) AS requests,"
    " (julianday(max(captured_at)) - julianday(min(captured_at))) * 86400 AS seconds FROM looks"
    " WHERE outcome = 'read'"
)


def main(splash_url: str | None = None) -> None:
    """Measure and print the table."""
    with TemporaryDirectory(prefix="newsarchive-bench-") as folder:
        workshop = Workshop(Path(folder))
        with workshop.replica("--articles", "120") as base:
            print(render(measure(workshop, base, splash_url)))


def measure(workshop: Workshop, base: str, splash_url: str | None) -> Iterator[Row]:
    """Yield a row for each way to fetch a page."""
    ways: dict[str, dict[str, str]] = {
        "plain": {},
        "Splash": {"NEWSARCHIVE_RENDERER": "splash", "NEWSARCHIVE_SPLASH_URL": splash_url or ""},
        "Playwright": {"NEWSARCHIVE_RENDERER": "playwright"},
    }
    if splash_url is None:
        del ways["Splash"]
    make = sqlite_archives(workshop, base)
    for way, chosen in ways.items():
        told = "always" if chosen else "none"
        rates = {}
        for at_once in (1, 2):
            settings = {**make(), **chosen}
            command = (BIN / "newsarchive", "crawl", *PAGES, "-a", f"render={told}")
            fast = ("-s", "DOWNLOAD_DELAY=0", "-s", f"CONCURRENT_REQUESTS_PER_DOMAIN={at_once}")
            cost = workshop.run(*command, *fast, **settings)
            found = workshop.ask(LOOKS, **settings)
            rates[at_once] = found["pages"] / found["seconds"]
        yield Row(
            f"{found['pages']} pages, {way}",
            f"{rates[1]:.1f} pages/s, two at a time {rates[2]:.1f}",
            f"{found['requests']:.1f} requests a page",
            f"{cost.cpu_s:.1f} s CPU of the crawl itself",
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
