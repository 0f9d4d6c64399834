"""How much of a site's patience is left: its budget of the day, its pauses, its failures."""

import logging
from datetime import datetime

from newsarchive.storage import Manners

logger = logging.getLogger(__name__)

FAILURES = 10
"""So many failures in a row are the site's and not those of what was asked for."""


class Patience:
    """Says whether one crawl may go on asking for one kind of thing.

    A site that asks for a pause, or fails again and again, is left alone for the rest of the run.
    """

    def __init__(self, what: str, manners: Manners, budget: int, now: datetime) -> None:
        self._what = what  # `Pages`, in what is logged
        self._budget = budget
        self._left = budget - manners.requests
        self._failures = 0
        self._stopped = False
        if manners.retry_after_at is not None and now < manners.retry_after_at:
            self._pause(manners.retry_after_at)

    def is_over(self) -> bool:
        """Return whether nothing more is to be asked in this run."""
        if self._left <= 0 and not self._stopped:
            self._stop("the day's budget of %s requests is spent", self._budget)
        return self._stopped

    def spend(self, requests: int) -> None:
        """Take requests from what is left of the day's budget."""
        self._left -= requests

    def hear(self, *, failed: bool, retry_after_at: datetime | None) -> None:
        """Take note of what came of asking."""
        self._failures = self._failures + 1 if failed else 0
        if self._stopped:
            return
        if retry_after_at is not None:
            self._pause(retry_after_at)
        elif self._failures >= FAILURES:
            self._stop("%s failures in a row; the rest stay due", self._failures)

    def _pause(self, until: datetime) -> None:
        self._stop("the site asked not to come before %s", until)

    def _stop(self, why: str, *about: object) -> None:
        logger.warning(f"{self._what}: {why}", *about)  # noqa: G004 - the rest is logging's
        self._stopped = True
