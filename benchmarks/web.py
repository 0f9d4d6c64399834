"""How long pages of an archive of 100,000 articles take, for four readers while a crawl writes.

`python benchmarks/web.py [--articles N] [URL…]`. An archive is made up (`generated_archive.py`)
and indexed; an archive at a URL that is there already is taken as it is, but for what is written to
it. Served is `newsarchive serve` in a process of its own; four readers, each with a connection
that it keeps, ask for pages of every sort in turn, at random, one after the other without a pause;
and a writer in a further process stores a poll of twenty entries, some of them edited, five times a
second. Printed are the median and the 95th percentile of each sort of page as readers see it, and
the server's CPU time a page.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from multiprocessing import Event, Process
from pathlib import Path
from random import Random
from statistics import quantiles
from tempfile import TemporaryDirectory
from urllib.parse import quote

import httpx
from generated_archive import A_DAY, FIRST, FREQUENT, WEIGHTS, Stock, fill, index, make_stock

from newsarchive.comparison.digest import content_digest
from newsarchive.items import Document, Poll
from newsarchive.model import Capture, Identity, Kind, Observation, Origin, Validators
from newsarchive.sources import get_source
from newsarchive.storage import Archive, NewRun, Owner

ARTICLES = 100_000
READERS = 4
PAGES = 25  # of each sort and reader
EVERY_S = 0.2
LIMITS_MS = (100, 300)

Ask = Callable[[Random, Stock, int], str]


def day_of(random: Random, count: int) -> str:
    """Return a day that has articles, the later half more often."""
    days = count // A_DAY
    return (FIRST + timedelta(days=int(days * random.random() ** 0.5))).date().isoformat()


def article_of(random: Random, count: int) -> str:
    return f"/article/nos/{2_000_000 + random.randint(1, count)}"


SORTS: dict[str, Ask] = {
    "front page": lambda _random, _stock, _count: "/",
    "day": lambda random, _stock, count: f"/day/{day_of(random, count)}",
    "category": lambda random, _stock, _count: f"/category/{random.choice(list(WEIGHTS))}",
    "article": lambda random, _stock, count: article_of(random, count),
    "text": lambda random, _stock, count: f"{article_of(random, count)}/page/1/text",
    "history": lambda random, _stock, count: f"{article_of(random, count)}/history",
    "compare": lambda random, _stock, count: (
        f"/article/nos/{2_000_000 + 10 * random.randint(1, count // 10)}/compare?view=beside"
    ),
    "source": lambda random, _stock, count: f"{article_of(random, count)}/page/1/record",
    "edits": lambda _random, _stock, _count: "/edits",
    "edits of a day": lambda random, _stock, count: f"/edits?day={day_of(random, count)}",
    "calendar": lambda random, _stock, _count: f"/calendar/{random.randint(2021, 2022)}",
    "dashboard": lambda _random, _stock, _count: "/dashboard",
    "search, a word": lambda random, stock, _count: f"/search?q={quote(a_word(random, stock))}",
    "search, a frequent word": lambda random, _stock, _count: (
        f"/search?q={quote(random.choice(FREQUENT))}&category={random.choice(list(WEIGHTS))}"
    ),
    "API, articles": lambda random, _stock, _count: (
        f"/api/v1/articles?category={random.choice(list(WEIGHTS))}"
    ),
    "Atom, edits": lambda _random, _stock, _count: "/edits.atom",
}


def a_word(random: Random, stock: Stock) -> str:
    return random.choice(random.choice(stock.sentences).rstrip(".").lower().split())


def main() -> None:
    """Measure every archive that is named, or one of each database."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--articles", type=int, default=ARTICLES)
    parser.add_argument("--processes", type=int, default=1, help="of the server")
    parser.add_argument("urls", nargs="*", metavar="URL")
    given = parser.parse_args()
    with TemporaryDirectory(prefix="newsarchive-web-") as folder:
        urls = given.urls or [f"sqlite:///{folder}/newsarchive.db"]
        for url in urls:
            measure(url, given.articles, Path(folder), given.processes)


def measure(url: str, count: int, folder: Path, processes: int) -> None:
    """Make the archive where there is none, ask for its pages, and print what they took."""
    if Archive.find_schema(url) is None:
        begun = time.monotonic()
        fill(url, count)
        index(url)
        print(f"made and indexed {count} articles in {time.monotonic() - begun:.0f} s", flush=True)
    stock = make_stock(Random(1))
    stopped = Event()
    writer = Process(target=write, args=(url, stopped))
    with serving(url, folder, processes) as (address, cpu_s):
        for _ in range(4 * processes):  # the first one counts
            httpx.get(f"{address}/dashboard", timeout=60)
        writer.start()
        begun = cpu_s()
        told: dict[str, list[float]] = {name: [] for name in SORTS}
        try:
            with ThreadPoolExecutor(READERS) as pool:
                readers = [
                    pool.submit(read, address, Random(n), stock, count, told)
                    for n in range(READERS)
                ]
                for reader in readers:
                    reader.result()
            used = cpu_s() - begun
        finally:
            stopped.set()
            writer.join()
    if writer.exitcode:
        raise SystemExit("the writer failed: nothing was measured")
    report(url, told, used)


def read(
    address: str, random: Random, stock: Stock, count: int, told: dict[str, list[float]]
) -> None:
    """Ask for pages of every sort, in random order, and note how long each took."""
    order = [name for name in SORTS for _ in range(PAGES)]
    random.shuffle(order)
    with httpx.Client(base_url=address, timeout=60) as client:
        for name in order:
            path = SORTS[name](random, stock, count)
            begun = time.perf_counter()
            answer = client.get(path)
            taken = time.perf_counter() - begun
            if answer.status_code >= 400:
                raise RuntimeError(f"{path}: {answer.status_code} {answer.text[:200]}")
            told[name].append(taken * 1000)


def report(url: str, told: dict[str, list[float]], used_s: float) -> None:
    print(f"\n{url.partition(':')[0]}: {READERS} readers, {sum(map(len, told.values()))} pages\n")
    print("| page | median, ms | 95th percentile, ms | demanded | |")
    print("|---|---|---|---|---|")
    everything = [taken for of_one in told.values() for taken in of_one]
    for name, of_one in [*told.items(), ("all", everything)]:
        cuts = quantiles(of_one, n=20)
        median, p95 = cuts[9], cuts[18]
        is_met = median < LIMITS_MS[0] and p95 < LIMITS_MS[1]
        limits = " / ".join(map(str, LIMITS_MS))
        mark = "met" if is_met else "**missed**"
        print(f"| {name} | {median:.0f} | {p95:.0f} | {limits} | {mark} |")
    print(f"\nCPU of the server: {1000 * used_s / len(everything):.1f} ms a page")


@contextmanager
def serving(url: str, folder: Path, processes: int) -> Iterator[tuple[str, Callable[[], float]]]:
    """Serve the archive in a process of its own; give its address and how to ask for its CPU."""
    program = [sys.executable, "-m", "newsarchive.cli", "serve", "--port", "0"]
    program += ["--processes", str(processes)]
    known = {"NEWSARCHIVE_DATABASE_URL": url, "NEWSARCHIVE_DATA_DIR": str(folder)}
    with subprocess.Popen(
        program,
        env=dict(os.environ) | known,  # noqa: TID251 - passed on to the child
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout is not None
        address = server.stdout.readline().strip().rstrip("/")
        try:
            yield address, lambda: cpu_of(server.pid)
        finally:
            server.terminate()


def cpu_of(pid: int) -> float:
    """Return the seconds of CPU that a process and its children have had, on Linux."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return own + sum(cpu_of(int(child)) for child in children)


def write(url: str, stopped: "Event") -> None:  # type: ignore[valid-type]  # a function to mypy
    """Store a poll of new and edited entries, time and again, as a crawl does."""
    source = get_source("nos")
    with Archive.open(url) as archive:
        now = datetime.now(UTC)
        run = NewRun("nos", "nos", {}, "0", now, f"web-{os.getpid()}", Owner("here", "1"))
        run_id = archive.begin_run(run, source, lambda _: True)
        [state] = archive.find_feed_states([f for f in source.feeds if f.category == "tech"][:1])
        serial = int(now.timestamp())
        while not stopped.wait(EVERY_S):
            serial += 1
            archive.record_document(poll(state, serial), run_id)
        print(f"the writer stored {serial - int(now.timestamp())} polls", flush=True)


def poll(state, serial: int) -> Document:
    """Return a poll of twenty entries, of which one half was told before with another text."""
    moment = datetime.now(UTC)
    kept = Capture(
        *(state.feed.url, moment, f"sha256:{serial:064x}", "warc/written.warc.gz", serial, 1),
        status=200,
    )
    seen = [entry(number, moment, serial, state.feed.slug) for number in entries_of(serial)]
    observations = [replace(one, capture=kept) for one in seen]
    return Document(
        "nos",
        observations,
        captures=[kept],
        poll=Poll(state, moment, status=200, validators=Validators()),
    )


def entries_of(serial: int) -> range:
    return range(4_000_000 + serial * 10 % 900_000, 4_000_000 + serial * 10 % 900_000 + 20)


def entry(number: int, moment: datetime, serial: int, slug: str) -> Observation:
    url = f"https://nos.nl/l/{number}"
    html = f"<p>Het kabinet schrijft {serial} keer over {number}.</p>"
    text = html.removeprefix("<p>").removesuffix("</p>")
    return Observation(
        origin=Origin.FEED,
        captured_at=moment,
        title=f"Kabinet schrijft over {number}",
        html=html,
        text=text,
        word_count=len(text.split()),
        content_digest=content_digest("", html),
        published_at=FIRST + timedelta(days=number % 600),
        guid=url,
        link=url,
        feed=slug,
        identity=Identity("nos", str(number), Kind.ARTICLE, url),
    )


if __name__ == "__main__":
    main()
