"""Extraction: from a saved page to the fields of an article, one rule a form of page."""

import re
from collections.abc import Sequence

from newsarchive.exceptions import UnknownFormError
from newsarchive.extraction.base import Extracted, Extractor, SavedPage
from newsarchive.extraction.jsonld import JsonLd
from newsarchive.extraction.nextarticle import NextArticle
from newsarchive.extraction.nextdata import NextData

__all__ = ["NOS_RULES", "extract_page"]

# In the order of their eras. What a page tells machines about itself comes last: it is the least
# of what the page has.
NOS_RULES: tuple[Extractor, ...] = (NextData(), NextArticle(), JsonLd())

_TITLE = re.compile(rb"<title[^>]*>([^<]{0,200})", re.IGNORECASE)
_SIGNS = {
    b"__NEXT_DATA__": "__NEXT_DATA__",
    b"self.__next_f": "React Server Components (self.__next_f)",
    b"application/ld+json": "ld+json",
    b"article_textwrap": ".article_textwrap",
    b"<article": "<article>",
    b"<main": "<main>",
}


def extract_page(page: SavedPage, rules: Sequence[Extractor]) -> Extracted:
    """Return what the first of `rules` that recognises `page` reads from it.

    Raises UnknownFormError where none does, telling what the page does show, and
    MissingFieldError for a page of a known form without a field that the form must have.
    """
    for rule in rules:
        if rule.recognises(page):
            return rule.extract(page)
    raise UnknownFormError(f"No rule knows the form of {page.url}: {_description(page.body)}.")


def _description(body: bytes) -> str:
    signs = [name for sign, name in _SIGNS.items() if sign in body]
    found = _TITLE.search(body)
    title = found[1].decode("utf-8", "replace").strip() if found else ""
    return (
        f"{len(body)} bytes, "
        + (f"titled {title!r}" if title else "without title")
        + (f", with {', '.join(signs)}" if signs else ", with nothing that a rule goes by")
    )
