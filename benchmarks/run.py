"""What storing costs, what an idle poll costs, and whether memory is flat: one run, one table.

    python benchmarks/run.py > docs/benchmarks.md

Every figure is of whole processes against the replica in a process of its own: processor time
(user and system) and the largest resident set, as the operating system accounts for a child
that has ended. What is compared runs in turn, A B A B …, so that a machine that is busy with
something else is busy with both; the median of the pairs is what counts.
"""

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAIRS = 5
FAST = ["-s", "DOWNLOAD_DELAY=0", "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=8", "-s", "LOG_LEVEL=ERROR"]
NOTHING = {
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "newsarchive.middlewares.politeness.Robots": 100,
    "newsarchive.middlewares.guard.Guard": 850,
    "storing_nothing.Nothing": 900,
}
EMPTY_SPIDER = """
import scrapy


class Empty(scrapy.Spider):
    name = "empty"

    async def start(self):
        return
        yield
"""


@dataclass(frozen=True, slots=True)
class Spent:
    """What one process took."""

    cpu_s: float
    wall_s: float
    peak_mib: float


def measure(arguments: list[str], environment: dict[str, str], folder: Path) -> Spent:
    """Run a command to its end."""
    start = time.perf_counter()
    child = subprocess.Popen(
        arguments, env={**os.environ, **environment}, cwd=folder, stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{' '.join(arguments[:6])} …: exit code {child.returncode}")
    wall = time.perf_counter() - start
    return Spent(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024)


@contextmanager
def replica(articles: int, window: int) -> Iterator[str]:
    """Serve a replica; every feed is asked once first, since each is rendered when asked."""
    command = [sys.executable, "-m", "newsarchive.cli", "replica", "--articles", str(articles)]
    process = subprocess.Popen(
        [*command, "--window", str(window)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        base = process.stdout.readline().strip()
        with tempfile.TemporaryDirectory() as folder:
            crawl(base, Path(folder))
        yield base
    finally:
        process.terminate()
        process.wait()


def crawl(base: str, data: Path, *more: str, url: str | None = None) -> Spent:
    """Crawl the replica with `scrapy crawl nos` into `data`."""
    environment = {
        "NEWSARCHIVE_DATA_DIR": str(data),
        "NEWSARCHIVE_FEEDS_URL": base,
        "NEWSARCHIVE_SITE_URL": base,
        "NEWSARCHIVE_CONTACT": "benchmark@newsarchive.example",
        "NEWSARCHIVE_DATABASE_URL": url or f"sqlite:///{data}/newsarchive.db",
        "PYTHONPATH": str(ROOT / "benchmarks"),
    }
    command = [sys.executable, "-m", "scrapy", "crawl", "nos", *FAST, *more]
    return measure(command, environment, ROOT)


def entries_of(data: Path) -> int:
    """Return how many entries an archive in `data` holds."""
    from newsarchive.storage import Archive

    with Archive.read(f"sqlite:///{data}/newsarchive.db") as archive:
        return archive.count_rows()["entries"]


def storing(articles: int, window: int) -> tuple[float, int, list[Spent]]:
    """Return milliseconds of CPU that storing costs an entry, the entries, and the crawls."""
    costs, crawls = [], []
    nothing = ("-s", "ITEM_PIPELINES={}", "-s", f"DOWNLOADER_MIDDLEWARES={json.dumps(NOTHING)}")
    with replica(articles, window) as base:
        for _ in range(PAIRS):
            with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
                for folder in (one, other):  # both find an archive: making one is not storing
                    create(Path(folder))
                whole = crawl(base, Path(one))
                without = crawl(base, Path(other), *nothing)
                entries = entries_of(Path(one))
            costs.append((whole.cpu_s - without.cpu_s) / entries * 1000)
            crawls.append(whole)
    return statistics.median(costs), entries, crawls


def create(data: Path) -> None:
    """Make an empty SQLite archive in `data`."""
    from newsarchive.storage import Archive

    Archive.create(f"sqlite:///{data}/newsarchive.db")


def idle() -> tuple[float, float, Spent, Spent]:
    """Return how a poll with nothing new compares with an empty crawl, in wall and CPU time."""
    walls, cpus = [], []
    with replica(500, 20) as base, tempfile.TemporaryDirectory() as folder:
        data, project = Path(folder) / "data", Path(folder) / "project"
        data.mkdir()
        (project / "empty").mkdir(parents=True)
        (project / "scrapy.cfg").write_text("[settings]\ndefault = empty.settings\n")
        (project / "empty" / "__init__.py").touch()
        (project / "empty" / "settings.py").write_text("SPIDER_MODULES = ['empty.spiders']\n")
        (project / "empty" / "spiders.py").write_text(EMPTY_SPIDER)
        crawl(base, data)
        empty_command = [sys.executable, "-m", "scrapy", "crawl", "empty", "-s", "LOG_LEVEL=ERROR"]
        for _ in range(2 * PAIRS):
            polled = crawl(base, data)
            empty = measure(empty_command, {}, project)
            walls.append(polled.wall_s / empty.wall_s)
            cpus.append(polled.cpu_s / empty.cpu_s)
    return statistics.median(walls), statistics.median(cpus), polled, empty


def importing(counts: tuple[int, ...]) -> list[tuple[int, Spent]]:
    """Import as many posts in one process each, and return what each took."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for count in counts:
            posts = Path(folder) / f"posts-{count}"
            write_posts(posts, count)
            data = Path(folder) / f"data-{count}"
            data.mkdir()
            create(data)
            environment = {"NEWSARCHIVE_DATA_DIR": str(data)}
            command = [sys.executable, "-m", "newsarchive.cli", "import", "jekyll", str(posts)]
            found.append((count, measure(command, environment, ROOT)))
    return found


def write_posts(folder: Path, count: int) -> None:
    """Write posts of about 3 KB, all different."""
    folder.mkdir()
    for number in range(2_000_000, 2_000_000 + count):
        body = "\n".join(f"<p>Alinea {n} van bericht {number}. {'Tekst. ' * 60}</p>" for n in range(6))
        (folder / f"{number}.html").write_text(
            f'---\nlayout: post\ntitle: "Bericht {number}"\n'
            "date: Fri, 12 Apr 2019 10:44:57 +0200\ncategory: tech\n"
            f'externe_link: "https://nos.nl/l/{number}"\n---\n\n{body}\n'
        )


def main() -> None:
    """Measure, and print the table."""
    cost, entries, crawls = storing(8500, 2000)
    wall, cpu, polled, empty = idle()
    imports = importing((2_500, 5_000, 10_000))
    (fewer, low), (more, high) = imports[0], imports[-1]
    slope = (high.peak_mib - low.peak_mib) * 1024 * 1024 / (more - fewer)
    per_entry = statistics.median(spent.cpu_s for spent in crawls) / entries * 1000
    print("# Benchmarks\n")
    print("`make bench` measures this anew; `benchmarks/run.py` says how. Processor time is the")
    print("steadier figure: the wall moves with whatever else the machine does.\n")
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, Scrapy {version('scrapy')}, "
          f"SQLAlchemy {version('sqlalchemy')}, SQLite, medians of {PAIRS} pairs.\n")
    print("| what | demanded | measured |")
    print("|---|---|---|")
    print(f"| storing an entry, cleaning and capture included, above the same spider storing nothing "
          f"({entries:,} new entries) | at most 1.0 ms of CPU | {cost:.2f} ms |")
    print(f"| a poll with nothing new (17 feeds, all 304) against an empty `scrapy crawl`, wall | "
          f"at most 1.5 | {wall:.2f} |")
    print(f"| the same, CPU ({polled.cpu_s:.2f} s against {empty.cpu_s:.2f} s) | at most 1.5 | {cpu:.2f} |")
    print(f"| memory of an import of {more:,} posts against one of {fewer:,} | flat | "
          f"{high.peak_mib:.0f} MiB against {low.peak_mib:.0f} MiB, {slope:.0f} bytes an entry |")
    print(f"| a whole crawl, start-up included | – | {per_entry:.2f} ms of CPU an entry, "
          f"{crawls[-1].peak_mib:.0f} MiB (documents of up to 2,000 items) |")
    rates = high.cpu_s / more * 1000
    print(f"| importing a post | – | {rates:.2f} ms of CPU |")


if __name__ == "__main__":
    main()
