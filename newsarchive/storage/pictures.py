"""Pictures: which revisions show which, what is to be fetched, and what came of fetching it.

Where several workers write, each locks its source first, if it does, and then its pictures, all in
one order: so that none waits for another in a circle, and a picture that comes while a revision
that shows it is stored is linked to it by whoever is later.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, tuple_, update

from newsarchive.cleaning.dates import day_in_amsterdam, midnight
from newsarchive.items import PictureFetch
from newsarchive.model import Capture, Media, MediaFile
from newsarchive.pictures.addresses import PictureAddress, read_address
from newsarchive.pictures.mentions import Mention, find_mentions
from newsarchive.storage.columns import fits_index
from newsarchive.storage.engine import chunks, insert_missing
from newsarchive.storage.pages import Manners
from newsarchive.storage.schema import (
    articles,
    media_files,
    pictures,
    revision_media,
    revisions,
    sources,
)
from newsarchive.watching import Plan

BATCH = 500
"""Revisions that are read, and rows that are held, at a time."""

FAILURES_SHOWN = 20

_LEVELS = list(Media)
_SHOWS = (
    revisions.c.id,
    revisions.c.observed_at,
    revisions.c.image_url,
    revisions.c.metadata,
    revisions.c.html,
)


def choose_media(connection: Connection, source: str, media: Media) -> None:
    """Have the pictures of `media` noted from now on, by whoever writes.

    Where that is more than before, those that earlier revisions show are noted by
    `note_earlier`.
    """
    this = sources.c.name == source
    locked = select(sources.c.media).where(this).with_for_update()
    chosen = Media(connection.execute(locked).scalar_one())
    if chosen is media:
        return
    more = _LEVELS.index(media) > _LEVELS.index(chosen)
    start = {"media_noted_to": 0} if more else {}
    connection.execute(update(sources).where(this).values(media=media, **start))


def note_earlier(connection: Connection, source: str) -> bool:
    """Note what a batch of earlier revisions show; return whether there may be more of them."""
    this = sources.c.name == source
    asked = select(sources.c.media, sources.c.media_noted_to).where(this).with_for_update()
    row = connection.execute(asked).one()
    if row.media_noted_to is None:
        return False
    statement = (
        select(*_SHOWS)
        .join(articles, articles.c.id == revisions.c.article_id)
        .where(articles.c.source == source, revisions.c.id > row.media_noted_to)
        .order_by(revisions.c.id)
        .limit(BATCH)
    )
    found = connection.execute(statement).all()
    _note(connection, source, Media(row.media), found)
    reached = found[-1].id if found else None
    connection.execute(update(sources).where(this).values(media_noted_to=reached))
    return reached is not None


def note_pictures(connection: Connection, source: str, added: Sequence[Mapping[str, Any]]) -> None:
    """Note what new revisions show; `added` has the columns of each."""
    # Locked, so that a choice of more waits for us and then finds what we have added; but nobody
    # who writes when the site wants to be asked again, as we may do next.
    chosen = select(sources.c.media).where(sources.c.name == source)
    locked = chosen.with_for_update(read=True, key_share=True)
    media = Media(connection.execute(locked).scalar_one())
    if media is Media.NONE:
        return
    columns = (revisions.c.article_id, revisions.c.origin, revisions.c.number)
    keys = [tuple(row[column.name] for column in columns) for row in added if _may_show(row)]
    for some in chunks(keys):
        statement = select(*_SHOWS).where(tuple_(*columns).in_(some)).order_by(revisions.c.id)
        _note(connection, source, media, connection.execute(statement).all())


def _may_show(row: Mapping[str, Any]) -> bool:
    return bool(row["image_url"]) or "<img" in row["html"]


def _note(connection: Connection, source: str, media: Media, shown: Sequence[Any]) -> None:
    mentions = {row.id: _mentions(row, media) for row in shown}
    observed = {row.id: row.observed_at for row in shown}
    wanted: dict[tuple[str, str], tuple[PictureAddress, datetime]] = {}
    for revision_id, told in mentions.items():
        for mention in told:
            _want(wanted, mention.address, observed[revision_id])
    known = _find_or_add(connection, source, wanted)
    rows = [
        _link(revision_id, position, mention, known[mention.address.picture, mention.address.crop])
        for revision_id, told in mentions.items()
        for position, mention in enumerate(told, start=1)
    ]
    if rows:
        connection.execute(insert_missing(connection, revision_media), rows)


def _mentions(row: Any, media: Media) -> list[Mention]:
    found = find_mentions(row.html, row.image_url, row.metadata, media)
    return [mention for mention in found if fits_index(mention.address.url)]


def _want(
    wanted: dict[tuple[str, str], tuple[PictureAddress, datetime]],
    address: PictureAddress,
    observed_at: datetime,
) -> None:
    """Add what is to be fetched: of several sizes the widest."""
    key = (address.picture, address.crop)
    if key not in wanted or address.width > wanted[key][0].width:
        wanted[key] = (address, wanted[key][1] if key in wanted else observed_at)


def _find_or_add(
    connection: Connection,
    source: str,
    wanted: Mapping[tuple[str, str], tuple[PictureAddress, datetime]],
) -> dict[tuple[str, str], Any]:
    """Return the rows of the pictures, by picture and crop, locked; new ones are pending."""
    keys = sorted(wanted)
    rows = [
        {
            "source": source,
            "picture": address.picture,
            "crop": address.crop,
            "url": address.url,
            "width": address.width,
            "next_try_at": observed_at,
        }
        for address, observed_at in (wanted[key] for key in keys)
    ]
    if rows:
        connection.execute(insert_missing(connection, pictures), rows)
    key = tuple_(pictures.c.picture, pictures.c.crop)
    held = select(pictures).where(pictures.c.source == source).order_by(pictures.c.id)
    found: dict[tuple[str, str], Any] = {}
    for some in chunks(keys):
        for row in connection.execute(held.where(key.in_(some)).with_for_update(key_share=True)):
            _widen(connection, row, wanted[row.picture, row.crop][0])
            found[row.picture, row.crop] = row
    return found


def _widen(connection: Connection, row: Any, address: PictureAddress) -> None:
    """Have a picture that is still to be fetched come at the larger size."""
    if row.digest is None and address.width > row.width:
        larger = {"url": address.url, "width": address.width}
        connection.execute(update(pictures).where(pictures.c.id == row.id).values(larger))


def _link(revision_id: int, position: int, mention: Mention, picture: Any) -> dict[str, Any]:
    return {
        "revision_id": revision_id,
        "position": position,
        "picture_id": picture.id,
        "digest": picture.digest,
        "role": mention.role,
        "url": mention.address.url,
        "caption": mention.caption,
        "copyright": mention.copyright,
    }


def find_pending(
    connection: Connection, source: str, media: Media, now: datetime, limit: int, *, every: bool
) -> list[str]:
    """Return the addresses of pictures of `media` whose turn it is, never tried first.

    At most `limit`. With `every`, also of those that are to be tried later, or were given up.
    """
    statement = (
        select(pictures.c.url)
        .where(pictures.c.source == source, pictures.c.digest.is_(None))
        .order_by(pictures.c.attempts, pictures.c.next_try_at.asc().nulls_last(), pictures.c.id)
        .limit(limit)
    )
    if not every:
        statement = statement.where(pictures.c.next_try_at <= now)
    if media is Media.FEATURE:
        features = select(revision_media.c.picture_id).where(revision_media.c.role == "feature")
        statement = statement.where(pictures.c.id.in_(features))
    return list(connection.execute(statement).scalars())


def find_picture_manners(connection: Connection, source: str, since: datetime) -> Manners:
    """Return how many requests were made for pictures since then, and what was asked for."""
    made = select(func.coalesce(func.sum(pictures.c.requests), 0)).where(
        pictures.c.tried_at >= since, pictures.c.source == source
    )
    asked = select(sources.c.media_retry_after_at).where(sources.c.name == source)
    return Manners(
        requests=int(connection.execute(made).scalar_one()),
        retry_after_at=connection.execute(asked).scalar_one_or_none(),
    )


def record_picture(
    connection: Connection,
    source: str,
    fetch: PictureFetch,
    capture_ids: Mapping[Capture, int],
    plan: Plan,
) -> None:
    """Write what came of fetching a picture: its file, or when it is tried again."""
    if fetch.retry_after_at is not None:
        pause = {"media_retry_after_at": fetch.retry_after_at}
        connection.execute(update(sources).where(sources.c.name == source).values(pause))
    address = read_address(fetch.url)
    assert address is not None, "what was asked for is an address"
    key = (address.picture, address.crop)
    row = _find_or_add(connection, source, {key: (address, fetch.captured_at)})[key]
    capture_id = capture_ids[fetch.capture] if fetch.capture else None
    tried: dict[str, Any] = {
        "attempts": row.attempts + 1,
        "requests": fetch.requests + _made_that_day(row, fetch.captured_at),
        "tried_at": fetch.captured_at,
        "capture_id": capture_id,
        "error": fetch.error,
    }
    if fetch.file is not None:
        tried |= {"digest": fetch.file.digest, "next_try_at": None}
        _add_file(connection, fetch.file, capture_id)
        shown = revision_media.c.picture_id == row.id
        connection.execute(update(revision_media).where(shown).values(digest=fetch.file.digest))
    elif row.digest is None:
        tried["next_try_at"] = _next_try(tried["attempts"], fetch, plan)
    connection.execute(update(pictures).where(pictures.c.id == row.id).values(tried))


def _made_that_day(row: Any, at: datetime) -> int:
    """Return the requests for a picture, earlier on the day of `at`: the budget's day."""
    is_same = row.tried_at is not None and row.tried_at >= midnight(day_in_amsterdam(at))
    return row.requests if is_same else 0


def _next_try(attempts: int, fetch: PictureFetch, plan: Plan) -> datetime | None:
    planned = plan.next_try(attempts, fetch.captured_at)
    if planned is None or fetch.retry_after_at is None:
        return planned
    return max(planned, fetch.retry_after_at)


def _add_file(connection: Connection, file: MediaFile, capture_id: int | None) -> None:
    row = {name: getattr(file, name) for name in MediaFile.__slots__}
    # Another worker may come with the same bytes, from another address.
    connection.execute(insert_missing(connection, media_files), {**row, "capture_id": capture_id})


def iter_media_files(connection: Connection) -> Iterator[MediaFile]:
    """Yield each media file, in the order of their paths."""
    columns = [media_files.c[name] for name in MediaFile.__slots__]
    statement = select(*columns).order_by(media_files.c.path)
    for row in connection.execution_options(yield_per=BATCH).execute(statement).mappings():
        yield MediaFile(**row)


def count_pictures(connection: Connection) -> dict[str, Any]:
    """Return how many pictures are stored, pending, failing (pending after a try), given up.

    And how many files they are, of how many bytes; and the latest failures.
    """
    is_due = pictures.c.digest.is_(None) & pictures.c.next_try_at.is_not(None)
    counted = {
        "stored": pictures.c.digest.is_not(None),
        "pending": is_due,
        "failing": is_due & (pictures.c.attempts > 0),
        "given_up": pictures.c.digest.is_(None) & pictures.c.next_try_at.is_(None),
    }
    counts = select(*(func.count().filter(c).label(name) for name, c in counted.items()))
    held = select(func.count().label("files"), func.coalesce(func.sum(media_files.c.size_bytes), 0))
    columns = ("url", "attempts", "tried_at", "next_try_at", "error")
    failed = (
        select(*(pictures.c[name] for name in columns))
        .where(pictures.c.digest.is_(None), pictures.c.attempts > 0)
        .order_by(pictures.c.tried_at.desc(), pictures.c.id.desc())
        .limit(FAILURES_SHOWN)
    )
    files, size_bytes = connection.execute(held).one()
    return {
        **connection.execute(counts.select_from(pictures)).mappings().one(),
        "files": files,
        "size_bytes": int(size_bytes),
        "failures": [dict(row) for row in connection.execute(failed).mappings()],
    }
