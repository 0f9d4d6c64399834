"""What is asked for people who look: `Archive.browsing`, a part of the front door.

No article that is withheld comes through it.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime

from sqlalchemy import Connection

from newsarchive.exceptions import NotFoundError
from newsarchive.model import Origin, Revision, Update
from newsarchive.storage import browsing, counting, edits, histories, provenance
from newsarchive.storage.browsing import Place, Shelf, Summary
from newsarchive.storage.counting import PollFigures, RunSize
from newsarchive.storage.edits import Edit, EditMark, EditPlace, EditQuestion
from newsarchive.storage.histories import HeldFile, Look, ShownPicture, Step
from newsarchive.storage.provenance import Provenance


class BrowsingDoor:
    """Questions of pages to look at; each method is one transaction, and costs what it shows."""

    def __init__(self, transaction: Callable[[], AbstractContextManager[Connection]]) -> None:
        self._transaction = transaction

    def find_summaries(
        self, shelf: Shelf, limit: int, behind: Place | None = None
    ) -> list[Summary]:
        """Return articles, the latest published first, those without a time of it last.

        At most `limit`; with `behind`, a summary's `place`, those that follow it.
        """
        with self._transaction() as connection:
            return browsing.find_summaries(connection, shelf, limit, behind)

    def read_summaries(self, article_ids: Sequence[int]) -> list[Summary]:
        """Return these articles in this order; those that are withheld or unknown are left out."""
        with self._transaction() as connection:
            return browsing.read_summaries(connection, article_ids)

    def find_arrivals(self, category: str | None, limit: int) -> list[Summary]:
        """Return the articles that the archive came to know last, the latest first."""
        with self._transaction() as connection:
            return browsing.find_arrivals(connection, category, limit)

    def get_summary(self, source: str, external_id: str) -> Summary:
        """Return one article; raise NotFoundError where none is held, WithheldError if hidden."""
        with self._transaction() as connection:
            return browsing.get_summary(connection, source, external_id)

    def find_span(self) -> tuple[date | None, date | None]:
        """Return the first and the last day with news; None where no article has a day."""
        with self._transaction() as connection:
            return browsing.find_span(connection)

    def find_neighbours(self, day: date) -> tuple[date | None, date | None]:
        """Return the nearest days with news before and after `day`."""
        with self._transaction() as connection:
            return browsing.find_neighbours(connection, day)

    def count_days(self, since: date, until: date) -> dict[date, int]:
        """Return how many articles were published on each day of a period that has any."""
        with self._transaction() as connection:
            return browsing.count_days(connection, since, until)

    def find_categories(self) -> list[str]:
        """Return the categories that have entries, in the catalogue's order."""
        with self._transaction() as connection:
            return browsing.find_categories(connection)

    def find_steps(self, article_id: int) -> list[Step]:
        """Return an article's revisions without their texts, by origin, as they were observed."""
        with self._transaction() as connection:
            return histories.find_steps(connection, article_id)

    def get_revision(self, article_id: int, origin: Origin, number: int) -> Revision:
        """Return one revision; raise NotFoundError where there is none."""
        with self._transaction() as connection:
            revision = histories.find_revision(connection, article_id, origin, number)
        if revision is None:
            raise NotFoundError(f"the article has no {origin} revision {number}")
        return revision

    def find_updates(self, revision_id: int) -> list[Update]:
        """Return the updates of a liveblog's revision, in the order of its page."""
        with self._transaction() as connection:
            return histories.find_updates(connection, revision_id)

    def find_pictures(self, revision_id: int) -> list[ShownPicture]:
        """Return the pictures that a revision shows, held or not, in its order."""
        with self._transaction() as connection:
            return histories.find_pictures(connection, revision_id)

    def find_looks(self, article_id: int, limit: int) -> Sequence[Look]:
        """Return how the looks at an article's page went, the latest first."""
        with self._transaction() as connection:
            return histories.find_looks(connection, article_id, limit)

    def get_file(self, digest: str) -> HeldFile:
        """Return where a picture stands; raise NotFoundError where no article shows it."""
        with self._transaction() as connection:
            found = histories.find_file(connection, digest)
        if found is None:
            raise NotFoundError(f"picture {digest} is not in this archive")
        return found

    def get_provenance(self, article_id: int, origin: Origin, number: int) -> Provenance:
        """Return where a revision comes from; raise NotFoundError where there is none."""
        with self._transaction() as connection:
            found = provenance.find_provenance(connection, article_id, origin, number)
        if found is None:
            raise NotFoundError(f"the article has no {origin} revision {number}")
        return found

    def find_edits(
        self, question: EditQuestion, limit: int, behind: EditPlace | None = None
    ) -> list[Edit]:
        """Return edits, the latest first, at most `limit`; with `behind`, those that follow it."""
        with self._transaction() as connection:
            return edits.find_edits(connection, question, limit, behind)

    def find_edit_marks(self, since: datetime) -> Sequence[EditMark]:
        """Return when each edit since then was observed, and whether it was silent."""
        with self._transaction() as connection:
            return edits.find_edit_marks(connection, since)

    def count_by_category(self, since: date, until: date) -> dict[tuple[date, str | None], int]:
        """Return how many articles were published on each day, by their first category."""
        with self._transaction() as connection:
            return counting.count_by_category(connection, since, until)

    def measure_polls(self, since: datetime) -> dict[int, PollFigures]:
        """Return, by feed, what its polls since then came to."""
        with self._transaction() as connection:
            return counting.measure_polls(connection, since)

    def measure_runs(self) -> list[RunSize]:
        """Return what each crawl run added to the WARC files, in order."""
        with self._transaction() as connection:
            return counting.measure_runs(connection)

    def count_holdings(self) -> dict[str, int]:
        """Return how many articles, revisions and pictures are held; and `media_bytes`."""
        with self._transaction() as connection:
            return counting.count_holdings(connection)
