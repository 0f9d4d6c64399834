"""An archive with everything that a page can show, hostile texts too, and readers of it.

All of it was published on 1 October 2026, and filed under abroad or, where many are wanted, tech:

* 2633001: one feed revision, and three of the page, the second silent, the third retitled;
* 2633003: the same text nearly, a near-duplicate of it;
* 2633004: a picture that is held, and one that is not;
* 2633005: withheld, with a word that stands nowhere else;
* 2633010: a liveblog of three updates;
* 2633020: each text of it tries to run script or to load something;
* 2280100: imported in 2019, in a category whose very name tries so;
* 2634000 to 2634039: for lists that go on.
"""

import asyncio
import hashlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from newsarchive.cleaning.markup import render
from newsarchive.comparison.digest import content_digest
from newsarchive.items import Document, Look, PictureFetch, Poll
from newsarchive.media import write_media
from newsarchive.model import (
    Capture,
    Identity,
    Kind,
    LookOutcome,
    Media,
    MediaFile,
    Observation,
    Origin,
    Outcome,
    Update,
    Validators,
    Withholding,
    WithholdingAction,
)
from newsarchive.sources import get_source
from newsarchive.storage import Archive, NewRun, Owner
from newsarchive.warc import Exchange, WarcWriter
from newsarchive.web import create_app

from ..conftest import _database, _run_on  # noqa: TID252 - tests are no package to name
from .hostile import HOSTILE_BODY, HOSTILE_CAPTION, HOSTILE_CATEGORY, HOSTILE_TITLE

NOS = get_source("nos")
FEEDS = {feed.category: feed for feed in reversed(NOS.feeds)}
SECRET = "Zwijgplicht"
MANY = 40
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c626001000000ffff030000060005"
    "57bfabd40000000049454e44ae426082"
)
PICTURE = "https://nos.nl/data/image/2026/10/01/1/1008x567.jpg"
OTHER_PICTURE = "https://nos.nl/data/image/2026/10/01/2/1008x567.jpg"
PARAGRAPHS = [
    f"De {thing} bij Zutphen is na {days} dagen werk weer open voor verkeer van alle kanten."
    for days, thing in enumerate(
        ("brug", "sluis", "weg", "dijk", "haven", "tunnel", "rotonde", "kade", "oprit"), start=2
    )
]


def at(hour: int, minute: int = 0, day: int = 1) -> datetime:
    return datetime(2026, 10, day, hour, minute, tzinfo=UTC)


def body(*paragraphs: str) -> str:
    return "\n".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)


class Writer:
    """Writes an archive through the front door, and the WARC file that it points at."""

    def __init__(self, url: str, data_dir: Path) -> None:
        self.archive = Archive.open(url)
        self.data_dir = data_dir
        self.warc = WarcWriter(data_dir, "proef", software="proef", clock=lambda: at(20))
        run = NewRun("nos", "nos", {}, "0", at(8), lease="nos", owner=Owner("hier", "1"))
        self.run_id = self.archive.begin_run(run, NOS, is_alive=lambda _: True)
        self.archive.pictures.choose("nos", Media.ALL)

    def capture(self, address: str, moment: datetime, content: str) -> Capture:
        headers = [(b"Content-Type", b"text/html; charset=utf-8")]
        exchange = Exchange(address, [], 200, headers, content.encode(), moment)
        return replace(self.warc.write_exchange(exchange), content_type="text/html")

    def observe(self, number: str, moment: datetime, title: str, html: str, **more) -> Observation:
        url = f"https://nos.nl/l/{number}"
        shown = render(html, url) if more.pop("is_cleaned", True) else None
        kind = more.pop("kind", Kind.ARTICLE)
        kept = shown.html if shown else html
        text = shown.text if shown else html
        values = {
            "origin": Origin.PAGE,
            "published_at": at(8),
            "modified_at": moment,
            "word_count": len(text.split()),
            "content_digest": content_digest(title, kept),
            "identity": Identity("nos", number, kind, url),
            "guid": url,
            "link": url,
        }
        return Observation(
            captured_at=moment, title=title, html=kept, text=text, **{**values, **more}
        )

    def page(self, number: str, moment: datetime, title: str, html: str, **more) -> None:
        kept = self.capture(f"https://nos.nl/artikel/{number}", moment, f"<title>{title}</title>")
        seen = self.observe(number, moment, title, html, capture=kept, **more)
        assert seen.identity is not None
        look = Look(seen.identity, moment, LookOutcome.READ, kept.url, status=200, capture=kept)
        self.record(Document("nos", [seen], captures=[kept], looks=[look]))

    def feed(self, category: str, moment: datetime, *entries: tuple[str, str, str]) -> None:
        [state] = self.archive.find_feed_states([FEEDS[category]])
        kept = self.capture(state.feed.url, moment, "<rss>")
        observations = [
            self.observe(
                *(number, moment, title, html),
                origin=Origin.FEED,
                modified_at=None,
                feed=state.feed.slug,
                capture=kept,
            )
            for number, title, html in entries
        ]
        poll = Poll(state, moment, status=200, validators=Validators())
        self.record(Document("nos", observations, captures=[kept], poll=poll))

    def record(self, document: Document) -> None:
        self.archive.record_document(document, self.run_id)

    def picture(self, url: str, content: bytes) -> None:
        name = hashlib.sha256(content).hexdigest()
        path = f"media/{name[:2]}/{name[2:]}.png"
        write_media(self.data_dir, path, content)
        file = MediaFile(f"sha256:{name}", "image/png", len(content), 1, 1, path, url)
        fetch = PictureFetch(
            url, at(12), status=200, file=file, capture=self.capture(url, at(12), "p")
        )
        self.record(Document("nos", captures=[fetch.capture], picture=fetch))

    def withhold(self, number: str) -> None:
        decision = Withholding(
            "nos", number, WithholdingAction.WITHHOLD, "een verzoek", at(13), "iemand@hier"
        )
        url = f"https://nos.nl/l/{number}"
        identity = Identity("nos", number, Kind.ARTICLE, url)
        told = self.capture(url, at(13), "besluit")
        self.archive.withholding.record(decision, identity, told, self.run_id)

    def close(self) -> None:
        while self.archive.compare_due():
            pass
        self.warc.close()
        self.archive.finish_run(self.run_id, Outcome.FINISHED, {"new": 48, "changed": 3}, at(9))
        self.archive.close()


def fill(writer: Writer) -> None:
    story = body(*PARAGRAPHS)
    picture = f'<figure><img src="{OTHER_PICTURE}" alt="De kade"></figure>'
    writer.feed(
        *("buitenland", at(9)),
        ("2633001", "Brug weer open", body(PARAGRAPHS[0])),
        ("2633003", "Brug bij Zutphen open", body(PARAGRAPHS[0])),
        ("2633004", "Kade bij Deventer klaar", body("De kade is klaar.")),
        ("2633005", f"{SECRET} op het stadhuis", body(f"Een {SECRET} voor iedereen.")),
        ("2633010", "Liveblog: storm", body("De storm trekt voorbij.")),
        ("2633020", HOSTILE_TITLE, HOSTILE_BODY),
    )
    many = range(2634000, 2634000 + MANY)
    writer.feed(
        "tech", at(9), *((str(n), f"Netwerk {n} vernieuwd", body(f"Netwerk {n}.")) for n in many)
    )
    writer.page("2633001", at(10), "Brug weer open", story, modified_at=at(7))
    edited = story.replace("2 dagen", "3 dagen")
    writer.page("2633001", at(11), "Brug weer open", edited, modified_at=at(7))
    writer.page("2633001", at(12), "Brug bij Zutphen na dagen weer open", edited)
    writer.page("2633003", at(10, 30), "Brug bij Zutphen open", story, published_at=at(8, 30))
    writer.page(
        *("2633004", at(10), "Kade bij Deventer klaar", body("De kade is klaar.") + picture),
        image_url=PICTURE,
        metadata={
            "image": {"url": PICTURE, "caption": "De kade bij avond", "copyright": "Eigen foto"},
            "related": [
                {"title": "Meer van de kade", "url": "https://nos.nl/l/2633001"},
                {"title": "Nooit", "url": "javascript:alert(1)"},
            ],
        },
    )
    writer.page("2633005", at(10), f"{SECRET} op het stadhuis", body(f"Een {SECRET}, zei men."))
    updates = [
        Update(str(n), f"Storm, bericht {n}", f"<p>Windkracht {n} aan zee.</p>", at(9, n), f"W {n}")
        for n in (3, 2, 1)
    ]
    live = body(*(update.text for update in updates))
    writer.page(*("2633010", at(10), "Liveblog: storm", live), kind=Kind.LIVEBLOG, updates=updates)
    hostile = [Update("1", HOSTILE_TITLE, HOSTILE_BODY, at(9), "tekst")]
    writer.page(
        *("2633020", at(10), HOSTILE_TITLE, HOSTILE_BODY),
        is_cleaned=False,
        kind=Kind.LIVEBLOG,
        updates=hostile,
        image_url=PICTURE,
        metadata={
            "image": {"url": PICTURE, "caption": HOSTILE_CAPTION, "copyright": HOSTILE_TITLE}
        },
    )
    writer.page("2633020", at(11), HOSTILE_TITLE * 2, HOSTILE_BODY * 2, is_cleaned=False)
    writer.picture(PICTURE, PNG)
    imported = writer.observe(
        *("2280100", datetime(2019, 4, 12, 8, 44, 57, tzinfo=UTC), "Muziek terug", body("Orgel.")),
        origin=Origin.IMPORT,
        category=HOSTILE_CATEGORY,
        published_at=datetime(2019, 4, 12, 8, 44, 57, tzinfo=UTC),
        imported_at=at(14),
        capture=writer.capture("file:oud.html", at(14), "oud"),
    )
    writer.record(Document("nos", [imported], captures=[imported.capture]))
    writer.withhold("2633005")


@dataclass(frozen=True)
class Filled:
    """The archive described above."""

    url: str
    data_dir: Path


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def filled(request, tmp_path_factory) -> Iterator[Filled]:
    """Give the archive described above, made once for all that read it."""
    data_dir = tmp_path_factory.mktemp("web")
    url = f"sqlite:///{data_dir / 'newsarchive.db'}"
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), data_dir / "newsarchive.db")
    else:
        server = request.getfixturevalue("postgres_server")
        request.getfixturevalue("postgres_template")
        url = _database(server, name := f"web_{os.getpid()}")
        _run_on(server, f"CREATE DATABASE {name} TEMPLATE template_newsarchive")
    writer = Writer(url, data_dir)
    fill(writer)
    writer.close()
    yield Filled(url, data_dir)
    if request.param == "postgresql":
        _run_on(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def archive(filled) -> Iterator[Archive]:
    with Archive.read(filled.url) as archive:
        yield archive


class Reader:
    """Asks an application for its pages, in this process."""

    def __init__(self, app, base_url: str = "http://127.0.0.1") -> None:
        self._app = app
        self._base_url = base_url

    def request(self, method: str, path: str, **more) -> httpx.Response:
        return asyncio.run(self._request(method, path, **more))

    async def _request(self, method: str, path: str, **more) -> httpx.Response:
        transport = httpx.ASGITransport(self._app)
        async with httpx.AsyncClient(transport=transport, base_url=self._base_url) as client:
            return await client.request(method, path, **more)

    def get(self, path: str, **more) -> httpx.Response:
        return self.request("GET", path, **more)

    def head(self, path: str, **more) -> httpx.Response:
        return self.request("HEAD", path, **more)


@pytest.fixture(scope="session")
def ask(filled, archive) -> Reader:
    """Ask for pages of the archive described above."""
    return Reader(create_app(archive, filled.data_dir, lambda: at(20)))
