"""Read records back from WARC files in which each record is one gzip member.

What is read stands as it was written: payloads keep their content coding until `content()`
is asked for. The reader trusts nothing: a member that is cut off, damaged, or more or less
than one record is a ParseError, or a `TornTail` where a whole file is read.
"""

import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from fastwarc.stream_io import BrotliReader, ZstdReader
from fastwarc.warc import WarcRecord

from newsarchive.exceptions import ParseError

MAX_CONTENT_BYTES = 64 << 20
CHUNK_BYTES = 1 << 16
GZIP_MAGIC = b"\x1f\x8b"
GZIP = 16 + zlib.MAX_WBITS  # how zlib is told: gzip, with its header and checksum

HttpHeaders = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it stands in its file."""

    type: str  # response, request, revisit, resource, warcinfo …
    headers: Mapping[str, str]  # the WARC's own
    payload: bytes  # the HTTP body, where the record holds HTTP; else the whole block
    offset: int
    length: int  # bytes in the file
    status: int | None = None
    http_headers: HttpHeaders = ()

    def content(self, max_bytes: int = MAX_CONTENT_BYTES) -> bytes:
        """Return the payload without its content codings (RFC 9110, 8.4).

        Raises ParseError for a coding that is unknown or broken, or that unfolds to more
        than `max_bytes`.
        """
        content = self.payload
        for coding in reversed(_codings(self.http_headers)):
            content = _decode(coding, content, max_bytes)
        return content


@dataclass(frozen=True, slots=True)
class TornTail:
    """The rest of a file from the first byte that is not a whole, sound record."""

    offset: int
    size_bytes: int
    reason: str


def read_record(data_dir: Path, warc_file: str, offset: int, length: int) -> Record:
    """Return the record at a capture's place.

    A `revisit` has no payload: it stands where its WARC-Refers-To headers say. Raises
    ParseError where the file or a sound record at that place is missing.
    """
    try:
        with (data_dir / warc_file).open("rb") as file:
            file.seek(offset)
            record = _parse_member(file, offset)
    except OSError as error:
        raise ParseError(f"{warc_file}: cannot be read below {data_dir}: {error}") from error
    except ParseError as error:
        raise ParseError(f"{warc_file}, offset {offset}: {error}") from error
    if record.length != length:
        raise ParseError(
            f"{warc_file}, offset {offset}: the record has {record.length} bytes, not {length}"
        )
    return record


def iter_records(path: Path) -> Iterator[Record | TornTail]:
    """Yield the records of a file in order, and last a TornTail if it does not end with one.

    Holds one record in memory. Nothing behind damage is read: where the next record begins
    is no longer certain. Raises OSError where the file cannot be read.
    """
    with path.open("rb") as file:
        end = file.seek(0, 2)
        offset = 0
        while offset < end:
            file.seek(offset)
            try:
                record = _parse_member(file, offset)
            except ParseError as error:
                yield TornTail(offset, end - offset, str(error))
                return
            yield record
            offset += record.length


def _parse_member(file: BinaryIO, offset: int) -> Record:
    block, length = _read_member(file)
    return _parse_record(block, offset, length)


def _read_member(file: BinaryIO) -> tuple[bytes, int]:
    """Return what one gzip member holds, and how many bytes of the file it takes."""
    gzip = zlib.decompressobj(GZIP)
    parts, size = [], 0
    while not gzip.eof:
        chunk = file.read(CHUNK_BYTES)
        if not chunk:
            raise ParseError(f"cut off after {size} bytes of a record")
        try:
            parts.append(gzip.decompress(chunk))
        except zlib.error as error:
            raise ParseError(f"not a sound gzip member: {error}") from error
        size += len(chunk) - len(gzip.unused_data)
    return b"".join(parts), size


def _parse_record(block: bytes, offset: int, length: int) -> Record:
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


def _codings(http_headers: HttpHeaders) -> list[str]:
    values = [value for name, value in http_headers if name.lower() == b"content-encoding"]
    names = b",".join(values).decode("latin-1").lower().split(",")
    return [name.strip() for name in names if name.strip() not in {"", "identity"}]


def _decode(coding: str, data: bytes, max_bytes: int) -> bytes:
    if not data:
        return data  # an empty redirect may name a coding all the same
    if coding not in DECODERS:
        raise ParseError(f"content coding {coding!r} is not known")
    try:
        content = DECODERS[coding](data, max_bytes + 1)
    except (OSError, zlib.error) as error:
        raise ParseError(f"not a sound {coding} body: {error}") from error
    if len(content) > max_bytes:
        raise ParseError(f"a {coding} body that unfolds to more than {max_bytes} bytes")
    return content


def _inflate(data: bytes, max_bytes: int, window: int) -> tuple[bytes, bytes]:
    """Return at most `max_bytes` of content, and what follows its end."""
    decoder = zlib.decompressobj(window)
    content = decoder.decompress(data, max_bytes)
    if not decoder.eof and len(content) < max_bytes:
        raise zlib.error("cut off")
    return content, decoder.unused_data


def _gunzip(data: bytes, max_bytes: int) -> bytes:
    content, rest = _inflate(data, max_bytes, GZIP)
    # A body may have several members (RFC 1952, 2.2); padding behind them is no matter.
    while rest.startswith(GZIP_MAGIC) and len(content) < max_bytes:
        more, rest = _inflate(rest, max_bytes - len(content), GZIP)
        content += more
    return content


def _undeflate(data: bytes, max_bytes: int) -> bytes:
    try:
        return _inflate(data, max_bytes, zlib.MAX_WBITS)[0]
    except zlib.error:
        # Many servers send bare deflate under this name (RFC 9110, 8.4.1.2).
        return _inflate(data, max_bytes, -zlib.MAX_WBITS)[0]


DECODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _undeflate,
    "br": lambda data, max_bytes: BrotliReader(BytesIO(data)).read(max_bytes),
    "zstd": lambda data, max_bytes: ZstdReader(BytesIO(data)).read(max_bytes),
}
