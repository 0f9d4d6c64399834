"""The JSON API: the questions that the pages ask, for programs."""

from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Generic, TypeVar

from fastapi import APIRouter, Query
from pydantic import BaseModel

from newsarchive.cleaning.dates import midnight
from newsarchive.comparison.diff import Segment, diff_words
from newsarchive.exceptions import NotFoundError, UsageError
from newsarchive.model import Capture, Kind, Origin, Revision, Update
from newsarchive.storage import Edit, EditQuestion, Shelf, ShownPicture, Summary
from newsarchive.web.cursors import read_edit_place, read_place, write_cursor
from newsarchive.web.groups import list_group
from newsarchive.web.limits import (
    Category,
    Cursor,
    FromOrigin,
    Number,
    OptionalDay,
    OptionalNumber,
    OptionalOrigin,
    OptionalSource,
)
from newsarchive.web.shown import Shown
from newsarchive.web.site import Served, Site

T = TypeVar("T")

PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
}
PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"description": meaning, "content": {"application/problem+json": {"schema": PROBLEM}}}
    for status, meaning in {
        404: "There is none, or it is withheld.",
        422: "A parameter that cannot be meant.",
        503: "The archive cannot be read just now.",
    }.items()
}
MOST_DAYS = 3700

PREFIX = "/api/v1"

router = APIRouter(prefix=PREFIX, responses=PROBLEMS)

Limit = Annotated[int, Query(ge=1, le=200, description="How many at a time.")]


class Listing(BaseModel, Generic[T]):
    """A part of a list, and how to go on."""

    items: list[T]
    next: str | None  # the `cursor` of what follows; null at the end


@dataclass(frozen=True, slots=True)
class RevisionListed:
    """A revision without its texts, with the capture it was read from."""

    origin: Origin
    number: int
    title: str
    word_count: int
    content_digest: str
    observed_at: datetime
    imported_at: datetime | None
    published_at: datetime | None
    modified_at: datetime | None
    is_lossy: bool
    crawl_run_id: int
    capture: Capture


@dataclass(frozen=True, slots=True)
class RevisionTold:
    """A revision with both renditions, and all that belongs to it."""

    article: Summary
    revision: Revision
    capture: Capture
    updates: list[Update]  # of a liveblog
    pictures: list[ShownPicture]


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of one revision in another, as segments that were kept, came or went."""

    origin: Origin
    old: int
    new: int
    title: list[Segment]
    text: list[Segment]


@dataclass(frozen=True, slots=True)
class NearDuplicate:
    """Another article with nearly the same text."""

    source: str
    external_id: str
    url: str
    title: str
    published_at: datetime | None
    similarity: float | None  # 0 to 1; null where a third article links the two


@dataclass(frozen=True, slots=True)
class DayCounted:
    """How many articles were published on a day."""

    day: date
    articles: int


@router.get("/articles")
def list_articles(
    *,
    site: Served,
    category: Category = None,
    source: OptionalSource = None,
    since: OptionalDay = None,
    until: OptionalDay = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Listing[Summary]:
    """Return articles, the latest published first; `until` is the first day not included."""
    shelf = Shelf(category, source, since, until)
    found = site.archive.browsing.find_summaries(shelf, limit + 1, read_place(cursor))
    last = found[limit - 1] if len(found) > limit else None
    following = write_cursor(last.published_at, last.article_id) if last else None
    return Listing(items=found[:limit], next=following)


@router.get("/articles/{source}/{external_id}")
def show_article(site: Served, article: Shown) -> RevisionTold:
    """Return an article as it is now."""
    return _tell(site, article, article.origin, article.number)


@router.get("/articles/{source}/{external_id}/revisions")
def list_revisions(site: Served, article: Shown) -> list[RevisionListed]:
    """Return the revisions of an article, by origin and in the order of observation."""
    steps = site.archive.browsing.find_steps(article.article_id)
    names = [field.name for field in fields(RevisionListed)]
    return [RevisionListed(**{name: getattr(step, name) for name in names}) for step in steps]


@router.get("/articles/{source}/{external_id}/revisions/{origin}/{number}")
def show_revision(site: Served, article: Shown, origin: FromOrigin, number: Number) -> RevisionTold:
    """Return one revision of an article."""
    return _tell(site, article, origin, number)


def _tell(site: Site, article: Summary, origin: Origin, number: int) -> RevisionTold:
    door = site.archive.browsing
    revision = door.get_revision(article.article_id, origin, number)
    return RevisionTold(
        article=article,
        revision=revision,
        capture=door.get_provenance(article.article_id, origin, number).capture,
        updates=door.find_updates(revision.id) if article.kind is Kind.LIVEBLOG else [],
        pictures=door.find_pictures(revision.id),
    )


@router.get("/articles/{source}/{external_id}/diff")
def show_difference(
    *,
    site: Served,
    article: Shown,
    origin: OptionalOrigin = None,
    a: OptionalNumber = None,
    b: OptionalNumber = None,
) -> Difference:
    """Return which words changed from revision `a` to `b`, by default to the latest."""
    door = site.archive.browsing
    wanted = origin or article.origin
    there = [s.number for s in door.find_steps(article.article_id) if s.origin is wanted]
    if not there:
        raise NotFoundError(f"the article has no revision of origin {wanted}")
    new = b or there[-1]
    before = there[max(there.index(new) - 1, 0)] if new in there else new
    first = door.get_revision(article.article_id, wanted, a or before)
    second = door.get_revision(article.article_id, wanted, new)
    return Difference(
        origin=wanted,
        old=first.number,
        new=second.number,
        title=list(diff_words(first.title, second.title)),
        text=list(diff_words(first.text, second.text)),
    )


@router.get("/articles/{source}/{external_id}/near-duplicates")
def list_near_duplicates(site: Served, article: Shown) -> list[NearDuplicate]:
    """Return other articles with nearly the same text, the earliest first."""
    return [
        NearDuplicate(
            member.source,
            member.external_id,
            member.url,
            member.title,
            member.published_at,
            similarity,
        )
        for member, similarity in list_group(site, article)
    ]


@router.get("/edits")
def list_edits(
    *,
    site: Served,
    since: OptionalDay = None,
    until: OptionalDay = None,
    category: Category = None,
    origin: OptionalOrigin = None,
    headlines: Annotated[bool, Query(description="Of headlines only.")] = False,
    silent: Annotated[bool, Query(description="Silent ones only.")] = False,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Listing[Edit]:
    """Return edits, the latest first; `until` is the first day not included."""
    question = EditQuestion(
        since=midnight(since) if since else None,
        until=midnight(until) if until else None,
        category=category,
        origin=origin,
        of_headlines=headlines,
        silent=silent,
    )
    found = site.archive.browsing.find_edits(question, limit + 1, read_edit_place(cursor))
    last = found[limit - 1] if len(found) > limit else None
    following = write_cursor(last.observed_at, last.revision_id) if last else None
    return Listing(items=found[:limit], next=following)


@router.get("/categories")
def list_categories(site: Served) -> list[str]:
    """Return the categories that have articles, in the catalogue's order."""
    return site.archive.browsing.find_categories()


@router.get("/days")
def list_days(
    site: Served, since: OptionalDay = None, until: OptionalDay = None
) -> list[DayCounted]:
    """Return how many articles were published on each day that has any, of ten years at most."""
    first, _ = site.archive.browsing.find_span()
    last = site.latest_day()
    if first is None or last is None:
        return []
    end = until or last + timedelta(days=1)
    begin = since or max(first, end - timedelta(days=MOST_DAYS))
    if end - begin > timedelta(days=MOST_DAYS):
        raise UsageError(f"a period of more than {MOST_DAYS} days; ask for a part of it")
    counts = site.archive.browsing.count_days(begin, end)
    return [DayCounted(day, articles) for day, articles in counts.items()]


@router.get("/feeds")
def list_feeds(site: Served) -> list[dict[str, Any]]:
    """Return the feeds that were polled: how they are, when they were and will be asked."""
    return [dict(feed) for feed in site.archive.find_feeds()]


@router.get("/runs")
def list_runs(site: Served, limit: Limit = 50) -> list[dict[str, Any]]:
    """Return the latest crawl runs, the last one first."""
    # Arguments name an operator's files, and every article that was withheld.
    return [
        {name: value for name, value in run.items() if name != "arguments"}
        for run in site.archive.find_runs(limit)
    ]
