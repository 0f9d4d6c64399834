"""Read WARC files of whatever make, from front to back: plain, gzip by record or as a whole, WACZ.

Bodies are given without chunking, where others have kept it. Behind damage only gzip by record
tells where the next record begins; a file of another form ends there.
"""

import gzip
import re
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, BinaryIO, cast

from newsarchive.exceptions import ParseError
from newsarchive.warc.members import Member
from newsarchive.warc.reader import (
    MAX_CONTENT_BYTES,
    Record,
    Unreadable,
    iter_members,
    parse_record,
)

FOREIGN_ENDINGS = (".warc", ".warc.gz", ".wacz")
MAX_HEAD_BYTES = 1 << 20
CHUNK_BYTES = 1 << 16

_END = b"\r\n\r\n"
_GZIP_MAGIC = b"\x1f\x8b"
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,18})[ \t]*\r\n", re.IGNORECASE)
_CHUNK = re.compile(rb"([0-9a-fA-F]{1,8})[^\r\n]*\r\n")


def iter_foreign_records(path: Path) -> Iterator[Record | Unreadable]:
    """Yield the records of the file at `path`, and where it cannot be read on, that.

    Offsets are those of the file, or, where it is no gzip by record, of what it unpacks to. Holds
    one record in memory; in such a file one of more than 64 MiB is passed over as unreadable. The
    files of a WACZ are copied to a temporary one each. Raises OSError where a file cannot be opened
    or copied, and ParseError for a WACZ that is no ZIP file.
    """
    if path.suffix != ".wacz":
        with path.open("rb") as file:
            yield from _iter_file(file)
        return
    try:
        with zipfile.ZipFile(path) as package:
            for name in package.namelist():
                if name.startswith("archive/") and name.endswith((".warc", ".warc.gz")):
                    yield from _iter_entry(package, name)
    except zipfile.BadZipFile as error:
        raise ParseError(f"{path}: {error}") from error


def _iter_entry(package: zipfile.ZipFile, name: str) -> Iterator[Record | Unreadable]:
    # Records are read by their places, and a step back within a ZIP begins at its front again.
    with package.open(name) as entry, TemporaryFile() as file:
        failure = _copy(entry, file)
        file.seek(0)
        yield from _iter_file(file)
        if failure is not None:
            yield Unreadable(file.seek(0, 2), 0, f"{name}: {failure}", is_torn=False)


def _copy(entry: IO[bytes], file: IO[bytes]) -> Exception | None:
    """Copy an entry as far as it can be unpacked; return what kept it from its end."""
    try:
        shutil.copyfileobj(entry, file, CHUNK_BYTES)
    except (EOFError, zipfile.BadZipFile, zlib.error) as error:
        return error
    return None


def _iter_file(file: BinaryIO) -> Iterator[Record | Unreadable]:
    for record in iter_members(file) if _is_by_record(file) else _iter_stream(file):
        if isinstance(record, Record):
            yield replace(record, payload=_unchunked(record))
        else:
            yield record


def _is_by_record(file: BinaryIO) -> bool:
    """Return whether the first gzip member of a file is one record, and leave it at its start."""
    try:
        member = Member(file, 0)
        head = member.read_head()
        declared = _LENGTH.search(head) if head else None
        if declared is None:
            return False
        for start in range(0, int(declared[1]) + len(_END), CHUNK_BYTES):
            member.read(min(CHUNK_BYTES, int(declared[1]) + len(_END) - start))
        return member.read(1) == b""
    except ParseError:
        return False
    finally:
        file.seek(0)


def _iter_stream(file: BinaryIO) -> Iterator[Record | Unreadable]:
    offset = 0
    with _unpacked(file) as stream:
        while True:
            try:
                found, size = _read(stream, offset)
            except (EOFError, OSError, ParseError, zlib.error) as error:
                yield Unreadable(offset, 0, str(error), is_torn=isinstance(error, EOFError))
                return
            if found is None:
                return
            yield found
            offset += size


@contextmanager
def _unpacked(file: BinaryIO) -> Iterator[BinaryIO]:
    magic = file.read(len(_GZIP_MAGIC))
    file.seek(0)
    if magic != _GZIP_MAGIC:
        yield file
        return
    with gzip.GzipFile(fileobj=file) as stream:
        yield cast("BinaryIO", stream)


def _read(stream: BinaryIO, offset: int) -> tuple[Record | Unreadable | None, int]:
    """Return the record that begins here, and its size; None at the end of the file."""
    head = _read_head(stream)
    if not head:
        return None, 0
    declared = _LENGTH.search(head)
    if not head.startswith(b"WARC/1.") or declared is None:
        raise ParseError(f"no WARC record, but {head[:20]!r}")
    length = int(declared[1]) + len(_END)
    size = len(head) + length
    if length > MAX_CONTENT_BYTES:
        for start in range(0, length, CHUNK_BYTES):
            _read_exactly(stream, min(CHUNK_BYTES, length - start))
        return Unreadable(offset, size, f"a record of {length} bytes", is_torn=False), size
    return parse_record(head + _read_exactly(stream, length), offset, size), size


def _read_head(stream: BinaryIO) -> bytes:
    """Return all before the first blank line, and the line; nothing at the end of the file."""
    lines: list[bytes] = []
    while (line := stream.readline(MAX_HEAD_BYTES)) not in {b"", b"\r\n"} or not any(lines):
        if not line:
            return b""
        if line != b"\r\n":  # some writers leave more than two line breaks behind a record
            lines.append(line)
        if sum(map(len, lines)) > MAX_HEAD_BYTES:
            raise ParseError("a record whose head has no end")
    if not line:
        raise EOFError("cut off within the head of a record")
    return b"".join([*lines, line])


def _read_exactly(stream: BinaryIO, size: int) -> bytes:
    pieces = bytearray()
    while len(pieces) < size:
        piece = stream.read(size - len(pieces))
        if not piece:
            raise EOFError(f"cut off {size - len(pieces)} bytes before the end of a record")
        pieces += piece
    return bytes(pieces)


def _unchunked(record: Record) -> bytes:
    """Return the payload without chunking (RFC 9112, 7.1); as it is where it has none.

    Many files keep the header of a chunked body and not its chunks.
    """
    codings = [value for name, value in record.http_headers if name.lower() == b"transfer-encoding"]
    if not codings or codings[-1].strip().lower() != b"chunked":
        return record.payload
    body, at, payload = bytearray(), 0, record.payload
    while found := _CHUNK.match(payload, at):
        start, size = found.end(), int(found[1], 16)
        if size == 0:
            return bytes(body)
        body += payload[start : start + size]
        at = start + size + len(b"\r\n")
    return payload
