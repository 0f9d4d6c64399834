"""What is asked of the full texts: `Archive.search`, a part of the front door."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace

from sqlalchemy import Connection

from newsarchive.storage import search_facets, search_hits, search_index
from newsarchive.storage.search_facets import Facets
from newsarchive.storage.search_hits import Hit
from newsarchive.storage.search_index import Faults
from newsarchive.storage.search_questions import Order, SearchQuestion, iter_places


class SearchDoor:
    """Full-text search in an open archive; each method is one transaction of it."""

    def __init__(self, transaction: Callable[[], AbstractContextManager[Connection]]) -> None:
        self._transaction = transaction

    def iter_hits(self, question: SearchQuestion) -> Iterator[Hit]:
        """Yield the hits of `question` in its order, at most `question.selection.limit`.

        No withheld article is among them. For the next page, ask the same question with `after`
        set to the `cursor` of the last hit. Raises UsageError for a cursor that is none.
        """
        with self._transaction() as connection:
            yield from search_hits.iter_hits(connection, question)

    def count(self, question: SearchQuestion, at_most: int = 1_000) -> int:
        """Return how many hits there are, whatever its limit and cursor; `at_most` may be more."""
        with self._transaction() as connection:
            return search_facets.count_hits(connection, question, at_most)

    def find_facets(self, question: SearchQuestion, at_most: int = 1_000) -> Facets:
        """Return the hits by category, kind and year: of the newest `at_most` ones.

        Whatever the question's limit, order and cursor.
        """
        with self._transaction() as connection:
            return search_facets.find_facets(connection, question, at_most)

    def find_page(self, question: SearchQuestion, at_most: int) -> tuple[list[Hit], Facets]:
        """Return what `iter_hits` and `find_facets` do, looking for the newest hits but once.

        `at_most` is no less than the question's limit.
        """
        with self._transaction() as connection:
            newest = iter_places(connection, replace(question, after=None), at_most + 1)
            places = list(newest)
            if question.order is Order.NEWEST and question.after is None:
                shown = dict.fromkeys(places[: question.selection.limit])
                hits = list(search_hits.describe(connection, question, shown))
            else:
                hits = list(search_hits.iter_hits(connection, question))
            return hits, search_facets.count_sorts(connection, places, at_most)

    def clear(self) -> None:
        """Empty the index; `find_unindexed` then names every article."""
        with self._transaction() as connection:
            search_index.clear(connection)

    def find_unindexed(self) -> list[int]:
        """Return the articles of which a revision is not indexed, the earliest published first."""
        with self._transaction() as connection:
            return search_index.find_unindexed(connection)

    def index(self, article_ids: list[int]) -> None:
        """Bring the index of some articles up to date with their revisions."""
        with self._transaction() as connection:
            search_index.index_articles(connection, article_ids)

    def complete(self) -> None:
        """Make the index complete, once it has been emptied and written anew."""
        with self._transaction() as connection:
            search_index.complete(connection)

    def find_faults(self) -> Faults:
        """Return how far the index is out of step with the revisions."""
        with self._transaction() as connection:
            return search_index.find_faults(connection)
