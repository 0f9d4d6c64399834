"""Politeness: robots.txt as RFC 9309 has it, with `Crawl-delay`.

Scrapy's own middleware crawls on where robots.txt answers 5xx or not at all. RFC 9309, 2.3.1.4
says that an unreachable robots.txt disallows everything.
"""

import logging
import re
from typing import Any

from protego import Protego
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response
from scrapy.utils.httpobj import urlparse_cached

from newsarchive.rendering import RENDERS, ROBOTS
from newsarchive.rendering.reach import Rule

_ESCAPED = re.compile(r"%(21|26|27|28|29|2B|2C|3A|3B|3F|40|7E)")
SERVER_ERROR = 500


def find_rules(robots: Protego, user_agent: str) -> list[Rule]:
    """Return what robots.txt says to `user_agent`: the first rule that fits a path decides."""
    # Protego answers for one address at a time, and a renderer must judge without us.
    found = robots._get_matching_rule_set(user_agent)  # noqa: SLF001 - its rules are nowhere else
    rules = found._rules if found else ()  # noqa: SLF001 - likewise
    return [(rule.field == "allow", _as_asked(rule.value._pattern)) for rule in rules]  # noqa: SLF001 - likewise


def _as_asked(pattern: str) -> str:
    """Return a pattern of Protego with the marks that it escapes as they stand in addresses."""
    return _ESCAPED.sub(lambda escaped: chr(int(escaped[1], 16)), pattern)


def _is_no_traceback(record: logging.LogRecord) -> bool:
    """Tell Scrapy's lines from the traceback that it logs where robots.txt cannot be had."""
    return record.exc_info is None and getattr(record, "traceback", None) is None


# That a server is down is no fault of the program: each request that fails of it says it.
logging.getLogger(RobotsTxtMiddleware.__module__).addFilter(_is_no_traceback)


class Robots(RobotsTxtMiddleware):
    """Obeys robots.txt; one that cannot be had disallows everything for this run."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._reasons: dict[str, str] = {}

    async def robot_parser(self, request: Request) -> Any:
        """Return the rules for `request`'s host; None where robots.txt cannot be had."""
        await super().robot_parser(request)
        # Scrapy gives the answer to the first who waits for it, and None to the others.
        return self._parsers[urlparse_cached(request).netloc]

    def process_request_2(self, rp: Any, request: Request) -> None:
        """Raise IgnoreRequest where `request` is not allowed."""
        if rp is None:
            reason = self._reasons[urlparse_cached(request).netloc]
            raise IgnoreRequest(f"robots.txt cannot be had ({reason}): nothing may be fetched")
        super().process_request_2(rp, request)
        if RENDERS in request.meta:  # what script asks for is asked by us
            request.meta[ROBOTS] = find_rules(rp.rp, self.crawler.settings["USER_AGENT"])

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= SERVER_ERROR:
            raise IgnoreRequest(f"robots.txt answered {response.status}")
        if response.status >= 400:  # noqa: PLR2004 - RFC 9309, 2.3.1.3: no rules, all allowed
            response = response.replace(body=b"")
        await super()._parse_robots(response, netloc, request)
        self._obey_crawl_delay(response.body, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        """Keep why nothing of this host is fetched, for its requests to say."""
        self._reasons[netloc] = f"{exc}".partition("\n")[0].rstrip(".") or type(exc).__name__
        super()._robots_error(exc, netloc)

    def _obey_crawl_delay(self, robots: bytes, request: Request) -> None:
        """Make the pause between requests to this host at least as long as it asks for."""
        user_agent = self.crawler.settings["USER_AGENT"]
        delay = Protego.parse(robots.decode("utf-8", "replace")).crawl_delay(user_agent)
        if not delay:
            return
        downloader = self.crawler.engine.downloader
        key = downloader.get_slot_key(request)
        # Idle slots are forgotten and made anew from these settings.
        settings = downloader.per_slot_settings.setdefault(key, {})
        settings["delay"] = max(downloader.settings.getfloat("DOWNLOAD_DELAY"), float(delay))
        if key in downloader.slots:
            downloader.slots[key].delay = settings["delay"]
