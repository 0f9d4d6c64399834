"""HTTP messages as they are stored: what came over the wire, made to describe itself truly."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from newsarchive.warc.records import target_uri

_BREAKS = re.compile(rb"[\r\n\0]+")

Headers = Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One HTTP request and its answer."""

    url: str
    request_headers: Headers
    status: int
    response_headers: Headers
    body: bytes  # exactly as received: dechunked, not decompressed
    captured_at: datetime
    method: str = "GET"
    protocol: str = "HTTP/1.1"
    reason: str = ""
    ip_address: str | None = None  # the server's
    document: str | None = None  # what it was made for: `feed nos/nosnieuwstech`
    found_in: str | None = None  # the record and file of others that it was taken from


def response_head(exchange: Exchange, *, has_body: bool = True) -> bytes:
    """Return the head of the response; without a body, a 304's, lengths stay as they came.

    A 304's Content-Length is that of the body which it does not send (RFC 9110, 8.6).
    """
    first_line = f"{exchange.protocol} {exchange.status} {exchange.reason}"
    headers = exchange.response_headers
    if has_body:
        headers = _true_headers(headers, str(len(exchange.body)).encode())
    return _head(first_line, headers)


def request_head(exchange: Exchange) -> bytes:
    """Return the request, its first line put together again, with a `Host` in any case."""
    parts = urlsplit(target_uri(exchange.url))
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = exchange.request_headers
    if find_header(headers, b"host") is None:
        headers = [(b"Host", parts.netloc.rpartition("@")[2].encode()), *headers]
    return _head(f"{exchange.method} {target} HTTP/1.1", headers)


def find_header(headers: Headers, key: bytes) -> str | None:
    """Return the first header of that lower-case name."""
    found = (value for name, value in headers if name.lower() == key)
    return next((sound_value(value).decode("latin-1") for value in found), None)


def sound_value(value: bytes) -> bytes:
    """Return a field's value with spaces in place of NUL and the like, as RFC 9110, 5.5 has it."""
    return _BREAKS.sub(b" ", value)


def _true_headers(headers: Headers, length: bytes) -> Headers:
    """Return `headers` such that they describe a stored body of `length` bytes."""
    stored = [(_true_name(name, value, length), value) for name, value in headers]
    if find_header(stored, b"content-length") is None:
        stored.append((b"Content-Length", length))
    return stored


def _true_name(name: bytes, value: bytes, length: bytes) -> bytes:
    key = name.lower()
    is_true = key != b"transfer-encoding" and (key != b"content-length" or value == length)
    return name if is_true else b"X-Crawl-" + name


def _head(first_line: str, headers: Headers) -> bytes:
    fields = [b"%s: %s" % (name.strip(), value) for name, value in headers]
    lines = [sound_value(line) for line in (first_line.encode(), *fields)]
    return b"\r\n".join([*lines, b"", b""])
