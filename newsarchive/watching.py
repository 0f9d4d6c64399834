"""An article's later life: when its page is looked at again, and what several looks mean.

A page is looked at on a decaying plan that begins anew with each change. One that is gone is
looked at sooner, since one absence proves nothing: it counts as withdrawn when several looks in
a row, days apart, found nothing there. A look that failed says nothing about the article.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from newsarchive.model import LookOutcome

GONE = frozenset({LookOutcome.GONE, LookOutcome.HOME})
"""Outcomes that speak for a withdrawal."""

READ = frozenset({LookOutcome.READ, LookOutcome.NOT_MODIFIED})
"""Outcomes that show the article where it should be."""

FAILED = frozenset(
    {
        LookOutcome.FAILED,
        LookOutcome.CONSENT,
        LookOutcome.CAPTCHA,
        LookOutcome.ERROR_PAGE,
        LookOutcome.UNRENDERED,
    }
)
"""Outcomes that say something of the way to the page, and nothing of the article."""

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Plan:
    """When a page is looked at again, and how long a feed may go unasked."""

    rechecks: tuple[timedelta, ...] = (HOUR, 6 * HOUR, DAY, 3 * DAY, 7 * DAY, 30 * DAY)
    """Ages, since the last change, at which a page is looked at; none after the last."""
    confirmations: tuple[timedelta, ...] = (6 * HOUR, DAY)
    """Pauses after each look that found the page gone; the last one repeats."""
    retries: tuple[timedelta, ...] = (HOUR / 4, HOUR, 4 * HOUR, DAY, DAY, 3 * DAY, 7 * DAY)
    """Pauses after each failure in a row; after the last, only the next age brings a look."""
    picture_retries: tuple[timedelta, ...] = (HOUR, 6 * HOUR, DAY, 7 * DAY)
    """Pauses after each failure of a picture; after the last it is given up."""
    poll_every: timedelta = HOUR
    """The longest time from one good poll of a feed to the next."""
    gone_looks: int = 3
    gone_for: timedelta = 2 * DAY
    """How many looks in a row, over how long, make a withdrawal."""

    def next_try(self, failures: int, at: datetime) -> datetime | None:
        """Return when to ask again for a picture that failed so often, lastly at `at`; or None."""
        if failures > len(self.picture_retries):
            return None
        return at + self.picture_retries[failures - 1]


@dataclass(frozen=True, slots=True)
class Watch:
    """What the looks at one page have come to so far."""

    changed_at: datetime  # when its content was last found new; the first look before that
    consecutive_failures: int = 0
    gone_at: datetime | None = None  # the first of the looks in a row that found it gone
    gone_looks: int = 0
    withdrawn_at: datetime | None = None
    is_unrendered: bool = False  # by the last look; not kept, since the next one tells anew

    def look(self, outcome: LookOutcome, at: datetime, plan: Plan, *, changed: bool) -> "Watch":
        """Return what the looks come to with one more at `at`.

        `changed` says whether this one found content that was new.
        """
        if outcome is LookOutcome.UNRENDERED:
            return replace(self, is_unrendered=True)
        if outcome in FAILED:
            failures = self.consecutive_failures + 1
            return replace(self, consecutive_failures=failures, is_unrendered=False)
        sound = replace(self, consecutive_failures=0, is_unrendered=False)
        if outcome in READ:
            # One that returns after a withdrawal is watched as closely as a new one.
            is_news = changed or self.withdrawn_at is not None
            # Not later than now: a clock that was ahead once is not believed for ever.
            return Watch(changed_at=at if is_news else min(self.changed_at, at))
        if outcome in GONE:
            return sound._found_gone(at, plan)  # noqa: SLF001 - our own
        return sound

    def _found_gone(self, at: datetime, plan: Plan) -> "Watch":
        since = self.gone_at or at
        looks = self.gone_looks + 1
        confirmed = looks >= plan.gone_looks and at - since >= plan.gone_for
        withdrawn_at = self.withdrawn_at or (since if confirmed else None)
        return replace(self, gone_at=since, gone_looks=looks, withdrawn_at=withdrawn_at)

    def next_check(self, at: datetime, plan: Plan) -> datetime | None:
        """Return when to look again after the look at `at`; None for never by itself."""
        if self.is_unrendered:
            return at  # the fault was ours: the site has no need of a pause
        if 0 < self.consecutive_failures <= len(plan.retries):
            return at + plan.retries[self.consecutive_failures - 1]
        if self.gone_at is not None and self.withdrawn_at is None:
            return at + plan.confirmations[min(self.gone_looks, len(plan.confirmations)) - 1]
        since = self.withdrawn_at or self.changed_at
        return next((since + age for age in plan.rechecks if since + age > at), None)
