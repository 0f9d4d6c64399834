"""Pages of any publisher, by their shape: trafilatura finds the body, the page tells the rest.

Which text is the article is a guess, made by rules alone: no network, no language model, and the
same bytes give the same answer under one release of trafilatura, which is pinned for that.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from lxml import etree, html

from newsarchive.cleaning.dates import parse_feed_date
from newsarchive.cleaning.plaintext import count_words
from newsarchive.cleaning.urls import make_absolute
from newsarchive.exceptions import MissingFieldError
from newsarchive.extraction.base import Extracted, Form, SavedPage
from newsarchive.extraction.elements import fold, one_line, text_of
from newsarchive.extraction.head import Head, read_head
from newsarchive.extraction.jsonld import NewsArticle, find_news_article
from newsarchive.model import Kind

_TAG = re.compile(r"<[^>]*>")
_FEWEST_WORDS = 10  # with fewer it is a label that stood on an empty page
# A box that begins with such a line holds links to other articles.
_RELATED = (
    "//*[self::aside or self::div or self::section or self::ul]"
    "[*[1][contains('|Bekijk ook|Lees ook|Lees verder|Lees meer|Zie ook|Meer over dit onderwerp|',"
    " concat('|', translate(normalize-space(), ':', ''), '|'))]]"
)


class Generic:
    """The last resort: any page with a title and a body."""

    form = Form.GENERIC
    period = "any"

    def recognises(self, page: SavedPage) -> bool:
        """Return whether `page` has HTML at all."""
        return b"<" in page.body

    def extract(self, page: SavedPage) -> Extracted:
        """Return what the page says, its links absolute.

        The time of publication is None where the page tells none. Raises MissingFieldError for a
        page without a title or without anything that looks like an article.
        """
        head, told = read_head(page), find_news_article(page) or NewsArticle(Kind.ARTICLE)
        title = _title(page, head, told)
        body = _body(page, title)
        if lacking := [name for name, value in (("title", title), ("body", body)) if not value]:
            raise MissingFieldError(f"{page.url} ({self.form}) has no {' and no '.join(lacking)}.")
        published_from, published_at = _published(page, head, told)
        modified_from, modified_at = _modified(head, told)
        several = {
            "description": head.description or told.description,
            "keywords": list(head.keywords or told.keywords),
            "authors": list(told.authors or head.authors),
            "supply_channel": told.publisher or head.site_name,
            "published_from": published_from,
            "modified_from": modified_from,
        }
        return Extracted(
            form=self.form,
            kind=told.kind,
            title=title,
            html=body,
            canonical_url=head.canonical_url or _absolute(told.url, page),
            published_at=published_at,
            modified_at=modified_at,
            image_url=head.image_url or _absolute(told.image_url, page),
            metadata={"form": self.form.value}
            | {name: value for name, value in several.items() if value},
        )


def _title(page: SavedPage, head: Head, told: NewsArticle) -> str:
    shown = (text_of(element) for path in ("//h1", "//title") for element in page.tree.xpath(path))
    return next(filter(None, map(fold, (told.headline, head.title, *shown))), "")


def _body(page: SavedPage, title: str) -> str:
    """Return the body a block a line, without the title where it stands above."""
    import trafilatura  # noqa: PLC0415 - 0.2 s, and a crawl of one publisher never needs it

    found = trafilatura.extract(
        page.tree,  # it works on a copy
        url=page.url,
        output_format="html",
        include_comments=False,
        include_formatting=True,
        include_images=True,
        include_links=True,
        prune_xpath=_RELATED,
    )
    if not found:
        return ""
    blocks = list(_blocks(found))
    body = "\n".join(blocks[1:] if blocks and _says(blocks[0], title) else blocks)
    return body if count_words(_TAG.sub(" ", body)) >= _FEWEST_WORDS else ""


def _blocks(found: str) -> Iterator[str]:
    for element in html.document_fromstring(found).iterfind("body/*"):
        element.tail = None
        yield one_line(etree.tostring(element, encoding="unicode", method="html"))


def _says(block: str, title: str) -> bool:
    return text_of(html.fragment_fromstring(block)) == title


def _published(page: SavedPage, head: Head, told: NewsArticle) -> tuple[str, datetime | None]:
    times = page.tree.xpath("(//article|//main)//time[@datetime]/@datetime")
    shown = parse_feed_date(str(times[0])) if times else None
    return _first_known(
        (
            ("ld+json datePublished", told.published_at),
            (head.published_from, head.published_at),
            ("time[datetime]", shown),
        )
    )


def _modified(head: Head, told: NewsArticle) -> tuple[str, datetime | None]:
    return _first_known(
        (("ld+json dateModified", told.modified_at), (head.modified_from, head.modified_at))
    )


def _first_known(
    moments: Iterable[tuple[str, datetime | None]],
) -> tuple[str, datetime | None]:
    return next(((name, moment) for name, moment in moments if moment), ("", None))


def _absolute(url: str | None, page: SavedPage) -> str | None:
    return make_absolute(url, page.url) if url else None
