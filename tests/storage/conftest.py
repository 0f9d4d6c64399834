"""Observations to record, each test saying only what matters to it."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from newsarchive.comparison.digest import content_digest
from newsarchive.items import Document, Poll
from newsarchive.model import Capture, Identity, Kind, Observation, Origin, Validators
from newsarchive.sources import get_source
from newsarchive.storage import Archive, NewRun, Owner

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)

TOO_LONG = "".join(sha256(b"%d" % n).hexdigest() for n in range(150))
"""For an index of PostgreSQL, which could not make it shorter either."""


class Bench:
    """An open archive with a run begun, and short words for what happens to it."""

    def __init__(self, url: str, lease: str = "nos") -> None:
        self.url = url
        self.archive = Archive.open(url)
        self.run_id = self.begin(lease=lease)
        source = get_source("nos")
        states = self.archive.find_feed_states(source.feeds)
        self.states = {state.feed.category: state for state in reversed(states)}
        self._captures = 0

    def begin(self, process: str = "1", *, alive: bool = False, lease: str = "nos", **more) -> int:
        host, now = more.get("host", "here"), more.get("now", NOON)
        run = NewRun("nos", "nos", {}, "0", now, lease, Owner(host, process))
        return self.archive.begin_run(run, get_source("nos"), lambda _: alive)

    def capture(self, at: datetime, digest: str | None = None) -> Capture:
        self._captures += 1
        return Capture(
            url="http://127.0.0.1/feed",
            captured_at=at,
            payload_digest=digest or f"sha256:{self._captures:064d}",
            warc_file=f"warc/{id(self)}.warc.gz",
            warc_offset=self._captures,
            warc_length=100,
            status=200,
        )

    def say(self, title="Titel", html="<p>Tekst.</p>", hours=0, number=2280103, **more):
        """Return what a feed said of an article `hours` after noon."""
        at = NOON + timedelta(hours=hours)
        values = {
            "origin": Origin.FEED,
            "captured_at": at,
            "title": title,
            "html": html,
            "text": html.replace("<p>", "").replace("</p>", ""),
            "guid": f"https://nos.nl/l/{number}",
            "link": f"https://nos.nl/l/{number}",
            "feed": "nosnieuwsbuitenland",
            "category": "buitenland",
            "content_digest": content_digest(title, html),
            "identity": Identity("nos", str(number), Kind.ARTICLE, f"https://nos.nl/l/{number}"),
        }
        return Observation(**{**values, **more})

    def record(self, *observations, category="buitenland", poll=True, quarantined=()):
        """Store one document with these observations; return the counts."""
        at = observations[0].captured_at if observations else NOON
        capture = self.capture(at)
        said = [
            o if o.capture else Observation(**{**_fields(o), "capture": capture})
            for o in observations
        ]
        state = self.states[category]
        asked = Poll(state, at, 200, Validators('"v"', None)) if poll else None
        document = Document("nos", said, quarantined, [capture], asked)
        return self.archive.record_document(document, self.run_id)

    def rows(self, statement):
        with self.archive.query(statement) as (_, rows):
            return [tuple(row) for row in rows]


def _fields(observation):
    return {name: getattr(observation, name) for name in Observation.__slots__}


@pytest.fixture
def bench(database_url):
    bench = Bench(database_url)
    yield bench
    bench.archive.close()
