"""Who decides what a crawl asks for: the archive's list alone, or workers who share it."""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from newsarchive.model import FeedState, Media
from newsarchive.recording import Recording

BATCH = 100


class Work(Protocol):
    """Hands out what is to be asked for; nothing twice in one crawl."""

    def feeds(self, recording: Recording, states: Sequence[FeedState]) -> AsyncIterator[FeedState]:
        """Yield each feed of `states` that this process is to poll."""

    def pages(
        self, recording: Recording, source: str, *, every: bool
    ) -> AsyncIterator[Sequence[int]]:
        """Yield articles whose page this process is to look at: due ones, or `every` one."""

    def pictures(
        self, recording: Recording, source: str, media: Media, *, every: bool
    ) -> AsyncIterator[Sequence[str]]:
        """Yield addresses of pictures that this process is to fetch."""


class Alone:
    """The work of a crawl that holds its source's lease alone: all of it, listed once."""

    async def feeds(
        self,
        recording: Recording,  # noqa: ARG002 - as Work has it
        states: Sequence[FeedState],
    ) -> AsyncIterator[FeedState]:
        """Yield each of `states`."""
        for state in states:
            yield state

    async def pages(
        self, recording: Recording, source: str, *, every: bool
    ) -> AsyncIterator[Sequence[int]]:
        """Yield the articles whose page is due by now, as many as the day's budget has requests."""
        limit, now = recording.config.daily_budget, recording.config.clock()
        due = await recording.find_due(source, now, limit, every=every)
        for start in range(0, len(due), BATCH):
            yield due[start : start + BATCH]

    async def pictures(
        self, recording: Recording, source: str, media: Media, *, every: bool
    ) -> AsyncIterator[Sequence[str]]:
        """Yield the addresses of the pictures that are due by now."""
        limit, now = recording.config.daily_budget, recording.config.clock()
        await recording.note_earlier(source)
        urls = await recording.find_pending(source, media, now, limit, every=every)
        if urls:
            yield urls
