"""Which characters a feed's bytes are: the order of RFC 7303, and what to do where it misleads."""

import codecs
import re
from collections.abc import Iterator

# XML 1.0, appendix F: a byte order mark, or "<" in two bytes.
_WIDE_OPENINGS = (
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)

# Python knows charsets that nobody serves and that are slow or no text at all
# (idna, unicode_escape). What is called ASCII or Latin-1 is read as Windows-1252, as
# browsers do (https://encoding.spec.whatwg.org/): quotes and dashes are not in Latin-1.
_SINGLE_BYTE = {
    "ascii": "cp1252",
    "cp1252": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-15": "iso8859-15",
}

_HEADER = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
_PROLOG = re.compile(rb"""\s*<\?xml[^>]{1,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})""")


def decode(body: bytes, content_type: str | None) -> str:
    """Return the text of an XML document that came with this Content-Type header; never raises.

    The byte order mark, the header's charset, the XML declaration and UTF-8 are believed in
    this order (RFC 7303, 3). Two things overrule it: bytes that are sound UTF-8 are UTF-8
    whatever single-byte charset is declared, since beyond ASCII that does not happen by chance;
    and bytes that fit nothing declared are read as what they are nearest to, UTF-8 with its
    damage shown as U+FFFD, or Windows-1252.
    """
    for opening, charset in _WIDE_OPENINGS:
        if body.startswith(opening):
            return body.decode(charset, "replace").removeprefix("\ufeff")
    for charset in ("utf-8-sig", *_declared(body, content_type)):
        try:
            return body.decode(charset)
        except UnicodeDecodeError:
            continue
    return _decode_damaged(body)


def _declared(body: bytes, content_type: str | None) -> Iterator[str]:
    """Yield the single-byte charsets declared, the header's before the document's own."""
    header = _HEADER.search(content_type or "")
    prolog = _PROLOG.match(body)
    for name in (header and header[1], prolog and prolog[1].decode("ascii")):
        try:
            charset = codecs.lookup(name).name if name else ""
        except LookupError:
            continue
        if charset == "utf-8":
            return  # believed, and found damaged
        if charset in _SINGLE_BYTE:
            yield _SINGLE_BYTE[charset]


def _decode_damaged(body: bytes) -> str:
    text = body.decode("utf-8-sig", "replace")
    damaged = text.count("\ufffd")
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    return text if 2 * damaged <= beyond_ascii else body.decode("cp1252", "replace")
