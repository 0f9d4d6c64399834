"""What renderers share: what they are asked, what they answer, and how far they may go."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any, Protocol

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from newsarchive.model import Rendering

RENDERS = "renders"
"""In the meta of a request: it renders a page. The guard lets no other to a Splash."""

ROBOTS = "robots"
"""In the meta of such a request, once it has passed: what the host's robots.txt says."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How far one rendering may go."""

    render_s: float = 30.0  # from question to answer
    settle_s: float = 12.0  # until a page that never comes to rest is taken as it stands
    quiet_s: float = 0.5  # without request or change: it has come to rest
    clicks: int = 30  # on buttons that bring more
    requests: int = 60  # to the page's host
    size_bytes: int = 16 * 2**20  # of its HTML


@dataclass(frozen=True, slots=True)
class Rendered:
    """A page as it was in the end."""

    url: str  # where it was in the end, without a fragment
    html: bytes  # UTF-8
    rendering: Rendering
    refused: tuple[str, ...] = ()  # addresses that it was kept from, the first of them
    is_cut: bool = False  # it had more to load than its limits allow


@dataclass(frozen=True, slots=True)
class Failed:
    """Why there is no page."""

    reason: str
    is_renderer: bool  # the renderer's own fault, and none of the page's


@dataclass(frozen=True, slots=True)
class Job:
    """One page to render."""

    url: str
    labels: tuple[str, ...]  # of buttons that bring more, in small letters
    callback: Any
    errback: Any
    cb_kwargs: Mapping[str, Any] = field(default_factory=dict)
    meta: Mapping[str, Any] = field(default_factory=dict)

    def request(self) -> dict[str, Any]:
        """Return what any request of a renderer is made with."""
        meta = {"dont_redirect": True, "dont_retry": True, RENDERS: True, **self.meta}
        return {
            "url": self.url,
            "callback": self.callback,
            "errback": self.errback,
            "cb_kwargs": dict(self.cb_kwargs),
            "meta": meta,
            "dont_filter": True,
        }


class Renderer(Protocol):
    """One way to render a page, by one request of Scrapy."""

    name: str
    limits: Limits

    def request(self, job: Job) -> Request:
        """Return the request that renders a page; it waits in line for the page's own host."""

    def read(self, response: Response) -> Rendered | Failed:
        """Return what came of it."""

    def is_at_fault(self, failure: Failure) -> bool:
        """Return whether a request failed by the renderer, and not by the page."""


def told_headers(response: Response) -> dict[str, str]:
    """Return the header fields of a page, but for what was set for us alone."""
    return {
        name.decode("latin-1").lower(): b",".join(values).decode("latin-1")
        for name, values in response.headers.items()
        if name.lower() != b"set-cookie"
    }


def script(name: str) -> str:
    """Return the source of a script that is run in a renderer."""
    return files("newsarchive.rendering").joinpath(name).read_text(encoding="utf-8")
