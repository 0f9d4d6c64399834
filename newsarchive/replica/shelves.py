"""Where the replica's documents come from: a scenario, or a folder of recorded ones."""

from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

from newsarchive.exceptions import UsageError
from newsarchive.replica.answers import Representation, Request, Response
from newsarchive.replica.documents import Era, write_feed
from newsarchive.replica.reception import Reception
from newsarchive.replica.scenario import Happened, Newsroom, advance, compose
from newsarchive.replica.script import get_scenario

RSS = "application/rss+xml; charset=UTF-8"


class Shelf(Protocol):
    """Where documents come from."""

    history: list[Newsroom]  # every state so far; none of recordings

    def document(self, slug: str) -> Representation | None:
        """Return the feed `slug` as it stands now."""

    def page(self, request: Request) -> Response | None:
        """Return the answer for a page of the site; None for an address that no page has."""

    def state(self) -> dict[str, Any]:
        """Return where things stand, for JSON."""

    def step(self) -> Happened | None:
        """Take the next step of the scenario; None when it is over."""


class Newsstand:
    """The shelf of a scenario: each feed and page is written once a state."""

    def __init__(
        self, opening: Newsroom, name: str, eras: tuple[Era, ...], reception: Reception
    ) -> None:
        self.history = [opening]
        self._reception = reception
        self._name = name
        self._steps = get_scenario(name).steps
        self._eras = {f.slug: eras[i % len(eras)] for i, f in enumerate(opening.feeds)}
        self._feeds = {feed.slug: feed for feed in opening.feeds}
        self._written: dict[str, Representation] = {}
        self._lock = Lock()

    def document(self, slug: str) -> Representation | None:
        """Return the feed `slug` as it stands now."""
        if slug not in self._feeds:
            return None
        with self._lock:
            newsroom = self.history[-1]
            changed_at = newsroom.changed_at.get(slug, newsroom.desk.moment)
            written = self._written.get(slug)
            if written is None or written.last_modified != changed_at:
                written = self._written[slug] = self._write(newsroom, slug, changed_at)
            return written

    def page(self, request: Request) -> Response | None:
        """Return the answer for a page of the site; None for an address that no page has."""
        return self._reception.answer(self.history[-1], request)

    def state(self) -> dict[str, Any]:
        """Return where the scenario stands."""
        newsroom = self.history[-1]
        return {
            "scenario": self._name,
            "step": newsroom.step,
            "at": newsroom.at.isoformat(),
            "steps": [step.name for step in self._steps],
            "articles": len(newsroom.drafts),
            "entries": {slug: len(newsroom.entries(slug)) for slug in self._feeds},
        }

    def step(self) -> Happened | None:
        """Take the next step of the scenario; None when it is over."""
        with self._lock:
            newsroom = self.history[-1]
            if newsroom.step == len(self._steps):
                return None
            newsroom, happened = advance(newsroom, self._steps[newsroom.step])
            self.history.append(newsroom)
            return happened

    def _write(self, newsroom: Newsroom, slug: str, changed_at: datetime) -> Representation:
        drafts = newsroom.entries(slug)
        stories = (compose(newsroom.desk, draft) for draft in drafts)
        body = write_feed(self._feeds[slug], stories, changed_at, self._eras[slug])
        return Representation.of(body, RSS, last_modified=changed_at)


class Recordings:
    """The shelf of recorded documents: `<slug>.xml` in a folder, as they are and as they change."""

    def __init__(self, folder: Path) -> None:
        self.history: list[Newsroom] = []
        self._folder = folder
        if not self._slugs():
            raise UsageError(f"{folder}: no recorded feeds there. Give a folder of <slug>.xml.")

    def document(self, slug: str) -> Representation | None:
        """Return the bytes of the file, last modified when the file was."""
        if slug not in self._slugs():
            return None
        file = self._folder / f"{slug}.xml"
        modified_at = datetime.fromtimestamp(int(file.stat().st_mtime), UTC)
        return Representation.of(file.read_bytes(), RSS, last_modified=modified_at)

    def page(self, request: Request) -> None:
        """Return nothing: recordings are of feeds."""

    def state(self) -> dict[str, Any]:
        """Return which feeds there are."""
        return {"recorded": str(self._folder), "feeds": self._slugs()}

    def step(self) -> None:
        """Do nothing: recordings take no steps."""

    def _slugs(self) -> list[str]:
        return sorted(file.stem for file in self._folder.glob("*.xml"))
