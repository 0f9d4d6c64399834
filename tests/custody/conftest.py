"""An archive with its bytes: two pages, one of them looked at three times, and a post."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsarchive.comparison.digest import content_digest
from newsarchive.custody.verify import Report, verify
from newsarchive.items import Document
from newsarchive.model import Capture, Identity, Kind, Observation, Origin, Outcome
from newsarchive.sources import get_source
from newsarchive.storage import Archive, NewRun, Owner
from newsarchive.warc import Exchange, WarcWriter

NOON = datetime(2026, 10, 1, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Kept:
    """An archive, where it is, and the captures that its revisions were read from."""

    url: str
    data_dir: Path
    bridge: Capture  # the response
    bridge_again: Capture  # a revisit of it
    bridge_unchanged: Capture  # a 304
    storm: Capture
    post: Capture  # the last one, in a file of its own

    @property
    def path(self) -> Path:
        """The WARC file of the pages."""
        return self.data_dir / self.bridge.warc_file

    def verify(self) -> Report:
        with Archive.read(self.url) as archive:
            return verify(archive, self.data_dir)

    def change(self, change: Callable[[bytearray], object]) -> None:
        """Change the bytes of the pages' file."""
        raw = bytearray(self.path.read_bytes())
        change(raw)
        self.path.write_bytes(raw)

    def tamper(self, *statements: str) -> None:
        """Change rows behind the archive's back, as no trigger or foreign key would allow."""
        connection = sqlite3.connect(self.url.removeprefix("sqlite:///"))
        triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for statement in [
            *(f"DROP TRIGGER {name}" for (name,) in triggers.fetchall()),
            *statements,
        ]:
            connection.execute(statement)
        connection.commit()
        connection.close()


def page(number: int, moment: datetime, text: str) -> Exchange:
    return Exchange(
        url=f"https://nos.nl/artikel/{number}-proef",
        request_headers=[(b"Accept", b"text/html")],
        status=200,
        response_headers=[(b"Content-Type", b"text/html")],
        body=f"<h1>Titel</h1><p>{text}</p>".encode() * 20,
        captured_at=moment,
        document=f"page nos/{number}",
    )


def observe(number: int, capture: Capture, text: str, origin: Origin = Origin.PAGE) -> Observation:
    html = f"<p>{text}</p>"
    url = f"https://nos.nl/l/{number}"
    return Observation(
        origin=origin,
        captured_at=capture.captured_at,
        title="Titel",
        html=html,
        guid=url,
        text=text,
        word_count=1,
        content_digest=content_digest("Titel", html),
        identity=Identity("nos", str(number), Kind.ARTICLE, url),
        capture=capture,
    )


def new_warc(data_dir: Path, name: str) -> WarcWriter:
    return WarcWriter(data_dir, name, software="newsarchive/1", clock=lambda: NOON)


def fill(url: str, data_dir: Path, outcome: Outcome | None = Outcome.FINISHED) -> Kept:
    run = NewRun("nos", "nos", {}, "0", NOON, lease="nos", owner=Owner("here", "1:1"))
    bridge_text, storm_text = "De brug is open.", "Er komt storm."
    pages, posts = new_warc(data_dir, "nos"), new_warc(data_dir, "posts")
    bridge = pages.write_exchange(page(2600001, NOON, bridge_text))
    again = pages.write_exchange(page(2600001, NOON + HOUR, bridge_text), repeats=bridge)
    answer = replace(page(2600001, NOON + 2 * HOUR, ""), status=304, body=b"")
    unchanged = pages.write_not_modified(answer, repeats=bridge)
    storm = pages.write_exchange(page(2600002, NOON, storm_text))
    post = posts.write_resource("file:///oud.html", "text/html", b"<p>Oud.</p>", NOON)
    said = [
        observe(2600001, bridge, bridge_text),
        observe(2600002, storm, storm_text),
        observe(2280100, post, "Oud.", Origin.IMPORT),
    ]
    with Archive.open(url) as archive:
        run_id = archive.begin_run(run, get_source("nos"), is_alive=lambda _: True)
        for observation in said:
            archive.record_document(
                Document("nos", [observation], captures=[observation.capture]), run_id
            )
        archive.record_document(Document("nos", captures=[again, unchanged]), run_id)
        if outcome is not None:
            archive.finish_run(run_id, outcome, {}, NOON + HOUR)
    pages.close()
    posts.close()
    return Kept(url, data_dir, bridge, again, unchanged, storm, post)


@pytest.fixture
def kept(new_sqlite, tmp_path) -> Kept:
    return fill(new_sqlite(), tmp_path)


@pytest.fixture
def abandoned(new_sqlite, tmp_path) -> Kept:
    """Give the same archive after a crash: its run came to no end."""
    return fill(new_sqlite(), tmp_path, outcome=None)
