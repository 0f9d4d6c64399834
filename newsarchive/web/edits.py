"""Edits: what was changed, by whom unsaid; and which headlines had another one before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from newsarchive.cleaning.dates import day_in_amsterdam, midnight
from newsarchive.comparison.changes import Classified, classify_change
from newsarchive.comparison.diff import Segment, diff_words, html_of, shortened
from newsarchive.storage import Edit, EditQuestion
from newsarchive.web.cursors import read_edit_place, write_cursor
from newsarchive.web.limits import SCREENFUL, Category, Cursor, OptionalDay
from newsarchive.web.site import Served

router = APIRouter(include_in_schema=False)

EDITS_KEPT = 300
"""Edits whose differences are kept: they never change, and the latest are asked for most."""

LONGEST_CLASSIFIED = 40_000
"""Characters of a text up to which a list says what kind of change it was."""


@dataclass(frozen=True, slots=True)
class ShownEdit:
    """An edit with its differences."""

    edit: Edit
    title: tuple[Segment, ...]
    text: Markup  # as HTML, shortened
    found: Classified | None


@router.get("/edits")
def show_edits(
    *,
    request: Request,
    site: Served,
    day: OptionalDay = None,
    category: Category = None,
    only: Literal["", "silent", "headlines"] = "",
    cursor: Cursor = None,
) -> HTMLResponse:
    """Show edits, the latest first."""
    question = EditQuestion(
        since=midnight(day) if day else None,
        until=midnight(day + timedelta(days=1)) if day else None,
        category=category,
        of_headlines=only == "headlines",
        silent=only == "silent",
    )
    found = site.archive.browsing.find_edits(question, SCREENFUL + 1, read_edit_place(cursor))
    last = found[SCREENFUL - 1] if len(found) > SCREENFUL else None
    return site.page(
        request,
        "edits.html",
        days=_by_day([show_edit(edit) for edit in found[:SCREENFUL]]),
        day=day,
        category=category,
        categories=site.archive.browsing.find_categories(),
        only=only,
        following=write_cursor(last.observed_at, last.revision_id) if last else None,
    )


@lru_cache(maxsize=EDITS_KEPT)
def show_edit(edit: Edit) -> ShownEdit:
    """Return an edit with its differences."""
    text = diff_words(edit.old_text, edit.new_text) if edit.old_text != edit.new_text else ()
    is_long = max(len(edit.old_text), len(edit.new_text)) > LONGEST_CLASSIFIED
    return ShownEdit(
        edit,
        diff_words(edit.old_title, edit.new_title),
        Markup(html_of(shortened(text))),  # noqa: S704 - which escapes it
        None
        if is_long
        else classify_change(edit.old_title, edit.old_text, edit.new_title, edit.new_text),
    )


def _by_day(found: Sequence[ShownEdit]) -> list[tuple[date, list[list[ShownEdit]]]]:
    """Return edits by day, and within a day those of one article together."""
    days: dict[date, dict[int, list[ShownEdit]]] = {}
    for shown in found:
        articles = days.setdefault(day_in_amsterdam(shown.edit.observed_at), {})
        articles.setdefault(shown.edit.article_id, []).append(shown)
    return [(day, list(articles.values())) for day, articles in days.items()]
