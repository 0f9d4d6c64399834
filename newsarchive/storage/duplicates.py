"""Near-duplicates: comparing what is new with what is there, in bounded work an article.

A document's transaction only notes which articles are to be compared. `compare_due` does it later,
in transactions of its own. What it comes to depends on what the archive holds, and not on the order
in which that arrived:

* Which articles have a number in the fingerprint of any revision only ever grows.
* A number that more than MAX_HOLDERS articles have is common, which it then stays: it proposes no
  article, and no block around it counts (`decide_duplicate`). When it becomes common, the
  links between those that have it are decided anew.
* A pair is decided by both current renditions, and decided anew when one of them changes.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, insert, or_, select, text

from newsarchive.comparison.duplicates import (
    DUPLICATE_RULE,
    MIN_SHARED,
    MIN_WORDS,
    Story,
    decide_duplicate,
    is_comparable,
    read_story,
)
from newsarchive.comparison.fingerprint import fingerprint, split_words
from newsarchive.model import Kind
from newsarchive.storage.duplicate_groups import find_earliness, lock_articles, regroup
from newsarchive.storage.engine import chunks
from newsarchive.storage.schema import (
    articles,
    comparisons_due,
    fingerprints,
    near_duplicates,
    revisions,
)
from newsarchive.storage.views import current_articles

MAX_HOLDERS = 20
"""A number that more articles have is of a template."""

BATCH = 200
"""Articles compared in one transaction."""

_LOCK = 7_305_611  # any number that nothing else locks on PostgreSQL


class Pair(NamedTuple):
    """Two articles, the smaller key first."""

    one: int
    other: int


class Current(NamedTuple):
    """An article's current rendition; its fingerprint is empty where it is not compared."""

    title: str
    text: str
    fingerprint: tuple[int, ...]
    observed_at: datetime


_NO_EVIDENCE: dict[str, Any] = {
    "similarity": None,
    "rule": None,
    "observed_at": None,
    "passages": [],
}


def mark_due(connection: Connection, article_ids: Iterable[int]) -> None:
    """Note that something new was said of these articles."""
    # Always another row: one that waits for a comparison at work would make them wait in a circle.
    rows = [{"article_id": article_id} for article_id in article_ids]
    if rows:
        connection.execute(insert(comparisons_due), rows)


def compare_due(connection: Connection, limit: int = BATCH) -> int:
    """Compare up to `limit` articles that are due with all others; return how many.

    One transaction does this at a time: two could not see each other's articles.
    """
    take_turns(connection)
    statement = select(comparisons_due).order_by(comparisons_due.c.id).limit(limit)
    due = connection.execute(statement).all()
    if not due:
        return 0
    article_ids = sorted({row.article_id for row in due})
    compare(connection, article_ids)
    read = [row.id for row in due]
    connection.execute(delete(comparisons_due).where(comparisons_due.c.id.in_(read)))
    return len(article_ids)


def compare(connection: Connection, article_ids: Sequence[int]) -> None:
    """Compare these articles with all others, and write what that comes to.

    For whoever has taken the turn. What is withheld has no text to compare, and so loses its links.
    """
    linked = _Comparison(connection, article_ids).write()
    if linked:
        regroup(connection, linked)


def take_turns(connection: Connection) -> None:
    """Wait until no other transaction compares; SQLite has one writer in any case."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))


class _Comparison:
    """The comparison of some articles with all others."""

    def __init__(self, connection: Connection, article_ids: Sequence[int]) -> None:
        self.article_ids = article_ids
        self._connection = connection
        self._holders: dict[int, set[int]] = {}
        self._numbers: dict[int, set[int]] = {}  # of all revisions of these articles
        self._current: dict[int, Current] = {}
        self._stories: dict[int, Story] = {}
        self._fingerprints: dict[str, tuple[int, ...]] = {}  # the current text is of a revision

    def write(self) -> set[int]:
        """Write fingerprints and links; return the articles that have, or had, links."""
        became_common = self._add_numbers()
        linked = self._find_links(became_common)
        pairs = sorted({*self._propose(), *linked})
        self._read_current({article_id for pair in pairs for article_id in pair})
        self._learn_commonness(pairs)
        if not pairs:
            return set()
        lock_articles(self._connection, {one for pair in pairs for one in pair})
        earliness = find_earliness(self._connection, {one for pair in pairs for one in pair})
        touched: set[int] = set()
        for pair in pairs:
            later, earlier = sorted(pair, key=earliness.__getitem__, reverse=True)
            if self._write_pair(later, earlier, linked.get(pair)):
                touched.update(pair)
        return touched

    def _add_numbers(self) -> set[int]:
        """Add what the fingerprints of all revisions have; return what has become common."""
        self._numbers = self._find_numbers()
        self._learn({number for own in self._numbers.values() for number in own})
        rows, became_common = [], set()
        for article_id in self.article_ids:
            for number in sorted(self._numbers[article_id]):
                holders = self._holders[number]
                if article_id in holders or len(holders) > MAX_HOLDERS:
                    continue
                holders.add(article_id)
                rows.append({"number": number, "article_id": article_id})
                if self._is_common(number):
                    became_common.add(number)
        if rows:
            rows.sort(key=itemgetter("number"))  # so that each page is written once
            self._connection.execute(insert(fingerprints), rows)
        return became_common

    def _is_common(self, number: int) -> bool:
        return len(self._holders[number]) > MAX_HOLDERS

    def _learn(self, numbers: Iterable[int]) -> None:
        """Read which articles have these numbers, where that is not known yet."""
        unknown = set(numbers) - self._holders.keys()
        self._holders.update((number, set()) for number in unknown)
        for some in chunks(sorted(unknown)):
            statement = select(fingerprints).where(fingerprints.c.number.in_(some))
            for row in self._connection.execute(statement):
                self._holders[row.number].add(row.article_id)

    def _learn_commonness(self, pairs: Iterable[Pair]) -> None:
        """Read how many have the numbers that the stories of a pair share."""
        self._learn({number for pair in pairs for number in self._shared(*pair)})

    def _shared(self, one: int, other: int) -> set[int]:
        return set(self._fingerprint(one)).intersection(self._fingerprint(other))

    def _fingerprint(self, article_id: int) -> tuple[int, ...]:
        current = self._current.get(article_id)
        return current.fingerprint if current else ()

    def _propose(self) -> Iterator[Pair]:
        """Yield the pairs of which one is of these articles and that share enough numbers."""
        for article_id in self.article_ids:
            shared = Counter(
                holder
                for number in self._numbers[article_id]
                if not self._is_common(number)
                for holder in self._holders[number]
            )
            del shared[article_id]
            for other, count in shared.items():
                if count >= MIN_SHARED:
                    yield _pair(article_id, other)

    def _find_links(self, became_common: set[int]) -> dict[Pair, Any]:
        """Return the links to decide anew: of these articles, and over what became common."""
        columns = near_duplicates.c
        found = list(_links_of(self._connection, self.article_ids))
        for number in became_common:
            holders = self._holders[number]
            both = columns.article_id.in_(holders) & columns.of_article_id.in_(holders)
            found += self._connection.execute(select(near_duplicates).where(both))
        return {_pair(row.article_id, row.of_article_id): row for row in found}

    def _find_numbers(self) -> dict[int, set[int]]:
        """Return what the fingerprints of all revisions of each article have."""
        columns = (revisions.c.article_id, revisions.c.title, revisions.c.text, articles.c.kind)
        statement = (
            select(*columns)
            .join(articles, articles.c.id == revisions.c.article_id)
            .where(revisions.c.article_id.in_(self.article_ids))
        )
        numbers: dict[int, set[int]] = {article_id: set() for article_id in self.article_ids}
        for row in self._connection.execute(statement):
            numbers[row.article_id].update(self._read(row))
        return numbers

    def _read_current(self, article_ids: Iterable[int]) -> None:
        view = current_articles.c
        columns = (view.article_id, view.title, view.text, view.kind, view.observed_at)
        for some in chunks(sorted(set(article_ids) - self._current.keys())):
            for row in self._connection.execute(select(*columns).where(view.article_id.in_(some))):
                current = Current(row.title, row.text, self._read(row), row.observed_at)
                self._current[row.article_id] = current

    def _read(self, row: Any) -> tuple[int, ...]:
        """Return the fingerprint of a revision; none where it is not compared."""
        if row.text not in self._fingerprints:
            words = split_words(row.text)
            is_long = len(words) >= MIN_WORDS
            found = fingerprint(words) if is_long else ()
            self._fingerprints[row.text] = found
        return self._fingerprints[row.text] if is_comparable(Kind(row.kind), row.title) else ()

    def _story(self, article_id: int) -> Story:
        if article_id not in self._stories:
            current = self._current[article_id]
            story = read_story(current.title, current.text, current.fingerprint)
            self._stories[article_id] = story
        return self._stories[article_id]

    def _write_pair(self, later: int, earlier: int, link: Any) -> bool:
        """Write what the pair comes to; return whether there is, or was, a link."""
        values = self._decide(later, earlier)
        unlinked_at = link.unlinked_at if link is not None else None
        if unlinked_at is not None:  # a person's word stands, whatever speaks against it
            values = {**(values or _NO_EVIDENCE), "unlinked_at": unlinked_at}
        if values is not None:
            values |= {"article_id": later, "of_article_id": earlier}
        if link is not None:
            if values == {name: getattr(link, name) for name in values or ()}:
                return True  # its articles may have changed places in time
            _delete_link(self._connection, link)
        if values is not None:
            self._connection.execute(insert(near_duplicates), values)
        return link is not None or values is not None

    def _decide(self, later: int, earlier: int) -> dict[str, Any] | None:
        """Return the evidence that one is a near-duplicate of the other; None where none is."""
        shared = self._shared(later, earlier)
        common = {number for number in shared if self._is_common(number)}
        if len(shared) - len(common) < MIN_SHARED:
            return None
        one, other = self._current[later], self._current[earlier]
        found = decide_duplicate(self._story(later), self._story(earlier), common)
        if found is None:
            return None
        return {
            "similarity": found.similarity,
            "rule": DUPLICATE_RULE,
            "observed_at": max(one.observed_at, other.observed_at),
            "passages": [asdict(passage) for passage in found.passages],
        }


def _pair(one: int, other: int) -> Pair:
    return Pair(min(one, other), max(one, other))


def _links_of(connection: Connection, article_ids: Sequence[int]) -> Iterator[Any]:
    columns = near_duplicates.c
    either = or_(columns.article_id.in_(article_ids), columns.of_article_id.in_(article_ids))
    yield from connection.execute(select(near_duplicates).where(either))


def _delete_link(connection: Connection, link: Any) -> None:
    columns = near_duplicates.c
    this = (columns.article_id == link.article_id) & (columns.of_article_id == link.of_article_id)
    connection.execute(delete(near_duplicates).where(this))
