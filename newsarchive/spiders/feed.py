"""What all spiders that poll feeds share: ask, read, say what was seen, fail as a value."""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any, ClassVar, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from newsarchive.config import VARIABLES, Config
from newsarchive.exceptions import ParseError, UsageError
from newsarchive.feeds import polling
from newsarchive.items import Document, Poll, Quarantined
from newsarchive.model import Capture, Entry, Feed, FeedState, Observation, Origin, Stage
from newsarchive.recording import recording_of
from newsarchive.sources import get_source

logger = logging.getLogger(__name__)

OK, NOT_MODIFIED = 200, 304
PAGES = ("none", "due", "all")

IN_FLIGHT = 1
"""Documents between spider and archive. The thread that stores and the one that cleans share
the interpreter: two at a time take a tenth more CPU and no less time, sixteen twice the memory."""

if TYPE_CHECKING:
    from newsarchive.feeds.parser import ParsedFeed, RejectedEntry


class FeedSpider(Spider):
    """Polls the feeds of one source; a subclass names it and its address.

    Each poll is one Document, whatever came of it: entries, a 304, or the reason for failure.
    """

    source_name: ClassVar[str]

    def __init__(
        self,
        categories: str | None = None,
        pages: str = "due",
        full: str = "0",
        **unknown: Any,
    ) -> None:
        super().__init__()
        if unknown:
            raise UsageError(
                f"unknown argument {min(unknown)!r}; {self.name} takes categories, pages, full"
            )
        if pages not in PAGES:
            raise UsageError(f"pages={pages!r}; it may be {', '.join(PAGES)}")
        if full not in {"0", "1"}:
            raise UsageError(f"full={full!r}; it may be 0 or 1")
        wanted = [name.strip() for name in categories.split(",")] if categories else None
        self.feeds = get_source(self.source_name).feeds_of(wanted)
        self.full = full == "1"
        self.arguments = {"categories": categories, "pages": pages, "full": full}
        self._room = asyncio.Semaphore(IN_FLIGHT)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Make the spider for `crawler` and learn when its items have landed."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        for signal in (signals.item_scraped, signals.item_dropped, signals.item_error):
            crawler.signals.connect(spider.land, signal=signal)
        return spider

    def land(self) -> None:
        """Note that a document has reached the end of its road: there is room for another."""
        self._room.release()

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Say in the User-Agent who we are and whom to ask."""
        super().update_settings(settings)
        config = Config.load({name: settings.get(name) for name in VARIABLES})
        settings.set("USER_AGENT", config.user_agent, priority="spider")

    def feed_url(self, feed: Feed) -> str:
        """Return the address at which `feed` is fetched."""
        raise NotImplementedError

    async def start(self) -> AsyncIterator[Any]:
        """Ask every feed, but those whose server asked not to come yet."""
        recording = recording_of(self.crawler)
        if recording.config.contact_is_default:
            logger.warning("NEWSARCHIVE_CONTACT is not set: nobody can ask us to slow down")
        now = recording.config.clock()
        for state in await recording.find_feed_states(self.feeds):
            if polling.may_poll(state, now):
                yield self._request(state)
            else:
                self._count("feeds_held_back")
                logger.info("%s: not before %s", state.feed.slug, state.retry_after_at)

    def _request(self, state: FeedState) -> Request:
        conditional = polling.is_conditional(state, full=self.full)
        return Request(
            self.feed_url(state.feed),
            headers=polling.conditional_headers(state.validators) if conditional else None,
            callback=self.parse,
            errback=self.fail,
            cb_kwargs={"state": state, "conditional": conditional},
            meta={"captures": [], "repeats": state.last_capture},
            dont_filter=True,
            priority=-state.feed.position,  # in the catalogue's order, whatever is waiting
        )

    async def parse(self, response: Response, **kwargs: Any) -> AsyncIterator[Document]:
        """Yield the one Document of a poll that was answered."""
        await self._room.acquire()
        try:
            document = self._answered(response, kwargs["state"], conditional=kwargs["conditional"])
        except BaseException:
            self._room.release()
            raise
        yield document

    async def fail(self, failure: Failure) -> AsyncIterator[Document]:
        """Yield the one Document of a poll that got no answer."""
        await self._room.acquire()
        yield self._unanswered(failure)

    def _answered(self, response: Response, state: FeedState, *, conditional: bool) -> Document:
        self._count("documents_answered")
        if response.status == NOT_MODIFIED:
            self._count("feeds_not_modified")
            poll = Poll(state, self._now(), NOT_MODIFIED, conditional=conditional)
            return Document(self.source_name, poll=poll)
        if response.status == OK:
            return self._read(response, state, conditional=conditional)
        return self._failed(response, state, f"HTTP {response.status}")

    def _unanswered(self, failure: Failure) -> Document:
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy adds it
        state: FeedState = request.cb_kwargs["state"]
        error = f"{type(failure.value).__name__}: {failure.value}".splitlines()[0]
        self._count("documents_unanswered")
        self._count("documents_failed")
        logger.warning("%s: %s", state.feed.slug, error)
        poll = Poll(state, self._now(), error=error)
        return Document(self.source_name, poll=poll, captures=request.meta["captures"])

    def _failed(self, response: Response, state: FeedState, error: str) -> Document:
        self._count("documents_failed")
        logger.warning("%s: %s", state.feed.slug, error)
        retry_after = polling.parse_retry_after(_headers(response).get("retry-after"), self._now())
        poll = Poll(state, self._now(), response.status, error=error, retry_after_at=retry_after)
        return Document(self.source_name, poll=poll, captures=response.meta["captures"])

    def _read(self, response: Response, state: FeedState, *, conditional: bool) -> Document:
        captures: list[Capture] = response.meta["captures"]
        capture = captures[-1]
        from newsarchive.feeds.parser import parse_feed  # noqa: PLC0415 - a 304 needs none of it

        headers = _headers(response)
        try:
            parsed = parse_feed(response.body, headers.get("content-type"))
        except ParseError as error:
            return self._unreadable(state, captures, error)
        self._count("feeds_read")
        poll = Poll(
            state,
            capture.captured_at,
            OK,
            validators=polling.read_validators(headers),
            conditional=conditional,
            title=parsed.title,
        )
        return Document(
            self.source_name,
            observations=[_observe(entry, state.feed, capture) for entry in parsed.entries],
            quarantined=_reject(parsed, response.url, capture),
            captures=captures,
            poll=poll,
        )

    def _unreadable(self, state: FeedState, captures: list[Capture], error: ParseError) -> Document:
        capture = captures[-1]
        self._count("documents_failed")
        logger.warning("%s: %s", state.feed.slug, error)
        failed = Quarantined(
            Stage.PARSE, str(error), capture.url, None, capture.captured_at, capture
        )
        poll = Poll(state, capture.captured_at, OK, error=str(error))
        return Document(self.source_name, quarantined=[failed], captures=captures, poll=poll)

    def _now(self) -> Any:
        return recording_of(self.crawler).config.clock()

    def _count(self, name: str) -> None:
        self.crawler.stats.inc_value(f"newsarchive/{name}")


def _headers(response: Response) -> dict[str, str]:
    """Return the header fields by their names in lower case."""
    fields = response.headers.items()
    return {
        name.decode("latin-1").lower(): b",".join(values).decode("latin-1")
        for name, values in fields
    }


def _observe(entry: Entry, feed: Feed, capture: Capture) -> Observation:
    return Observation(
        origin=Origin.FEED,
        captured_at=capture.captured_at,
        title=entry.title,
        html=entry.body,
        guid=entry.guid,
        link=entry.link,
        original_link=entry.original_link,
        feed=feed.slug,
        category=feed.category,
        published_at=entry.published_at,
        image_url=entry.image_url,
        kind=feed.kind,
        capture=capture,
    )


def _reject(parsed: "ParsedFeed", url: str, capture: Capture) -> list[Quarantined]:
    def one(rejected: "RejectedEntry") -> Quarantined:
        return Quarantined(
            Stage.PARSE, rejected.error, url, rejected.payload, capture.captured_at, capture
        )

    return [one(rejected) for rejected in parsed.rejected]
