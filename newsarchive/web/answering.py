"""What stands round every answer: headers that keep a page to itself, tags, and HEAD.

`Content-Security-Policy`: nothing loads but this site's own style sheet and pictures, nothing
runs, and forms lead back here. An answer has an `ETag` of its bytes, so that a page that did not
change is not sent again.
"""

import hashlib
from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Robots-Tag": "noindex, nofollow",
}
UNLESS_TOLD = "private, no-cache"  # kept, but asked for again: a withheld article goes at once
TAGGED = ("text/", "application/json", "application/atom+xml", "image/svg+xml")


class Answering:
    """Add these headers to every answer; answer 304 where the reader has it, HEAD without body."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its answer back."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = _Answer(scope, send)
        inside = {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope
        await self.app(inside, receive, answer.send)


class _Answer:
    """One answer on its way out; held back until it is whole where it gets a tag."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._is_head = scope["method"] == "HEAD"
        self._known = Headers(scope=scope).get("if-none-match", "")
        self._send = send
        self._start: Message | None = None
        self._body = b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=list(message["headers"]))
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", UNLESS_TOLD)
            message = {**message, "headers": headers.raw}
            if message["status"] == 200 and _is_tagged(headers):  # noqa: PLR2004 - RFC 9110, 15.3.1
                self._start = message
                return
        elif self._start is not None:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._send_tagged(self._start)
            return
        elif self._is_head and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)

    async def _send_tagged(self, start: Message) -> None:
        headers = MutableHeaders(raw=list(start["headers"]))
        tag = f'"{hashlib.sha256(self._body).hexdigest()[:32]}"'
        headers["ETag"] = tag
        body, status = self._body, start["status"]
        if _is_known(tag, self._known):
            del headers["content-length"]
            body, status = b"", 304
        await self._send({**start, "status": status, "headers": headers.raw})
        sent = b"" if self._is_head else body
        await self._send({"type": "http.response.body", "body": sent})


def _is_tagged(headers: Headers) -> bool:
    kind = headers.get("content-type", "")
    return "etag" not in headers and kind.startswith(TAGGED)


def _is_known(tag: str, if_none_match: str) -> bool:
    """Compare weakly (RFC 9110, 13.1.2)."""
    given: Iterable[str] = (part.strip().removeprefix("W/") for part in if_none_match.split(","))
    return if_none_match.strip() == "*" or tag in given
