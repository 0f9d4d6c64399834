"""Files to take away: articles of a category and year, as `newsarchive export` writes them."""

import tempfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from threading import Semaphore
from typing import Annotated, Literal

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import FileResponse, HTMLResponse, Response
from pydantic import Field
from starlette.background import BackgroundTask

from newsarchive import exporters
from newsarchive.exceptions import TransferError
from newsarchive.model import Article
from newsarchive.storage import Selection
from newsarchive.web.limits import FIRST_YEAR, LAST_YEAR, Category, UnlessEmpty
from newsarchive.web.site import Served

router = APIRouter(include_in_schema=False)

TYPES = {
    "parquet": "application/vnd.apache.parquet",
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl",
}
ARTICLES = "articles"

AT_A_TIME = 1
"""Files that are made at a time: each reads much of the archive."""

_making = Semaphore(AT_A_TIME)

Year = Annotated[Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)] | None, UnlessEmpty, Query()]


@router.get("/download")
def offer(request: Request, site: Served) -> HTMLResponse:
    """Show the form that asks for a file."""
    first, last = site.archive.browsing.find_span()
    years = range(last.year, first.year - 1, -1) if first and last else []
    categories = site.archive.browsing.find_categories()
    return site.page(request, "download.html", years=years, categories=categories)


@router.get("/download/articles")
def download(
    site: Served,
    form: Literal["parquet", "csv", "jsonl"] = "parquet",
    category: Category = None,
    year: Year = None,
) -> Response:
    """Give one file of articles, as they are now."""
    if not _making.acquire(blocking=False):
        told = "another file is being made; try again when it is done"
        raise HTTPException(503, told, headers={"Retry-After": "20"})
    try:
        folder = _make(site.archive.iter_articles(Selection(category, *_bounds(year))), form)
    except (OSError, TransferError) as error:
        raise HTTPException(503, str(error)) from error
    finally:
        _making.release()
    parts = (ARTICLES, category, str(year) if year else None)
    name = "-".join(part for part in parts if part)
    cleaned = "".join(c if c.isalnum() else "-" for c in name)
    return FileResponse(
        Path(folder.name) / ARTICLES,
        media_type=TYPES[form],
        filename=f"{cleaned}.{form}",
        background=BackgroundTask(folder.cleanup),
    )


def _make(articles: Iterable[Article], form: str) -> tempfile.TemporaryDirectory[str]:
    """Return a folder with the file of that form in it; whoever has sent it takes it away."""
    folder = tempfile.TemporaryDirectory(prefix="newsarchive-")
    try:
        exporters.export(articles, form, Path(folder.name) / ARTICLES)
    except BaseException:
        folder.cleanup()
        raise
    return folder


def _bounds(year: int | None) -> tuple[date | None, date | None]:
    return (date(year, 1, 1), date(year + 1, 1, 1)) if year else (None, None)
