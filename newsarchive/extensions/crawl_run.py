"""The crawl run: opened before the first request, closed with an honest outcome."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider

from newsarchive import __version__
from newsarchive.config import VARIABLES, Config
from newsarchive.exceptions import ConfigError, NewsArchiveError, StorageError
from newsarchive.logs import name_run
from newsarchive.model import Outcome, Render
from newsarchive.processes import is_alive, this_process
from newsarchive.recording import Recording, attach, recording_of
from newsarchive.sources import get_source, known_sources
from newsarchive.storage import NewRun
from newsarchive.writing import WriterLostError

logger = logging.getLogger(__name__)

PREFIX = "newsarchive/"
FAILURES = ("documents_failed", "documents_not_stored", "quarantined", "errors")
"""Counters of which one above zero makes a run a failed one."""


def decide_outcome(reason: str, counters: Mapping[str, Any]) -> Outcome:
    """Return how a run ended, from Scrapy's reason for closing and the run's counters."""
    if reason != "finished":
        return Outcome.FAILED if reason == "start_error" else Outcome.INTERRUPTED
    if counters.get("documents_unanswered", 0) and not counters.get("documents_answered", 0):
        return Outcome.UNREACHABLE
    if any(counters.get(name, 0) for name in FAILURES):
        return Outcome.FAILED
    return Outcome.FINISHED


class CrawlRun:
    """Opens archive and WARC, holds the run's row, counts errors, writes the outcome."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.failure: NewsArchiveError | None = None
        self.outcome: Outcome | None = None
        self._has_begun = False
        self._closing: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "CrawlRun":
        """Make the extension for `crawler`."""
        run = cls(crawler)
        crawler.signals.connect(run.open, signal=signals.spider_opened)
        crawler.signals.connect(run.close, signal=signals.spider_closed)
        crawler.signals.connect(run.count_error, signal=signals.spider_error)
        crawler.signals.connect(run.count_error, signal=signals.item_error)
        return run

    async def open(self, spider: Spider) -> None:
        """Begin the run; where that cannot be, close the spider before its first request."""
        settings = self.crawler.settings
        try:
            config = Config.load({name: settings.get(name) for name in VARIABLES})
            if settings.getbool("HTTPCACHE_ENABLED"):
                raise ConfigError(
                    "HTTPCACHE_ENABLED: a cache would answer in NOS's place; switch it off"
                )
            sources = known_sources(config.source_tables, config.file)
            source = get_source(getattr(spider, "source_name", spider.name), sources)
            run = NewRun(
                spider=spider.name,
                source=source.name,
                arguments=getattr(spider, "arguments", {}),
                version=__version__,
                started_at=config.clock(),
                lease=getattr(spider, "lease", spider.name),
                owner=this_process(),
                is_shared=getattr(spider, "is_shared", False),
            )
            is_rehearsal = settings.getbool("NEWSARCHIVE_DRY_RUN")
            recording = Recording.begin(
                config,
                run,
                source,
                is_alive,
                is_rehearsal=is_rehearsal,
                fetches_pictures=getattr(spider, "fetches_pictures", False),
                render=getattr(spider, "render", Render.NONE),
            )
            attach(self.crawler, recording)
            recording.when_lost(self.give_up)
            name_run(recording.run_id)
            self._has_begun = True
        except NewsArchiveError as error:
            self.failure = error
            logger.error("%s", error)  # noqa: TRY400 - a sentence for people, no traceback
            raise CloseSpider(type(error).__name__) from error

    def give_up(self, error: NewsArchiveError) -> None:
        """End the crawl, once: nothing that it fetches could be kept."""
        if self.failure is not None:
            return
        self.failure = error
        logger.error("%s", error)
        if self.outcome is None:
            closing = self.crawler.engine.close_spider_async(reason="nothing_kept")
            self._closing = asyncio.get_running_loop().create_task(closing)

    def count_error(self) -> None:
        """Count an exception that no code of ours expected; Scrapy has logged it."""
        self.crawler.stats.inc_value(PREFIX + "errors")

    async def close(self, reason: str) -> None:
        """Write the outcome, unless there is nobody to do so."""
        if not self._has_begun or isinstance(self.failure, WriterLostError):
            return
        counters = self.counters()
        self.outcome = decide_outcome(reason, counters)
        recording = recording_of(self.crawler)
        try:
            await recording.finish(self.outcome, counters)
        except (StorageError, OSError) as error:
            self.give_up(StorageError(f"how the run ended could not be written: {error}"))
            return
        if recording.config.metrics_file is not None:
            from newsarchive.monitoring import leave_metrics  # noqa: PLC0415 - only where wanted

            leave_metrics(recording.config)
        told = ", ".join(f"{count} {name}" for name, count in counters.items())
        logger.info("Crawl run %s: %s", self.outcome, told or "nothing to do")

    def counters(self) -> dict[str, int]:
        """Return what this run counted, by name."""
        stats = self.crawler.stats.get_stats()
        return {
            name.removeprefix(PREFIX): value
            for name, value in sorted(stats.items())
            if name.startswith(PREFIX) and value
        }
