"""Rendering by Splash: a Lua script in `execute`, which tells what the page's own server said."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any
from urllib.parse import urldefrag, urlsplit

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from newsarchive.config import Config
from newsarchive.model import Rendering
from newsarchive.rendering.base import (
    RENDERS,
    ROBOTS,
    Failed,
    Job,
    Limits,
    Rendered,
    script,
    told_headers,
)
from newsarchive.rendering.reach import lua_rules, origin_of
from newsarchive.splash import (
    MIDDLEWARE_PLACE,
    SETTINGS,
    SplashJsonResponse,
    SplashMiddleware,
    SplashRequest,
    splash_status,
)

UNWANTED = (
    *("css", "gif", "ico", "jpeg", "jpg", "m3u8", "mp3", "mp4", "otf", "png", "svg", "ttf"),
    *("webm", "webp", "woff", "woff2"),
)
"""Endings of what brings no words: Splash tells no kinds of resources."""

_PAGE_ERRORS = frozenset({400, 502, 504})
"""Of Splash: the script failed, the page could not be rendered, it took too long. All others are
Splash's own."""


def scrapy_settings(config: Config) -> Mapping[str, Any]:
    """Return what Scrapy needs for it."""
    return {
        **SETTINGS,
        "SPLASH_URL": config.splash_url,
        "SPLASH_LOG_400": False,  # a page that fails has a line of our own
        "DOWNLOADER_MIDDLEWARES": {ByWayOfSplash: MIDDLEWARE_PLACE},
    }


class ByWayOfSplash(SplashMiddleware):
    """Tells Splash, too, what robots.txt says to the page's own requests."""

    def process_request(self, request: Request) -> Request | None:
        """Return the request to Splash in place of one for a page."""
        if RENDERS in request.meta and "splash" in request.meta:
            rules = lua_rules(request.meta.get(ROBOTS, ()))
            request.meta["splash"]["args"].setdefault("rules", rules)
        return super().process_request(request)


class SplashRenderer:
    """A Splash server, at `NEWSARCHIVE_SPLASH_URL`."""

    name = "splash"

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits = limits or Limits()
        self._source = script("splash.lua")
        self._told = {
            "timeout": limits.render_s,
            "settle_s": limits.settle_s,
            "quiet_s": limits.quiet_s,
            "max_clicks": limits.clicks,
            "max_requests": limits.requests,
            "max_bytes": limits.size_bytes,
            "unwanted": dict.fromkeys(UNWANTED, True),
            "more": script("more.js"),
        }

    def request(self, job: Job) -> Request:
        """Return the request to Splash; it waits in line for the page's own host."""
        told = {
            **self._told,
            "labels": job.labels,
            "origin": origin_of(job.url),
            "allowed_domains": urlsplit(job.url).hostname,  # a second fence, Splash's own
            "lua_source": self._source,
        }
        asked = job.request()
        asked["meta"]["download_timeout"] = self.limits.render_s + 5
        request: Request = SplashRequest(
            endpoint="execute",
            args=told,
            session_id=None,  # no page knows of another
            http_status_from_error_code=False,
            **asked,
        )
        return request

    def read(self, response: Response) -> Rendered | Failed:
        """Return what Splash answered."""
        status = splash_status(response)
        said = response.data if isinstance(response, SplashJsonResponse) else None
        if not isinstance(said, dict) or "html" not in said:
            return _failed(status, said)
        rendering = Rendering(
            renderer=self.name,
            engine=said["engine"],
            status=response.status,
            headers=told_headers(response),
            requests=said["requests"],
            arguments=self._arguments,
        )
        return Rendered(
            url=urldefrag(response.url).url,
            html=response.body,
            rendering=rendering,
            refused=tuple(said["refused"].splitlines()),
            is_cut=said["is_cut"],
        )

    def is_at_fault(self, failure: Failure) -> bool:  # noqa: ARG002 - of every renderer
        """Return true: where Splash does not answer it is down, or hangs, or was killed."""
        return True

    @property
    def _arguments(self) -> dict[str, object]:
        """What Splash was told, its scripts by their digests."""
        shown = {name: value for name, value in self._told.items() if name in _SHOWN}
        digest = sha256(self._source.encode()).hexdigest()
        return {**shown, "script": f"sha256:{digest}"}


_SHOWN = ("timeout", "settle_s", "quiet_s", "max_clicks", "max_requests", "max_bytes")


def make_renderer(hosts: Sequence[str]) -> SplashRenderer:  # noqa: ARG001 - of every renderer
    """Return the renderer; each of its requests names the page's host."""
    return SplashRenderer()


def _failed(status: int, said: object) -> Failed:
    if not isinstance(said, dict):
        return Failed(f"Splash answered {status}", is_renderer=True)
    reason = said.get("failure") or f"{said.get('type')}, {said.get('info')}"
    is_renderer = "failure" not in said and status not in _PAGE_ERRORS
    return Failed(f"Splash: {reason}", is_renderer=is_renderer)
