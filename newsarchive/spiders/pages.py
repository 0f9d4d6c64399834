"""Looking at pages: those that the archive says are due, as many as politeness allows.

Which page is due is the archive's knowledge alone, so that new ones, failed ones, re-checks and
what a crash left are one road. A site that asks for a pause, or fails again and again, is left
alone for the rest of the run; what was not asked stays due. Pages whose body comes by script go on
to a renderer, where there is one.
"""

from collections.abc import AsyncIterator, Awaitable, Sequence
from typing import TYPE_CHECKING, Any

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from newsarchive.answers import Site
from newsarchive.answers.pages import PageQuestion, read_page_answer, unanswered
from newsarchive.cleaning.dates import day_in_amsterdam, midnight
from newsarchive.extraction import rules_of
from newsarchive.items import Document, Look
from newsarchive.model import Capture, LookOutcome
from newsarchive.recording import Recording, recording_of
from newsarchive.rendering import open_renderers
from newsarchive.spiders.gate import Gate
from newsarchive.spiders.patience import Patience
from newsarchive.spiders.rendering import Renderings
from newsarchive.spiders.responses import answer_of, reason_of
from newsarchive.spiders.turns import Turns, Way
from newsarchive.watching import FAILED

if TYPE_CHECKING:
    from newsarchive.spiders.feed import FeedSpider

HOPS = 2
"""Requests that a look takes: the short address, and the page that it leads to."""


class Looking:
    """The looks of one crawl at one site."""

    def __init__(self, spider: "FeedSpider", site: Site, asked: Gate, *, full: bool) -> None:
        self._spider = spider
        self._site = site
        self._asked = asked
        self._full = full
        self._rules = rules_of(site.source.name)
        self._turns = Turns()
        self._waiting: list[Document] = []

    async def begin(self, recording: Recording) -> None:
        """Learn what politeness asks for, and open the renderers."""
        now, budget = recording.config.clock(), recording.config.daily_budget
        manners = await recording.find_manners(
            self._site.source.name, midnight(day_in_amsterdam(now))
        )
        self._patience = Patience("Pages", manners, budget, now)
        self._renderings = Renderings(
            self._spider,
            open_renderers(recording.config, self._site.hosts),
            self._patience.spend,
            self.parse_rendering,
            self.fail_rendering,
        )

    def is_over(self) -> bool:
        """Return whether the site is to be left alone for the rest of the run."""
        return self._patience.is_over()

    async def requests(self, recording: Recording, due: Sequence[int]) -> AsyncIterator[Request]:
        """Yield the first request of each look at the pages of `due`."""
        for state in await recording.find_pages(due):
            await self._asked.enter()
            if self._patience.is_over():
                self._asked.leave()
                return
            self._patience.spend(HOPS)
            question = PageQuestion.about(state, self._site, self._rules, full=self._full)
            yield self._request(question, self._turns.begin())

    def _request(self, question: PageQuestion, way: Way) -> Request:
        return Request(
            question.url,
            headers=question.headers,
            callback=self.parse,
            errback=self.fail,
            cb_kwargs={"question": question, "way": way},
            meta={
                "captures": way.captures,
                "repeats": question.state.last_capture,
                "document": question.document,
                "records_not_modified": True,
                "dont_redirect": True,  # where it leads is evidence, and followed by us
                "dont_retry": True,  # the archive's list brings it back
            },
            dont_filter=True,
        )

    async def parse(
        self, response: Response, question: PageQuestion, way: Way
    ) -> AsyncIterator[Request | Document]:
        """Yield the one Document of a look, once its redirects have been followed."""
        async for following in self._come_to(self._follow(response, question, way), way):
            yield following

    async def _follow(
        self, response: Response, question: PageQuestion, way: Way
    ) -> Request | Document:
        """Return what a look comes to, from its first answer on, or the request to render it.

        Each hop is a request of its own to robots.txt, guard and capture; it does not stand in
        line again with what has not been begun.
        """
        engine = self._spider.crawler.engine
        answer = answer_of(response)
        found = read_page_answer(question, answer)
        while isinstance(found, PageQuestion):
            self._turns.note_read(way)
            if len(found.asked) > HOPS:
                self._patience.spend(1)
            question, request = found, self._request(found, way)
            try:
                response = await engine.download_async(request)
            except Exception as error:  # noqa: BLE001 - whatever it was, there is no answer
                return await self._unanswered(request, reason_of(error))
            answer = answer_of(response)
            found = read_page_answer(question, answer)
        self._spider.count("documents_answered")
        return await self._renderings.go_on(question, answer, found, way)

    async def fail(self, failure: Failure) -> AsyncIterator[Request | Document]:
        """Yield the one Document of a look that got no answer."""
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy adds it
        unanswered = self._unanswered(request, reason_of(failure.value))
        async for following in self._come_to(unanswered, request.cb_kwargs["way"]):
            yield following

    async def _unanswered(self, request: Request, error: str) -> Document:
        """Return the document of a look whose request got no answer, once that is recorded."""
        silence = await recording_of(self._spider.crawler).record_silence(
            request.url, error, request.meta["document"]
        )
        self._spider.count("documents_unanswered")
        captures: list[Capture] = request.meta["captures"]
        captures.append(silence)
        return unanswered(request.cb_kwargs["question"], error, captures)

    async def parse_rendering(
        self, response: Response, way: Way, **about: Any
    ) -> AsyncIterator[Request | Document]:
        """Yield what comes of a page that was rendered."""
        read = self._renderings.read(response, way=way, **about)
        async for following in self._come_to(read, way):
            yield following

    async def fail_rendering(self, failure: Failure) -> AsyncIterator[Request | Document]:
        """Yield what comes of a page that was not."""
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy adds it
        failed = self._renderings.fail(failure, **request.cb_kwargs)
        async for following in self._come_to(failed, request.cb_kwargs["way"]):
            yield following

    async def _come_to(
        self, coming: Awaitable[Request | Document], way: Way
    ) -> AsyncIterator[Request | Document]:
        """Yield a further request, or the Document that the look has come to."""
        try:
            found = await coming
        except BaseException:
            self._turns.end(way)
            self._asked.leave()
            raise
        if isinstance(found, Request):
            self._turns.note_read(way)
            yield found
            return
        async for document in self._together(found, way):
            yield document

    async def _together(self, document: Document, way: Way) -> AsyncIterator[Document]:
        """Yield `document` with all others that wait by the time it may go; one of them does so.

        A transaction for each page would cost more than reading it.
        """
        await self._turns.come(way)
        self._turns.end(way)
        self._judge(document.looks[0])
        self._waiting.append(document)
        await self._spider.room.enter()
        waiting, self._waiting = self._waiting, []
        if waiting:
            yield waiting[0].join(waiting[1:]) if len(waiting) > 1 else waiting[0]
        else:  # another has taken it along
            self._spider.room.leave()

    def _judge(self, look: Look) -> None:
        """Count a look, and see whether to go on."""
        self._spider.count(f"pages_{look.outcome.replace(' ', '_')}")
        if look.outcome in FAILED:
            self._spider.count_failure(look.identity.url, look.error or look.outcome)
        self._patience.hear(
            failed=look.outcome is LookOutcome.FAILED, retry_after_at=look.retry_after_at
        )
