"""Articles and their entries: who is who, and when it was seen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, tuple_, update

from newsarchive.cleaning.dates import day_in_amsterdam
from newsarchive.model import Identity, Kind, Observation, Origin
from newsarchive.storage.engine import insert_missing
from newsarchive.storage.schema import articles, entries

# Whose word on the time of publication counts: the page's, else the feed's, else an import's.
_RANK = {Origin.IMPORT: 0, Origin.FEED: 1, Origin.PAGE: 2}


@dataclass(slots=True)
class ArticleRow:
    """An article's row while a document is recorded; `changed` when it must be written."""

    id: int
    kind: Kind
    published_at: datetime | None
    published_origin: Origin | None
    first_seen_at: datetime
    last_seen_at: datetime
    modified_at: datetime | None = None
    next_check_at: datetime | None = None
    changed: bool = False
    restated: bool = False  # another kind or another place in time

    def see(self, observation: Observation) -> None:
        """Take from `observation` what it says of the article itself."""
        before = (self.kind, self.published_at, self.first_seen_at)
        if observation.captured_at < self.first_seen_at:
            self.first_seen_at, self.changed = observation.captured_at, True
        is_late = observation.captured_at < self.last_seen_at
        if observation.captured_at > self.last_seen_at:
            self.last_seen_at, self.changed = observation.captured_at, True
        identity = observation.identity
        assert identity is not None
        if self.kind is Kind.ARTICLE and identity.kind is not Kind.ARTICLE:
            self.kind, self.changed = identity.kind, True
        self._see_published(observation, is_late=is_late)
        self._see_modified(observation, is_late=is_late)
        self.restated |= before != (self.kind, self.published_at, self.first_seen_at)

    def _see_modified(self, observation: Observation, *, is_late: bool) -> None:
        said, held = observation.modified_at, self.modified_at
        if observation.origin is not Origin.PAGE or said is None or said == held:
            return
        if held is None or not is_late or said > held:
            self.modified_at, self.changed = said, True

    def make_due(self, at: datetime) -> None:
        """Have the page looked at, as something new was said of the article at `at`."""
        if self.next_check_at is None or self.next_check_at > at:
            self.next_check_at, self.changed = at, True

    def _see_published(self, observation: Observation, *, is_late: bool) -> None:
        rank, held = _RANK[observation.origin], self.published_origin
        outranked = held is not None and (_RANK[held] > rank or (_RANK[held] == rank and is_late))
        if observation.published_at is None or outranked:
            return
        if (observation.published_at, observation.origin) != (self.published_at, held):
            self.published_at, self.published_origin = observation.published_at, observation.origin
            self.changed = True


def find_or_add(
    connection: Connection, seen: Sequence[tuple[Identity, datetime]]
) -> dict[tuple[str, str], ArticleRow]:
    """Return each article that was seen, by (source, external id), adding the unknown ones.

    The rows are locked in one order, so that two workers at the same articles wait for each
    other and neither misses what the other wrote.
    """
    firsts: dict[tuple[str, str], tuple[Identity, datetime]] = {}
    for identity, at in seen:
        firsts.setdefault((identity.source, identity.external_id), (identity, at))
    found = _select(connection, firsts)
    missing = sorted(firsts.keys() - found.keys())
    if missing:
        _insert(connection, [firsts[key] for key in missing])
        for key, row in _select(connection, missing).items():
            # Where another worker was first, its row is found with what it holds by now.
            row.changed = True
            found[key] = row
    return found


def _select(
    connection: Connection, keys: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], ArticleRow]:
    statement = (
        select(articles)
        .where(tuple_(articles.c.source, articles.c.external_id).in_(sorted(keys)))
        .order_by(articles.c.id)
        .with_for_update()
    )
    return {
        (row.source, row.external_id): ArticleRow(
            id=row.id,
            kind=Kind(row.kind),
            published_at=row.published_at,
            published_origin=Origin(row.published_origin) if row.published_origin else None,
            first_seen_at=row.first_seen_at,
            last_seen_at=row.last_seen_at,
            modified_at=row.modified_at,
            next_check_at=row.next_check_at,
        )
        for row in connection.execute(statement)
    }


def _insert(connection: Connection, firsts: Iterable[tuple[Identity, datetime]]) -> None:
    rows = [
        {
            "source": identity.source,
            "external_id": identity.external_id,
            "kind": identity.kind,
            "url": identity.url,
            "first_seen_at": at,
            "last_seen_at": at,
        }
        for identity, at in firsts
    ]
    connection.execute(insert_missing(connection, articles), rows)


def write_seen(connection: Connection, rows: Iterable[ArticleRow]) -> None:
    """Write the articles that an observation changed."""
    changed = [
        {
            "key": row.id,
            "kind": row.kind,
            "published_at": row.published_at,
            "published_on": row.published_at and day_in_amsterdam(row.published_at),
            "published_origin": row.published_origin,
            "first_seen_at": row.first_seen_at,
            "last_seen_at": row.last_seen_at,
            "modified_at": row.modified_at,
            "next_check_at": row.next_check_at,
        }
        for row in rows
        if row.changed
    ]
    if changed:
        connection.execute(update(articles).where(articles.c.id == bindparam("key")), changed)


@dataclass(slots=True)
class EntryRow:
    """An entry's row while a document is recorded."""

    id: int | None
    feed_id: int
    article_id: int
    guid: str
    link: str | None
    content_digest: str | None
    digest_rule: int | None
    first_seen_at: datetime
    last_seen_at: datetime


def find_entries(
    connection: Connection, keys: Iterable[tuple[int, str]]
) -> dict[tuple[int, str], EntryRow]:
    """Return the entries that are known by (feed id, guid)."""
    wanted = sorted(set(keys))
    if not wanted:
        return {}
    statement = select(entries).where(tuple_(entries.c.feed_id, entries.c.guid).in_(wanted))
    rows = connection.execute(statement).mappings()
    return {(row["feed_id"], row["guid"]): EntryRow(**row) for row in rows}


def write_entries(connection: Connection, rows: Iterable[EntryRow]) -> None:
    """Add the new entries and write the known ones as they were seen last."""
    added: list[dict[str, Any]] = []
    seen: list[dict[str, Any]] = []
    for row in rows:
        values = {name: getattr(row, name) for name in EntryRow.__slots__ if name != "id"}
        (added if row.id is None else seen).append({**values, "key": row.id})
    if added:
        for values in added:
            del values["key"]
        connection.execute(insert(entries), added)
    if seen:
        connection.execute(update(entries).where(entries.c.id == bindparam("key")), seen)
