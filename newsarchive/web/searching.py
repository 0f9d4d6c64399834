"""Search, for people: a question in words, hits with what was found, and ways to narrow them."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from newsarchive.exceptions import NotFoundError, UsageError
from newsarchive.model import Kind
from newsarchive.search import parse_query
from newsarchive.storage import (
    SearchHit,
    SearchOrder,
    SearchQuestion,
    SearchScope,
    Selection,
)
from newsarchive.web.limits import (
    Category,
    Cursor,
    OptionalDay,
    OptionalSource,
    UnlessEmpty,
    Words,
)
from newsarchive.web.references import find_article
from newsarchive.web.site import Served, Site, article_path

router = APIRouter(include_in_schema=False)

SHOWN_FACETS = 12
COUNTED = 100
"""The newest hits, of which it is told in which categories, kinds and years they are."""

HITS_SHOWN = 20

OptionalKind = Annotated[Kind | None, UnlessEmpty, Query(description="What sort of work it is.")]
Ordered = Annotated[
    SearchOrder, Query(description="`newest` first, or `ranked` by how well they fit.")
]
Scoped = Annotated[
    SearchScope | None, UnlessEmpty, Query(description="The `current` revisions, or `all` of them.")
]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader asked for, as the parameters of the address."""

    q: str = ""
    category: str | None = None
    kind: Kind | None = None
    source: str | None = None
    since: date | None = None
    until: date | None = None  # the last day, included: as people say it
    title_only: bool = False
    scope: SearchScope | None = None
    order: SearchOrder = SearchOrder.NEWEST

    def narrowed(self, **values: object) -> dict[str, object]:
        """Return the parameters of an address that asks the same but for these."""
        names = ("q", "category", "kind", "source", "since", "until", "title_only", "scope")
        given = {name: getattr(self, name) for name in names}
        ordered = {"order": None if self.order is SearchOrder.NEWEST else self.order}
        return given | ordered | values


@router.get("/search")
def search(
    *,
    request: Request,
    site: Served,
    q: Words = "",
    category: Category = None,
    kind: OptionalKind = None,
    source: OptionalSource = None,
    since: OptionalDay = None,
    until: OptionalDay = None,
    title_only: bool = False,
    scope: Scoped = None,
    order: Ordered = SearchOrder.NEWEST,
    cursor: Cursor = None,
) -> Response:
    """Show what is found; lead to the article where the question is its id or address."""
    if led := _find_named(site, q):
        return RedirectResponse(led)
    asked = Asked(q.strip(), category, kind, source, since, until, title_only, scope, order)
    values: dict[str, Any] = {
        "asked_for": asked,
        "categories": site.archive.browsing.find_categories(),
    }
    if not asked.q:
        return site.page(request, "search.html", hits=None, problem=None, **values)
    try:
        question = make_question(asked, HITS_SHOWN + 1, cursor)
    except UsageError as error:
        return site.page(request, "search.html", hits=None, problem=str(error), **values)
    return _show_hits(request, site, question, values)


def make_question(asked: Asked, limit: int, after: str | None) -> SearchQuestion:
    """Return the question that a reader means; raise UsageError for one that nobody can."""
    until = asked.until + timedelta(days=1) if asked.until else None
    if asked.since and until and asked.since >= until:
        raise UsageError(f"there is no day from {asked.since} to {asked.until}")
    return SearchQuestion(
        query=parse_query(asked.q),
        selection=Selection(asked.category, asked.since, until, limit),
        kind=asked.kind,
        source=asked.source,
        title_only=asked.title_only,
        scope=asked.scope,
        order=asked.order,
        after=after,
    )


def _show_hits(
    request: Request, site: Site, question: SearchQuestion, values: dict[str, Any]
) -> HTMLResponse:
    found, facets = site.archive.search.find_page(question, COUNTED)
    return site.page(
        request,
        "search.html",
        hits=found[:HITS_SHOWN],
        problem=None,
        following=_following(found),
        facets=facets,
        shown_categories=list(facets.categories.items())[:SHOWN_FACETS],
        **values,
    )


def _following(found: list[SearchHit]) -> str | None:
    return found[HITS_SHOWN - 1].cursor if len(found) > HITS_SHOWN else None


def _find_named(site: Site, q: str) -> str | None:
    """Return the address of the article that a question names by its id or address."""
    text = q.strip()
    if " " in text or not any(character.isdigit() for character in text):
        return None
    named = find_article(site.archive, text)
    if named is None:
        return None
    try:
        return article_path(site.archive.browsing.get_summary(*named))
    except NotFoundError:
        return None
