"""Bytes: the WARC record of a revision, pictures, and the files of these pages themselves."""

import re
from pathlib import PurePosixPath
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import PlainTextResponse, Response

from newsarchive.exceptions import NotFoundError, ParseError
from newsarchive.warc import read_record
from newsarchive.web.limits import FromOrigin, Number
from newsarchive.web.shown import Shown
from newsarchive.web.site import STATIC, Served

router = APIRouter(include_in_schema=False)

PICTURE_TYPES = {"image/avif", "image/gif", "image/jpeg", "image/png", "image/webp"}
OWN_FILES = {"style.css": "text/css", "icon.svg": "image/svg+xml"}
FOR_EVER = "public, max-age=31536000, immutable"
AN_HOUR = "private, max-age=3600"
UNREADABLE = "cannot be read: run `newsarchive verify`"

_NAME = re.compile(r"[^A-Za-z0-9._-]+")


@router.get("/article/{source}/{external_id}/{origin}/{number}/record.warc.gz")
def download_record(site: Served, article: Shown, origin: FromOrigin, number: Number) -> Response:
    """Give the one WARC record that a revision was read from, as it stands in its file."""
    provenance = site.archive.browsing.get_provenance(article.article_id, origin, number)
    if provenance.is_shared:
        raise NotFoundError("this record also holds an article that is withheld")
    kept = provenance.capture
    # Reading it proves that these bytes are one whole record, and no others.
    try:
        read_record(site.data_dir, kept.warc_file, kept.warc_offset, kept.warc_length)
    except ParseError as error:
        raise NotFoundError(f"{kept.warc_file} {UNREADABLE}") from error
    with (site.data_dir / kept.warc_file).open("rb") as file:
        file.seek(kept.warc_offset)
        member = file.read(kept.warc_length)
    name = _NAME.sub("-", f"{article.source}-{article.external_id}-{origin}-{number}")
    return Response(
        member,
        media_type="application/warc",
        headers={"Content-Disposition": f'attachment; filename="{name}.warc.gz"'},
    )


@router.get("/media/{digest}")
def show_media(site: Served, digest: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]) -> Response:
    """Give a picture that an article shows."""
    held = site.archive.browsing.get_file(f"sha256:{digest}")
    if held.content_type not in PICTURE_TYPES:
        raise NotFoundError("this picture is of a type that browsers do not show")
    try:
        content = (site.data_dir / PurePosixPath(held.path)).read_bytes()
    except OSError as error:
        raise NotFoundError(f"{held.path} {UNREADABLE}") from error
    headers = {"Cache-Control": AN_HOUR, "ETag": f'"{digest}"'}
    return Response(content, media_type=held.content_type, headers=headers)


@router.get("/static/{name}")
def show_static(name: Annotated[str, Path(max_length=40)]) -> Response:
    """Give a file of these pages; its address changes with its content."""
    if name not in OWN_FILES:
        raise NotFoundError(f"there is no file {name!r}")
    content = (STATIC / name).read_bytes()
    return Response(content, media_type=OWN_FILES[name], headers={"Cache-Control": FOR_EVER})


@router.get("/robots.txt")
def show_robots() -> PlainTextResponse:
    """Keep search engines out: these are a publisher's texts."""
    return PlainTextResponse("User-agent: *\nDisallow: /\n")
