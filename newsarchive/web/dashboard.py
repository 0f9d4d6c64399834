"""How the archive fares: what comes in, how the feeds answer, how it grows."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from newsarchive.metrics import CONTENT_TYPE
from newsarchive.monitoring import measure_now
from newsarchive.web.charts import Columns, Series, stack_columns
from newsarchive.web.figures import Shown
from newsarchive.web.site import Served
from newsarchive.web.texts import Texts

router = APIRouter(include_in_schema=False)

MEGABYTE = 1 << 20

OUTAGES_SINCE = timedelta(days=30)
OUTAGES_SHOWN = 20


@router.get("/dashboard")
def show_dashboard(request: Request, site: Served) -> HTMLResponse:
    """Show charts of the archive, each with its numbers as a table."""
    shown, now = site.figures.get(), site.clock()
    return site.page(
        request,
        "dashboard.html",
        shown=shown,
        published=_published(shown, site.texts),
        edits=_edits(shown, site.texts),
        articles=_months(shown.articles_by_month, site.texts("dashboard.articles"), site.texts),
        files=_megabytes(shown, site.texts),
        alarms=site.archive.watch.find_alarms(),
        outages=site.archive.coverage.find_outages(
            now, since=now - OUTAGES_SINCE, limit=OUTAGES_SHOWN
        ),
    )


@router.get("/metrics")
def show_metrics(site: Served) -> Response:
    """Give the figures of the archive to Prometheus."""
    text = measure_now(site.archive, site.data_dir, site.clock())
    return Response(text, media_type=CONTENT_TYPE)


def _published(shown: Shown, texts: Texts) -> Columns:
    other = texts("dashboard.other")
    named = [Series(one.name or other, one.values) for one in shown.published]
    return stack_columns(_days(shown.days, texts), named)


def _edits(shown: Shown, texts: Texts) -> Columns:
    series = (shown.announced, shown.silent, shown.untold)
    named = [Series(texts(f"edit.{one.name}"), one.values) for one in series]
    return stack_columns(_days(shown.days, texts), named)


def _megabytes(shown: Shown, texts: Texts) -> Columns:
    months, series = shown.bytes_by_month
    values = [round(value / MEGABYTE, 2) for value in series.values]
    return _months((months, Series("", values)), texts("dashboard.megabytes"), texts)


def _months(given: tuple[Sequence[date], Series], name: str, texts: Texts) -> Columns:
    months, series = given
    labels = [f"{texts.months[one.month - 1][:3]} {one.year}" for one in months]
    return stack_columns(labels, [Series(name, series.values)])


def _days(days: Sequence[date], texts: Texts) -> list[Any]:
    return [f"{day.day} {texts.months[day.month - 1][:3]}" for day in days]
