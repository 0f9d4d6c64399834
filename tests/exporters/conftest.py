"""Articles to export; and an archive with its bytes, to make releases of.

The archive has what a crawl of three days recorded of three articles:

* 2633001 (buitenland): in the feed; a page behind a redirect, edited on the second day;
* 2633002 (buitenland): in the same feed; its page links to 2633001;
* 2633003 (tech): a page without a redirect; in a feed of its own, of which nothing could be read
  until, on the third day, it gave the same bytes.
"""

import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from newsarchive.comparison.digest import content_digest
from newsarchive.exporters.about import Released
from newsarchive.exporters.release import release
from newsarchive.items import Document
from newsarchive.model import Article, Capture, Identity, Kind, Observation, Origin
from newsarchive.sources import get_source
from newsarchive.storage import Archive, ArticleRevision, NewRun, Owner, Selection
from newsarchive.warc import Exchange, WarcWriter

NOS = get_source("nos")
FEEDS = {"buitenland": "nosnieuwsbuitenland", "tech": "nosnieuwstech"}


@pytest.fixture
def make_article() -> Callable[..., Article]:
    """Make an article, `2280100` unless another id is given, with any field changed."""

    def make(external_id: str = "2280100", **changes) -> Article:
        fields = {
            "article_id": int(external_id),
            "source": "nos",
            "external_id": external_id,
            "kind": Kind.ARTICLE,
            "url": f"https://nos.nl/l/{external_id}",
            "title": "Brug weer open",
            "html": "<p>De brug is weer open.</p>\n<p>Het “café” ernaast ook.</p>",
            "text": "De brug is weer open.\n\nHet “café” ernaast ook.",
            "word_count": 9,
            "category": "binnenland",
            "categories": "algemeen,binnenland",
            "image_url": None,
            "published_at": datetime(2019, 4, 5, 22, 30, tzinfo=UTC),
            "published_on": date(2019, 4, 6),
            "modified_at": None,
            "first_seen_at": datetime(2019, 4, 5, 23, tzinfo=UTC),
            "last_seen_at": datetime(2019, 4, 6, 9, tzinfo=UTC),
            "revision_count": 1,
            "origin": Origin.FEED,
            "number": 1,
            "observed_at": datetime(2019, 4, 5, 23, 0, 0, 250000, tzinfo=UTC),
            "capture_id": 1,
            "withdrawn_at": None,
            "near_duplicate_of": None,
            "link": f"https://nos.nl/l/{external_id}",
        }
        return Article(**(fields | changes))

    return make


@pytest.fixture
def make_revision(make_article) -> Callable[..., ArticleRevision]:
    """Make an imported revision of an article, with any field changed."""

    def make(external_id: str = "2280100", **changes) -> ArticleRevision:
        fields = {
            **asdict(make_article(external_id)),
            "origin": Origin.IMPORT,
            "imported_at": datetime(2026, 10, 1, 12, tzinfo=UTC),
            "is_lossy": True,
            "content_digest": "sha256:" + "0" * 64,
            "digest_rule": 1,
            "crawl_run_id": 7,
            "metadata": {"keywords": ["brug"]},
        }
        return ArticleRevision(**(fields | changes))

    return make


def at(day: int, hour: int = 8, minute: int = 0) -> datetime:
    return datetime(2026, 10, day, hour, minute, tzinfo=UTC)


def link(number: int) -> str:
    return f"https://nos.nl/l/{number}"


def address(number: int) -> str:
    return f"https://nos.nl/artikel/{number}-kop"


def say(number: int, title: str, text: str, capture: Capture, **more) -> Observation:
    """Return what a capture said of an article."""
    html = f"<p>{text}</p>"
    return Observation(
        origin=Origin.FEED if "feed" in more else Origin.PAGE,
        captured_at=capture.captured_at,
        title=title,
        html=html,
        text=text,
        word_count=len(text.split()),
        guid=link(number),
        link=link(number),
        published_at=at(number - 2633000, 6),
        content_digest=content_digest(title, html),
        identity=Identity("nos", str(number), Kind.ARTICLE, link(number)),
        capture=capture,
        **more,
    )


class Crawl:
    """One run, whose bytes go into a WARC file of its own."""

    def __init__(self, archive: Archive, data_dir: Path, day: int) -> None:
        self.archive, self.day, self.minute = archive, day, 0
        self.warc = WarcWriter(data_dir, "nos", software="newsarchive/0", clock=lambda: at(day))
        run = NewRun("nos", "nos", {}, "0", at(day), "nos", Owner("here", "1:1"))
        self.run_id = archive.begin_run(run, NOS, lambda _: False)

    def fetch(self, url, body, document, *, status=200, heads=(), repeats=None) -> Capture:
        self.minute += 1
        exchange = Exchange(
            url=url,
            request_headers=[(b"Accept", b"*/*")],
            status=status,
            response_headers=[(b"Content-Type", b"text/html"), *heads],
            body=body.encode(),
            captured_at=at(self.day, 9, self.minute),
            document=document,
        )
        return self.warc.write_exchange(exchange, repeats)

    def feed(self, category: str, titles: dict[int, str]) -> Capture:
        kept = self.fetch(*answer(category, titles))
        named = {"feed": FEEDS[category], "category": category}
        said = [say(number, title, f"{title}.", kept, **named) for number, title in titles.items()]
        self.store(said, [kept])
        return kept

    def redirect(self, number: int) -> Capture:
        where = [(b"Location", address(number).encode())]
        return self.fetch(link(number), "", f"page nos/{number}", status=301, heads=where)

    def page(self, number: int, title: str, text: str, *hops: Capture, links: str = "") -> None:
        body = f"<h1>{title}</h1><p>{text}</p>{links}"
        kept = self.fetch(address(number), body, f"page nos/{number}")
        self.store([say(number, title, text, kept)], [*hops, kept])

    def store(self, said: list[Observation], captures: list[Capture]) -> None:
        self.archive.record_document(Document("nos", said, captures=captures), self.run_id)


def answer(category: str, titles: dict[int, str]) -> tuple[str, str, str]:
    """Return a feed's URL and body, and for what it was asked."""
    entries = "".join(
        f"<item><title>{title}</title><guid>{link(number)}</guid></item>"
        for number, title in titles.items()
    )
    slug = FEEDS[category]
    return f"https://feeds.nos.nl/{slug}", f"<rss>{entries}</rss>", f"feed nos/{slug}"


def fill(archive: Archive, data_dir: Path) -> None:
    """Make the archive described above."""
    first = Crawl(archive, data_dir, 1)
    first.feed("buitenland", {2633001: "Brug dicht", 2633002: "Storm op zee"})
    leak = {2633003: "Lek gedicht"}
    tech = first.fetch(*answer("tech", leak))
    first.store([], [tech])
    hops = {number: first.redirect(number) for number in (2633001, 2633002)}
    first.page(2633001, "Brug dicht", "De brug is dicht.", hops[2633001])
    links = f"<a href='{address(2633001)}'>Brug dicht</a>"
    first.page(2633002, "Storm op zee", "Het stormt op zee.", hops[2633002], links=links)
    first.page(2633003, "Lek gedicht", "Het lek is gedicht.")
    first.warc.close()
    second = Crawl(archive, data_dir, 2)
    second.page(2633001, "Brug weer open", "De brug is open.", second.redirect(2633001))
    second.warc.close()
    third = Crawl(archive, data_dir, 3)
    again = third.fetch(*answer("tech", leak), repeats=tech)
    named = {"feed": FEEDS["tech"], "category": "tech"}
    third.store([say(2633003, "Lek gedicht", "Toch gelezen.", again, **named)], [again])
    third.warc.close()


@dataclass(frozen=True)
class Kept:
    """The archive described above: where it is, and what can be done to it."""

    url: str
    data_dir: Path

    def release(self, form: str, out: Path, selection: Selection | None = None, **more) -> Released:
        with Archive.read(self.url) as archive:
            chosen = selection or Selection()
            return release(archive, chosen, form, out, data_dir=self.data_dir, **more)

    def change(self, *statements: str) -> None:
        """Change the archive behind its back."""
        with Archive.open(self.url) as archive, archive._engine.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    def withhold(self, number: int) -> None:
        moment = "'2026-10-04 08:00:00.000000'"
        self.change(f"UPDATE articles SET withheld_at = {moment} WHERE external_id = '{number}'")


def make_kept(url: str, data_dir: Path) -> Kept:
    with Archive.open(url) as archive:
        fill(archive, data_dir)
    return Kept(url, data_dir)


@pytest.fixture
def kept(new_sqlite, tmp_path) -> Kept:
    """Give the archive described above, on SQLite."""
    return make_kept(new_sqlite(), tmp_path / "data")


@pytest.fixture
def kept_on_each(database_url, tmp_path) -> Kept:
    """Give the archive described above, on SQLite and on PostgreSQL."""
    return make_kept(database_url, tmp_path / "data")


@pytest.fixture
def wacz_tool() -> Path:
    """Give the validator's path; tests that want it are marked `wacz`."""
    return Path(sys.prefix) / "wacz" / "bin" / "wacz"
