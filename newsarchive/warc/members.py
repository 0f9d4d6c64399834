"""Read gzip members of a WARC file, each by itself, and find where the next record begins.

zlib unpacks what igzip has packed, and checks each member's CRC-32 and length (RFC 1952).
"""

import zlib
from collections.abc import Iterator
from typing import BinaryIO

from newsarchive.exceptions import ParseError
from newsarchive.warc.records import GZIP

CHUNK_BYTES = 1 << 16
PACKED_BYTES = 1 << 13
STEP_BYTES = 64
MAX_HEAD_BYTES = 1 << 20
MAGIC = b"\x1f\x8b\x08"
FIRST_WORD = b"WARC/1."
BLANK_LINE = b"\r\n\r\n"


class CutOffError(ParseError):
    """The file ends before the member does."""


class Member:
    """One gzip member of `file`, unpacked as it is read; what was read before damage stands.

    Reading beyond what is sound raises ParseError, or CutOffError at the end of the file.
    """

    def __init__(self, file: BinaryIO, offset: int) -> None:
        file.seek(offset)
        self._file = file
        self._gzip = zlib.decompressobj(GZIP)
        self._taken = 0
        self._unpacked = bytearray()
        self._failure: ParseError | None = None

    @property
    def length(self) -> int:
        """How many bytes of the file the member takes; final once it is read to its end."""
        gzip = self._gzip
        return self._taken - len(gzip.unused_data if gzip.eof else gzip.unconsumed_tail)

    def read(self, size: int) -> bytes:
        """Return the next `size` bytes; fewer where the member ends."""
        self._unpack(size)
        if len(self._unpacked) < size and self._failure:
            raise self._failure
        taken = bytes(self._unpacked[:size])
        del self._unpacked[:size]
        return taken

    def read_head(self, limit: int = MAX_HEAD_BYTES) -> bytes | None:
        """Return all before the first blank line, and the line; None without one within `limit`.

        Nor is a head longer than MAX_HEAD_BYTES found.
        """
        size, limit = 0, min(limit, MAX_HEAD_BYTES)
        while size < limit:
            # Step by step, so that a head in front of damage can still be read.
            start, size = max(0, size - len(BLANK_LINE) + 1), min(size + STEP_BYTES, limit)
            self._unpack(size)
            found = self._unpacked.find(BLANK_LINE, start, limit)
            if found >= 0:
                return self.read(found + len(BLANK_LINE))
            if len(self._unpacked) < size:
                break
        if self._failure:
            raise self._failure
        return None

    def read_rest(self) -> Iterator[bytes]:
        """Yield what is left, piece by piece."""
        while piece := self.read(CHUNK_BYTES):
            yield piece

    def _unpack(self, size: int) -> None:
        """Unpack until `size` bytes are there, the member ends, or it cannot be read on."""
        while len(self._unpacked) < size and not self._gzip.eof and not self._failure:
            packed = self._gzip.unconsumed_tail or self._take()
            if not packed:
                self._failure = CutOffError(f"cut off after {self.length} bytes of a record")
                return
            wanted = size - len(self._unpacked)
            try:
                self._unpacked += self._gzip.decompress(packed, wanted)
            except zlib.error as error:
                self._failure = ParseError(f"not a sound gzip member: {error}")

    def _take(self) -> bytes:
        packed = self._file.read(PACKED_BYTES)
        self._taken += len(packed)
        return packed


def find_record(file: BinaryIO, start: int, end: int) -> int:
    """Return where the next record begins, from `start` on; `end` where none does.

    That is where a gzip member unpacks to the first word of a WARC record: by chance, never.
    """
    at = start
    while at < end:
        file.seek(at)
        window = file.read(CHUNK_BYTES)
        found = window.find(MAGIC)
        while found >= 0:
            if _begins_record(file, at + found):
                return at + found
            found = window.find(MAGIC, found + 1)
        # The magic number may lie across two windows.
        at += max(len(window) - len(MAGIC) + 1, 1)
    return end


def _begins_record(file: BinaryIO, offset: int) -> bool:
    try:
        return Member(file, offset).read(len(FIRST_WORD)) == FIRST_WORD
    except ParseError:
        return False
