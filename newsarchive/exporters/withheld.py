"""Which recorded bytes name an article that is withheld, and so may not leave the archive.

A record is whole or not at all: a feed that has a withheld article among its entries, and a page
that links to one, would show its headline. What names it by number or address stays inside.
"""

import re
from collections.abc import Iterable, Iterator
from html import escape
from urllib.parse import urlsplit

from newsarchive.exceptions import ParseError
from newsarchive.storage import Withheld
from newsarchive.warc import Record


class Discretion:
    """Knows what articles that are withheld are called."""

    def __init__(self, withheld: Iterable[Withheld]) -> None:
        names = sorted({name for article in withheld for name in _names(article)})
        self._pattern = re.compile(b"|".join(names)) if names else None

    def names_withheld(self, record: Record) -> bool:
        """Return whether `record` names one of them, or may, since its payload cannot be read."""
        if self._pattern is None:
            return False
        fields = "\n".join(record.headers.values()).encode(errors="surrogateescape")
        heads = b"\n".join(value for _, value in record.http_headers)
        try:
            content = record.content()
        except ParseError:
            return True
        return any(self._pattern.search(part) for part in (fields, heads, content))


def _names(article: Withheld) -> Iterator[bytes]:
    """Yield patterns of the names of one article.

    A publisher's number stands in all of its addresses. An article without one has addresses
    only, of which what is behind the host is enough: links may be relative.
    """
    if any(article.external_id in url for url in article.urls):
        yield rb"(?<![0-9A-Za-z])%s(?![0-9A-Za-z])" % re.escape(article.external_id).encode()
        return
    for url in article.urls:
        parts = urlsplit(url)
        path = parts.path.strip("/") + (f"?{parts.query}" if parts.query else "")
        name = path or parts.netloc or url
        for written in (name, escape(name), name.replace("/", r"\/")):
            yield re.escape(written.encode())
