"""The hits of a search: which they are, in their order, and what is shown of each."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from newsarchive.model import Kind, Origin
from newsarchive.search import And, Field, Or, Query, Snippet, Term
from newsarchive.search.finding import find_all
from newsarchive.search.ranking import rank
from newsarchive.search.snippets import cut, mark
from newsarchive.search.terms import in_title, wanted_terms
from newsarchive.storage.schema import articles, entries, feeds, revisions
from newsarchive.storage.search_questions import Order, SearchQuestion, iter_places
from newsarchive.storage.search_schema import search_documents

RANKED = 300
"""Hits that are ranked, at most: those with a term in the title first, then the newest."""

BATCH = 200
"""Hits that are held at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One revision that was found, and what of it."""

    article_id: int
    source: str
    external_id: str
    kind: Kind
    url: str  # of the article, canonical
    category: str | None  # the first in the catalogue's order
    published_at: datetime | None
    first_seen_at: datetime
    withdrawn_at: datetime | None
    near_duplicate_of: int | None
    revision_id: int
    origin: Origin
    number: int
    observed_at: datetime
    is_current: bool
    title: Snippet  # all of it
    text: Snippet  # where the hits are; the beginning where they are in the title only
    removed: Snippet | None  # of the revision before, where removed words were asked for
    score: float | None  # of a ranked hit: the higher the better, comparable in one answer
    cursor: str


def iter_hits(connection: Connection, question: SearchQuestion) -> Iterator[Hit]:
    """Yield the hits of `question` in its order."""
    if question.order is Order.RANKED:
        yield from _iter_ranked(connection, question)
        return
    found = iter_places(connection, question, question.selection.limit, before=question.position)
    while places := list(islice(found, BATCH)):
        yield from describe(connection, question, dict.fromkeys(places))


def _iter_ranked(connection: Connection, question: SearchQuestion) -> Iterator[Hit]:
    first, limit = question.position or 0, question.selection.limit
    scores = _rank(connection, question)
    best = sorted(scores, key=lambda place: (-scores[place], -place))[first:]
    wanted = {place: scores[place] for place in best[:limit]}
    yield from describe(connection, question, wanted, first)


def _rank(connection: Connection, question: SearchQuestion) -> dict[int, float]:
    """Return the scores of the hits that are ranked, by their places."""
    terms = list(wanted_terms(question.meant))
    places = _find_candidates(connection, question, terms)
    statement = (
        select(search_documents.c.place, revisions.c.title, revisions.c.text)
        .join(revisions, revisions.c.id == search_documents.c.revision_id)
        .where(search_documents.c.place.in_(places))
        .order_by(search_documents.c.place)
    )
    rows = connection.execute(statement).all()
    finders = find_all(term for term in terms if term.field is not Field.REMOVED)
    scores = rank(finders, ((row.title, row.text) for row in rows))
    return {row.place: score for row, score in zip(rows, scores, strict=True)}


def _find_candidates(
    connection: Connection, question: SearchQuestion, terms: Sequence[Term]
) -> list[int]:
    """Return the places of the hits that are ranked."""
    in_titles: list[Query] = [in_title(term) for term in terms if term.field is not Field.REMOVED]
    titled: list[int] = []
    if in_titles:
        some = in_titles[0] if len(in_titles) == 1 else Or(tuple(in_titles))
        query = And((question.meant, some))
        titled = list(iter_places(connection, question, RANKED, query=query))
    if len(titled) == RANKED:
        return titled
    newest = iter_places(connection, question, RANKED)
    return list(dict.fromkeys([*titled, *newest]))[:RANKED]


def describe(
    connection: Connection,
    question: SearchQuestion,
    scores: Mapping[int, float | None],
    before: int = 0,
) -> Iterator[Hit]:
    """Yield the hits at places, in the order of these; `before` of them came in earlier answers."""
    rows = {row.place: row for row in connection.execute(_details(list(scores)))}
    cutter = _Cutter(wanted_terms(question.meant))
    for number, (place, score) in enumerate(scores.items(), start=before + 1):
        cursor = str(place if question.order is Order.NEWEST else number)
        yield _hit(rows[place], cutter, score, cursor)


class _Cutter:
    """Cuts the snippets of the hits of one question."""

    def __init__(self, terms: Iterable[Term]) -> None:
        finders = find_all(terms)
        self._gone = [finder for finder in finders if finder.term.field is Field.REMOVED]
        self._there = [finder for finder in finders if finder.term.field is not Field.REMOVED]
        self._in_text = [finder for finder in finders if finder.term.field is Field.ANYWHERE]

    def title(self, row: Row[Any]) -> Snippet:
        return mark(row.title, self._there)

    def text(self, row: Row[Any]) -> Snippet:
        return cut(row.text, self._in_text)

    def removed(self, row: Row[Any]) -> Snippet | None:
        if not self._gone or row.before_id is None:
            return None
        return cut(f"{row.old_title}\n{row.old_text}", self._gone)


_before = revisions.alias("before")  # of removed words


def _details(places: Sequence[int]) -> Select[Any]:
    documents, before = search_documents.c, _before
    category = (
        select(feeds.c.category)
        .join(entries, entries.c.feed_id == feeds.c.id)
        .where(entries.c.article_id == articles.c.id)
        .order_by(feeds.c.position, feeds.c.category)
        .limit(1)
        .correlate(articles)
        .scalar_subquery()
    )
    of_article = (
        articles.c.source,
        articles.c.external_id,
        articles.c.kind,
        articles.c.url,
        articles.c.published_at,
        articles.c.first_seen_at,
        articles.c.withdrawn_at,
        articles.c.near_duplicate_of,
    )
    of_revision = (
        revisions.c.origin,
        revisions.c.number,
        revisions.c.observed_at,
        revisions.c.title,
        revisions.c.text,
    )
    return (
        select(
            *search_documents.c,
            *of_article,
            category.label("category"),
            *of_revision,
            before.c.title.label("old_title"),
            before.c.text.label("old_text"),
        )
        .join(articles, articles.c.id == documents.article_id)
        .join(revisions, revisions.c.id == documents.revision_id)
        .join(before, before.c.id == documents.before_id, isouter=True)
        .where(documents.place.in_(places))
    )


def _hit(row: Row[Any], cutter: _Cutter, score: float | None, cursor: str) -> Hit:
    values = row._mapping  # noqa: SLF001 - SQLAlchemy's documented name
    return Hit(
        **{name: values[name] for name in _SHARED},
        kind=Kind(row.kind),
        origin=Origin(row.origin),
        title=cutter.title(row),
        text=cutter.text(row),
        removed=cutter.removed(row),
        score=score,
        cursor=cursor,
    )


_SHARED = (
    *("article_id", "source", "external_id", "url", "category", "published_at", "first_seen_at"),
    *("withdrawn_at", "near_duplicate_of", "revision_id", "number", "observed_at", "is_current"),
)
