"""What a crawl of new pages costs with everything stored, beside Scrapy that stores nothing."""

import gzip
import json
import pickle
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from urllib.request import urlopen

from processes import BIN, HERE, MEBIBYTE, Cost, Workshop
from table import Row, ratio, spread

PAGES = 1_000
SIZE = 185_000
PAIRS = 4
WANTED = 0.6
"""Of bare Scrapy's pages a second."""

MEMORY = 200 * MEBIBYTE
SLUG = "nosnieuwsbinnenland"
FAST = ("-s", "DOWNLOAD_DELAY=0", "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=32")

_BARE_SPIDER = """\
import json
from pathlib import Path

from scrapy import Request, Spider


class Bare(Spider):
    name = "bare"

    def __init__(self, links):
        self.links = json.loads(Path(links).read_text())
        self.read = 0

    async def start(self):
        for link in self.links:
            yield Request(link, dont_filter=True)

    def parse(self, response):
        assert response.status == 200
        self.read += 1

    def closed(self, reason):
        assert self.read == len(self.links), self.read
"""


def measure_pages(workshop: Workshop) -> Iterator[Row]:
    """Crawl the same new pages with newsarchive and with bare Scrapy in turn."""
    folder = workshop.folder / "pages"
    folder.mkdir()
    size = _record(workshop, folder)
    bare = folder / "bare.py"
    bare.write_text(_BARE_SPIDER, encoding="utf-8")
    ours: list[Cost] = []
    theirs: list[Cost] = []
    with workshop.serve(sys.executable, f"{HERE}/page_server.py", folder) as base:
        links = folder / "links.json"
        numbers = json.loads((folder / "numbers.json").read_text(encoding="utf-8"))
        links.write_text(json.dumps([f"{base}/l/{number}" for number in numbers]), encoding="utf-8")
        for pair in range(PAIRS):
            ours.append(_crawl(workshop, base, folder / f"archive-{pair}"))
            command = (BIN / "scrapy", "runspider", bare, "-a", f"links={links}")
            quiet = ("-s", "LOG_LEVEL=ERROR", "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=32")
            theirs.append(workshop.run(*command, *quiet, cwd=folder))
        half = _crawl(workshop, base, folder / "half", limit=PAGES // 2)
    yield from _rows(ours, theirs, half, size)


def _rows(ours: list[Cost], theirs: list[Cost], half: Cost, size: float) -> Iterator[Row]:
    rates = [[PAGES / cost.wall_s for cost in costs] for costs in (ours, theirs)]
    found = ratio(*rates)
    yield Row(
        f"crawl of {PAGES:,} new pages of {size / 1000:.0f} KB behind redirects, gzip on the wire, "
        "everything stored, beside bare Scrapy with its defaults",
        f"{spread(rates[0], '{:.0f}')} pages/s",
        f"{spread(rates[1], '{:.0f}')} pages/s",
        f"{found:.2f}",
        f"at least {WANTED}",
        found >= WANTED,
    )
    cpu = [[1e3 * cost.cpu_s / PAGES for cost in costs] for costs in (ours, theirs)]
    yield Row(
        "the same: CPU a page",
        f"{spread(cpu[0], '{:.2f}')} ms",
        f"{spread(cpu[1], '{:.2f}')} ms",
        f"{ratio(*cpu):.2f}",
    )
    peak = median(cost.peak_bytes for cost in ours)
    yield Row(
        "the same: peak memory, beside half as many pages",
        f"{peak / MEBIBYTE:.0f} MiB",
        f"{half.peak_bytes / MEBIBYTE:.0f} MiB",
        f"{peak / half.peak_bytes:.2f}",
        f"under {MEMORY // MEBIBYTE} MiB, flat",
        peak < MEMORY and peak < 1.1 * half.peak_bytes,
    )


def _crawl(workshop: Workshop, base: str, folder: Path, limit: int = PAGES) -> Cost:
    """Crawl into a fresh archive; the feed is read before what is measured."""
    settings = {
        "NEWSARCHIVE_DATA_DIR": str(folder),
        "NEWSARCHIVE_FEEDS_URL": base,
        "NEWSARCHIVE_SITE_URL": base,
        "NEWSARCHIVE_DAILY_BUDGET": str(2 * limit),
    }
    crawl = (BIN / "scrapy", "crawl", "nos", *FAST, "-s", "LOG_LEVEL=ERROR")
    one_feed = ("-a", "categories=binnenland")
    workshop.run(*crawl, *one_feed, "-a", "pages=none", **settings)
    cost = workshop.run(*crawl, *one_feed, **settings)
    held = workshop.ask("SELECT count(*) AS pages FROM revisions WHERE origin = 'page'", **settings)
    assert held == {"pages": limit}, held
    return cost


def _record(workshop: Workshop, folder: Path) -> float:
    """Have the replica's answers written for the server; return the mean size of a page.

    In a process of its own, since a child's peak memory begins with that of its parent.
    """
    options = ("--articles", str(PAGES), "--feeds", "1", "--page-size", str(SIZE))
    with workshop.replica(*options, "--page-era", "2024") as base:
        return float(workshop.read(sys.executable, f"{HERE}/pages.py", base, folder))


def write_answers(base: str, folder: Path) -> float:
    """Write what the server answers, taken from the replica; return the mean size of a page."""
    feed = _get(f"{base}/{SLUG}")
    numbers = sorted(set(re.findall(r"<guid[^>]*>[^<]*/l/(\d+)</guid>", feed.decode())))
    xml = {"Content-Type": "application/rss+xml", "ETag": '"feed"'}
    answers: dict[str, tuple[int, dict[str, str], bytes, bytes]] = {
        "404": (404, {}, b"", b""),
        f"/{SLUG}": (200, xml, feed, gzip.compress(feed)),
    }
    sizes = []
    for number in numbers:
        with urlopen(f"{base}/l/{number}") as answer:
            page, path = answer.read(), answer.url.removeprefix(base)
        html = {"Content-Type": "text/html; charset=utf-8", "ETag": f'"{number}"'}
        answers[path] = (200, html, page, gzip.compress(page, 6))
        answers[f"/l/{number}"] = (301, {"Location": path}, b"", b"")
        sizes.append(len(page))
    (folder / "answers.pickle").write_bytes(pickle.dumps(answers))
    (folder / "numbers.json").write_text(json.dumps(numbers), encoding="utf-8")
    assert len(sizes) == PAGES, len(sizes)
    return sum(sizes) / len(sizes)


def _get(url: str) -> bytes:
    with urlopen(url) as answer:
        body: bytes = answer.read()
    return body


if __name__ == "__main__":
    print(write_answers(sys.argv[1], Path(sys.argv[2])))
