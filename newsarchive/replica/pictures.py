"""Pictures of the replica: one of a single shade at every address that NOS's pictures have had.

::

    /data/image/2019/04/12/543080/1008x567.jpg     JPEG, of the size that the address names
    /image/2021/11/01/804211/3840x2160a.jpg        likewise
    /a/b/c/d/e/f/<name>/0x64x2048x1152-1024x576.webp    WebP

Its address is written in each, so that two addresses never give the same bytes. Each has a few
kilobytes, the largest some hundred.
"""

import re
import struct
import zlib
from collections.abc import Callable, Mapping
from functools import lru_cache
from hashlib import sha256
from http import HTTPStatus

from newsarchive.replica.answers import Representation, Response

_JPEG = re.compile(r"/(?:data/)?image/\d{4}/\d\d/\d\d/\d+/(?:(\d{2,4})x(\d{2,4})a?|\w+)\.jpg")
_WEBP = re.compile(r"/(?:\w/){6}\w+/\d+x\d+x\d+x\d+-(\d{2,4})x(\d{2,4})\.webp")
_LARGEST = (1920, 1080)  # where the address names no size
_CLAIM = 60_000
_STALL_S = 600.0
_CACHED = "public, max-age=31536000"


def find_picture(path: str) -> Representation | None:
    """Return the picture at `path`; None where no picture has such an address."""
    if found := _JPEG.fullmatch(path):
        width, height = (int(found[1]), int(found[2])) if found[1] else _LARGEST
        return _represent(write_jpeg(path, width, height), "image/jpeg")
    if found := _WEBP.fullmatch(path):
        return _represent(write_webp(path, int(found[1]), int(found[2])), "image/webp")
    return None


def _represent(picture: bytes, content_type: str) -> Representation:
    return Representation.of(picture, content_type, cache_control=_CACHED)


@lru_cache(maxsize=64)
def write_jpeg(name: str, width: int, height: int) -> bytes:
    """Return a grey JPEG (ITU-T T.81, baseline), with its name in a comment."""
    shade = sha256(name.encode()).digest()[0] % 127 + 1
    size = shade.bit_length()
    blocks = -(-width // 8) * -(-height // 8)
    # The first block tells its difference from middle grey; the others that they have none.
    first = "10" + f"{shade:0{size}b}" + "0"
    bits = first + "00" * (blocks - 1)
    bits += "1" * (-len(bits) % 8)
    coded = int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\0")
    segments = (
        (0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0"),
        (0xFE, name.encode()),
        (0xDB, b"\0" + b"\x08" * 64),
        (0xC0, struct.pack(">BHHB", 8, height, width, 1) + b"\1\x11\0"),
        (0xC4, _codes(0x00, [0, size])),
        (0xC4, _codes(0x10, [0])),
        (0xDA, b"\1\1\0\0\x3f\0"),
    )
    written = (struct.pack(">BBH", 0xFF, kind, len(data) + 2) + data for kind, data in segments)
    return b"\xff\xd8" + b"".join(written) + coded + b"\xff\xd9"


def _codes(table: int, values: list[int]) -> bytes:
    """Return a Huffman table with the code `0` for the first value, `10` for a second."""
    lengths = bytes([1, len(values) - 1, *[0] * 14])
    return bytes([table]) + lengths + bytes(values)


@lru_cache(maxsize=64)
def write_webp(name: str, width: int, height: int) -> bytes:
    """Return a lossless WebP of one colour (RFC 9649), with its name in a chunk of its own."""
    colour = sha256(name.encode()).digest()[:3]
    fields = [(0x2F, 8), (width - 1, 14), (height - 1, 14), (0, 1), (0, 3), (0, 1), (0, 1), (0, 1)]
    # Green, red, blue, alpha, distance: a code for each, of one symbol, which takes no bits.
    for symbol in (*colour, 255, 0):
        fields += [(1, 1), (0, 1), (1, 1), (symbol, 8)]
    bits, place = 0, 0
    for value, length in fields:
        bits |= value << place
        place += length
    image = _chunk(b"VP8L", bits.to_bytes(-(-place // 8), "little"))
    body = b"WEBP" + image + _chunk(b"NAME", name.encode())
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def write_claim(width: int = _CLAIM, height: int = _CLAIM) -> bytes:
    """Return a PNG of a hundred bytes that claims to have billions of pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    image = zlib.compress(bytes(64))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", image) + chunk(b"IEND", b"")


def _with(right: Response, body: bytes, content_type: str | None = None) -> Response:
    kept = content_type or right.headers["Content-Type"]
    return Response(HTTPStatus.OK, {"Content-Type": kept}, body)


def _html(right: Response) -> Response:
    page = b"<!DOCTYPE html><html><head><title>Even geduld</title></head><body>Onderhoud</body>"
    return _with(right, page)


def _too_many(_right: Response) -> Response:
    return Response(HTTPStatus.TOO_MANY_REQUESTS, {"Retry-After": "3600"})


PICTURE_MISBEHAVIOURS: Mapping[str, Callable[[Response], Response]] = {
    "stall": lambda _: Response(HTTPStatus.OK, {}, silence_s=_STALL_S),
    "claim": lambda right: _with(right, write_claim()),
    "html": _html,
    "404": lambda _: Response(HTTPStatus.NOT_FOUND, {"Content-Type": "text/plain"}, b"weg"),
    "429": _too_many,
    "wrong-type": lambda right: _with(right, right.body, "text/plain; charset=utf-8"),
    "half": lambda right: _with(right, right.body[:20]),
}
"""What a server of pictures does that it should not; each gets the right answer."""
