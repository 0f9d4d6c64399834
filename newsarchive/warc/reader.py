"""Read records back from WARC files in which each record is one gzip member.

What is read stands as it was written: payloads keep their content coding until `content()`
is asked for. The reader trusts nothing: a member that is cut off, damaged, or more or less
than one record is a ParseError, or `Unreadable` where a whole file is read.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from fastwarc.warc import WarcRecord

from newsarchive.exceptions import ParseError
from newsarchive.warc.codings import decode, decode_as_crawled
from newsarchive.warc.fields import Described
from newsarchive.warc.members import CutOffError, Member, find_record

MAX_CONTENT_BYTES = 64 << 20

HttpHeaders = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class Record(Described):
    """One record as it stands in its file."""

    type: str  # response, request, revisit, resource, metadata, warcinfo …
    headers: Mapping[str, str]  # the WARC's own
    payload: bytes  # the HTTP body, where the record holds HTTP; else the whole block
    offset: int
    length: int  # bytes in the file
    status: int | None = None
    http_headers: HttpHeaders = ()

    def fields(self) -> dict[str, str]:
        """Return the payload as fields, where it is `application/warc-fields` (WARC 1.1, 6.2)."""
        lines = self.payload.decode(errors="replace").split("\r\n")
        return {name: value for name, _, value in (line.partition(": ") for line in lines) if name}

    def content(self, max_bytes: int = MAX_CONTENT_BYTES) -> bytes:
        """Return the payload without its content codings (RFC 9110, 8.4).

        Raises ParseError for a coding that is unknown or broken, or that unfolds to more
        than `max_bytes`.
        """
        return decode(self._codings(), self.payload, max_bytes)

    def content_as_crawled(self, max_bytes: int = MAX_CONTENT_BYTES) -> bytes:
        """Return the payload as a crawl reads it, of servers that are not strict themselves.

        A coding that is unknown stays on, and of gzip and deflate that are cut off or damaged at
        their end there is what comes before. Raises ParseError where that is nothing, or too much.
        """
        return decode_as_crawled(self._codings(), self.payload, max_bytes)

    def _codings(self) -> list[str]:
        values = [value for name, value in self.http_headers if name.lower() == b"content-encoding"]
        names = b",".join(values).decode("latin-1").lower().split(",")
        return [name.strip() for name in names] if values else []


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A stretch of a file that is no whole, sound record."""

    offset: int
    size_bytes: int
    reason: str
    is_torn: bool  # the file ends within a record, as after a crash


def read_record(data_dir: Path, warc_file: str, offset: int, length: int) -> Record:
    """Return the record at a capture's place.

    A `revisit` has no payload: it stands in the capture of `refers_to_url` at `refers_to_at`.
    Raises ParseError where the file or a sound record at that place is missing.
    """
    try:
        with (data_dir / warc_file).open("rb") as file:
            record = read_member(file, offset)
    except OSError as error:
        raise ParseError(f"{warc_file}: cannot be read below {data_dir}: {error}") from error
    except ParseError as error:
        raise ParseError(f"{warc_file}, offset {offset}: {error}") from error
    if record.length != length:
        raise ParseError(
            f"{warc_file}, offset {offset}: the record has {record.length} bytes, not {length}"
        )
    return record


def iter_records(path: Path) -> Iterator[Record | Unreadable]:
    """Yield the records of a file in order, and what is between them that is none.

    Holds one record in memory. Behind damage it goes on with the next record that can be
    found. Raises OSError where the file cannot be read.
    """
    with path.open("rb") as file:
        yield from iter_members(file)


def iter_members(file: BinaryIO) -> Iterator[Record | Unreadable]:
    """Yield the records of an open file, as `iter_records` does."""
    end = file.seek(0, 2)
    offset = 0
    while offset < end:
        try:
            record = read_member(file, offset)
        except ParseError as error:
            following = find_record(file, offset + 1, end)
            is_torn = isinstance(error, CutOffError) and following == end
            yield Unreadable(offset, following - offset, str(error), is_torn)
            offset = following
        else:
            yield record
            offset += record.length


def read_member(file: BinaryIO, offset: int) -> Record:
    """Return the record that begins at `offset`; raise ParseError where no sound one does."""
    member = Member(file, offset)
    block = b"".join(member.read_rest())
    return parse_record(block, offset, member.length)


def parse_record(block: bytes, offset: int, length: int) -> Record:
    """Return the record that `block` is, from its first line to the blank lines behind it.

    Raises ParseError for what is not exactly one record.
    """
    try:
        record = WarcRecord.from_bytes(block)
        headers = dict(record.headers.to_tuples())
        head_size = block.index(b"\r\n\r\n") + 4
        if head_size + record.content_length + 4 != len(block):
            raise ParseError("a gzip member that is not exactly one record")
        status: int | None = None
        http_headers: HttpHeaders = ()
        if record.is_http:
            record.parse_http(max_header_len=record.content_length)
            status = record.http_headers.status_code
            http_headers = record.http_headers.items_bytes()
        payload = record.reader.read()
    except (OSError, ValueError) as error:
        raise ParseError(f"not a WARC record: {error}") from error
    kind = headers.get("WARC-Type", "unknown")
    return Record(kind, headers, payload, offset, length, status, http_headers)
