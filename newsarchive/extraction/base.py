"""What the rules of extraction share: a saved page, what is read from it, and what a rule is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Protocol

from lxml import etree, html
from lxml.html import HtmlElement

from newsarchive.extraction.fields import Fields
from newsarchive.extraction.nextjs import find_page_props
from newsarchive.model import Kind, Update

_PARSER = html.HTMLParser(encoding="utf-8")


class Form(StrEnum):
    """Which rule read a page; kept in the metadata of each revision of origin `page`."""

    TEXTWRAP = "textwrap"  # 2015-2018, HTML by the server, `.article_textwrap`
    MODULES = "modules"  # about 2019-2021, hashed class names, and the liveblogs of that time
    NEXT_DATA = "next-data"  # 2021-2025, `__NEXT_DATA__` with `pageProps.data.items`
    NEXT_ARTICLE = "next-article"  # since 2025, `content[]` with `__typename`
    JSON_LD = "json-ld"  # a NewsArticle that tells its own body, on a page no other rule knows
    GENERIC = "generic"  # any publisher's page, by its shape


class SavedPage:
    """The bytes of a page as they were received (content-encoding undone), and its address."""

    def __init__(self, body: bytes, url: str, charset: str = "utf-8") -> None:
        self.body = body
        self.url = url  # where the bytes came from, after all redirects
        self._charset = charset

    @cached_property
    def text(self) -> str:
        """The page as text; what is no text in its encoding becomes U+FFFD."""
        return self.body.decode(self._charset, "replace")

    def decode(self, start: int, end: int) -> str:
        """Return the bytes from `start` to `end` as text: much less work than all of `text`."""
        return self.body[start:end].decode(self._charset, "replace")

    @cached_property
    def page_props(self) -> Fields | None:
        """What a page of Next.js was rendered from, as `find_page_props` finds it; read once."""
        return find_page_props(self.body, self.url, self._charset)

    @cached_property
    def tree(self) -> HtmlElement:
        """The page as lxml reads it; made once, and only where a rule needs it."""
        try:
            # Text that declares an encoding of its own (XHTML) is refused, its bytes are not.
            return html.document_fromstring(self.text.encode(), _PARSER)
        except etree.ParserError:  # nothing but white space and comments
            return html.document_fromstring("<html></html>")


@dataclass(frozen=True, slots=True)
class Extracted:
    """What a rule read from a page: the publisher's words, uncleaned."""

    form: Form
    kind: Kind
    title: str
    html: str  # the blocks of the body in order, in the tags of the HTML rendition
    external_id: str | None = None  # the page's own number, where it names one
    canonical_url: str | None = None  # as the page says it
    published_at: datetime | None = None
    modified_at: datetime | None = None  # None where the page shows no such time
    image_url: str | None = None  # of the article as a whole
    updates: tuple[Update, ...] = ()  # of a liveblog
    metadata: Mapping[str, object] = field(default_factory=dict)
    """JSON values, only those that the page has: `form`, `description`, `keywords`, `categories`,
    `collections`, `supply_channel`, `regional_partner`, `authors`, `image` (url, caption,
    copyright), `related` (a list of {title, url}), `published_from` and `modified_from` (which
    field of the page gave the time), `media` (a list of {url, title, mimetype, duration_s}),
    `owner` and `system_tag` (NOS's own), and of what a reader of code should look at:
    `unknown_blocks` (names of blocks that only their shape could tell) and `disagreements`
    (where its ld+json says otherwise)."""


class Extractor(Protocol):
    """A rule for the pages of one form."""

    form: Form
    period: str
    """When pages of this form are known to have been served, such as `2015-2018`."""

    def recognises(self, page: SavedPage) -> bool:
        """Return whether `page` shows this form; cheap, and never by its address or date."""

    def extract(self, page: SavedPage) -> Extracted:
        """Return what the page says.

        Raises MissingFieldError for a page of this form without title, body or time of
        publication: never an empty text in its place. A video may do without a body.
        """
