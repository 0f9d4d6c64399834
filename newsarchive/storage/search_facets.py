"""How many hits of a search there are, and of which sorts: counted no further than is told."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from newsarchive.cleaning.dates import day_in_amsterdam
from newsarchive.storage.schema import articles, entries, feeds
from newsarchive.storage.search_questions import SearchQuestion, iter_places
from newsarchive.storage.search_schema import search_documents


@dataclass(frozen=True, slots=True)
class Facets:
    """How many hits there are of each sort; an article counts in each of its categories."""

    counted: int  # hits
    is_complete: bool  # there are no more hits than were counted
    categories: Mapping[str, int]  # the most frequent first
    kinds: Mapping[str, int]
    years: Mapping[int, int]  # of publication, in Amsterdam; the latest first


def count_hits(connection: Connection, question: SearchQuestion, at_most: int) -> int:
    """Return how many hits there are, counting no further than `at_most`."""
    return sum(1 for _ in iter_places(connection, question, at_most))


def find_facets(connection: Connection, question: SearchQuestion, at_most: int) -> Facets:
    """Return how many of the newest `at_most` hits there are of each sort."""
    return count_sorts(connection, list(iter_places(connection, question, at_most + 1)), at_most)


def count_sorts(connection: Connection, places: Sequence[int], at_most: int) -> Facets:
    """Return how many of the hits at places there are of each sort; one too many says: or more."""
    is_complete = len(places) <= at_most
    places = places[:at_most]
    moment = func.coalesce(articles.c.published_at, articles.c.first_seen_at)
    described = (
        select(articles.c.kind, moment.label("moment"))
        .join(search_documents, search_documents.c.article_id == articles.c.id)
        .where(search_documents.c.place.in_(places))
    )
    rows = connection.execute(described).all()
    categories = (
        select(feeds.c.category, func.count(search_documents.c.place.distinct()).label("hits"))
        .join(entries, entries.c.feed_id == feeds.c.id)
        .join(search_documents, search_documents.c.article_id == entries.c.article_id)
        .where(search_documents.c.place.in_(places))
        .group_by(feeds.c.category)
    )
    counted = {row.category: row.hits for row in connection.execute(categories)}
    years = Counter(day_in_amsterdam(row.moment).year for row in rows)
    return Facets(
        len(places),
        is_complete,
        categories=_most_first(counted),
        kinds=_most_first(Counter(row.kind for row in rows)),
        years=dict(sorted(years.items(), reverse=True)),
    )


def _most_first(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))
