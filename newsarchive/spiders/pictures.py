"""Fetching pictures: those that the archive's list holds, when the articles are stored.

They are ordinary requests: the guard, robots.txt of their own host, the capture and the pause
between requests stand before them as before a page. What fails is tried again by later crawls, a
few times.
"""

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from newsarchive.answers import Site
from newsarchive.answers.pages import GONE
from newsarchive.answers.pictures import PictureQuestion, read_picture_answer, unanswered
from newsarchive.cleaning.dates import day_in_amsterdam, midnight
from newsarchive.items import Document
from newsarchive.model import Capture
from newsarchive.pictures.content import MAX_BYTES
from newsarchive.recording import Recording, recording_of
from newsarchive.spiders.gate import Gate
from newsarchive.spiders.patience import Patience
from newsarchive.spiders.responses import answer_of, reason_of

if TYPE_CHECKING:
    from newsarchive.spiders.feed import FeedSpider


class Fetching:
    """The pictures of one crawl."""

    def __init__(self, spider: "FeedSpider", site: Site, asked: Gate) -> None:
        self._spider = spider
        self._site = site
        self._asked = asked

    async def begin(self, recording: Recording) -> None:
        """Learn what politeness asks for."""
        now, budget = recording.config.clock(), recording.config.daily_budget
        manners = await recording.find_picture_manners(
            self._site.source.name, midnight(day_in_amsterdam(now))
        )
        self._patience = Patience("Pictures", manners, budget, now)

    def is_over(self) -> bool:
        """Return whether the hosts are to be left alone for the rest of the run."""
        return self._patience.is_over()

    async def requests(self, urls: Sequence[str]) -> AsyncIterator[Request]:
        """Yield the first request for each picture of `urls`."""
        for url in urls:
            await self._asked.enter()
            if self._patience.is_over():
                self._asked.leave()
                return
            yield self._request(PictureQuestion.about(url, self._site), [])

    def _request(self, question: PictureQuestion, captures: list[Capture]) -> Request:
        self._patience.spend(1)
        return Request(
            question.url,
            headers={"Accept": "image/*"},
            callback=self.parse,
            errback=self.fail,
            cb_kwargs={"question": question},
            meta={
                "captures": captures,
                "document": f"picture {self._site.source.name}/{question.picture_url}",
                "download_maxsize": MAX_BYTES,
                "dont_redirect": True,  # to the base, where there is one, by us
                "dont_retry": True,  # the archive's list brings it back
            },
            dont_filter=True,
        )

    async def parse(
        self, response: Response, question: PictureQuestion
    ) -> AsyncIterator[Request | Document]:
        """Yield the request that follows an answer, or the one Document of the picture."""
        try:
            found = read_picture_answer(question, answer_of(response))
        except BaseException:
            self._asked.leave()
            raise
        if isinstance(found, PictureQuestion):
            yield self._request(found, response.meta["captures"])
            return
        self._spider.count("documents_answered")
        await self._spider.room.enter()
        yield self._counted(found)

    async def fail(self, failure: Failure) -> AsyncIterator[Document]:
        """Yield the one Document of a picture that got no answer."""
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy adds it
        error, question = reason_of(failure.value), request.cb_kwargs["question"]
        silence = await recording_of(self._spider.crawler).record_silence(
            request.url, error, request.meta["document"]
        )
        self._spider.count("documents_unanswered")
        # As an answer: recorded first, so that a rebuild finds the order in which it was stored.
        await self._spider.room.enter()
        captures = [*request.meta["captures"], silence]
        yield self._counted(unanswered(question, error, captures))

    def _counted(self, document: Document) -> Document:
        """Return `document` once it is counted, and known whether to go on."""
        fetch = document.picture
        assert fetch is not None
        if fetch.file is not None:
            self._spider.count("pictures_stored")
        elif fetch.status in GONE:
            self._spider.count("pictures_gone")
        else:
            self._spider.count("pictures_failed")
            self._spider.count_failure(fetch.url, fetch.error or "no picture")
        failed = fetch.file is None and fetch.status not in GONE
        self._patience.hear(failed=failed, retry_after_at=fetch.retry_after_at)
        return document
