"""A small archive, written through the front door, and the command line as a person runs it.

What it holds, in Amsterdam's time:

* 2633001, published on 1 October 2026 at 0:30: one feed revision, two page revisions, the last
  of which the page did not own up to;
* 2633002, published at 8:00: two feed revisions, the last with another headline and body;
* 2280100, imported from 2019 in a category of its own, with control characters in its headline;
* a feed that could not be read, and a crawl run that is still at work.
"""

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from newsarchive.cli import main
from newsarchive.comparison.digest import content_digest
from newsarchive.items import Document, Poll, Quarantined
from newsarchive.model import (
    Capture,
    Identity,
    Kind,
    Observation,
    Origin,
    Outcome,
    Stage,
    Validators,
)
from newsarchive.sources import get_source
from newsarchive.storage import Archive, NewRun, Owner

NOS = get_source("nos")
FEEDS = {feed.slug: feed for feed in NOS.feeds}
HERE = Owner("here", "1:1")


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 10, day, hour, minute, tzinfo=UTC)


def observe(
    external_id: str, moment: datetime, title: str, *paragraphs: str, **more
) -> Observation:
    """Return what the pipelines would pass on of an article."""
    html = "\n".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    url = f"https://nos.nl/l/{external_id}"
    text = "\n\n".join(paragraphs)
    origin = more.pop("origin", Origin.FEED)
    return Observation(
        origin=origin,
        captured_at=moment,
        title=title,
        html=html,
        guid=url,
        link=url,
        text=text,
        word_count=len(text.split()),
        content_digest=content_digest(title, html),
        identity=Identity("nos", external_id, Kind.ARTICLE, url),
        **more,
    )


def capture(number: int, moment: datetime, url: str, status: int | None = 200) -> Capture:
    return Capture(
        url=url,
        captured_at=moment,
        payload_digest=f"sha256:{number:064x}",
        warc_file="warc/2026/proef.warc.gz",
        warc_offset=number * 1000,
        warc_length=987,
        status=status,
        content_type="text/html",
    )


BRIDGE = ("De brug bij Zutphen is weer open.", "Het verkeer rijdt weer.")
BRIDGE_EDITED = ("De brug bij Zutphen is weer open.", "Het verkeer rijdt weer door.")


def documents(archive: Archive):
    """Yield the documents that make the archive, in the order of their arrival."""
    abroad, tech = archive.find_feed_states([FEEDS["nosnieuwsbuitenland"], FEEDS["nosnieuwstech"]])
    bridge = {"published_at": at(1, 0).replace(month=9, day=30, hour=22, minute=30)}
    storm = {"published_at": at(1, 6)}
    yield polled(
        abroad,
        capture(1, at(1, 8), abroad.feed.url),
        observe("2633001", at(1, 8), "Brug weer open", BRIDGE[0], **bridge),
        observe("2633002", at(1, 8), "Storm op komst", "Er komt storm.", **storm),
    )
    yield polled(
        abroad,
        capture(2, at(1, 9), abroad.feed.url),
        observe("2633002", at(1, 9), "Storm trekt voorbij", "De storm is voorbij.", **storm),
    )
    page = {"origin": Origin.PAGE, "modified_at": at(1, 7), **bridge}
    for number, moment, paragraphs in ((3, at(1, 10), BRIDGE), (4, at(2, 11), BRIDGE_EDITED)):
        kept = capture(number, moment, "https://nos.nl/artikel/2633001-brug-weer-open")
        seen = observe("2633001", moment, "Brug weer open", *paragraphs, capture=kept, **page)
        yield Document("nos", [seen], captures=[kept])
    yield Document("nos", poll=Poll(tech, at(1, 8, 5), status=503, error="the server answered 503"))
    yield imported()


def polled(state, kept: Capture, *seen: Observation) -> Document:
    observations = [replace(one, feed=state.feed.slug, capture=kept) for one in seen]
    poll = Poll(state, kept.captured_at, status=200, validators=Validators())
    return Document("nos", observations, captures=[kept], poll=poll)


def imported() -> Document:
    moment = datetime(2019, 4, 12, 8, 44, 57, tzinfo=UTC)
    kept = capture(5, at(3, 8), "file:oud.html", status=None)
    seen = observe(
        "2280100",
        moment,
        "Muziek \x1b[31mterug\x07",
        "Het orgel speelt: 100% weer.",
        origin=Origin.IMPORT,
        category="muziek",
        published_at=moment,
        imported_at=at(3, 8),
        capture=kept,
        metadata={"keywords": ["orgel"]},
    )
    bad = Quarantined(Stage.PARSE, "no front matter", "file:stuk.html", "stuk", at(3, 8))
    return Document("nos", [seen], quarantined=[bad])


def begin(archive: Archive, moment: datetime) -> int:
    run = NewRun("nos", "nos", {"pages": "due"}, "0", moment, lease="nos", owner=HERE)
    return archive.begin_run(run, NOS, is_alive=lambda _: True)


@pytest.fixture
def filled(database_url) -> str:
    """Give the URL of the archive described above."""
    with Archive.open(database_url) as archive:
        run_id = begin(archive, at(1, 8))
        for document in documents(archive):
            archive.record_document(document, run_id)
        archive.finish_run(run_id, Outcome.FAILED, {"new": 4, "changed": 2, "errors": 0}, at(3, 9))
        archive.renew_lease(begin(archive, at(4, 8)), at(4, 8, 30))
    return database_url


@pytest.fixture
def late_revision(filled) -> None:
    """Add a third feed revision of 2633002, observed between the first and the second."""
    with Archive.open(filled) as archive:
        [abroad] = archive.find_feed_states([FEEDS["nosnieuwsbuitenland"]])
        seen = observe("2633002", at(1, 8, 30), "Storm op komst", "Er komt zware storm.")
        archive.record_document(polled(abroad, capture(6, at(1, 8, 30), "x"), seen), run_id=2)


@pytest.fixture
def run(monkeypatch, capsys, tmp_path) -> Callable[..., Ran]:
    """Run the command line; `database` is the URL of the archive it finds in its environment."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, database: str | None = None) -> Ran:
        if database is not None:
            monkeypatch.setenv("NEWSARCHIVE_DATABASE_URL", database)
        monkeypatch.setattr(sys, "argv", ["newsarchive", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return Ran(ended.value.code or 0, out, err)

    return run


@pytest.fixture
def write_sql(filled) -> Callable[[str], None]:
    """Change the archive described above behind its back."""

    def write(statement: str) -> None:
        with Archive.open(filled) as archive, archive._engine.begin() as connection:
            connection.exec_driver_sql(statement)

    return write


@pytest.fixture
def set_schema(write_sql) -> Callable[[str], None]:
    """Make the archive described above one of another version of newsarchive."""
    return lambda schema: write_sql(f"UPDATE alembic_version SET version_num = '{schema}'")


@pytest.fixture
def ask(run, filled) -> Callable[..., Ran]:
    """Run the command line on the archive described above."""
    return lambda *arguments: run(*arguments, database=filled)


@pytest.fixture
def look(filled):
    """Run a command on a terminal, as wide as `columns`, and give what it shows."""

    def look(*arguments: str, columns: int = 60, **environment: str) -> str:
        here, there = pty.openpty()
        fcntl.ioctl(there, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        program = [sys.executable, "-m", "newsarchive.cli", *arguments]
        known = {"NEWSARCHIVE_DATABASE_URL": filled, "TERM": "xterm-256color", **environment}
        inherited = {name: os.environ[name] for name in os.environ.keys() - {"COLUMNS", "LINES"}}
        with subprocess.Popen(
            program, env=inherited | known, stdout=there, stderr=there, stdin=subprocess.DEVNULL
        ):
            os.close(there)
            shown = b""
            while chunk := _read(here):
                shown += chunk
        os.close(here)
        return shown.decode().replace("\r\n", "\n")

    return look


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux: nobody writes to it any more
        return b""
