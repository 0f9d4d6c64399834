"""Requests and responses as values, and what HTTP asks of whoever answers for a document."""

import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256
from http import HTTPStatus
from typing import Any, NamedTuple, Self


class Request(NamedTuple):
    """What a client asked for."""

    method: str
    path: str  # as sent, with its query
    headers: Mapping[str, str]  # names In-Title-Case


class Response(NamedTuple):
    """What it is answered; Date, Server and Content-Length are added on the way out."""

    status: HTTPStatus
    headers: Mapping[str, str]
    body: bytes = b""
    stream: Iterator[bytes] | None = None  # sent behind the body; it ends the connection
    silence_s: float | None = None  # in its place: that long nothing, and then the end


@dataclass(frozen=True, slots=True)
class Representation:
    """One state of a document, in both its encodings, with its validators."""

    gzipped: bytes
    content_type: str
    tag: str
    last_modified: datetime | None = None
    cache_control: str = "public, max-age=0"

    @classmethod
    def of(cls, body: bytes, content_type: str, **more: Any) -> Self:
        """Return the representation of `body`; the same bytes always get the same tag."""
        compressed = gzip.compress(body, compresslevel=6, mtime=0)
        return cls(compressed, content_type, sha256(body).hexdigest()[:20], **more)

    @property
    def body(self) -> bytes:
        """The document without encoding, which few ask for."""
        return gzip.decompress(self.gzipped)


def answer_conditionally(document: Representation, headers: Mapping[str, str]) -> Response:
    """Return 200 or 304 for `document` by the preconditions of RFC 9110, 13.2.2."""
    is_gzipped = _accepts_gzip(headers.get("Accept-Encoding", ""))
    # The two encodings are two representations: a strong tag may not stand for both (8.8.3.3).
    etag = f'"{document.tag}-gzip"' if is_gzipped else f'"{document.tag}"'
    answer = {
        "Content-Type": document.content_type,
        "ETag": etag,
        "Vary": "Accept-Encoding",
        "Cache-Control": document.cache_control,
    }
    if document.last_modified:
        answer["Last-Modified"] = format_datetime(
            document.last_modified.astimezone(UTC), usegmt=True
        )
    if _is_known(headers, etag, document.last_modified):
        return Response(HTTPStatus.NOT_MODIFIED, answer)
    if is_gzipped:
        answer["Content-Encoding"] = "gzip"
    return Response(HTTPStatus.OK, answer, document.gzipped if is_gzipped else document.body)


def _is_known(headers: Mapping[str, str], etag: str, last_modified: datetime | None) -> bool:
    if (tags := headers.get("If-None-Match")) is not None:
        # Weak comparison; with it present, If-Modified-Since is not even looked at.
        known = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        return etag in known or tags.strip() == "*"
    if last_modified is None:
        return False
    try:
        since = parsedate_to_datetime(headers.get("If-Modified-Since", ""))
    except ValueError:  # none, or no date: the condition is ignored
        return False
    return last_modified <= since.replace(tzinfo=since.tzinfo or UTC)


def _accepts_gzip(header: str) -> bool:
    """Tell whether Accept-Encoding allows gzip (RFC 9110, 12.5.3)."""
    is_allowed = {}
    for item in header.lower().replace(" ", "").split(","):
        coding, _, weight = item.partition(";q=")
        is_allowed[coding] = not weight or weight.strip("0.") != ""  # q=0, q=0.000: not acceptable
    return is_allowed.get("gzip", is_allowed.get("*", False))


def answer_json(value: object) -> Response:
    """Return 200 with `value` as JSON."""
    body = json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"
    return Response(HTTPStatus.OK, {"Content-Type": "application/json"}, body)


def answer_text(status: HTTPStatus, text: str, **headers: str) -> Response:
    """Return `status` with a plain text."""
    return Response(status, {"Content-Type": "text/plain; charset=UTF-8", **headers}, text.encode())
