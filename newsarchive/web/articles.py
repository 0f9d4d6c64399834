"""One article: to read, its history, two of its revisions side by side, and where they are from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup

from newsarchive.comparison.changes import classify_change
from newsarchive.comparison.diff import diff_words, html_of
from newsarchive.exceptions import NotFoundError, ParseError
from newsarchive.model import Kind, Origin, Revision
from newsarchive.storage import Provenance, ShownPicture, Step, Summary
from newsarchive.warc import Record, read_record
from newsarchive.web.groups import list_group
from newsarchive.web.inert import make_inert
from newsarchive.web.limits import (
    FromOrigin,
    Number,
    OptionalNumber,
    OptionalOrigin,
    Reference,
)
from newsarchive.web.references import find_article
from newsarchive.web.rows import pair_rows
from newsarchive.web.shown import Shown
from newsarchive.web.site import Served, Site, article_path, media_path, revision_path

router = APIRouter(include_in_schema=False)

LOOKS_SHOWN = 50
PAYLOAD_SHOWN = 20_000  # characters


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A revision in a history, with what it changed."""

    step: Step
    before: Step | None  # of the same origin, in force before it
    is_silent: bool | None

    @property
    def is_retitled(self) -> bool:
        """Whether the headline is another one than before."""
        return self.before is not None and self.before.title != self.step.title


@dataclass(frozen=True, slots=True)
class Headline:
    """A headline that an article had, wherever it was read."""

    title: str
    step: Step  # where it was seen first
    origins: tuple[Origin, ...]
    is_silent: bool | None


@router.get("/article/{reference}")
def go_to_article(site: Served, reference: Reference) -> RedirectResponse:
    """Lead from an id as people write it to the article."""
    found = find_article(site.archive, reference)
    if found is None:
        raise NotFoundError(f"{reference!r} names no article of this archive")
    return RedirectResponse(article_path(site.archive.browsing.get_summary(*found)))


@router.get("/article/{source}/{external_id}")
def show_article(request: Request, site: Served, article: Shown) -> HTMLResponse:
    """Show an article as it is now."""
    return _show_revision(request, site, article, article.origin, article.number)


@router.get("/article/{source}/{external_id}/history")
def show_history(request: Request, site: Served, article: Shown) -> HTMLResponse:
    """Show all revisions of an article, its headlines, and how its page fared."""
    steps = list_steps(site.archive.browsing.find_steps(article.article_id))
    by_origin = {
        origin: [shown for shown in steps if shown.step.origin is origin] for origin in Origin
    }
    return site.page(
        request,
        "history.html",
        article=article,
        tab="history",
        origins={origin: shown for origin, shown in by_origin.items() if shown},
        headlines=list_headlines(steps),
        looks=site.archive.browsing.find_looks(article.article_id, LOOKS_SHOWN),
    )


def list_steps(steps: Sequence[Step]) -> list[ShownStep]:
    """Return the revisions of an article with what was in force before each."""
    found: list[ShownStep] = []
    for step in steps:
        before = found[-1].step if found and found[-1].step.origin is step.origin else None
        found.append(ShownStep(step, before, _is_silent(step, before)))
    return found


def list_headlines(steps: Sequence[ShownStep]) -> list[Headline]:
    """Return an article's headlines in order of time; what feed and page both said is one."""
    said = [one for one in steps if one.before is None or one.is_retitled]
    found: list[Headline] = []
    for one in sorted(said, key=lambda one: (one.step.observed_at, one.step.origin)):
        title, origin = one.step.title, one.step.origin
        if found and found[-1].title == title:
            last = found[-1]
            silent = one.is_silent if last.is_silent is None else last.is_silent
            origins = tuple(dict.fromkeys((*last.origins, origin)))
            found[-1] = Headline(title, last.step, origins, silent)
        else:
            found.append(Headline(title, one.step, (origin,), one.is_silent))
    return found


def _is_silent(step: Step, before: Step | None) -> bool | None:
    if before is None or step.origin is not Origin.PAGE:
        return None
    if step.modified_at is None or before.modified_at is None:
        return None
    return step.modified_at == before.modified_at


@router.get("/article/{source}/{external_id}/compare")
def compare(
    *,
    request: Request,
    site: Served,
    article: Shown,
    origin: OptionalOrigin = None,
    a: OptionalNumber = None,
    b: OptionalNumber = None,
    view: Literal["inline", "beside"] = "inline",
) -> HTMLResponse:
    """Show which words changed from one revision to another, of one origin."""
    door = site.archive.browsing
    steps = door.find_steps(article.article_id)
    wanted = origin or article.origin
    there = [step for step in steps if step.origin is wanted]
    values: dict[str, Any] = {
        "article": article,
        "tab": "compare",
        "origins": list(dict.fromkeys(step.origin for step in steps)),
        "origin": wanted,
        "steps": there,
        "view": view,
    }
    new = _find_step(there, b) or (there[-1] if there else None)
    if new is None or len(there) == 1:
        return site.page(request, "compare.html", old=None, new=new, **values)
    old = _find_step(there, a) or there[max(there.index(new) - 1, 0)]
    before = door.get_revision(article.article_id, wanted, old.number)
    after = door.get_revision(article.article_id, wanted, new.number)
    title, text = diff_words(before.title, after.title), diff_words(before.text, after.text)
    return site.page(
        request,
        "compare.html",
        old=before,
        new=after,
        revision=after,
        title=title,
        inline=Markup(html_of(text)),  # noqa: S704 - which escapes it
        rows=pair_rows(text) if view == "beside" else [],
        is_same=before.title == after.title and before.text == after.text,
        found=classify_change(before.title, before.text, after.title, after.text),
        **values,
    )


def _find_step(steps: Sequence[Step], number: int | None) -> Step | None:
    if number is None:
        return None
    for step in steps:
        if step.number == number:
            return step
    raise NotFoundError(f"there is no revision {number} of that origin")


@router.get("/article/{source}/{external_id}/{origin}/{number}")
def show_revision(
    *,
    request: Request,
    site: Served,
    article: Shown,
    origin: FromOrigin,
    number: Number,
) -> HTMLResponse:
    """Show an article as one of its revisions has it."""
    return _show_revision(request, site, article, origin, number)


@router.get("/article/{source}/{external_id}/{origin}/{number}/text")
def show_text(
    *,
    request: Request,
    site: Served,
    article: Shown,
    origin: FromOrigin,
    number: Number,
) -> HTMLResponse:
    """Show the text rendition of a revision."""
    revision = site.archive.browsing.get_revision(article.article_id, origin, number)
    return site.page(
        request,
        "text.html",
        article=article,
        revision=revision,
        tab="text",
        is_current=(article.origin, article.number) == (origin, number),
    )


def _show_revision(
    request: Request, site: Site, article: Summary, origin: Origin, number: int
) -> HTMLResponse:
    door = site.archive.browsing
    revision = door.get_revision(article.article_id, origin, number)
    pictures = door.find_pictures(revision.id)
    held = {one.url: media_path(one.digest) for one in pictures if one.digest}
    absent = site.texts("article.absent_picture")
    updates = door.find_updates(revision.id) if article.kind is Kind.LIVEBLOG else []
    return site.page(
        request,
        "article.html",
        article=article,
        revision=revision,
        tab="read",
        is_current=(article.origin, article.number) == (origin, number),
        body=make_inert(revision.html, held, absent),
        updates=[(one, make_inert(one.html, held, absent, level=3)) for one in updates],
        feature=_feature(pictures),
        related=_related(revision),
        group=list_group(site, article),
    )


def _feature(pictures: Sequence[ShownPicture]) -> ShownPicture | None:
    return next((one for one in pictures if one.role == "feature" and one.digest), None)


def _related(revision: Revision) -> list[Mapping[str, str]]:
    """Return the links that stood beside the text: `title` and `url`, of http(s) only."""
    given = revision.metadata.get("related")
    links = given if isinstance(given, list) else []
    return [
        {"url": str(link["url"]), "title": str(link.get("title") or link["url"])}
        for link in links
        if isinstance(link, dict) and str(link.get("url", "")).startswith(("http://", "https://"))
    ]


@router.get("/article/{source}/{external_id}/{origin}/{number}/record")
def show_record(
    *,
    request: Request,
    site: Served,
    article: Shown,
    origin: FromOrigin,
    number: Number,
) -> HTMLResponse:
    """Show the WARC record that a revision was read from."""
    revision = site.archive.browsing.get_revision(article.article_id, origin, number)
    provenance = site.archive.browsing.get_provenance(article.article_id, origin, number)
    record, error = _read(site, provenance)
    return site.page(
        request,
        "record.html",
        article=article,
        revision=revision,
        provenance=provenance,
        tab="record",
        record=record,
        error=error,
        payload=_begin(record) if record and not provenance.is_shared else None,
        download=revision_path(article, revision, "/record.warc.gz"),
    )


def _read(site: Site, provenance: Provenance) -> tuple[Record | None, str | None]:
    kept = provenance.capture
    try:
        place = (kept.warc_file, kept.warc_offset, kept.warc_length)
        return read_record(site.data_dir, *place), None
    except ParseError as error:
        return None, str(error)


def _begin(record: Record) -> str | None:
    """Return the beginning of what was received, where that can be read as text."""
    try:
        content = record.content()
    except ParseError:
        return None
    text = content[: PAYLOAD_SHOWN * 4].decode("utf-8", errors="replace")
    return text[:PAYLOAD_SHOWN].replace("\x00", "\N{REPLACEMENT CHARACTER}")
