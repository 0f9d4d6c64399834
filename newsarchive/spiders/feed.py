"""What all spiders that poll feeds share: ask, say what was seen, fail as a value.

First the feeds; when all that they told is stored, the pages that the archive says are due; last,
when these are stored, the pictures that it lacks.
"""

import logging
from collections.abc import AsyncIterator, Mapping
from typing import Any, Self

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from newsarchive.answers import Site
from newsarchive.answers.feeds import NOT_MODIFIED, read_feed_answer
from newsarchive.config import VARIABLES, Config
from newsarchive.exceptions import UsageError
from newsarchive.feeds import polling
from newsarchive.items import Document, Poll
from newsarchive.logs import write_as
from newsarchive.model import Feed, FeedState, Media
from newsarchive.recording import Recording, recording_of
from newsarchive.sources import SOURCES, Source, get_source
from newsarchive.spiders.gate import LANDED, Gate
from newsarchive.spiders.responses import answer_of, reason_of

logger = logging.getLogger(__name__)

PAGES = ("none", "due", "all")

IN_FLIGHT = 1
"""Documents between spider and archive. The thread that stores and the one that cleans share
the interpreter: two at a time take a tenth more CPU and no less time, sixteen twice the memory."""


class FeedSpider(Spider):
    """Polls the feeds of one source and looks at its pages; a subclass names it.

    Each poll, and each look at a page, is one Document, whatever came of it.
    """

    source_name: str
    sources: Mapping[str, Source] = SOURCES
    fetches_pictures = True

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
        self.feeds = get_source(self.source_name, self.sources).feeds_of(wanted)
        self.pages = pages
        self.full = full == "1"
        self.arguments = {"categories": categories, "pages": pages, "full": full}
        self.asked = Gate(1)
        self.room = Gate(IN_FLIGHT)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Make the spider for `crawler` and learn when its items have landed."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        # Enough to keep the network busy, and with one request at a time none behind it: when a
        # site asks for a pause, nothing is under way any more.
        spider.asked = Gate(2 * crawler.settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN") - 1)
        for signal in LANDED:
            crawler.signals.connect(spider.land, signal=signal)
        spider.room.watch(crawler)
        return spider

    def land(self, item: Document) -> None:
        """Note which questions have come to their end with `item`."""
        for _ in range(len(item.looks) or 1):
            self.asked.leave()

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Say in the User-Agent who we are and whom to ask."""
        super().update_settings(settings)
        config = Config.load({name: settings.get(name) for name in VARIABLES})
        settings.set("USER_AGENT", config.user_agent, priority="spider")
        # As given with -s, that is: settings.py has read the environment and the file.
        settings.set("LOG_FORMAT", write_as(config.log_format), priority="spider")

    def feed_url(self, feed: Feed) -> str:
        """Return the address at which `feed` is fetched."""
        raise NotImplementedError

    async def start(self) -> AsyncIterator[Request]:
        """Ask every feed, then for every page that is due, then for the pictures."""
        recording = recording_of(self.crawler)
        media = Media(recording.config.media)
        if recording.config.contact_is_default:
            logger.warning("NEWSARCHIVE_CONTACT is not set: nobody can ask us to slow down")
        async for poll in self._polls(recording):
            await self.asked.enter()
            yield poll
        await self.asked.empty()  # what the feeds told is in the archive's list now
        if self.pages != "none":
            async for look in self._looks(recording):
                yield look
        if media is not Media.NONE:
            await self.asked.empty()  # no article waits for a picture
            async for fetch in self._pictures(recording, media):
                yield fetch
        await self.asked.settle()

    async def _polls(self, recording: Recording) -> AsyncIterator[Request]:
        """Yield the request for each feed, but those whose server asked not to come yet."""
        now = recording.config.clock()
        for state in await recording.find_feed_states(self.feeds):
            if polling.may_poll(state, now):
                yield self._poll(state)
            else:
                self.count("feeds_held_back")
                logger.info("%s: not before %s", state.feed.slug, state.retry_after_at)

    async def _looks(self, recording: Recording) -> AsyncIterator[Request]:
        """Yield the request for each page that is due, as many as politeness allows."""
        source, every = get_source(self.source_name, self.sources), self.pages == "all"
        limit, now = recording.config.daily_budget, recording.config.clock()
        due = await recording.find_due(source.name, now, limit, every=every)
        if not due:
            return
        from newsarchive.spiders.pages import Looking  # noqa: PLC0415 - only where one is due

        site = Site(source, recording.config.site_url)
        looking = Looking(self, site, self.asked, full=self.full)
        async for look in looking.requests(recording, due):
            yield look

    async def _pictures(self, recording: Recording, media: Media) -> AsyncIterator[Request]:
        """Yield the request for each picture that is wanted, as many as politeness allows."""
        source, every = get_source(self.source_name, self.sources), self.pages == "all"
        limit, now = recording.config.daily_budget, recording.config.clock()
        await recording.note_earlier(source.name)
        urls = await recording.find_pending(source.name, media, now, limit, every=every)
        if not urls:
            return
        from newsarchive.spiders.pictures import Fetching  # noqa: PLC0415 - only where one is due

        fetching = Fetching(self, Site(source, recording.config.media_url), self.asked)
        async for fetch in fetching.requests(recording, urls):
            yield fetch

    def _poll(self, state: FeedState) -> Request:
        conditional = polling.is_conditional(state, full=self.full)
        return Request(
            self.feed_url(state.feed),
            headers=polling.conditional_headers(state.validators) if conditional else None,
            callback=self.parse,
            errback=self.fail,
            cb_kwargs={"state": state, "conditional": conditional},
            meta={
                "captures": [],
                "repeats": state.last_capture,
                "document": f"feed {state.feed.source}/{state.feed.slug}",
            },
            dont_filter=True,
            priority=-state.feed.position,  # in the catalogue's order, whatever is waiting
        )

    async def parse(self, response: Response, **kwargs: Any) -> AsyncIterator[Document]:
        """Yield the one Document of a poll that was answered."""
        await self.room.enter()
        try:
            answer = answer_of(response)
            document = read_feed_answer(answer, kwargs["state"], conditional=kwargs["conditional"])
        except BaseException:
            self.room.leave()
            self.asked.leave()
            raise
        self._count_poll(document)
        yield document

    async def fail(self, failure: Failure) -> AsyncIterator[Document]:
        """Yield the one Document of a poll that got no answer."""
        await self.room.enter()
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy adds it
        error = reason_of(failure.value)
        captures = request.meta["captures"]
        self.count("documents_answered" if captures else "documents_unanswered")
        state: FeedState = request.cb_kwargs["state"]
        poll = Poll(state, recording_of(self.crawler).config.clock(), error=error)
        self.count_failure(state.feed.slug, error)
        yield Document(state.feed.source, poll=poll, captures=captures)

    def _count_poll(self, document: Document) -> None:
        poll = document.poll
        assert poll is not None
        self.count("documents_answered")
        if poll.error is not None:
            self.count_failure(poll.feed.feed.slug, poll.error)
        elif poll.status == NOT_MODIFIED:
            self.count("feeds_not_modified")
        else:
            self.count("feeds_read")

    def count_failure(self, name: str, error: str) -> None:
        """Count and tell that a document came to nothing."""
        self.count("documents_failed")
        logger.warning("%s: %s", name, error)

    def count(self, name: str) -> None:
        """Count one more `name` of this run."""
        self.crawler.stats.inc_value(f"newsarchive/{name}")
