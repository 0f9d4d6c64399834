"""The line that names whom a regional piece was made with: not content, but worth knowing."""

import re
from html import unescape

# "In samenwerking met Omrop Fryslân", a line of its own; a sentence that begins so ends in a full
# stop.
_LINE = r"\s*In samenwerking met\s+([^<.\n]{2,60}?)\s*"
_NAMED = re.compile(_LINE)
_FIRST_PARAGRAPH = re.compile(rf"\s*<p>(?:<em>)?{_LINE}(?:</em>)?</p>\s*")


def split_partner(html: str) -> tuple[str, str]:
    """Return a body without the line above it that names a partner, and the partner or ``""``."""
    found = _FIRST_PARAGRAPH.match(html)
    return (html[found.end() :], unescape(found[1])) if found else (html, "")


def partner_in(line: str) -> str:
    """Return the partner that `line`, a plain text, is there to name, else ``""``."""
    found = _NAMED.fullmatch(line)
    return found[1] if found else ""
