"""What bytes are that should be a picture: told by the bytes, whatever server and address say.

Only the head is read and nothing is decoded, so that a picture of any size costs the same.
"""

from dataclasses import dataclass
from io import BytesIO

from newsarchive.exceptions import ParseError

MAX_BYTES = 20 * 2**20
MAX_PIXELS = 100_000_000
"""NOS's largest have 8 million. Whoever decodes a picture needs four bytes of memory a pixel."""

EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/avif": "avif",
}
"""Endings by type: the types that are kept. SVG is none of them, since it can act."""

_AVIF_BRANDS = frozenset({b"avif", b"avis"})


@dataclass(frozen=True, slots=True)
class PictureForm:
    """What the head of a picture tells."""

    content_type: str
    width: int
    height: int


def read_form(content: bytes) -> PictureForm:
    """Return what `content` is; raise ParseError where it is no picture that is kept."""
    if len(content) > MAX_BYTES:
        raise ParseError(f"a picture of more than {MAX_BYTES:,} bytes")
    content_type = _find_type(content)
    if content_type is None:
        raise ParseError(f"no picture, but {_describe(content)}")
    width, height = _measure(content)
    if width <= 0 or height <= 0:
        raise ParseError(f"{content_type}, whose size cannot be read")
    if width * height > MAX_PIXELS:
        raise ParseError(f"a picture that claims {width:,} x {height:,} pixels")
    return PictureForm(content_type, width, height)


def file_path(digest: str, content_type: str) -> str:
    """Return where a picture with these bytes stands below the data folder."""
    name = digest.removeprefix("sha256:")
    return f"media/{name[:2]}/{name[2:]}.{EXTENSIONS[content_type]}"


def _find_type(content: bytes) -> str | None:
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return "image/avif" if _is_avif(content) else None


def _is_avif(content: bytes) -> bool:
    """Tell by the brands of the first box (ISO 14496-12, 4.3), the major or a compatible one."""
    if content[4:8] != b"ftyp":
        return False
    end = min(int.from_bytes(content[:4], "big"), 256)
    brands = {content[8:12], *(content[start : start + 4] for start in range(16, end, 4))}
    return bool(brands & _AVIF_BRANDS)


def _measure(content: bytes) -> tuple[int, int]:
    """Return width and height as stored; -1 and -1 where the head is broken."""
    # 60 ms that only a crawl with pictures pays. No types are published for it.
    from imagesize import get  # type: ignore[import-untyped]  # noqa: PLC0415 - as above

    width, height = get(BytesIO(content), exif_rotation=False)
    return width, height


def _describe(content: bytes) -> str:
    start = content[:256].lstrip().lower()
    if not content:
        return "nothing"
    if start.startswith((b"<!doctype", b"<html", b"<head", b"<body")):
        return "HTML"
    return f"bytes that begin with {content[:12]!r}"
