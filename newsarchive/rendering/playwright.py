"""Rendering by Playwright: the system's Chromium, by way of scrapy-playwright."""

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import Any
from urllib.parse import urldefrag

from scrapy import Request
from scrapy.http import Response, TextResponse
from twisted.python.failure import Failure

from newsarchive.config import Config
from newsarchive.model import Rendering
from newsarchive.rendering.base import Failed, Job, Limits, Rendered, told_headers

HANDLER = "newsarchive.rendering.handler.RenderingHandler"
HOSTS, LABELS, LIMITS = "renderer_hosts", "renderer_labels", "renderer_limits"
"""In the meta of a request: the hosts that the browser may know at all, the labels of buttons that
bring more, and how far it may go."""

VISIT = "renderer_visit"
"""There, when it is done: what the page did."""


def scrapy_settings(config: Config) -> Mapping[str, Any]:  # noqa: ARG001 - of every renderer
    """Return what Scrapy needs for it; raises ModuleNotFoundError where it is not installed."""
    if find_spec("scrapy_playwright") is None:
        raise ModuleNotFoundError("scrapy_playwright")
    return {"DOWNLOAD_HANDLERS": {"http": HANDLER, "https": HANDLER}}


class PlaywrightRenderer:
    """A Chromium of this crawl's own, started for its first page."""

    name = "playwright"

    def __init__(self, hosts: Sequence[str], limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._hosts = tuple(hosts)

    def request(self, job: Job) -> Request:
        """Return the request for the page itself, which the browser makes."""
        asked = job.request()
        told = {HOSTS: self._hosts, LABELS: job.labels, LIMITS: self.limits}
        asked["meta"] |= {"playwright": True, **told}
        return Request(**asked)

    def read(self, response: Response) -> Rendered | Failed:
        """Return what the browser had in the end."""
        visit = response.meta[VISIT]
        if not isinstance(response, TextResponse):
            return Failed("Chromium: the page is no text", is_renderer=False)
        html = response.text.encode(errors="replace")
        if len(html) > self.limits.size_bytes:
            return Failed(f"Chromium: its HTML has {len(html)} bytes", is_renderer=False)
        rendering = Rendering(
            renderer=self.name,
            engine=visit.engine,
            status=response.status,
            headers=told_headers(response),
            requests=visit.asked,
            arguments=self._arguments,
        )
        url = urldefrag(response.url).url
        return Rendered(url, html, rendering, tuple(visit.refused), is_cut=visit.is_cut)

    def is_at_fault(self, failure: Failure) -> bool:
        """Return whether the browser could not be started, or fell."""
        from newsarchive.rendering.chromium import is_of_browser  # noqa: PLC0415 - there by now

        return is_of_browser(failure.value)

    @property
    def _arguments(self) -> dict[str, object]:
        return {
            "timeout": self.limits.render_s,
            "settle_s": self.limits.settle_s,
            "quiet_s": self.limits.quiet_s,
            "max_clicks": self.limits.clicks,
            "max_requests": self.limits.requests,
            "max_bytes": self.limits.size_bytes,
        }


def make_renderer(hosts: Sequence[str]) -> PlaywrightRenderer:
    """Return the renderer, for pages of `hosts`."""
    return PlaywrightRenderer(hosts)
