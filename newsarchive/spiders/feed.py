"""What all spiders that poll feeds share: ask, say what was seen, fail as a value.

First the feeds; when all that they told is stored, the pages that the archive says are due; last,
when these are stored, the pictures that it lacks.
"""

import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from newsarchive.answers import Site
from newsarchive.answers.feeds import NOT_MODIFIED, read_feed_answer
from newsarchive.config import VARIABLES, Clock, Config
from newsarchive.exceptions import StorageError, UsageError
from newsarchive.feeds import polling
from newsarchive.items import Document, Poll
from newsarchive.logs import write_as
from newsarchive.model import Feed, FeedState, Media, Render
from newsarchive.recording import Recording, recording_of
from newsarchive.sources import SOURCES, Source, get_source
from newsarchive.spiders.gate import LANDED, Gate
from newsarchive.spiders.responses import answer_of, reason_of
from newsarchive.spiders.work import Alone, Work

if TYPE_CHECKING:
    from newsarchive.spiders.pages import Looking
    from newsarchive.spiders.pictures import Fetching

logger = logging.getLogger(__name__)

PAGES = ("none", "due", "all")
FEEDS = ("all", "due")

IN_FLIGHT = 1
"""Documents between spider and archive. One is cleaned while the one before
it is stored, in a process of its own: more at a time gain nothing, and each takes memory."""


class FeedSpider(Spider):
    """Polls the feeds of one source and looks at its pages; a subclass names it.

    Each poll, and each look at a page, is one Document, whatever came of it.
    """

    source_name: str
    sources: Mapping[str, Source] = SOURCES
    fetches_pictures = True
    can_share = True  # its source with other processes
    is_shared = False

    def __init__(
        self,
        categories: str | None = None,
        pages: str = "due",
        full: str = "0",
        feeds: str = "all",
        render: str | None = None,
        **unknown: Any,
    ) -> None:
        super().__init__()
        if unknown:
            raise UsageError(
                f"unknown argument {min(unknown)!r}; "
                f"{self.name} takes categories, pages, full, feeds, render"
            )
        if pages not in PAGES:
            raise UsageError(f"pages={pages!r}; it may be {', '.join(PAGES)}")
        if full not in {"0", "1"}:
            raise UsageError(f"full={full!r}; it may be 0 or 1")
        if feeds not in FEEDS:
            raise UsageError(f"feeds={feeds!r}; it may be {', '.join(FEEDS)}")
        if render not in {None, *Render}:
            raise UsageError(f"render={render!r}; it may be {', '.join(Render)}")
        wanted = [name.strip() for name in categories.split(",")] if categories else None
        self.feeds = get_source(self.source_name, self.sources).feeds_of(wanted)
        self.pages = pages
        self.full = full == "1"
        self.by_plan = feeds == "due"
        self.polls_at: datetime | None = None  # when whatever is left makes way for a feed
        self.arguments = {
            "categories": categories,
            "pages": pages,
            "full": full,
            "feeds": feeds,
            "render": render,
        }
        self.render = Render(render or Render.NONE)
        self.work: Work = Alone()
        self.asked = Gate(1)
        self.room = Gate(IN_FLIGHT)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Make the spider for `crawler` and learn when its items have landed."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        config = Config.load({name: crawler.settings.get(name) for name in VARIABLES})
        spider.choose_render(config.renderers)
        spider.is_shared = spider.can_share and config.redis_url is not None
        # Enough to keep the network busy, and with one request at a time none behind it: when a
        # site asks for a pause, nothing is under way any more.
        spider.asked = Gate(2 * crawler.settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN") - 1)
        for signal in LANDED:
            crawler.signals.connect(spider.land, signal=signal)
        spider.room.watch(crawler)
        return spider

    def choose_render(self, renderers: Sequence[str]) -> None:
        """Take the default where `render` was not given; raise UsageError where it cannot be."""
        if renderers and self.arguments["render"] is None:
            self.render = Render.AUTO
        if self.render is not Render.NONE and not renderers:
            raise UsageError(
                f"render={self.render} needs a renderer: set NEWSARCHIVE_SPLASH_URL, or "
                "NEWSARCHIVE_RENDERER=playwright"
            )

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
        if config.renderers:
            from newsarchive.rendering import install  # noqa: PLC0415 - only where there is one

            install(settings, config)
        if config.redis_url is not None:
            addons = settings.getdict("ADDONS") | {"newsarchive.distributed.Distributed": 0}
            settings.set("ADDONS", addons, priority="spider")

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
        if self.by_plan:
            self.polls_at = await self._find_next_poll(recording)
        if self.pages != "none":
            async for look in self._looks(recording):
                yield look
                if self._must_make_way(recording.config.clock):
                    break
        if media is not Media.NONE:
            await self.asked.empty()  # no article waits for a picture
            async for fetch in self._pictures(recording, media):
                yield fetch
                if self._must_make_way(recording.config.clock):
                    break
        await self.asked.settle()

    async def _polls(self, recording: Recording) -> AsyncIterator[Request]:
        """Yield the request for each feed, but those whose server asked not to come yet.

        With `feeds=due` not for those either whose time by our own plan has not come.
        """
        now = recording.config.clock()
        due = []
        for state in await recording.find_feed_states(self.feeds):
            if not polling.may_poll(state, now):
                self.count("feeds_held_back")
                logger.info("%s: not before %s", state.feed.slug, state.retry_after_at)
            elif self.by_plan and not polling.is_due(state.next_poll_at, now):
                self.count("feeds_not_due")
            else:
                due.append(state)
        async for state in self.work.feeds(recording, due):
            yield self._poll(state)

    async def _find_next_poll(self, recording: Recording) -> datetime | None:
        """Return when the next feed is due; what is overdue even now is not waited for."""
        now = recording.config.clock()
        states = await recording.find_feed_states(self.feeds)
        planned = [polling.due_at(state.next_poll_at, now) for state in states]
        return min((at for at in planned if at > now), default=None)

    def _must_make_way(self, clock: Clock) -> bool:
        """Return whether a feed is due again: what is left stays due, for the next crawl."""
        is_time = self.polls_at is not None and clock() >= self.polls_at
        if is_time:
            logger.info("A feed is due: the rest waits for the next crawl")
        return is_time

    async def _looks(self, recording: Recording) -> AsyncIterator[Request]:
        """Yield the request for each page that is due, as many as politeness allows."""
        source, every = get_source(self.source_name, self.sources), self.pages == "all"
        looking = None
        async for due in self.work.pages(recording, source.name, every=every):
            looking = looking or await self._begin_looking(recording, source)
            async for look in looking.requests(recording, due):
                yield look
            if looking.is_over():
                return

    async def _begin_looking(self, recording: Recording, source: Source) -> "Looking":
        from newsarchive.spiders.pages import Looking  # noqa: PLC0415 - only where one is due

        looking = Looking(self, Site(source, recording.config.site_url), self.asked, full=self.full)
        await looking.begin(recording)
        return looking

    async def _pictures(self, recording: Recording, media: Media) -> AsyncIterator[Request]:
        """Yield the request for each picture that is wanted, as many as politeness allows."""
        source, every = get_source(self.source_name, self.sources), self.pages == "all"
        fetching = None
        async for urls in self.work.pictures(recording, source.name, media, every=every):
            fetching = fetching or await self._begin_fetching(recording, source)
            async for fetch in fetching.requests(urls):
                yield fetch
            if fetching.is_over():
                return

    async def _begin_fetching(self, recording: Recording, source: Source) -> "Fetching":
        from newsarchive.spiders.pictures import Fetching  # noqa: PLC0415 - only where one is due

        fetching = Fetching(self, Site(source, recording.config.media_url), self.asked)
        await fetching.begin(recording)
        return fetching

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
        """Yield the one Document of a poll that got no answer, unless that is no fault of it."""
        if isinstance(failure.value, StorageError):
            self.asked.leave()
            self.count("documents_not_stored")
            logger.error("%s", failure.value)
            return
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
