"""The question in words, for programs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from newsarchive.model import Kind, Origin
from newsarchive.search import Part
from newsarchive.storage import SearchHit, SearchOrder
from newsarchive.web.api import PREFIX, PROBLEMS, Limit
from newsarchive.web.limits import Category, Cursor, OptionalDay, OptionalSource, Words
from newsarchive.web.searching import COUNTED, Asked, OptionalKind, Ordered, Scoped, make_question
from newsarchive.web.site import Served

router = APIRouter(prefix=PREFIX, responses=PROBLEMS)


@dataclass(frozen=True, slots=True)
class HitTold:
    """A revision that was found; its texts in parts, of which some are what was found."""

    source: str
    external_id: str
    kind: Kind
    url: str
    category: str | None
    published_at: datetime | None
    first_seen_at: datetime
    withdrawn_at: datetime | None
    origin: Origin
    number: int
    observed_at: datetime
    is_current: bool
    score: float | None
    title: list[Part]
    text: list[Part]
    removed: list[Part] | None


class Counts(BaseModel):
    """How many of the newest hits there are of each sort."""

    counted: int
    is_complete: bool  # there are no more hits than were counted
    categories: dict[str, int]
    kinds: dict[str, int]
    years: dict[int, int]


class SearchAnswer(BaseModel):
    """A part of the hits, how to go on, and how many there are of each sort where asked for."""

    items: list[HitTold]
    next: str | None
    facets: Counts | None


@router.get("/search")
def search(
    *,
    site: Served,
    q: Words,
    category: Category = None,
    kind: OptionalKind = None,
    source: OptionalSource = None,
    since: OptionalDay = None,
    until: Annotated[OptionalDay, Query(description="The last day, included.")] = None,
    title_only: Annotated[bool, Query(description="Look in headlines only.")] = False,
    scope: Scoped = None,
    order: Ordered = SearchOrder.NEWEST,
    facets: Annotated[bool, Query(description="Count hits by category, kind, year.")] = False,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> SearchAnswer:
    """Return what is found, in the query language of the pages."""
    asked = Asked(q, category, kind, source, since, until, title_only, scope, order)
    question = make_question(asked, limit + 1, cursor)
    found = list(site.archive.search.iter_hits(question))
    return SearchAnswer(
        items=[_tell(hit) for hit in found[:limit]],
        next=found[limit - 1].cursor if len(found) > limit else None,
        facets=_count(site, asked) if facets else None,
    )


def _tell(hit: SearchHit) -> HitTold:
    return HitTold(
        source=hit.source,
        external_id=hit.external_id,
        kind=hit.kind,
        url=hit.url,
        category=hit.category,
        published_at=hit.published_at,
        first_seen_at=hit.first_seen_at,
        withdrawn_at=hit.withdrawn_at,
        origin=hit.origin,
        number=hit.number,
        observed_at=hit.observed_at,
        is_current=hit.is_current,
        score=hit.score,
        title=hit.title.parts,
        text=hit.text.parts,
        removed=hit.removed.parts if hit.removed else None,
    )


def _count(site: Served, asked: Asked) -> Counts:
    found = site.archive.search.find_facets(make_question(asked, 1, None), COUNTED)
    return Counts(
        counted=found.counted,
        is_complete=found.is_complete,
        categories=dict(found.categories),
        kinds=dict(found.kinds),
        years=dict(found.years),
    )
