"""Articles in lists: the front page, a day, a category, the calendar."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse

from newsarchive.cleaning.dates import midnight
from newsarchive.exceptions import NotFoundError
from newsarchive.model import Origin
from newsarchive.storage import Edit, EditQuestion, Shelf, Summary
from newsarchive.web.cursors import read_place, write_cursor
from newsarchive.web.figures import list_months
from newsarchive.web.limits import FIRST_YEAR, LAST_YEAR, SCREENFUL, Category, Cursor, Day
from newsarchive.web.site import Served, Site

router = APIRouter(include_in_schema=False)

MOST_OF_A_DAY = 600
EDITS_BESIDE = 8
EDITS_READ = 3 * EDITS_BESIDE
HEATS = 4


@router.get("/")
def front(request: Request, site: Served, category: Category = None) -> HTMLResponse:
    """Show the latest day with news."""
    last = site.latest_day()
    if last is None:
        return _show_no_days(request, site)
    return _show_day(request, site, last, category)


def _show_no_days(request: Request, site: Site) -> HTMLResponse:
    """Show what came in last, where nothing says when it was published."""
    articles = site.archive.browsing.find_arrivals(None, SCREENFUL)
    return site.page(request, "empty.html", articles=articles)


@router.get("/day/{day}")
def show_day(
    request: Request, site: Served, day: Annotated[Day, Path()], category: Category = None
) -> HTMLResponse:
    """Show what was published on one day, of all categories or of one."""
    return _show_day(request, site, day, category)


def _show_day(request: Request, site: Site, day: date, category: str | None) -> HTMLResponse:
    door = site.archive.browsing
    following = day + timedelta(days=1)
    everything = door.find_summaries(Shelf(since=day, until=following), MOST_OF_A_DAY)
    counts = Counter(name for article in everything for name in article.categories)
    question = EditQuestion(since=midnight(day), until=midnight(following), category=category)
    earlier, later = door.find_neighbours(day)
    return site.page(
        request,
        "day.html",
        day=day,
        articles=[a for a in everything if category is None or category in a.categories],
        all_count=len(everything),
        counts=[(name, counts[name]) for name in door.find_categories() if counts[name]],
        category=category,
        edits=_last_of_each(door.find_edits(question, EDITS_READ))[:EDITS_BESIDE],
        earlier=earlier,
        later=later,
    )


def _last_of_each(edits: Sequence[Edit]) -> list[Edit]:
    """Return the last edit of each article; the page's where the feed's came with it."""
    found: dict[int, Edit] = {}
    for edit in edits:
        known = found.setdefault(edit.article_id, edit)
        if known.origin is Origin.FEED and edit.origin is Origin.PAGE:
            found[edit.article_id] = edit
    return list(found.values())


@router.get("/category/{category:path}")
def show_category(
    request: Request,
    site: Served,
    category: Annotated[str, Path(max_length=80)],
    cursor: Cursor = None,
) -> HTMLResponse:
    """Show the articles of a category, the latest first."""
    categories = site.archive.browsing.find_categories()
    if category not in categories:
        raise NotFoundError(f"this archive has no category {category!r}")
    shelf = Shelf(category=category)
    found = site.archive.browsing.find_summaries(shelf, SCREENFUL + 1, read_place(cursor))
    return site.page(
        request,
        "category.html",
        category=category,
        categories=categories,
        days=_by_day(found[:SCREENFUL]),
        is_first=cursor is None,
        following=_following(found),
    )


def _following(found: Sequence[Summary]) -> str | None:
    """Return the cursor of the next screenful, where one more than this one was found."""
    if len(found) <= SCREENFUL:
        return None
    last = found[SCREENFUL - 1]
    return write_cursor(last.published_at, last.article_id)


def _by_day(found: Sequence[Summary]) -> list[tuple[date | None, list[Summary]]]:
    days: dict[date | None, list[Summary]] = {}
    for article in found:
        days.setdefault(article.published_on, []).append(article)
    return list(days.items())


@router.get("/calendar")
def show_calendar(request: Request, site: Served) -> HTMLResponse:
    """Show the days of the latest year with news."""
    last = site.latest_day()
    if last is None:
        return _show_no_days(request, site)
    return _show_year(request, site, last.year)


@router.get("/calendar/{year}")
def show_year(
    request: Request, site: Served, year: Annotated[int, Path(ge=FIRST_YEAR, le=LAST_YEAR)]
) -> HTMLResponse:
    """Show how much was published on each day of a year."""
    return _show_year(request, site, year)


def _show_year(request: Request, site: Site, year: int) -> HTMLResponse:
    first, last = site.archive.browsing.find_span()
    begin = date(year, 1, 1)
    counts = site.archive.browsing.count_days(begin, date(year + 1, 1, 1))
    months = [lay_out_month(first, counts) for first in list_months(begin, date(year, 12, 1))]
    return site.page(
        request,
        "calendar.html",
        year=year,
        years=range(first.year, last.year + 1) if first and last else [],
        months=[month for month in months if month.total],
        total=sum(counts.values()),
    )


@dataclass(frozen=True, slots=True)
class DayCell:
    """A day of the calendar."""

    day: date
    count: int
    heat: int  # 0 to HEATS: how much that is, beside the busiest day of the year


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the calendar, in weeks of seven days from Monday, with gaps at its edges."""

    first: date
    total: int
    weeks: list[list[DayCell | None]]


def lay_out_month(first: date, counts: Mapping[date, int]) -> Month:
    """Return the month that begins on `first`, with how much was published on each day."""
    following = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    most = max(counts.values(), default=0)
    cells: list[DayCell | None] = [None] * first.weekday()
    for number in range((following - first).days):
        day = first + timedelta(days=number)
        count = counts.get(day, 0)
        cells.append(DayCell(day, count, math.ceil(HEATS * count / most) if most else 0))
    cells += [None] * (-len(cells) % 7)
    weeks = [cells[start : start + 7] for start in range(0, len(cells), 7)]
    return Month(first, sum(cell.count for cell in cells if cell), weeks)
