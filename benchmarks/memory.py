"""Whether memory grows with the number of entries, apart from that of one document."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from crawls import CRAWL, NewArchive, clear
from processes import BIN, MEBIBYTE, Sample, Workshop
from table import Row

FEW, MANY = 2_000, 10_000
IMPORTS = 3
FLAT = 1.1
"""How much more memory five times the entries may take and still be called flat."""

SETTLED = 3
"""Documents after which a crawl has met all kinds of work."""


def measure_imports(workshop: Workshop, make: NewArchive, posts: Path) -> Iterator[Row]:
    """Import few and many posts in turn, in documents of the same size."""
    peaks: dict[int, list[int]] = {FEW: [], MANY: []}
    files = sorted(posts.glob("*.html"))
    for number in peaks:
        folder = workshop.folder / f"posts-{number}"
        folder.mkdir()
        for post in files[:number]:
            os.link(post, folder / post.name)
    for _ in range(IMPORTS):
        for number, found in peaks.items():
            settings = make()
            folder = workshop.folder / f"posts-{number}"
            cost = workshop.run(BIN / "newsarchive", "import", "jekyll", folder, **settings)
            held = workshop.ask("SELECT count(*) AS articles FROM articles", **settings)
            assert held == {"articles": number}, held
            found.append(cost.peak_bytes)
            clear(settings)
    yield _grown(
        f"peak memory of an import of {MANY:,} posts beside {FEW:,}, in documents of 50",
        median(peaks[MANY]),
        median(peaks[FEW]),
        MANY - FEW,
    )


def measure_crawls(
    workshop: Workshop, make_few: NewArchive, make_many: NewArchive, documents: int
) -> Iterator[Row]:
    """Watch crawls of as many small and large `documents`, as each of them lands."""
    if not Path("/proc/self/status").exists():
        print("memory of a crawl: it is read from /proc, which is not there", file=sys.stderr)
        return
    few, many = (_watch(workshop, make()) for make in (make_few, make_many))
    last = many[-1]
    settled = next(s for s in many if s.entries >= SETTLED * last.entries / documents)
    yield _grown(
        f"memory of a crawl of {last.entries:,} entries at its end, beside when "
        f"{settled.entries:,} had landed",
        last.peak_bytes,
        settled.peak_bytes,
        last.entries - settled.entries,
    )
    yield Row(
        f"the same in documents of {last.entries // documents} entries, beside a crawl in "
        f"documents of {few[-1].entries // documents} (NOS's have 20)",
        f"{last.peak_bytes / MEBIBYTE:.0f} MiB",
        f"{few[-1].peak_bytes / MEBIBYTE:.0f} MiB",
        f"{last.peak_bytes / few[-1].peak_bytes:.2f}",
    )


def _watch(workshop: Workshop, settings: dict[str, str]) -> list[Sample]:
    database = Path(settings["NEWSARCHIVE_DATA_DIR"]) / "newsarchive.db"
    samples = workshop.watch(database, *CRAWL, **settings)
    clear(settings)
    return samples


def _grown(what: str, last: float, first: float, entries: int) -> Row:
    slope = (last - first) / entries
    return Row(
        what,
        f"{last / MEBIBYTE:.0f} MiB, {slope:,.0f} bytes more an entry",
        f"{first / MEBIBYTE:.0f} MiB",
        f"{last / first:.2f}",
        f"flat (at most {FLAT})",
        last / first <= FLAT,
    )
