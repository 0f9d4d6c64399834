"""Groups of near-duplicates: the earliest of each, what a person undoes, and the evidence.

A group is all that links hold together. `articles.near_duplicate_of` is the earliest of an
article's group; where a person said that it is no near-duplicate of that one, the next earliest.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, bindparam, insert, or_, select, tuple_, update

from newsarchive.storage.engine import chunks
from newsarchive.storage.schema import articles, near_duplicates
from newsarchive.storage.views import current_articles


@dataclass(frozen=True, slots=True)
class Member:
    """An article of a group, with its current title."""

    article_id: int
    source: str
    external_id: str
    url: str
    title: str
    published_at: datetime | None
    first_seen_at: datetime
    near_duplicate_of: int | None


@dataclass(frozen=True, slots=True)
class Link:
    """Why an article is a near-duplicate of an earlier one."""

    article: Member
    of: Member
    similarity: float  # 0 to 1
    passages: Sequence[Mapping[str, Any]]  # the longest shared ones: `words`, `text`


@dataclass(frozen=True, slots=True)
class Group:
    """Articles that links hold together, the earliest first, and those links."""

    members: Sequence[Member]
    links: Sequence[Link]


def find_together(connection: Connection, article_ids: Iterable[int]) -> tuple[set[int], list[Any]]:
    """Return the articles with all that links hold together with them, and those links.

    Links that a person undid are among them, and hold nothing together.
    """
    columns = near_duplicates.c
    members, links = set(article_ids), {}
    fresh = sorted(members)
    while fresh:
        either = or_(columns.article_id.in_(fresh), columns.of_article_id.in_(fresh))
        for row in connection.execute(select(near_duplicates).where(either)):
            links[row.article_id, row.of_article_id] = row
        ends = {end for key, row in links.items() if row.unlinked_at is None for end in key}
        fresh = sorted(ends - members)
        members |= ends
    return members, list(links.values())


def lock_articles(connection: Connection, article_ids: Iterable[int]) -> None:
    """Lock the articles and their groups in the order in which documents lock theirs."""
    members, _ = find_together(connection, article_ids)
    statement = select(articles.c.id).where(articles.c.id.in_(members)).order_by(articles.c.id)
    connection.execute(statement.with_for_update())


def regroup(connection: Connection, article_ids: Iterable[int]) -> None:
    """Write `near_duplicate_of` of the articles and of all that links hold together with them."""
    members, links = find_together(connection, article_ids)
    statement = select(articles).where(articles.c.id.in_(members))
    rows = {row.id: row for row in connection.execute(statement)}
    undone = {frozenset(_ends(link)) for link in links if link.unlinked_at is not None}
    changes = []
    for group in _groups(members, links):
        ordered = sorted(group, key=lambda article_id: earliness(rows[article_id]))
        for place, article_id in enumerate(ordered):
            others = (e for e in ordered[:place] if frozenset((e, article_id)) not in undone)
            earliest = next(others, None)
            if earliest != rows[article_id].near_duplicate_of:
                changes.append({"key": article_id, "earliest": earliest})
    if changes:
        changes.sort(key=itemgetter("key"))
        this = update(articles).where(articles.c.id == bindparam("key"))
        connection.execute(this.values(near_duplicate_of=bindparam("earliest")), changes)


def earliness(row: Any) -> tuple[datetime, str, str]:
    """Return what orders articles: the same whatever the order of arrival."""
    return (row.published_at or row.first_seen_at, row.external_id, row.source)


def find_earliness(
    connection: Connection, article_ids: Iterable[int]
) -> dict[int, tuple[datetime, str, str]]:
    """Return what orders these articles."""
    statement = select(articles).where(articles.c.id.in_(sorted(article_ids)))
    return {row.id: earliness(row) for row in connection.execute(statement)}


def unlink(
    connection: Connection,
    article: tuple[str, str],
    others: Sequence[tuple[str, str]],
    now: datetime,
) -> None:
    """Note for good that an article is no near-duplicate of the others, whichever is earlier.

    They are named by source and external id; those that the archive does not hold are passed over.
    """
    ids = _find_ids(connection, [article, *others])
    if article not in ids:
        return
    lock_articles(connection, ids.values())
    order = find_earliness(connection, ids.values())
    _, links = find_together(connection, [ids[article]])
    known = {frozenset(_ends(link)): link for link in links}
    for other in ids.keys() - {article}:
        pair = (ids[article], ids[other])
        later, earlier = sorted(pair, key=order.__getitem__, reverse=True)
        _write_unlinked(connection, later, earlier, known.get(frozenset(pair)), now)
    regroup(connection, ids.values())


def _write_unlinked(
    connection: Connection, later: int, earlier: int, link: Any, now: datetime
) -> None:
    if link is None:
        # Similar only by way of a third; or the archive is being made anew.
        row = {"article_id": later, "of_article_id": earlier, "passages": [], "unlinked_at": now}
        connection.execute(insert(near_duplicates), row)
    elif link.unlinked_at is None:
        columns = near_duplicates.c
        one, other = _ends(link)
        this = (columns.article_id == one) & (columns.of_article_id == other)
        connection.execute(update(near_duplicates).where(this).values(unlinked_at=now))


def _find_ids(
    connection: Connection, named: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], int]:
    key = tuple_(articles.c.source, articles.c.external_id)
    statement = select(articles.c.source, articles.c.external_id, articles.c.id)
    rows = connection.execute(statement.where(key.in_(named)))
    return {(row.source, row.external_id): row.id for row in rows}


def find_groups(connection: Connection, article_id: int | None = None) -> list[Group]:
    """Return the groups, that of the earliest article first; or the one of an article."""
    if article_id is None:
        links = list(connection.execute(select(near_duplicates)))
        members = {end for link in links for end in _ends(link)}
    else:
        members, links = find_together(connection, [article_id])
    told = _find_members(connection, sorted(members))
    held: dict[int, list[Any]] = {}  # by the later article: the links that hold
    for link in links:
        if link.unlinked_at is None:
            held.setdefault(link.article_id, []).append(link)
    groups = [
        Group(
            sorted((told[one] for one in group), key=earliness),
            [_link(link, told) for one in sorted(group) for link in held.get(one, ())],
        )
        for group in _groups(members, links)
        if len(group) > 1
    ]
    return sorted(groups, key=lambda group: earliness(group.members[0]))


def _ends(link: Any) -> tuple[int, int]:
    return (link.article_id, link.of_article_id)


def _groups(members: Iterable[int], links: Iterable[Any]) -> Iterator[set[int]]:
    """Yield the articles that links hold together, each group once."""
    beside: dict[int, set[int]] = {member: set() for member in members}
    for link in links:
        if link.unlinked_at is None:
            one, other = _ends(link)
            beside[one].add(other)
            beside[other].add(one)
    while beside:
        group, fresh = set(), {next(iter(beside))}
        while fresh:
            group |= fresh
            fresh = {other for one in fresh for other in beside.pop(one)} - group
        yield group


def _find_members(connection: Connection, article_ids: Sequence[int]) -> dict[int, Member]:
    view = current_articles.c
    statement = select(
        view.article_id,
        view.source,
        view.external_id,
        view.url,
        view.title,
        view.published_at,
        view.first_seen_at,
        view.near_duplicate_of,
    )
    found: dict[int, Member] = {}
    for some in chunks(article_ids):
        rows = connection.execute(statement.where(view.article_id.in_(some))).mappings()
        found.update((row["article_id"], Member(**row)) for row in rows)
    return found


def _link(link: Any, told: Mapping[int, Member]) -> Link:
    return Link(told[link.article_id], told[link.of_article_id], link.similarity, link.passages)
