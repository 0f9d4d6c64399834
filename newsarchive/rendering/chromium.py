"""The browser: scrapy-playwright's download handler, with all its doors shut but one.

What a page asks for is judged request by request (`Visit`). What passes by that (connecting ahead,
web sockets, WebRTC) is shut out thrice: Chromium finds no host but the source's own, IP addresses
included; service workers and downloads are off; and what is of no use to a text is taken from every
frame.
"""

import asyncio
import logging
import os
from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from shutil import which
from typing import Any

from playwright._impl._errors import TargetClosedError
from playwright.async_api import Error, WebSocketRoute
from playwright.async_api import Request as Asked
from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.http import Request, Response
from scrapy_playwright.handler import BrowserContextWrapper, ScrapyPlaywrightDownloadHandler
from scrapy_playwright.page import PageMethod

from newsarchive.rendering.base import ROBOTS
from newsarchive.rendering.playwright import LABELS, LIMITS, VISIT
from newsarchive.rendering.reach import Reach, origin_of
from newsarchive.rendering.visit import Visit

FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-sync",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--js-flags=--max-old-space-size=512",  # MiB for the script of a page
    "--no-first-run",
)
EXECUTABLES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SHUT = """
["RTCPeerConnection", "webkitRTCPeerConnection", "WebTransport", "SharedWorker"].forEach(
  (name) => Object.defineProperty(window, name, {value: undefined})
);
"""
CLOSING_S = 5

# A page that fails has a line of our own; scrapy-playwright gives it a traceback.
logging.getLogger("scrapy-playwright").setLevel(logging.ERROR)


def is_of_browser(error: BaseException | None) -> bool:
    """Return whether a rendering failed by the browser, and not by the page."""
    if isinstance(error, TargetClosedError):
        return True
    return (
        isinstance(error, Error) and "net::ERR" not in error.message and "Page" not in error.message
    )


def launch_options(hosts: Sequence[str]) -> dict[str, Any]:
    """Return how Chromium is started to know `hosts` alone (`nos.nl`, `127.0.0.1:8000`)."""
    # Root has no user namespace for its sandbox.
    unsafe = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {
        "executable_path": next(filter(None, map(which, EXECUTABLES)), None),
        "args": [*FLAGS, *unsafe, f"--host-resolver-rules={resolver_rules(hosts)}"],
    }


def resolver_rules(hosts: Sequence[str]) -> str:
    """Return the rules by which Chromium finds `hosts` and no other; those with a port, there only.

    A host without port has its subdomains with it.
    """
    ported = [f"MAP {host} {host}" for host in hosts if ":" in host]
    plain = [f"EXCLUDE {name}" for host in hosts if ":" not in host for name in (host, f"*.{host}")]
    return ", ".join([*ported, "MAP * ~NOTFOUND", *plain])


class Chromium(ScrapyPlaywrightDownloadHandler):  # type: ignore[misc]  # it has no types
    """One browser, for the pages of one source; each page in a context of its own."""

    def __init__(self, crawler: Crawler, hosts: Sequence[str]) -> None:
        super().__init__(crawler)
        self.config.launch_options = launch_options(hosts)
        self.config.download_timeout_secs = 1  # nothing is downloaded
        self.abort_request = self._refuses
        self.process_request_headers = None  # a browser's own, with our name in them
        self._starting = asyncio.Lock()
        self._visits: dict[str, Visit] = {}
        self._numbers = count()

    async def render(self, request: Request) -> Response:
        """Return the page that `request` is for, as it was in the end.

        `VISIT` in its meta tells what the page did. Raises TimeoutError or an error of Playwright.
        """
        async with self._starting:
            if not hasattr(self, "browser_provider"):
                await self._launch()  # which it would do when the crawl starts, and that is over
        await self._maybe_launch_browser()  # before the clock of the page runs
        limits, name = request.meta[LIMITS], f"page {next(self._numbers)}"
        reach = Reach(origin_of(request.url), request.meta.get(ROBOTS, ()))
        visit = request.meta[VISIT] = self._visits[name] = Visit(
            reach, limits, request.meta[LABELS]
        )
        request.meta.update(
            playwright_context=name,
            playwright_context_kwargs={
                "accept_downloads": False,
                "locale": "nl-NL",
                "service_workers": "block",
                "user_agent": (request.headers["User-Agent"] or b"").decode("latin-1"),
            },
            playwright_page_event_handlers={
                "request": visit.note_redirect,
                "requestfailed": visit.end,
                "requestfinished": visit.end,
            },
            playwright_page_methods=[PageMethod(visit.settle)],
        )
        try:
            async with asyncio.timeout(limits.render_s):
                response: Response = await self._download_request(request)
                return response
        finally:
            del self._visits[name]
            await self._leave(name)

    async def _create_browser_context(
        self, name: str, context_kwargs: dict[str, Any] | None, spider: Spider | None = None
    ) -> BrowserContextWrapper:
        """Return a new context, shut before there is a page in it."""
        wrapper = await super()._create_browser_context(name, context_kwargs, spider)
        try:
            # Of pages that a page opens: its own requests are judged before it comes to this.
            await wrapper.context.route("**/*", lambda route: route.abort())
            await wrapper.context.route_web_socket("**/*", _hang_up)
            await wrapper.context.add_init_script(SHUT)
        except BaseException:
            await self._leave(name)
            raise
        visit = self._visits[name]
        visit.engine = f"Chromium {self.browser.version}"
        return wrapper

    async def _leave(self, name: str) -> None:
        """Close a context with all its pages; where that cannot be, the whole browser."""
        wrapper = self.context_wrappers.get(name)
        if wrapper is None:
            return
        try:
            async with asyncio.timeout(CLOSING_S):
                await wrapper.context.close()
        except (TimeoutError, Error):
            self.context_wrappers.pop(name, None)
            with suppress(Error):
                await self.browser.close()  # the next page starts another

    def _refuses(self, asked: Asked) -> bool:
        try:
            context = asked.frame.page.context
        except Error:  # of no frame that there is yet, or any more
            return True
        found = (n for n, wrapper in self.context_wrappers.items() if wrapper.context is context)
        visit = self._visits.get(next(found, ""))
        return visit is None or visit.refuses(asked)


async def _hang_up(socket: WebSocketRoute) -> None:
    await socket.close()
