"""What is asked about withholding: `Archive.withholding`, a part of the front door."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from sqlalchemy import Connection

from newsarchive.model import Capture, Identity, Withholding
from newsarchive.storage import withholding
from newsarchive.storage.withholding import Standing


class WithholdingDoor:
    """What is withheld in an open archive; each method is one transaction of it."""

    def __init__(self, transaction: Callable[[], AbstractContextManager[Connection]]) -> None:
        self._transaction = transaction

    def record(
        self, decision: Withholding, identity: Identity, capture: Capture, run_id: int
    ) -> None:
        """Write a decision and the capture that tells of it, and hide or show the article.

        Of several decisions the one of the latest `decided_at` holds. An article that is not
        held becomes known, and is hidden from its first revision on.
        """
        with self._transaction() as connection:
            withholding.record_decision(connection, decision, identity, capture, run_id)

    def get_standing(self, source: str, external_id: str) -> Standing:
        """Return whether an article is shown; raise NotFoundError where it is not held."""
        with self._transaction() as connection:
            return withholding.get_standing(connection, source, external_id)

    def find_withheld(self) -> list[Withholding]:
        """Return, for each article that is withheld, the decision by which it is."""
        with self._transaction() as connection:
            return withholding.find_withheld(connection)

    def find_decisions(self, article: tuple[str, str] | None = None) -> list[Withholding]:
        """Return every decision, or those about one article, the latest first."""
        with self._transaction() as connection:
            return withholding.find_decisions(connection, article)
