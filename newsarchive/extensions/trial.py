"""A trial: the road of a crawl, with robots.txt, guard and pipelines, that leaves no trace."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from scrapy import Spider

from newsarchive.config import Config
from newsarchive.extensions.crawl_run import CrawlRun, decide_outcome
from newsarchive.items import Document
from newsarchive.model import Capture, Feed, FeedState, Outcome
from newsarchive.recording import Recording, attach
from newsarchive.sources import Source
from newsarchive.warc import Exchange


class Trial(Recording):
    """What a trial writes with: nothing. Documents end in `documents`, as they would be stored."""

    def __init__(self, config: Config, sources: Mapping[str, Source]) -> None:
        # Not the base's: there is no archive, no WARC and no process to write with.
        self.config = config
        self.sources = dict(sources)
        self.documents: list[Document] = []

    async def find_feed_states(self, feeds: Sequence[Feed]) -> list[FeedState]:
        """Return each feed as one that nobody has asked yet."""
        return [FeedState(id=0, feed=feed) for feed in feeds]

    async def record_exchange(self, exchange: Exchange, repeats: Capture | None) -> Capture:  # noqa: ARG002 - the base's
        """Return the capture of an exchange that is kept nowhere."""
        return Capture(exchange.url, exchange.captured_at, "", "", 0, 0, exchange.status)

    async def store(self, document: Document) -> Counter[str]:
        """Keep the document in memory; return how many entries it has, and fails to have."""
        self.documents.append(document)
        return Counter(entries=len(document.observations), quarantined=len(document.quarantined))

    async def finish(self, outcome: Outcome, counters: Mapping[str, Any]) -> None:
        """Do nothing: nothing is open."""


class TrialRun(CrawlRun):
    """In place of a crawl run: begins none, holds no lease."""

    async def open(self, spider: Spider) -> None:
        """Let the components write with the spider's trial."""
        attach(self.crawler, spider.trial)  # type: ignore[attr-defined]  # a TrialSpider has one

    async def close(self, reason: str) -> None:
        """Decide how the trial ended."""
        self.outcome = decide_outcome(reason, self.counters())
