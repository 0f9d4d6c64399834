"""An article as its page has it, before it has a form: values, and what a reader sees of them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import NamedTuple

from newsarchive.model import Kind
from newsarchive.replica import page_content as content
from newsarchive.replica.content import SPORTS

_TAG = re.compile(r"<[^>]+>")


class Paragraph(NamedTuple):
    """A paragraph; its `html` is what stands inside `<p>`."""

    html: str


class Heading(NamedTuple):
    """A heading between paragraphs."""

    text: str


class Picture(NamedTuple):
    """An image; `number` names its file."""

    number: int
    caption: str
    copyright: str


class Bullets(NamedTuple):
    """A list; each item is HTML."""

    items: tuple[str, ...]


class Quote(NamedTuple):
    """A quote that stands apart."""

    text: str
    author: str


class Clip(NamedTuple):
    """A video inside an article."""

    number: int
    title: str
    description: str


class Embed(NamedTuple):
    """Something of another site."""

    url: str
    title: str


Block = Paragraph | Heading | Picture | Bullets | Quote | Clip | Embed


class Update(NamedTuple):
    """One update of a liveblog."""

    update_id: str
    title: str
    published_at: datetime
    blocks: tuple[Paragraph, ...]


class Related(NamedTuple):
    """A link to another article, below this one."""

    external_id: str
    slug: str
    title: str
    picture: int


@dataclass(frozen=True, slots=True)
class Article:
    """What a page says, before it has a form."""

    number: int
    external_id: str
    kind: Kind
    beat: str
    slug: str
    title: str  # as delivered: some end in a space
    description: str
    blocks: tuple[Block, ...]
    updates: tuple[Update, ...]  # the newest first
    keywords: tuple[str, ...]
    published_at: datetime
    modified_at: datetime | None
    picture: Picture
    region: str | None
    related: tuple[Related, ...]
    furniture: int

    @property
    def label(self) -> str:
        """What the site calls the article's category."""
        return content.LABELS.get(self.beat, self.beat.capitalize())

    @property
    def supplier(self) -> str:
        """The line above the headline."""
        return content.SUPPLIERS.get(self.beat, "NOS Nieuws")

    @property
    def partner(self) -> str | None:
        """The regional broadcaster that a piece was made with."""
        return content.PARTNERS[self.region] if self.region else None

    @property
    def section(self) -> str:
        """The part of the site that the article belongs to."""
        return "sport" if self.beat in SPORTS else "nieuws"


class PageText(NamedTuple):
    """What a reader sees of a page, and what makes a revision of it."""

    title: str
    blocks: tuple[str, ...]  # in the form of the text rendition, those of updates among them
    updates: tuple[tuple[str, str, str], ...] = ()  # number, title, text

    @property
    def text(self) -> str:
        """The text rendition."""
        return "\n\n".join(self.blocks)


def read_article(article: Article) -> PageText:
    """Return what a reader sees of `article`."""
    updates = tuple(
        (update.update_id, update.title, "\n\n".join(_spoken(update.blocks)))
        for update in article.updates
    )
    told = (line for _, title, text in updates for line in (title, *text.split("\n\n")))
    return PageText(article.title.strip(), (*_spoken(article.blocks), *told), updates)


def _spoken(blocks: Sequence[Block]) -> Iterator[str]:
    for block in blocks:
        match block:
            case Paragraph(html):
                yield plain(html)
            case Heading(text):
                yield _fold(text)
            case Picture(_, caption, holder):
                yield _fold(f"{caption} © {holder}")
            case Bullets(items):
                yield "\n".join(f"- {plain(item)}" for item in items)
            case Quote(text, author):
                yield from (_fold(text), _fold(author))
            case Clip(_, title, _) | Embed(_, title):
                yield _fold(title)


def plain(html: str) -> str:
    """Return the text of inline `html`, its white space folded."""
    return _fold(unescape(_TAG.sub("", html)))


def _fold(text: str) -> str:
    return " ".join(text.split())
