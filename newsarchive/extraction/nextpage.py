"""What both forms of Next.js page have in common: all but where their blocks stand."""

import re
from collections.abc import Sequence
from dataclasses import replace
from html import escape, unescape

from newsarchive.cleaning.dates import parse_feed_date
from newsarchive.exceptions import MissingFieldError
from newsarchive.extraction.base import Extracted, Form, SavedPage
from newsarchive.extraction.blocks import Body, join, paragraph, read_blocks
from newsarchive.extraction.disagreements import compare_with_jsonld, count_words_of_html
from newsarchive.extraction.fields import Fields, identifier_in, object_in, string_in
from newsarchive.extraction.jsonld import NewsArticle, find_news_article
from newsarchive.extraction.media import find_media
from newsarchive.extraction.nextmetadata import MODIFIED, find_lead_picture, read_metadata
from newsarchive.extraction.partners import split_partner
from newsarchive.extraction.updates import PUBLISHED, html_of, is_update, read_updates
from newsarchive.model import Kind, Update

_MAY_LACK_A_BODY = frozenset({Kind.VIDEO, Kind.LIVESTREAM})
_CANONICAL = re.compile(rb"""<link\b[^<>]*?\brel=["']?canonical\b[^<>]*>""", re.IGNORECASE)
_HREF = re.compile(r"""\bhref=["']([^"']*)""", re.IGNORECASE)


def find_kind(article: Fields) -> Kind | None:
    """Return the kind that `article` calls itself by `type` or `__typename`, in any case."""
    names = (string_in(article, name).lower() for name in ("type", "__typename"))
    return next((Kind(name) for name in names if name in set(Kind)), None)


def extract_article(
    form: Form, kind: Kind, page: SavedPage, article: Fields, blocks: Sequence[Fields]
) -> Extracted:
    """Return what `article`, the JSON of `page`, says, with `blocks` as its body.

    Raises MissingFieldError for an article without title, time of publication or body, and
    ExtractionError for blocks that are nested deeper than any person's.
    """
    told = find_news_article(page)
    if kind is Kind.LIVEBLOG:
        body, updates = _read_liveblog(article, blocks, told)
    else:
        body, updates = read_blocks([*_introduction(kind, article), *blocks]), ()
    html, partner = split_partner(body.html)
    extracted = _assemble(form, kind, page, article, html)
    notes = compare_with_jsonld(replace(extracted, html=body.html), told) if told else []
    metadata = read_metadata(form, article, page.page_props or {}, body, partner)
    return replace(
        extracted,
        updates=updates,
        metadata=metadata | ({"disagreements": notes} if notes else {}),
    )


def _introduction(kind: Kind, article: Fields) -> list[Fields]:
    """Return what a page shows above its blocks: of a video its description, and the video."""
    video = object_in(article, "video") or (article if find_media(article) else {})
    shown: list[Fields] = [{**video, "type": "video"}] if video else []
    if kind not in _MAY_LACK_A_BODY:
        return shown
    words = string_in(article, "description") or string_in(video, "description")
    return [{"type": "text", "text": escape(words.strip(), quote=False)}, *shown]


def _read_liveblog(
    article: Fields, blocks: Sequence[Fields], told: NewsArticle | None
) -> tuple[Body, tuple[Update, ...]]:
    introduction = read_blocks(block for block in blocks if not is_update(block))
    if _is_blank(introduction.html):
        described = escape(string_in(article, "description").strip(), quote=False)
        introduction = replace(introduction, html=paragraph(described))
    read = read_updates(article)
    # Where the JSON hides its updates from us, the page still tells machines of them.
    updates = tuple(update for update, _ in read) or (told.updates if told else ())
    beside_them = [replace(body, html="") for _, body in read]
    return join([introduction, Body(html_of(updates)), *beside_them]), updates


def _assemble(form: Form, kind: Kind, page: SavedPage, article: Fields, html: str) -> Extracted:
    title = string_in(article, "title", "headline").strip()
    published_at = parse_feed_date(string_in(article, *PUBLISHED))
    lacking = {
        "title": not title,
        "time of publication": published_at is None,
        "body": kind not in _MAY_LACK_A_BODY and _is_blank(html),
    }
    if names := [name for name, is_lacking in lacking.items() if is_lacking]:
        raise MissingFieldError(f"{page.url}: a page of the form {form} without {names[0]}.")
    picture = find_lead_picture(article)
    return Extracted(
        form=form,
        kind=kind,
        title=title,
        html=html,
        external_id=identifier_in(article, "id"),
        canonical_url=string_in(article, "url") or _canonical_link(page),
        published_at=published_at,
        modified_at=parse_feed_date(string_in(article, *MODIFIED)),
        image_url=picture.url if picture else string_in(article, "shareImageSrc") or None,
    )


def _is_blank(html: str) -> bool:
    return "<img" not in html and not count_words_of_html(html)


def _canonical_link(page: SavedPage) -> str | None:
    found = _CANONICAL.search(page.body)
    href = _HREF.search(page.decode(*found.span())) if found else None
    return unescape(href[1]) if href else None
