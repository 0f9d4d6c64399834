"""The work that workers share: seeds in Valkey, claims in the archive's database."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from itertools import islice
from typing import Any

from redis import RedisError
from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy_redis.connection import get_redis_from_settings
from scrapy_redis.dupefilter import RFPDupeFilter
from scrapy_redis.queue import FifoQueue

from newsarchive.cleaning.dates import day_in_amsterdam, midnight
from newsarchive.distributed.loss import Loss
from newsarchive.model import FeedState, Media
from newsarchive.processes import is_alive, this_process
from newsarchive.recording import Recording
from newsarchive.spiders.feed import FeedSpider
from newsarchive.storage import Allowance, Wanted

SEEDED = 200
"""Seeds that one worker puts into an empty queue."""

TAKEN = 20
"""Seeds that one worker takes at most at a time."""

REQUESTS = {"page": 2, "picture": 1}
"""What one of a kind takes of the day's budget: a page has a short address that leads to it."""

PAUSE_S = 0.5
"""Between two looks whether others have left something to do."""


class Sharing:
    """The extension that gives a spider its share of the work."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Sharing":
        """Make the extension for `crawler`."""
        sharing = cls()
        crawler.signals.connect(sharing.open, signal=signals.spider_opened)
        return sharing

    def open(self, spider: FeedSpider) -> None:
        """Have the spider ask the others."""
        if spider.is_shared:
            spider.work = Shared(spider, get_redis_from_settings(spider.crawler.settings))


class _Json:
    """How a seed is written: nothing in the queue can run code where it is read."""

    @staticmethod
    def dumps(seed: dict[str, Any]) -> str:
        return json.dumps({"url": seed["url"], "meta": seed["meta"]})

    @staticmethod
    def loads(written: bytes) -> dict[str, Any]:
        seed: dict[str, Any] = json.loads(written)
        return seed


class _Seen(RFPDupeFilter):  # type: ignore[misc]  # scrapy-redis has no types
    """The duplicate filter, by the fingerprints of the crawl itself."""

    def __init__(self, server: Any, key: str, crawler: Crawler) -> None:
        super().__init__(server, key)
        self._fingerprinter = crawler.request_fingerprinter

    def request_fingerprint(self, request: Request) -> str:
        fingerprint: bytes = self._fingerprinter.fingerprint(request)
        return fingerprint.hex()


class Seeds:
    """What is handed out next, the same for all workers. Asks the server at once: not in a loop."""

    def __init__(self, server: Any, spider: FeedSpider, key: str) -> None:
        self._queue = FifoQueue(server, spider, key, serializer=_Json)
        self._seen = _Seen(server, f"{key}:seen", spider.crawler)

    def take(self, limit: int) -> list[str]:
        """Take the next keys out; none where the queue is empty."""
        taken: list[str] = []
        while len(taken) < limit and (seed := self._queue.pop()) is not None:
            taken.append(seed.meta["key"])
        return taken

    def fill(self, found: Sequence[tuple[str, str]]) -> None:
        """Put keys with their addresses into the queue, unless another has filled it meanwhile."""
        if len(self._queue):
            return
        # What was seen is what is in the queue: a worker that dies takes its seeds along.
        self._seen.clear()
        for key, url in found:
            seed = Request(url, meta={"key": key})
            if not self._seen.request_seen(seed):
                self._queue.push(seed)


class Shared:
    """The work of one of several workers: what it could claim.

    It ends when nothing is due any more and nobody else is at anything that could come to more.
    """

    def __init__(self, spider: FeedSpider, server: Any) -> None:
        self._spider = spider
        self._server = server
        self._loss = Loss(spider.crawler)
        self._tried: set[str] = set()
        concurrency = spider.crawler.settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")
        # No more than can be asked soon: a site's wish to be left alone is heard with each claim.
        self._at_once = min(2 * concurrency - 1, TAKEN)

    async def feeds(
        self, recording: Recording, states: Sequence[FeedState]
    ) -> AsyncIterator[FeedState]:
        """Yield each feed of `states` that is this worker's; end when all of them were polled."""
        round_began_at = await recording.write(recording.claims.find_round, recording.run_id)
        since = None if self._spider.by_plan else round_began_at
        waiting = {state.id: state for state in states}
        while waiting:
            first = islice(waiting.items(), SEEDED)  # a question about thousands is a long one
            known = {key: state.last_polled_at for key, state in first}
            now = recording.config.clock()
            taken, polled = await recording.write(
                recording.claims.take_feeds,
                recording.run_id,
                known,
                since,
                now=now,
                limit=self._at_once,
            )
            for key in polled:
                del waiting[key]
            for key in taken:
                yield waiting.pop(key)
            if waiting and not taken and not polled:
                await self._is_anyone_at_work(recording)
                await asyncio.sleep(PAUSE_S)

    async def pages(
        self, recording: Recording, source: str, *, every: bool
    ) -> AsyncIterator[Sequence[int]]:
        """Yield articles whose page is this worker's to look at."""
        try:
            async for keys in self._shares(recording, source, None, every=every):
                yield [int(key) for key in keys]
        except RedisError as error:
            self._loss.note(error)

    async def pictures(
        self, recording: Recording, source: str, media: Media, *, every: bool
    ) -> AsyncIterator[Sequence[str]]:
        """Yield the addresses of pictures that are this worker's to fetch."""
        await recording.note_earlier(source)
        try:
            async for keys in self._shares(recording, source, media, every=every):
                yield keys
        except RedisError as error:
            self._loss.note(error)

    async def _shares(
        self, recording: Recording, source: str, media: Media | None, *, every: bool
    ) -> AsyncIterator[list[str]]:
        began_at = recording.config.clock()
        round_began_at = await recording.write(recording.claims.find_round, recording.run_id)
        since = round_began_at if every else began_at
        while True:
            now = recording.config.clock()
            wanted = Wanted(source, now, since, every, media)
            seeds = Seeds(self._server, self._spider, f"newsarchive:{source}:{wanted.kind}s")
            keys = await asyncio.to_thread(seeds.take, self._at_once)
            if keys:
                taken = await self._claim(recording, wanted, keys)
                if taken is None:
                    return
                if taken:
                    yield taken
                continue
            free = await recording.write(recording.claims.find_free, wanted, SEEDED)
            untried = [(key, url) for key, url in free if key not in self._tried]
            if untried:
                await asyncio.to_thread(seeds.fill, untried)
            elif await self._is_anyone_at_work(recording):
                await asyncio.sleep(PAUSE_S)
            elif self._spider.asked.is_empty():
                return
            else:  # what is under way here may come to more
                await self._spider.asked.empty()

    async def _claim(
        self, recording: Recording, wanted: Wanted, keys: Sequence[str]
    ) -> list[str] | None:
        untried = [key for key in keys if key not in self._tried]
        day = midnight(day_in_amsterdam(wanted.now))
        allowance = Allowance(recording.config.daily_budget, day, REQUESTS[wanted.kind])
        taken = await recording.write(
            recording.claims.take, recording.run_id, wanted, untried, allowance
        )
        self._tried.update(taken or ())
        return taken

    async def _is_anyone_at_work(self, recording: Recording) -> bool:
        """Return whether a living worker holds something; give back what nobody is at."""
        if self._spider.asked.is_empty():  # what could not be stored is another's to try
            await recording.write(recording.claims.release_all, recording.run_id)
        return await recording.write(
            recording.claims.is_anyone_at_work,
            recording.run_id,
            this_process(),
            recording.config.clock(),
            is_alive,
        )
