"""What spiders yield and pipelines pass on: one item a document, whole or not at all."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from newsarchive.exceptions import CleaningError, IdentityError
from newsarchive.model import (
    Capture,
    FeedState,
    Identity,
    LookOutcome,
    MediaFile,
    Observation,
    Stage,
    Validators,
)


@dataclass(frozen=True, slots=True)
class Poll:
    """The outcome of asking one feed once."""

    feed: FeedState
    polled_at: datetime
    status: int | None = None  # None: no answer at all
    validators: Validators | None = None  # of a 200 that was read; None keeps the stored ones
    conditional: bool = False
    error: str | None = None  # why this poll failed, in words
    retry_after_at: datetime | None = None
    title: str | None = None  # the feed's own
    wish: timedelta = timedelta()  # how long the server calls its answer fresh


@dataclass(frozen=True, slots=True)
class Look:
    """The outcome of looking at one article's page once."""

    identity: Identity  # of the article that was asked for
    captured_at: datetime  # when the last answer came, or did not come
    outcome: LookOutcome
    url: str  # the last address that was asked
    requests: int = 1  # redirects included
    status: int | None = None  # None: no answer at all
    capture: Capture | None = None  # of the last answer
    etag: str | None = None  # of a page that was read
    conditional: bool = False
    error: str | None = None  # why it came to nothing, in words
    retry_after_at: datetime | None = None  # the server asked not to come before


@dataclass(frozen=True, slots=True)
class PictureFetch:
    """The outcome of asking for one picture once."""

    url: str  # the publisher's own
    captured_at: datetime  # when the last answer came, or did not come
    requests: int = 1  # redirects included
    status: int | None = None  # None: no answer at all
    capture: Capture | None = None  # of the last answer
    file: MediaFile | None = None  # None: it came to nothing
    content: bytes = b""  # of `file`, to be written; empty where only rows are wanted
    error: str | None = None  # why it came to nothing, in words
    retry_after_at: datetime | None = None  # the server asked not to come before


@dataclass(frozen=True, slots=True)
class Quarantined:
    """Input that could not be processed, kept with its reason."""

    stage: Stage
    error: str
    url: str | None
    payload: str | None  # what can be shown of it; the bytes are in the capture
    observed_at: datetime
    capture: Capture | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One feed poll, page, picture or chunk of an import, with everything it said.

    It is stored in one transaction: captures, entries, articles, revisions, quarantine, poll,
    looks or picture, and validators together. Pages that wait to be stored travel as one.
    """

    source: str
    observations: Sequence[Observation] = ()
    quarantined: Sequence[Quarantined] = ()
    captures: Sequence[Capture] = ()  # in order of arrival; redirects come first
    poll: Poll | None = None
    looks: Sequence[Look] = ()
    picture: PictureFetch | None = None

    def join(self, others: Iterable["Document"]) -> "Document":
        """Return this document of pages and `others` of the same source as one."""
        documents = (self, *others)
        return Document(
            self.source,
            observations=[o for document in documents for o in document.observations],
            quarantined=[q for document in documents for q in document.quarantined],
            captures=[c for document in documents for c in document.captures],
            looks=[look for document in documents for look in document.looks],
        )

    def map(self, stage: Stage, change: Callable[[Observation], Observation]) -> "Document":
        """Return the document with `change` applied to each observation.

        An observation that cannot be changed goes to quarantine; the others go on.
        """
        passed, failed = [], list(self.quarantined)
        for observation in self.observations:
            try:
                passed.append(change(observation))
            except (CleaningError, IdentityError, ValueError) as error:
                failed.append(quarantine(observation, stage, error))
        return replace(self, observations=passed, quarantined=failed)


def quarantine(observation: Observation, stage: Stage, error: Exception) -> Quarantined:
    """Return `observation` as something that failed at `stage`."""
    return Quarantined(
        stage=stage,
        error=f"{type(error).__name__}: {error}",
        url=observation.link or observation.guid,
        payload=f"{observation.title}\n\n{observation.html}",
        observed_at=observation.captured_at,
        capture=observation.capture,
    )
