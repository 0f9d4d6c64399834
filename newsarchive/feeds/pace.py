"""How often a feed that is well is asked: so often that two polls overlap, and no oftener.

Of what a poll shows, a third to two thirds should have been there at the poll before. More, and
we ask needlessly; less, and a busy hour is enough for entries to come and go unseen. The interval
follows what each poll shows, within what an operator and the feed's own server want.

Pure: times are arguments.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

FASTEST = timedelta(minutes=5)
"""However busy a feed is."""

SLOWEST = timedelta(hours=1)
"""Where an operator says nothing else: NOS's busiest feed shows six hours, and edits come soon."""

LEAST_OVERLAP, MOST_OVERLAP = 1 / 3, 2 / 3

AIM = 1 / 2
"""The share of new entries that an interval is set for, when it is set anew."""

SHORTER, LONGER = 4, 1.25
"""By what an interval is divided or multiplied at most, from one poll to the next: news comes in
rushes, and after a quiet night there is a morning."""

FEWEST_NEW = 3
"""New entries that it takes to shorten an interval: one or two may be chance."""

LONGEST_WISH = timedelta(days=1)

_MAX_AGE = re.compile(r'(?:^|[\s,])max-age\s*=\s*"?(\d{1,9})"?', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Showing:
    """What a good poll showed."""

    elapsed: timedelta  # since the poll before, which was a good one too
    entries: int  # that the feed lists; 0 where it was not modified
    known: int  # of these, that it had listed before
    wish: timedelta = timedelta()  # how long its server calls the answer fresh


def next_interval(interval: timedelta, showing: Showing, slowest: timedelta) -> timedelta:
    """Return the time until the next poll of a feed that was asked every `interval` so far.

    It stays where an `interval` brings `AIM` more or less; else it is set anew, step by step.
    Never shorter than `FASTEST` or than the server wishes, and never longer than `slowest`.
    """
    aimed = _aimed(interval, showing)
    return min(max(aimed, showing.wish, FASTEST), slowest)


def _aimed(interval: timedelta, showing: Showing) -> timedelta:
    if showing.elapsed <= timedelta():  # a clock that was set back
        return interval
    new = showing.entries - showing.known
    if not new:
        return interval * LONGER
    share = new / showing.entries
    expected = share * (interval / showing.elapsed)
    if 1 - MOST_OVERLAP <= expected <= 1 - LEAST_OVERLAP:
        return interval
    if expected > AIM and new < FEWEST_NEW:
        return interval
    # Without any overlap nobody knows how much there was: it is more than what is shown.
    enough = showing.elapsed * (AIM / share) if showing.known else showing.elapsed / SHORTER
    return min(max(enough, interval / SHORTER), interval * LONGER)


def read_wish(headers: Mapping[str, str], ttl: timedelta | None = None) -> timedelta:
    """Return how long a server calls its answer fresh, at most `LONGEST_WISH`.

    That is `max-age` of `Cache-Control` less `Age` (RFC 9111, 4.2), or the feed's own `ttl` (RSS
    2.0) where that is longer. `headers` has lower-case names. What cannot be read is no wish.
    """
    found = _MAX_AGE.search(headers.get("cache-control", ""))
    age = headers.get("age", "").strip()
    seconds = int(found[1]) if found else 0
    if age.isascii() and age.isdigit():
        seconds -= min(int(age[:10]), seconds)
    return min(max(timedelta(seconds=seconds), ttl or timedelta()), LONGEST_WISH)


def parse_ttl(text: str | None) -> timedelta | None:
    """Return the `ttl` of a feed, a number of minutes (RSS 2.0); None for anything else."""
    digits = (text or "").strip()
    if not (digits.isascii() and digits.isdigit()):
        return None
    return timedelta(minutes=int(digits[:6]))
