"""Content codings of HTTP bodies (RFC 9110, 8.4): by the book, and as a crawl takes them off."""

import gzip
import struct
import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from io import BytesIO

from fastwarc.stream_io import BrotliReader, ZstdReader

from newsarchive.exceptions import ParseError
from newsarchive.warc.records import GZIP

GZIP_MAGIC = b"\x1f\x8b"
CHUNK_BYTES = 1 << 16


def decode(codings: Sequence[str], data: bytes, max_bytes: int) -> bytes:
    """Return `data` without its codings, of which the last was put on last.

    Raises ParseError for one that is unknown or broken, or unfolds to more than `max_bytes`.
    """
    for coding in reversed(codings):
        if coding not in {"", "identity"}:
            data = _decode(DECODERS, coding, data, max_bytes)
    return data


def decode_as_crawled(codings: Sequence[str], data: bytes, max_bytes: int) -> bytes:
    """Return `data` as Scrapy's HttpCompressionMiddleware gives it to a spider.

    That stops at a coding which it does not know, and takes what it can get of gzip and deflate.
    Raises ParseError where it raises too.
    """
    for coding in reversed(codings):
        if coding not in DECODERS:
            break
        data = _decode(DECODERS | LENIENT, coding, data, max_bytes)
    return data


Decode = Callable[[bytes, int], bytes]


def _decode(decoders: Mapping[str, Decode], coding: str, data: bytes, max_bytes: int) -> bytes:
    if not data:
        return data  # an empty redirect may name a coding all the same
    if coding not in decoders:
        raise ParseError(f"content coding {coding!r} is not known")
    try:
        content = decoders[coding](data, max_bytes + 1)
    except (EOFError, OSError, struct.error, zlib.error) as error:
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


def _gunzip_what_there_is(data: bytes, max_bytes: int) -> bytes:
    with suppress(zlib.error):
        return _gunzip(data, max_bytes)
    content = bytearray()
    with gzip.GzipFile(fileobj=BytesIO(data)) as stream:
        try:
            while len(content) < max_bytes and (piece := stream.read1(CHUNK_BYTES)):
                content += piece
        except (EOFError, OSError, struct.error):
            if not content:
                raise
    return bytes(content[:max_bytes])


def _undeflate_what_there_is(data: bytes, max_bytes: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, max_bytes)
    except zlib.error:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, max_bytes)


DECODERS: dict[str, Decode] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _undeflate,
    "br": lambda data, max_bytes: BrotliReader(BytesIO(data)).read(max_bytes),
    "zstd": lambda data, max_bytes: ZstdReader(BytesIO(data)).read(max_bytes),
}

LENIENT: dict[str, Decode] = {
    "gzip": _gunzip_what_there_is,
    "x-gzip": _gunzip_what_there_is,
    "deflate": _undeflate_what_there_is,
}
