"""Rendering of pages in a crawl: of which, by whom, and what is done where it comes to nothing.

The plain page is always fetched first, captured as ever, and is what tells that a page is gone,
moved or unchanged. Only a page that was found, and needs it, goes to a renderer; where the first
one brings no body, to the next. One that fails several times in a row is asked no more in this run:
its pages stay due, and the others go on.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from newsarchive.answers import Answer
from newsarchive.answers.need import ASKED_FOR, find_need
from newsarchive.answers.pages import PageQuestion, read_rendered_answer, unanswered
from newsarchive.answers.rendering import answer_of_rendering
from newsarchive.extraction.scripted import LOAD_MORE
from newsarchive.items import Document
from newsarchive.model import LookOutcome
from newsarchive.recording import recording_of
from newsarchive.rendering import Failed, Job, Rendered, Renderer
from newsarchive.spiders.gate import Gate
from newsarchive.spiders.responses import reason_of
from newsarchive.spiders.turns import Way

if TYPE_CHECKING:
    from newsarchive.spiders.feed import FeedSpider

logger = logging.getLogger(__name__)

AT_ONCE = 2
"""Renderings under way; each takes some 100 MB."""

FAILURES = 3
"""So many failures in a row are the renderer's, and not those of pages."""


class Renderings:
    """The renderings of one crawl.

    `spend` is told how many requests a page made of its own; responses go to `callback` and
    failures to `errback`, who hand them on to `read` and `fail` with what the request carries.
    """

    def __init__(
        self,
        spider: "FeedSpider",
        renderers: Sequence[Renderer],
        spend: Callable[[int], None],
        callback: Callable[..., Any],
        errback: Callable[..., Any],
    ) -> None:
        self._spider = spider
        self._renderers = {renderer.name: renderer for renderer in renderers}
        self._spend = spend
        self._callback = callback
        self._errback = errback
        self._failures = dict.fromkeys(self._renderers, 0)
        self._under_way = Gate(AT_ONCE)

    async def go_on(
        self,
        question: PageQuestion,
        answer: Answer,
        found: Document,
        way: Way,
        tried: tuple[str, ...] = (),
    ) -> Request | Document:
        """Return `found`, which came of `answer`, or the request that renders its page."""
        why = find_need(found, answer, self._spider.render)
        is_last = len(tried) == len(self._renderers)
        # No renderer goes to other hosts than the source's own.
        if why is None or is_last or not question.site.is_own(question.url):
            return found
        if tried and why == ASKED_FOR:
            return found
        if not tried:
            self._spider.count("pages_needing_script")
        logger.info("%s is rendered: %s", question.url, why)
        return await self._ask(question, way, tried)

    async def read(
        self, response: Response, question: PageQuestion, way: Way, tried: tuple[str, ...]
    ) -> Request | Document:
        """Return what a rendered page comes to, or the request that renders it otherwise."""
        self._under_way.leave()
        name = tried[-1]
        result = self._renderers[name].read(response)
        if isinstance(result, Failed):
            return await self._fail(question, way, tried, result)
        self._failures[name] = 0
        self._note(name, result)
        capture = await recording_of(self._spider.crawler).record_rendering(
            result.url, result.html, result.rendering, question.document
        )
        question = replace(question, renderings=(*question.renderings, result.rendering))
        way.captures.append(capture)
        answer = answer_of_rendering(
            result.rendering, result.html, way.captures, capture.captured_at
        )
        found = read_rendered_answer(question, answer)
        return await self.go_on(question, answer, found, way, tried)

    async def fail(
        self, failure: Failure, question: PageQuestion, way: Way, tried: tuple[str, ...]
    ) -> Request | Document:
        """Return what a page comes to whose renderer did not answer."""
        self._under_way.leave()
        name = tried[-1]
        is_renderer = self._renderers[name].is_at_fault(failure)
        failed = Failed(f"{name}: {reason_of(failure.value)}", is_renderer=is_renderer)
        return await self._fail(question, way, tried, failed)

    async def _ask(
        self, question: PageQuestion, way: Way, tried: tuple[str, ...]
    ) -> Request | Document:
        """Return the request to the next renderer; to none where none is left that answers."""
        left = [name for name in self._renderers if name not in tried]
        name = next((name for name in left if self._failures[name] < FAILURES), None)
        if name is None:
            why = f"{' and '.join(left)} failed too often in this run"
            failed = Failed(why, is_renderer=True)
            return await self._give_up(question, way, left[-1], failed)
        await self._under_way.enter()
        about = {"question": question, "way": way, "tried": (*tried, name)}
        job = Job(
            url=question.url,
            labels=tuple(sorted(LOAD_MORE)),
            callback=self._callback,
            errback=self._errback,
            cb_kwargs=about,
        )
        return self._renderers[name].request(job)

    async def _fail(
        self, question: PageQuestion, way: Way, tried: tuple[str, ...], failed: Failed
    ) -> Request | Document:
        """Note a failure; go on with the next renderer where this one is down."""
        name = tried[-1]
        self._failures[name] += 1
        if self._failures[name] == FAILURES:
            logger.warning("%s failed %s times in a row, and is asked no more", name, FAILURES)
        if failed.is_renderer and len(tried) < len(self._renderers):
            return await self._ask(question, way, tried)
        return await self._give_up(question, way, name, failed)

    async def _give_up(
        self, question: PageQuestion, way: Way, name: str, failed: Failed
    ) -> Document:
        """Return the document of a page that stays due, or is tried again by the plan."""
        outcome = LookOutcome.UNRENDERED if failed.is_renderer else LookOutcome.FAILED
        silence = await recording_of(self._spider.crawler).record_silence(
            question.url, failed.reason, question.document, outcome=outcome, renderer=name
        )
        way.captures.append(silence)
        return unanswered(question, failed.reason, way.captures, outcome)

    def _note(self, name: str, rendered: Rendered) -> None:
        self._spider.count(f"pages_rendered_{name}")
        self._spend(rendered.rendering.requests)
        if rendered.refused:
            kept, first = len(rendered.refused), rendered.refused[0]
            logger.debug("%s: kept from %s addresses, as %s", rendered.url, kept, first)
        if rendered.is_cut:
            self._spider.count("renderings_cut")
            logger.warning("%s: had more to load than a rendering may", rendered.url)
