"""Files to take away: articles of a category and year, as `newsarchive export` writes them."""

import tempfile
from datetime import date
from pathlib import Path
from threading import Semaphore
from typing import Annotated, Literal

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import FileResponse, HTMLResponse, Response
from pydantic import Field
from starlette.background import BackgroundTask

from newsarchive import exporters
from newsarchive.storage import Selection
from newsarchive.web.limits import FIRST_YEAR, LAST_YEAR, Category, UnlessEmpty
from newsarchive.web.site import Served

router = APIRouter(include_in_schema=False)

TYPES = {
    "parquet": "application/vnd.apache.parquet",
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl",
}
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
        folder = tempfile.TemporaryDirectory(prefix="newsarchive-")
        path = Path(folder.name) / "articles"
        selection = Selection(category, *_bounds(year))
        exporters.export(site.archive.iter_articles(selection), form, path)
    finally:
        _making.release()
    parts = ("articles", category, str(year) if year else None)
    name = "-".join(part for part in parts if part)
    cleaned = "".join(c if c.isalnum() else "-" for c in name)
    return FileResponse(
        path,
        media_type=TYPES[form],
        filename=f"{cleaned}.{form}",
        background=BackgroundTask(folder.cleanup),
    )


def _bounds(year: int | None) -> tuple[date | None, date | None]:
    return (date(year, 1, 1), date(year + 1, 1, 1)) if year else (None, None)
