"""Politeness of all workers together: whose turn it is at a host, by a clock in Valkey."""

import asyncio
from collections.abc import Sequence
from uuid import uuid4

from redis import RedisError
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from newsarchive.distributed.loss import BACKOFF, RETRIES, Loss

GRACE_S = 10
"""What a request may take beyond its time-out before its place at a host is given to another."""

PLACE = "place_at_host"

# A host's clock and its places, for all workers by the server's own time. Gives how long to wait
# in milliseconds: before asking; or, negative, before trying again, as all places are taken.
TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local delay, limit, expires = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
if redis.call('ZCARD', KEYS[2]) >= limit then
    local first = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')
    return -math.max(1, math.ceil(tonumber(first[2]) - now))
end
local at = math.max(now, tonumber(redis.call('GET', KEYS[1]) or '0'))
redis.call('SET', KEYS[1], string.format('%.0f', at + delay), 'PX', at - now + delay + 1000)
redis.call('ZADD', KEYS[2], at + expires, ARGV[4])
redis.call('PEXPIRE', KEYS[2], at - now + expires + 1000)
return at - now
"""


class Pace:
    """The downloader middleware that makes all workers together as polite as one.

    Delay and number of requests at a time are those of the downloader, `Crawl-delay` included,
    and hold for a host whoever asks. A worker that dies gives its place back by its time-out.
    """

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self._crawler = crawler
        retry = Retry(BACKOFF, RETRIES)
        self._server = Redis.from_url(settings["REDIS_URL"], retry=retry)
        self._loss = Loss(crawler)
        self._take = self._server.register_script(TAKE)
        self._expires_ms = 1000 * (settings.getint("DOWNLOAD_TIMEOUT") + GRACE_S)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Pace":
        """Make the middleware for `crawler`."""
        pace = cls(crawler)
        crawler.signals.connect(pace.close, signal=signals.engine_stopped)
        return pace

    async def process_request(self, request: Request) -> None:
        """Wait until it is this request's turn at its host."""
        downloader = self._crawler.engine.downloader
        slot = downloader.get_slot_key(request)
        own = downloader.per_slot_settings.get(slot, {})
        settings = self._crawler.settings
        delay_s = own.get("delay", settings.getfloat("DOWNLOAD_DELAY"))
        limit = own.get("concurrency", settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN"))
        host, token = f"newsarchive:host:{slot}", uuid4().hex
        arguments = [round(1000 * delay_s), limit, self._expires_ms, token]
        try:
            wait_s = await self._wait_for_place(host, arguments)
        except RedisError as error:
            self._loss.note(error)
            raise IgnoreRequest(f"nobody can tell whose turn it is: {error}") from error
        request.meta[PLACE] = (host, token)
        if wait_s:
            await asyncio.sleep(wait_s)

    async def _wait_for_place(self, host: str, arguments: Sequence[int | str]) -> float:
        """Return how many seconds to wait before asking, once there is a place."""
        keys = [host, f"{host}:busy"]
        while (wait_ms := await self._take(keys=keys, args=arguments)) < 0:
            # Whoever gives a place back says so; who died does not.
            await self._server.blpop([f"{host}:freed"], timeout=min(-wait_ms / 1000, 1))
        return float(wait_ms / 1000)

    async def process_response(self, request: Request, response: Response) -> Response:
        """Return `response`; its request's place is free."""
        await self._leave(request)
        return response

    async def process_exception(self, request: Request, exception: Exception) -> None:  # noqa: ARG002 - Scrapy's interface
        """Give the place of a request back that got no answer."""
        await self._leave(request)

    async def _leave(self, request: Request) -> None:
        host, token = request.meta.pop(PLACE, (None, None))
        if host is None:
            return
        async with self._server.pipeline(transaction=False) as together:
            together.zrem(f"{host}:busy", token)
            together.lpush(f"{host}:freed", 1)
            together.ltrim(f"{host}:freed", 0, 63)
            together.pexpire(f"{host}:freed", 10_000)
            try:
                await together.execute()
            except RedisError as error:  # its place is free by its time-out
                self._loss.note(error)

    async def close(self) -> None:
        """Give the connections up."""
        await self._server.aclose()
