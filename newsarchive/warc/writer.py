"""Keep what was fetched as WARC 1.1 files (ISO 28500:2017), one per run and process.

Files are `warc/<name>-<UTC yyyymmddhhmmssuuuuuu>-<process id>-<serial>.warc.gz` below the
data folder. Each record is one gzip member, so that a capture's offset and length cut out
exactly one record. A file begins with a `warcinfo` record and, once closed, is never opened
again. Of an exchange there is a `response`, or a `revisit` where an earlier capture has the
same payload, and right behind it its `request`. An imported file is a `resource`.

Digests are `sha256:<hex>`. The payload is the HTTP body as received, its content coding
(gzip, br) still on.

What of an exchange is not as it went over the wire:

* the order and case of header names, which the HTTP client has already changed;
* chunking: bodies are stored without it. `Transfer-Encoding`, and a `Content-Length` that
  is not the stored body's, are renamed with `X-Crawl-` in front (as in Common Crawl's
  files), and a true `Content-Length` is added where there is none;
* the request's first line, put together from method and URL, and its `Host` where the
  client had not yet added it;
* line breaks and NULs inside one header, which become a space, and characters that may
  not stand in a URI, which are percent-encoded.
"""

import os
import re
import string
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from urllib.parse import quote, urlsplit

from fastwarc.stream_io import GzipWriter
from fastwarc.warc import WarcRecord, WarcRecordType

from newsarchive.config import Clock
from newsarchive.model import Capture

GZIP_LEVEL = 3  # of fastwarc's gzip: on pages about as small as zlib's 6, in half the time
SPECIFICATION = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
REVISIT_PROFILE = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"

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


class WarcWriter:
    """Write captures to WARC files of its own; for one thread at a time.

    `name` (the crawl's) begins the file names; `software` and `extra` go into each file's
    `warcinfo`. There is no file before the first record. A file that has reached
    `max_file_bytes` is followed by a new one.

    Writes go to the operating system at once: a process that is killed tears at most the
    capture it was writing. Where the disk fails, OSError is raised, nothing of that capture
    counts as written, and the writer may be used again.
    """

    def __init__(
        self,
        data_dir: Path,
        name: str,
        *,
        software: str,
        clock: Clock,
        max_file_bytes: int = 1 << 30,
        extra: Mapping[str, str] | None = None,
    ) -> None:
        if not re.fullmatch(r"\w[\w.-]*", name, re.ASCII):
            raise ValueError(f"{name!r} cannot begin a file name; use letters, digits, . _ -")
        self._data_dir = data_dir
        self._name = name
        self._about = {
            "software": software,
            "format": "WARC File Format 1.1",
            "conformsTo": SPECIFICATION,
            **(extra or {}),
        }
        self._clock = clock
        self._max_file_bytes = max_file_bytes
        self._serial = 0
        self._file: _WarcFile | None = None

    def write_exchange(self, exchange: Exchange, repeats: Capture | None = None) -> Capture:
        """Record one exchange and return where its response stands.

        Where the payload is the one of `repeats`, an earlier capture whose own record holds
        it, a `revisit` that points there is written instead. Raises OSError where the disk
        fails and ValueError for a time without a zone or a URL that is none.
        """
        digest = _digest(exchange.body)
        headers = _exchange_headers(exchange)
        response_headers = headers | {
            "Content-Type": "application/http;msgtype=response",
            "WARC-Payload-Digest": digest,
        }
        head = _response_head(exchange)
        if repeats is not None and repeats.payload_digest == digest:
            response_headers |= _revisit_headers(repeats)
            response = _record(WarcRecordType.revisit, response_headers, head)
        else:
            response = _record(WarcRecordType.response, response_headers, head + exchange.body)
        request_headers = headers | {
            "Content-Type": "application/http;msgtype=request",
            "WARC-Concurrent-To": response.headers["WARC-Record-ID"],
        }
        request = _record(WarcRecordType.request, request_headers, _request_head(exchange))
        return Capture(
            headers["WARC-Target-URI"],
            exchange.captured_at,
            digest,
            *self._append(response, request),
            status=exchange.status,
            content_type=_find_header(exchange.response_headers, b"content-type"),
        )

    def write_resource(
        self, url: str, content_type: str, payload: bytes, captured_at: datetime
    ) -> Capture:
        """Record a file that came by another way than HTTP; raises as `write_exchange` does."""
        digest = _digest(payload)
        headers = {
            "WARC-Date": _warc_date(captured_at),
            "WARC-Target-URI": _target_uri(url),
            "Content-Type": _one_line(content_type),
            "WARC-Payload-Digest": digest,
        }
        resource = _record(WarcRecordType.resource, headers, payload)
        return Capture(
            headers["WARC-Target-URI"],
            captured_at,
            digest,
            *self._append(resource),
            content_type=headers["Content-Type"],
        )

    def flush(self) -> None:
        """Hand all records to the operating system; each write has already done so."""

    def sync(self) -> None:
        """Return once all records are on the disk; raises OSError where they may not be."""
        if self._file is not None:
            self._file.sync()

    def close(self) -> None:
        """Sync and close the file; a later record begins a new one."""
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def _append(self, first: WarcRecord, *others: WarcRecord) -> tuple[str, int, int]:
        """Write records as a whole or not at all; return file, offset and length of `first`."""
        file = self._usable_file()
        for record in (first, *others):
            record.headers["WARC-Warcinfo-ID"] = file.warcinfo_id
        # A file is never without its warcinfo, not even when the disk fills up now.
        before = file.warcinfo if file.size == 0 else b""
        member = _member(first)
        offset = file.append(b"".join([before, member, *map(_member, others)])) + len(before)
        return file.path.relative_to(self._data_dir).as_posix(), offset, len(member)

    def _usable_file(self) -> "_WarcFile":
        if self._file is not None and (
            self._file.is_torn or self._file.size >= self._max_file_bytes
        ):
            self.close()
        if self._file is None:
            self._file = self._create_file()
        return self._file

    def _create_file(self) -> "_WarcFile":
        now = self._clock().astimezone(UTC)
        folder = self._data_dir / "warc"
        folder.mkdir(parents=True, exist_ok=True)
        while True:
            stem = f"{self._name}-{now:%Y%m%d%H%M%S%f}-{os.getpid()}-{self._serial:05}"
            path = folder / f"{stem}.warc.gz"
            self._serial += 1
            # Containers share process ids, and tests share clocks: take the next serial.
            with suppress(FileExistsError):
                return _WarcFile(path, _warcinfo(path.name, now, self._about))


class _WarcFile:
    """A new file that grows by whole blocks; `is_torn` where it could not be kept whole."""

    def __init__(self, path: Path, warcinfo: WarcRecord) -> None:
        self.path = path
        self.warcinfo_id = warcinfo.headers["WARC-Record-ID"]
        self.warcinfo = _member(warcinfo)
        self.size = 0
        self.is_torn = False
        self._raw = path.open("xb", buffering=0)
        self._is_named = False  # its name, too, is on the disk

    def append(self, block: bytes) -> int:
        """Write `block` in one system call where possible; return its offset."""
        offset = self.size
        rest = memoryview(block)
        try:
            while rest:
                rest = rest[self._raw.write(rest) :]
            self.size = offset + len(block)
        except BaseException as error:
            self._cut_back()
            if isinstance(error, OSError):
                error.filename = str(self.path)
            raise
        return offset

    def _cut_back(self) -> None:
        try:
            self._raw.seek(self.size)
            self._raw.truncate()
        except OSError:
            self.is_torn = True

    def sync(self) -> None:
        try:
            os.fsync(self._raw.fileno())
        except OSError:
            # The system may forget what it could not write, and the next fsync would
            # then succeed: nothing more goes into this file.
            self.is_torn = True
            raise
        if not self._is_named:
            _sync_folder(self.path.parent)
            _sync_folder(self.path.parent.parent)
            self._is_named = True

    def close(self) -> None:
        with self._raw:
            if self.size > 0:
                self.sync()
        if self.size == 0:
            self.path.unlink()


def _sync_folder(folder: Path) -> None:
    """Put the names in `folder` on the disk; Windows neither needs nor allows it."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _record(kind: WarcRecordType, headers: Mapping[str, str], block: bytes) -> WarcRecord:
    record = WarcRecord()
    record.init_headers(kind)
    for name, value in headers.items():
        record.headers[name] = value
    record.headers["WARC-Block-Digest"] = _digest(block)
    record.set_bytes_content(block)
    return record


def _member(record: WarcRecord) -> bytes:
    buffer = BytesIO()
    gzip = GzipWriter(buffer, GZIP_LEVEL)
    record.write(gzip)
    gzip.finish()
    return buffer.getvalue()


def _warcinfo(file_name: str, created_at: datetime, fields: Mapping[str, str]) -> WarcRecord:
    headers = {
        "WARC-Date": _warc_date(created_at),
        "WARC-Filename": file_name,
        "Content-Type": "application/warc-fields",
    }
    lines = [f"{_one_line(name)}: {_one_line(value)}\r\n" for name, value in fields.items()]
    return _record(WarcRecordType.warcinfo, headers, "".join(lines).encode())


def _exchange_headers(exchange: Exchange) -> dict[str, str]:
    headers = {
        "WARC-Date": _warc_date(exchange.captured_at),
        "WARC-Target-URI": _target_uri(exchange.url),
    }
    if exchange.ip_address:
        headers["WARC-IP-Address"] = _one_line(exchange.ip_address)
    return headers


def _revisit_headers(repeats: Capture) -> dict[str, str]:
    return {
        "WARC-Profile": REVISIT_PROFILE,
        "WARC-Refers-To-Target-URI": _target_uri(repeats.url),
        "WARC-Refers-To-Date": _warc_date(repeats.captured_at),
        "WARC-Truncated": "length",
    }


def _response_head(exchange: Exchange) -> bytes:
    first_line = f"{exchange.protocol} {exchange.status} {exchange.reason}"
    length = str(len(exchange.body)).encode()
    return _http_head(first_line, _stored_headers(exchange.response_headers, length))


def _stored_headers(headers: Headers, length: bytes) -> Headers:
    """Return `headers` such that they describe a stored body of `length` bytes."""
    stored = [(_stored_name(name, value, length), value) for name, value in headers]
    if _find_header(stored, b"content-length") is None:
        stored.append((b"Content-Length", length))
    return stored


def _stored_name(name: bytes, value: bytes, length: bytes) -> bytes:
    key = name.lower()
    is_true = key != b"transfer-encoding" and (key != b"content-length" or value == length)
    return name if is_true else b"X-Crawl-" + name


def _request_head(exchange: Exchange) -> bytes:
    parts = urlsplit(_target_uri(exchange.url))
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = exchange.request_headers
    if _find_header(headers, b"host") is None:
        headers = [(b"Host", parts.netloc.rpartition("@")[2].encode()), *headers]
    return _http_head(f"{exchange.method} {target} HTTP/1.1", headers)


def _http_head(first_line: str, headers: Headers) -> bytes:
    fields = [b"%s: %s" % (name.strip(), value) for name, value in headers]
    lines = [re.sub(rb"[\r\n\0]+", b" ", line) for line in (first_line.encode(), *fields)]
    return b"\r\n".join([*lines, b"", b""])


def _find_header(headers: Headers, key: bytes) -> str | None:
    return next((value.decode("latin-1") for name, value in headers if name.lower() == key), None)


def _one_line(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f]+", " ", text)


def _target_uri(url: str) -> str:
    """Return `url` with what may not stand in a URI (RFC 3986) percent-encoded."""
    return quote(url, safe=string.punctuation, errors="backslashreplace")


def _warc_date(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _digest(data: bytes) -> str:
    return "sha256:" + sha256(data).hexdigest()
