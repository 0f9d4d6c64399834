"""Keep what was fetched as WARC 1.1 files (ISO 28500:2017), one per run and process.

Files are `warc/<name>-<UTC yyyymmddhhmmssuuuuuu>-<process id>-<serial>.warc.gz` below the
data folder. Each record is one gzip member, so that a capture's offset and length cut out
exactly one record. A file begins with a `warcinfo` record, which all others name, and, once
closed, is never opened again. Of an exchange there is a `response`, or a `revisit` where an
earlier capture has the same payload, and right behind it its `request`. An imported file is a
`resource`, as is a page that was rendered; a person's decision a `metadata` record. What a record
was made for stands in its `X-Newsarchive-Document`.

Digests are `sha256:<hex>`. The payload is the HTTP body as received, its content coding
(gzip, br) still on.

What of an exchange is not as it went over the wire:

* the order and case of header names, which the HTTP client has already changed;
* chunking: bodies are stored without it. `Transfer-Encoding`, and a `Content-Length` that
  is not the stored body's, are renamed with `X-Crawl-` in front (as in Common Crawl's
  files), and a true `Content-Length` is added where there is none. A 304 has no body and
  keeps its headers;
* the request's first line, put together from method and URL, and its `Host` where the
  client had not yet added it; all of the request, where the exchange was found in a WARC file
  of others, which `X-Newsarchive-Found` then names;
* line breaks and NULs inside one header, which become a space, and characters that may
  not stand in a URI, which are percent-encoded.
"""

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from newsarchive.config import Clock
from newsarchive.model import Capture
from newsarchive.warc.fields import FOUND_FIELD, RENDERING_FIELD
from newsarchive.warc.files import GrowingFile
from newsarchive.warc.messages import Exchange, find_header, request_head, response_head
from newsarchive.warc.records import (
    IDENTICAL_PAYLOAD,
    NOT_MODIFIED,
    SPECIFICATION,
    NewRecord,
    digest,
    field_lines,
    one_line,
    revisit_fields,
    target_fields,
    warc_date,
)


class WarcWriter:
    """Write captures to WARC files of its own; for one thread at a time.

    `name` (the crawl's) begins the file names; `software` and `extra` go into each file's
    `warcinfo`. There is no file before the first record. A file that has reached
    `max_file_bytes` is followed by a new one.

    Writes go to the operating system at once: a process that is killed tears at most the
    capture it was writing. Where the disk fails, OSError is raised, nothing of that capture
    counts as written, and the writer may be used again. Each `write_` raises ValueError for a
    time without a zone or a URL that is none.
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
        self._file: GrowingFile | None = None

    def write_exchange(self, exchange: Exchange, repeats: Capture | None = None) -> Capture:
        """Record one exchange and return where its response stands.

        Where the payload is the one of `repeats`, an earlier capture whose own record holds
        it, a `revisit` that points there is written instead.
        """
        payload_digest = digest(exchange.body)
        fields = {"WARC-Payload-Digest": payload_digest}
        head = response_head(exchange)
        if repeats is not None and repeats.payload_digest == payload_digest:
            fields |= revisit_fields(IDENTICAL_PAYLOAD, repeats.url, repeats.captured_at)
            fields["WARC-Truncated"] = "length"
            return self._write_answer(exchange, "revisit", fields, head, payload_digest)
        block = head + exchange.body
        return self._write_answer(exchange, "response", fields, block, payload_digest)

    def write_not_modified(self, exchange: Exchange, repeats: Capture) -> Capture:
        """Record a 304, which says that the payload is still the one of `repeats`.

        It is a `revisit` by the server's word (WARC 1.1, 6.7.3), whose block is the head of the
        answer; the capture's payload digest is the one of `repeats`.
        """
        fields = revisit_fields(NOT_MODIFIED, repeats.url, repeats.captured_at)
        head = response_head(exchange, has_body=False)
        return self._write_answer(exchange, "revisit", fields, head, repeats.payload_digest)

    def write_resource(
        self,
        url: str,
        content_type: str,
        payload: bytes,
        captured_at: datetime,
        document: str | None = None,
        *,
        rendering: str | None = None,
    ) -> Capture:
        """Record a file that came by another way than HTTP, a page that was rendered too."""
        fields = target_fields(url, captured_at, document)
        if rendering is not None:
            fields[RENDERING_FIELD] = rendering
        return self._write_file("resource", fields, content_type, payload, captured_at)

    def write_metadata(
        self,
        url: str,
        fields: Mapping[str, str],
        captured_at: datetime,
        document: str | None = None,
    ) -> Capture:
        """Record what is said of `url`: as `application/warc-fields`, each value on one line."""
        about = target_fields(url, captured_at, document)
        block = field_lines(fields)
        return self._write_file("metadata", about, "application/warc-fields", block, captured_at)

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

    def _write_answer(
        self,
        exchange: Exchange,
        kind: str,
        fields: Mapping[str, str],
        block: bytes,
        payload_digest: str,
    ) -> Capture:
        """Write a response or revisit, and behind it the request."""
        about = target_fields(exchange.url, exchange.captured_at, exchange.document)
        if exchange.ip_address:
            about["WARC-IP-Address"] = exchange.ip_address
        if exchange.found_in:
            about[FOUND_FIELD] = exchange.found_in
        answer = NewRecord(
            kind, {**about, "Content-Type": "application/http;msgtype=response", **fields}, block
        )
        asked = {
            "Content-Type": "application/http;msgtype=request",
            "WARC-Concurrent-To": answer.id,
        }
        request = NewRecord("request", {**about, **asked}, request_head(exchange))
        return Capture(
            about["WARC-Target-URI"],
            exchange.captured_at,
            payload_digest,
            *self._append(answer, request),
            status=exchange.status,
            content_type=find_header(exchange.response_headers, b"content-type"),
        )

    def _write_file(
        self,
        kind: str,
        fields: Mapping[str, str],
        content_type: str,
        payload: bytes,
        captured_at: datetime,
    ) -> Capture:
        """Write a record whose block is its payload."""
        content_type = one_line(content_type)
        payload_digest = digest(payload)
        about = {**fields, "Content-Type": content_type, "WARC-Payload-Digest": payload_digest}
        place = self._append(NewRecord(kind, about, payload))
        url = fields["WARC-Target-URI"]
        return Capture(url, captured_at, payload_digest, *place, content_type=content_type)

    def _append(self, first: NewRecord, *others: NewRecord) -> tuple[str, int, int]:
        """Write records as a whole or not at all; return file, offset and length of `first`."""
        file = self._usable_file()
        # A file is never without its warcinfo, not even when the disk fills up now.
        before = file.warcinfo if file.size == 0 else b""
        member, *behind = (record.member(file.warcinfo_id) for record in (first, *others))
        offset = file.append(b"".join([before, member, *behind])) + len(before)
        return file.path.relative_to(self._data_dir).as_posix(), offset, len(member)

    def _usable_file(self) -> GrowingFile:
        if self._file is not None and (
            self._file.is_torn or self._file.size >= self._max_file_bytes
        ):
            self.close()
        if self._file is None:
            self._file = self._create_file()
        return self._file

    def _create_file(self) -> GrowingFile:
        now = self._clock().astimezone(UTC)
        folder = self._data_dir / "warc"
        folder.mkdir(parents=True, exist_ok=True)
        while True:
            stem = f"{self._name}-{now:%Y%m%d%H%M%S%f}-{os.getpid()}-{self._serial:05}"
            path = folder / f"{stem}.warc.gz"
            self._serial += 1
            # Containers share process ids, and tests share clocks: take the next serial.
            with suppress(FileExistsError):
                return GrowingFile(path, _warcinfo(path.name, now, self._about))


def _warcinfo(file_name: str, created_at: datetime, about: Mapping[str, str]) -> NewRecord:
    fields = {
        "WARC-Date": warc_date(created_at),
        "WARC-Filename": file_name,
        "Content-Type": "application/warc-fields",
    }
    return NewRecord("warcinfo", fields, field_lines(about))
