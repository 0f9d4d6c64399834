"""What a document is, told from its text alone: for the bytes that no parser should be given."""

import re

_SHOWN = 60  # characters of a document that an error quotes

_BEFORE_ROOT = re.compile(
    r"\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE
)
_START_TAG = re.compile(r"<((?:[\w.-]+:)?[\w.-]+)")
_SECTION = re.compile(r"<!\[CDATA\[|<!--|<\?")
_SECTION_ENDS = {"<![CDATA[": "]]>", "<!--": "-->", "<?": "?>"}

_FEED_ROOTS = {"rss", "rdf", "feed"}
_HTML_ROOTS = {"html", "head", "body", "title", "meta", "script", "style", "div", "h1", "p", "br"}
_HTML_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{1,200})", re.IGNORECASE)


def find_feed_root(text: str) -> str | None:
    """Return the name of the root element as written, `rdf:RDF`; None where it is no feed's."""
    root = _find_root(text)
    return root if root and _local(root) in _FEED_ROOTS else None


def describe(body: bytes, text: str) -> str:
    """Say in words what a document that is no feed is; `text` is `body` decoded."""
    root = _find_root(text)
    if not body.strip():
        return "an empty document"
    if body.startswith(b"\x1f\x8b"):
        return "gzip-compressed data"
    if root is None:
        return _describe_text(body, text.strip())
    if _local(root) in _HTML_ROOTS:
        title = _HTML_TITLE.search(text)
        return f"an HTML page titled {title[1].strip()!r}" if title else "an HTML page"
    return f"an XML document with the root element <{root[:_SHOWN]}>"


def strip_sections(text: str) -> str | None:
    """Return the text without CDATA, comments and instructions; None if one of them never ends."""
    kept, position = [], 0
    while opening := _SECTION.search(text, position):
        closing = _SECTION_ENDS[opening[0]]
        end = text.find(closing, opening.end())
        if end < 0:
            return None
        kept.append(text[position : opening.start()])
        position = end + len(closing)
    return "".join((*kept, text[position:]))


def count_entries(markup: str | None, root: str) -> int | None:
    """Count the entries in a feed's `markup` (see `strip_sections`), or None if it is truncated.

    A feed is whole if its root element ends and no entry begins after that.
    """
    before, _, after = (markup or "").lower().rpartition(f"</{root.lower()}")
    prefix = root.rpartition(":")[0].lower()
    entry = re.compile(rf"<(?:{re.escape(prefix)}:)?(?:item|entry)[\s/>]")
    if not re.match(r"\s*>", after) or entry.search(after):
        return None
    return sum(1 for _ in entry.finditer(before))


def _find_root(text: str) -> str | None:
    position = 0
    while misc := _BEFORE_ROOT.match(text, position):
        position = misc.end()
    tag = _START_TAG.match(text, position)
    return tag[1] if tag else None


def _local(name: str) -> str:
    return name.rpartition(":")[2].lower()


def _describe_text(body: bytes, text: str) -> str:
    if text.startswith(("{", "[")):
        return "JSON"
    if "\0" in text or "\ufffd" in text[:_SHOWN]:
        return f"binary data that begin with {body[:8].hex(' ')}"
    return f"text that begins {text[:_SHOWN]!r}"
