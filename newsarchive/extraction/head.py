"""What any page says of itself in its `<head>`: Open Graph, Dublin Core's successors, links."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from newsarchive.cleaning.dates import parse_feed_date
from newsarchive.cleaning.urls import make_absolute
from newsarchive.extraction.base import SavedPage

_PUBLISHED = (
    "article:published_time", "og:article:published_time", "datePublished", "DC.date.issued",
    "dcterms.created", "pubdate", "date",
)  # fmt: skip
_MODIFIED = (
    "article:modified_time", "og:article:modified_time", "og:updated_time", "dateModified",
    "dcterms.modified", "lastmod",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Head:
    """The fields of a page's head; those that it lacks are empty or None."""

    title: str = ""  # og:title
    canonical_url: str | None = None  # absolute: link rel=canonical (RFC 6596), else og:url
    description: str = ""
    keywords: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    image_url: str | None = None
    published_at: datetime | None = None
    published_from: str = ""  # the name of the field that gave it
    modified_at: datetime | None = None
    modified_from: str = ""
    site_name: str = ""


def read_head(page: SavedPage) -> Head:
    """Return what the head of `page` says."""
    values = _meta_values(page)
    published_from, published_at = _moment(values, _PUBLISHED)
    modified_from, modified_at = _moment(values, _MODIFIED)
    return Head(
        title=values.get("og:title", ""),
        canonical_url=_canonical_url(page, values),
        description=_first(values, "og:description", "description", "twitter:description"),
        keywords=_listed(_first(values, "news_keywords", "keywords")),
        authors=_listed(_first(values, "author", "article:author_name")),
        image_url=_image_url(page, values),
        published_at=published_at,
        published_from=published_from,
        modified_at=modified_at,
        modified_from=modified_from,
        site_name=values.get("og:site_name", ""),
    )


def _meta_values(page: SavedPage) -> dict[str, str]:
    """Return the content of each meta element by its name; the first of a name counts."""
    values: dict[str, str] = {}
    for element in page.tree.iter("meta"):
        content = str(element.get("content") or "").strip()
        for attribute in ("property", "name", "itemprop"):
            if content and (name := element.get(attribute)):
                values.setdefault(str(name), content)
    return values


def _first(values: Mapping[str, str], *names: str) -> str:
    return next((values[name] for name in names if name in values), "")


def _listed(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for item in text.split(",") if (part := item.strip())))


def _moment(values: Mapping[str, str], names: tuple[str, ...]) -> tuple[str, datetime | None]:
    for name in names:
        if moment := parse_feed_date(values.get(name)):
            return name, moment
    return "", None


def _canonical_url(page: SavedPage, values: Mapping[str, str]) -> str | None:
    links = page.tree.xpath("//link[@rel='canonical']/@href")
    url = next((str(link).strip() for link in links if str(link).strip()), "")
    return (
        make_absolute(url or values.get("og:url", ""), page.url)
        if url or "og:url" in values
        else None
    )


def _image_url(page: SavedPage, values: Mapping[str, str]) -> str | None:
    url = _first(values, "og:image", "og:image:url", "twitter:image")
    return make_absolute(url, page.url) if url else None
