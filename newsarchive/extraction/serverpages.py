"""What the pages of NOS have in common that were written by its server, from 2015 to 2021."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from lxml.html import HtmlElement

from newsarchive.cleaning.dates import parse_feed_date
from newsarchive.cleaning.urls import make_absolute
from newsarchive.exceptions import MissingFieldError
from newsarchive.extraction.addresses import split_address
from newsarchive.extraction.base import Extracted, Form, SavedPage
from newsarchive.extraction.blocks import Body
from newsarchive.extraction.elements import (
    find_first,
    has_text,
    image_url,
    read_caption,
    text_of,
)
from newsarchive.extraction.head import Head, read_head
from newsarchive.extraction.partners import partner_in, split_partner
from newsarchive.model import Kind, Update
from newsarchive.sources.nos import NOS

_OWN_NUMBER = re.compile(r"(?:(?:article|liveblog|video|livestream)-)?([1-9][0-9]{4,9})")
_TIME = "time[datetime]"
_BASE = NOS.homepage_url  # a copy elsewhere has links that are meant from there, too


def assemble(
    page: SavedPage,
    form: Form,
    *,
    title: HtmlElement | None,
    published: HtmlElement | None,
    modified: HtmlElement | None,
    body: Body,
    kind: Kind = Kind.ARTICLE,
    image: HtmlElement | None = None,
    updates: tuple[Update, ...] = (),
    metadata: Mapping[str, object],
) -> Extracted:
    """Return the article of `page`, whose parts have been found; `metadata` may have blanks.

    Raises MissingFieldError, naming all that is lacking, where title, time or text are.
    """
    head = read_head(page)
    html, partner = split_partner(body.html)
    published_at, modified_at = map(_moment, (published, modified))
    shown_title = "" if title is None else text_of(title)
    lacking = {"title": not shown_title, _TIME: published_at is None, "body": not has_text(html)}
    if names := [name for name, is_lacking in lacking.items() if is_lacking]:
        raise MissingFieldError(f"{page.url} ({form}) has no {' and no '.join(names)}.")
    picture = _picture(image)
    several = {
        **_said_by(head),
        "image": picture,
        "related": [link | {"url": make_absolute(link["url"], _BASE)} for link in body.related],
        "regional_partner": partner or partner_in(str(metadata.get("supply_channel") or "")),
        "published_from": _TIME,
        "modified_from": _TIME if modified_at else "",
        **metadata,
    }
    return Extracted(
        form=form,
        kind=kind,
        title=shown_title,
        html=html,
        external_id=_own_number(page.tree),
        canonical_url=head.canonical_url,
        published_at=published_at,
        modified_at=modified_at,
        image_url=picture.get("url") or head.image_url,
        updates=updates,
        metadata={"form": form.value} | {name: value for name, value in several.items() if value},
    )


def categories_in(links: Iterable[HtmlElement]) -> list[dict[str, str]]:
    """Return the categories that `links` lead to: `/nieuws/buitenland/` is buitenland of nieuws."""
    return [category for link in links if (category := _category(link))]


def _category(link: HtmlElement) -> dict[str, str]:
    label = text_of(link)
    match [part for part in split_address(str(link.get("href") or "")).path.split("/") if part]:
        case [main, name]:
            return {"name": name, "label": label, "main": main}
        case [name]:
            return {"name": name, "label": label}
    return {"label": label} if label else {}


def _moment(time: HtmlElement | None) -> datetime | None:
    return None if time is None else parse_feed_date(str(time.get("datetime") or ""))


def _said_by(head: Head) -> dict[str, object]:
    return {"description": head.description, "keywords": list(head.keywords)}


def _own_number(tree: HtmlElement) -> str | None:
    """Return the number in `<body id="article-2201497" data-item-id="2201497">`."""
    body = find_first(tree, "//body")
    given = [] if body is None else [str(body.get(name) or "") for name in ("data-item-id", "id")]
    return next((found[1] for value in given if (found := _OWN_NUMBER.fullmatch(value))), None)


def _picture(figure: HtmlElement | None) -> dict[str, str]:
    if figure is None or not (url := image_url(figure)):
        return {}
    caption, copyright_ = read_caption(figure)
    fields = {"url": make_absolute(url, _BASE), "caption": caption, "copyright": copyright_}
    return {name: value for name, value in fields.items() if value}
