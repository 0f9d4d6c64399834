"""What all releases say of themselves: what was asked of which archive, and what came of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from newsarchive import __version__
from newsarchive.exceptions import NotFoundError
from newsarchive.storage import Selection, Snapshot

SOFTWARE = f"newsarchive/{__version__}"

LICENCE = (
    "The texts, pictures and pages belong to NOS (Nederlandse Omroep Stichting), or to whoever "
    "published them, and to the agencies that they name. This release gives no right to them: "
    "whoever keeps, copies or shows them must have that right by law or by consent."
)

Progress = Callable[[str, int], None]
"""Told what is written, and how many so far."""


@dataclass(frozen=True, slots=True)
class Released:
    """A release that is complete."""

    path: Path
    digest: str  # to cite it by; which file's it is, the format says
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class About:
    """What a release is of."""

    selection: Mapping[str, str]  # as asked for; days are Amsterdam's, `until` not included
    as_of: datetime | None  # when the archive recorded anything last
    articles: int
    revisions: int

    @classmethod
    def of(cls, snapshot: Snapshot) -> "About":
        """Ask what a release of `snapshot` is of; raise NotFoundError where it has no article."""
        counted = snapshot.count()
        if not counted["articles"]:
            raise NotFoundError("no article is selected, so there is nothing to release")
        return cls(as_asked(snapshot.selection), snapshot.find_as_of(), **counted)

    @property
    def title(self) -> str:
        """The release in one line."""
        return f"NOS news, {self.asked}: {self.articles} articles, {self.revisions} revisions"

    @property
    def asked(self) -> str:
        """What was asked for, in one line."""
        told = ", ".join(f"{name} {value}" for name, value in self.selection.items())
        return " ".join(told.split()) or "all articles"

    def as_values(self) -> dict[str, object]:
        """Return what JSON can hold of it."""
        return {
            "selection": dict(self.selection),
            "as_of": instant(self.as_of),
            "counts": {"articles": self.articles, "revisions": self.revisions},
            "software": SOFTWARE,
        }


def as_asked(selection: Selection) -> dict[str, str]:
    """Return what a selection was narrowed by: `{"category": "tech", "since": "2026-01-01"}`."""
    narrowed = {
        "category": selection.category,
        "since": selection.since,
        "until": selection.until,
        "query": selection.query,
    }
    return {name: str(value) for name, value in narrowed.items() if value is not None}


def instant(moment: datetime | None) -> str | None:
    """Return a time as RFC 3339 has it, in UTC to the second: `2026-10-01T10:00:00Z`."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if moment else None
