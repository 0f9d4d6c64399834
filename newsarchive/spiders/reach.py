"""`newsarchive doctor`'s own spider: one request for robots.txt to each host that a crawl asks."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin

from protego import Protego
from scrapy import Request, Spider
from scrapy.http import Response
from twisted.python.failure import Failure

from newsarchive.config import Config
from newsarchive.doctor import Answer
from newsarchive.spiders.responses import reason_of


class ReachSpider(Spider):
    """Asks each of `urls`' hosts for its robots.txt; the guard stands before it as in a crawl.

    When it has ended, `answers` says what came, one for each host.
    """

    name = "reach"
    custom_settings = {  # noqa: RUF012 - as Scrapy has it
        "DOWNLOADER_MIDDLEWARES": {"newsarchive.middlewares.guard.Guard": 850},
        "DOWNLOAD_MAXSIZE": 2**20,
        "DOWNLOAD_TIMEOUT": 15,
        "EXTENSIONS": {},  # no run, no lease: nothing is written
        "ITEM_PIPELINES": {},
        "LOG_LEVEL": "CRITICAL",
        "RETRY_ENABLED": False,
        "ROBOTSTXT_OBEY": False,  # it is what is asked for
    }

    def __init__(self, urls: Sequence[str], config: Config) -> None:
        super().__init__()
        self.config = config
        self.answers: list[Answer] = []
        # By host: one request is enough where feeds and pages have the same.
        self._urls = {urljoin(url, "/robots.txt"): url for url in urls}

    async def start(self) -> AsyncIterator[Request]:
        """Ask each host."""
        for robots in self._urls:
            yield Request(
                robots,
                headers={"User-Agent": self.config.user_agent},
                callback=self.parse,
                errback=self.fail,
                cb_kwargs={"robots": robots},
            )

    def parse(self, response: Response, **kwargs: Any) -> None:
        """Keep what a host answered."""
        robots = kwargs["robots"]
        rules = Protego.parse(response.text if _is_text(response) else "")
        self.answers.append(
            Answer(
                url=robots,
                received_at=self.config.clock(),
                status=response.status,
                date=_date(response),
                is_allowed=rules.can_fetch(self._urls[robots], self.config.user_agent),
            )
        )

    def fail(self, failure: Failure) -> None:
        """Keep why a host did not answer."""
        robots = failure.request.cb_kwargs["robots"]  # type: ignore[attr-defined]  # Scrapy adds it
        error = reason_of(failure.value)
        self.answers.append(Answer(robots, self.config.clock(), error=error))


def _is_text(response: Response) -> bool:
    return response.status < 400 and hasattr(response, "text")  # noqa: PLR2004 - 4xx: no rules


def _date(response: Response) -> datetime | None:
    try:
        moment = parsedate_to_datetime((response.headers.get("Date") or b"").decode("latin-1"))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
