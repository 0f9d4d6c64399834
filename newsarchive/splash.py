"""scrapy-splash 0.11.1 on today's Scrapy: all that it takes, in this one file.

Import this, never `scrapy_splash`; and only where a Splash is configured. Each repair says what it
is for, and `tests/test_splash.py` fails on the day when upstream makes it needless.

`SplashDeduplicateArgsMiddleware` is left out: Scrapy refuses its generator, and what it would save
is sending 4 kB of Lua with each page that takes a second.
"""

from typing import Any

import scrapy.utils.url
from scrapy.http import Request, Response
from w3lib.url import canonicalize_url

# Scrapy 2.12 took the name away that scrapy-splash imports.
if not hasattr(scrapy.utils.url, "canonicalize_url"):
    scrapy.utils.url.canonicalize_url = canonicalize_url  # type: ignore[attr-defined]  # as said

import scrapy_splash
from scrapy_splash import SplashRequest, SplashRequestFingerprinter
from scrapy_splash.response import SplashJsonResponse, get_splash_status

__all__ = [
    "MIDDLEWARE_PLACE",
    "SETTINGS",
    "SplashJsonResponse",
    "SplashMiddleware",
    "SplashRequest",
    "splash_status",
]

SETTINGS = {
    # By its own rule two renderings of an address differ by what Splash was told.
    "REQUEST_FINGERPRINTER_CLASS": SplashRequestFingerprinter,
}
MIDDLEWARE_PLACE = 560
"""Behind what gives a request its headers, which go on to Splash; before decompression, which sees
Splash's answer first; and before the guard, which sees the address of Splash."""


class SplashMiddleware(scrapy_splash.SplashMiddleware):  # type: ignore[misc]  # it has no types
    """Sends requests with `splash` in their meta by way of Splash."""

    def process_request(self, request: Request) -> Request | None:
        """Return the request to Splash in place of one for a page."""
        # Scrapy 2.19 gives middlewares no spider any more.
        rendered: Request | None = super().process_request(request, self.crawler.spider)
        return rendered

    def process_response(self, request: Request, response: Response) -> Response:
        """Return Splash's answer as what it says of the page."""
        read: Response = super().process_response(request, response, self.crawler.spider)
        return read

    def _get_slot_key(self, request: Request) -> str:
        # `Downloader._get_slot_key(request, spider)` became `get_slot_key(request)`.
        key: str = self.crawler.engine.downloader.get_slot_key(request)
        return key


class _Answer(SplashJsonResponse):  # type: ignore[misc]  # it has no types
    """Reads an answer of 400, whose `info` may be a sentence where others have an object."""

    def _load_from_json(self) -> None:
        data: Any = self.data
        if isinstance(data, dict) and isinstance(data.get("info"), str):
            data["info"] = {"error": "", "message": data["info"]}
        super()._load_from_json()


# By name: where scrapy-splash looks up the class for an answer of JSON.
scrapy_splash.responsetypes.responsetypes.classes["application/json"] = _Answer


def splash_status(response: Response) -> int:
    """Return the status of Splash's own answer, whatever it says of the page."""
    status: int = get_splash_status(response)
    return status
