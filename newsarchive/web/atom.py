"""Atom feeds: new articles, of all or of a category, and edits; and the page that lists them."""

from collections.abc import Sequence
from functools import lru_cache
from html import escape
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, Response

from newsarchive.exceptions import NotFoundError
from newsarchive.model import Change
from newsarchive.storage import Edit, EditQuestion, Summary
from newsarchive.syndication import (
    DEFAULT_ENTRIES,
    MEDIA_TYPE,
    AtomEntry,
    AtomFeed,
    build_atom,
    entry_of_change,
    tag,
)
from newsarchive.web.edits import EDITS_KEPT
from newsarchive.web.limits import Category
from newsarchive.web.site import Served, Site, article_path, with_query

router = APIRouter(include_in_schema=False)


@router.get("/feeds")
def list_feeds(request: Request, site: Served) -> HTMLResponse:
    """Show which feeds there are."""
    categories = site.archive.browsing.find_categories()
    return site.page(request, "feeds.html", categories=categories)


@router.get("/new.atom")
def feed_new(request: Request, site: Served) -> Response:
    """Give the articles that came in last."""
    return _new(request, site, None)


@router.get("/category/{category:path}/new.atom")
def feed_new_in(
    request: Request, site: Served, category: Annotated[str, Path(max_length=80)]
) -> Response:
    """Give the articles of a category that came in last."""
    if category not in site.archive.browsing.find_categories():
        raise NotFoundError(f"this archive has no category {category!r}")
    return _new(request, site, category)


def _new(request: Request, site: Site, category: str | None) -> Response:
    found = site.archive.browsing.find_arrivals(category, DEFAULT_ENTRIES)
    name = site.texts.find(f"category.{category}", category) if category else None
    title = site.texts("feeds.of", category=name) if name else site.texts("feeds.new")
    page = f"/category/{category}" if category else "/"
    entries = [_entry(request, site, article) for article in found]
    return _answer(request, site, (tag("new", category or ""), title, page), entries)


def _entry(request: Request, site: Site, article: Summary) -> AtomEntry:
    """Return the entry of an arrival, under the same id as everywhere."""
    return AtomEntry(
        id=tag(article.source, article.external_id),
        title=article.title,
        url=site.absolute(request, article_path(article)),
        updated_at=article.first_seen_at,
        content=f"<p>{escape(article.lead)}</p>",
        published_at=article.published_at,
        categories=[(name, None) for name in article.categories],
    )


@router.get("/edits.atom")
def feed_edits(
    *,
    request: Request,
    site: Served,
    category: Category = None,
    only: Literal["", "silent", "headlines"] = "",
) -> Response:
    """Give the latest edits."""
    question = EditQuestion(
        category=category, of_headlines=only == "headlines", silent=only == "silent"
    )
    found = site.archive.browsing.find_edits(question, DEFAULT_ENTRIES)
    name = site.texts.find(f"category.{category}", category) if category else None
    title = site.texts("feeds.edits_of", category=name) if name else site.texts("feeds.edits")
    page = with_query("/edits", category=category, only=only)
    entries = [
        _entry_of_edit(as_change(edit), site.absolute(request, edit_path(edit))) for edit in found
    ]
    return _answer(request, site, (tag("edits", category or "", only), title, page), entries)


# What an edit's entry says never changes, and takes long to find out.
_entry_of_edit = lru_cache(maxsize=EDITS_KEPT)(entry_of_change)


def as_change(edit: Edit) -> Change:
    """Return an edit as a row of the view `changes`."""
    return Change(
        article_id=edit.article_id,
        external_id=edit.external_id,
        origin=edit.origin,
        number=edit.number,
        observed_at=edit.observed_at,
        old_title=edit.old_title,
        new_title=edit.new_title,
        old_text=edit.old_text,
        new_text=edit.new_text,
        is_silent=edit.is_silent,
        url=edit.url,
        source=edit.source,
        category=edit.category,
    )


def edit_path(edit: Edit) -> str:
    """Return the address of the page that shows an edit."""
    numbers = {"origin": edit.origin, "a": edit.old_number, "b": edit.number}
    return with_query(article_path(edit, "/compare"), **numbers)


def _answer(
    request: Request, site: Site, told: tuple[str, str, str], entries: Sequence[AtomEntry]
) -> Response:
    """Return the feed of that id, title and page."""
    name, title, page = told
    query = f"?{request.url.query}" if request.url.query else ""
    feed = AtomFeed(
        id=name,
        title=f"{site.texts('site.name')}: {title}",
        entries=entries,
        as_of=site.clock(),
        self_url=site.absolute(request, request.url.path + query),
        page_url=site.absolute(request, page),
    )
    return Response(build_atom(feed), media_type=MEDIA_TYPE)
