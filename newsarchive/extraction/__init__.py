"""Extraction: from a saved page to the fields of an article, one rule a form of page."""

import re
from collections.abc import Iterator, Sequence

from newsarchive.exceptions import UnknownFormError
from newsarchive.extraction.base import Extracted, Extractor, SavedPage
from newsarchive.extraction.fields import string_in
from newsarchive.extraction.generic import Generic
from newsarchive.extraction.jsonld import JsonLd
from newsarchive.extraction.modules import Modules
from newsarchive.extraction.nextarticle import NextArticle
from newsarchive.extraction.nextdata import NextData
from newsarchive.extraction.textwrap import Textwrap

__all__ = ["NOS_RULES", "Extracted", "Extractor", "SavedPage", "extract_page", "rules_of"]

# Today's forms first, then those of kept pages. What a page tells machines about itself comes
# last: it is the least of what the page has.
NOS_RULES: tuple[Extractor, ...] = (NextData(), NextArticle(), Textwrap(), Modules(), JsonLd())


def rules_of(source: str) -> Sequence[Extractor]:
    """Return the rules for the pages of the source of that name."""
    return NOS_RULES if source == "nos" else (Generic(),)


_TITLE = re.compile(rb"<title[^<>]*>([^<]{0,200})", re.IGNORECASE)
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
    raise UnknownFormError(f"No rule knows the form of {page.url}: {_description(page)}.")


def _description(page: SavedPage) -> str:
    found = _TITLE.search(page.body)
    title = page.decode(*found.span(1)).strip() if found else ""
    return (
        f"{len(page.body)} bytes, "
        + (f"titled {title!r}" if title else "without title")
        + f", with {', '.join(_signs(page)) or 'nothing that a rule goes by'}"
    )


def _signs(page: SavedPage) -> Iterator[str]:
    yield from (name for sign, name in _SIGNS.items() if sign in page.body)
    for name, value in (page.page_props or {}).items():
        if isinstance(value, dict):
            kind = string_in(value, "type", "__typename")
            yield f"pageProps.{name}" + (f" of type {kind!r}" if kind else "")
