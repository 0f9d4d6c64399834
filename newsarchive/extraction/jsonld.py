"""What a page tells machines about its article in ld+json (schema.org).

A cross-check for what the rules read, and the last of the rules: for a page that no other knows,
where the ld+json holds the whole text.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape

from newsarchive.cleaning.dates import parse_feed_date
from newsarchive.exceptions import MissingFieldError
from newsarchive.extraction.base import Extracted, Form, SavedPage
from newsarchive.extraction.blocks import paragraph
from newsarchive.extraction.fields import (
    Fields,
    identifier_in,
    is_object,
    labels_in,
    object_in,
    objects_in,
    string_in,
)
from newsarchive.extraction.updates import html_of, number_of
from newsarchive.model import Kind, Update

_TYPE = b"application/ld+json"
# In order: a page of an article may tell of the videos in it too.
_KINDS: Mapping[str, Kind] = {
    "LiveBlogPosting": Kind.LIVEBLOG,
    "NewsArticle": Kind.ARTICLE,
    "ReportageNewsArticle": Kind.ARTICLE,
    "AnalysisNewsArticle": Kind.ARTICLE,
    "BackgroundNewsArticle": Kind.ARTICLE,
    "OpinionNewsArticle": Kind.ARTICLE,
    "Article": Kind.ARTICLE,
    "BlogPosting": Kind.ARTICLE,
    "VideoObject": Kind.VIDEO,
}
_DECODER = json.JSONDecoder(strict=False)


@dataclass(frozen=True, slots=True)
class NewsArticle:
    """A NewsArticle, LiveBlogPosting or VideoObject as the page describes it; all plain text."""

    kind: Kind
    identifier: str | None = None
    url: str | None = None  # else its mainEntityOfPage
    headline: str = ""  # else its name
    description: str = ""
    published_at: datetime | None = None  # datePublished, else uploadDate (of a video)
    modified_at: datetime | None = None
    body: str = ""  # articleBody: NOS leaves headings out, and paragraphs run on (2024)
    keywords: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    part_of: tuple[str, ...] = ()  # isPartOf, by name
    publisher: str = ""  # by name: NOS's supply channel
    image_url: str | None = None
    updates: tuple[Update, ...] = ()  # liveBlogUpdate


def find_news_article(page: SavedPage) -> NewsArticle | None:
    """Return the article that `page` describes in ld+json, None where it describes none.

    Any number of scripts is read, with lists, `@graph` and `mainEntity` in them; a script that is
    no JSON is passed over. Of several the one most like an article, and of those the first.
    """
    ranks = {name: rank for rank, name in enumerate(_KINDS)}
    found = (
        (ranks[name], order, node)
        for order, node in enumerate(_nodes(page))
        for name in labels_in(node, "@type")
        if name in ranks
    )
    best = min(found, default=None, key=lambda candidate: candidate[:2])
    return _news_article(best[2], list(_KINDS.values())[best[0]]) if best else None


class JsonLd:
    """Reads an article from ld+json alone; form of 2024 (NewsArticle with articleBody)."""

    form = Form.JSON_LD
    period = "since about 2021"

    def recognises(self, page: SavedPage) -> bool:
        """Return whether `page` holds ld+json with the whole text of an article."""
        article = find_news_article(page)
        return article is not None and bool(article.body or article.updates)

    def extract(self, page: SavedPage) -> Extracted:
        """Return what the ld+json of `page` says; each line of articleBody is a paragraph."""
        article = find_news_article(page)
        if article is None or not (article.body or article.updates):
            raise _missing(page, "articleBody")
        if not article.headline:
            raise _missing(page, "headline")
        if article.published_at is None:
            raise _missing(page, "datePublished")
        return Extracted(
            form=self.form,
            kind=article.kind,
            title=article.headline.strip(),
            html="\n".join(filter(None, [_paragraphs(article.body), html_of(article.updates)])),
            external_id=article.identifier,
            canonical_url=article.url,
            published_at=article.published_at,
            modified_at=article.modified_at,
            image_url=article.image_url,
            updates=article.updates,
            metadata=dict(_metadata(article)),
        )


def _missing(page: SavedPage, name: str) -> MissingFieldError:
    return MissingFieldError(f"{page.url}: a page of the form {Form.JSON_LD} without {name}.")


def _metadata(article: NewsArticle) -> Iterator[tuple[str, object]]:
    yield "form", Form.JSON_LD.value
    yield "published_from", "ld+json datePublished"
    if article.modified_at:
        yield "modified_from", "ld+json dateModified"
    several = {
        "description": article.description,
        "keywords": list(article.keywords),
        "authors": list(article.authors),
        "collections": [{"title": title} for title in article.part_of],
        "supply_channel": article.publisher,
    }
    yield from ((name, value) for name, value in several.items() if value)


def _nodes(page: SavedPage) -> Iterator[Fields]:
    for text in _scripts(page):
        try:
            data, _ = _DECODER.raw_decode(text, _start_of_json(text))
        except (ValueError, RecursionError):
            continue
        yield from _nodes_in(data)


def _scripts(page: SavedPage) -> Iterator[str]:
    body, mark = page.body, 0
    while (mark := body.find(_TYPE, mark)) >= 0:
        start = body.find(b">", mark) + 1
        end = body.find(b"</script", start)
        if start == 0 or end < 0:
            return
        yield page.decode(start, end)
        mark = end


def _start_of_json(text: str) -> int:
    """Return where the JSON starts: some put it in a comment or CDATA."""
    starts = [start for start in (text.find("{"), text.find("[{")) if start >= 0]
    return min(starts, default=0)


def _nodes_in(data: object) -> Iterator[Fields]:
    for node in data if isinstance(data, list) else [data]:
        if isinstance(node, dict):
            yield node
            yield from objects_in(node, "@graph")
            yield from filter(is_object, [node.get("mainEntity")])


def _news_article(node: Fields, kind: Kind) -> NewsArticle:
    page = object_in(node, "mainEntityOfPage")
    return NewsArticle(
        kind=kind,
        identifier=identifier_in(node, "identifier")
        or identifier_in(object_in(node, "identifier"), "value"),
        url=string_in(node, "url", "mainEntityOfPage") or string_in(page, "@id", "url") or None,
        headline=string_in(node, "headline", "name"),
        description=string_in(node, "description"),
        published_at=parse_feed_date(string_in(node, "datePublished", "uploadDate")),
        modified_at=parse_feed_date(string_in(node, "dateModified")),
        body=string_in(node, "articleBody"),
        keywords=_keywords(node),
        authors=tuple(labels_in(node, "author", "creator")),
        part_of=tuple(labels_in(node, "isPartOf")),
        publisher=next(iter(labels_in(node, "publisher")), ""),
        image_url=_image_url(node),
        updates=tuple({update.update_id: update for update in _updates(node)}.values()),
    )


def _keywords(node: Fields) -> tuple[str, ...]:
    if listed := string_in(node, "keywords"):
        return tuple(word.strip() for word in listed.split(",") if word.strip())
    return tuple(labels_in(node, "keywords"))


def _image_url(node: Fields) -> str | None:
    for name in ("image", "thumbnailUrl", "thumbnail"):
        value = node.get(name)
        for image in value if isinstance(value, list) else [value]:
            fields = image if isinstance(image, dict) else {"url": image}
            if url := string_in(fields, "url", "contentUrl", "@id"):
                return url
    return None


def _updates(node: Fields) -> Iterator[Update]:
    for update in objects_in(node, "liveBlogUpdate"):
        if named := identifier_in(update, "identifier", "@id", "url"):
            yield Update(
                update_id=number_of(named),
                title=string_in(update, "headline", "name").strip(),
                html=_paragraphs(string_in(update, "articleBody")),
                published_at=parse_feed_date(string_in(update, "datePublished")),
            )


def _paragraphs(text: str) -> str:
    lines = (paragraph(escape(line.strip(), quote=False)) for line in text.splitlines())
    return "\n".join(filter(None, lines))
