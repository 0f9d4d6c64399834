"""Dates as publishers write them, and as newsarchive shows them.

A moment is aware and in UTC everywhere inside; Europe/Amsterdam is for people: the day on which
an article appeared, and the dates in exported files.
"""

from datetime import UTC, date, datetime, time, tzinfo
from email.utils import format_datetime, parsedate_to_datetime
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")

# Outside of these a date is a publisher's mistake ("0001-01-01"), and too near
# the ends of what `datetime` can hold to be moved to another zone.
_FIRST_YEAR = 1900
_LAST_YEAR = 2199

# The names of a Dutch newsroom that RFC 822 lacks. All others that it lacks mean
# UTC (RFC 5322, 4.3), as do "GMT" and "-0000".
_ZONES = {"CET": "+0100", "CEST": "+0200", "MET": "+0100", "MEST": "+0200"}


def parse_feed_date(text: str | None, zone: tzinfo = AMSTERDAM) -> datetime | None:
    """Return the moment that `text` names, in UTC, or None where it names none.

    Read are RFC 822 and its successors (`Thu, 1 Oct 2026 12:52:42 +0200`, NOS's feeds of 2026)
    and ISO 8601 (`2024-03-12T16:48:27+0100`, NOS's pages of 2024). The publisher's offset is
    respected; a date without one is local time in `zone`: in the hour that autumn repeats the
    first of the two, in the hour that spring leaves out as if the clock had not been moved.
    """
    stripped = (text or "").strip()
    try:
        moment = _from_iso(stripped) or _from_rfc(stripped)
        in_utc = (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return in_utc if _FIRST_YEAR <= in_utc.year <= _LAST_YEAR else None


def midnight(day: date) -> datetime:
    """Return the moment at which `day` begins in Amsterdam, in UTC."""
    return datetime.combine(day, time(), AMSTERDAM).astimezone(UTC)


def day_in_amsterdam(moment: datetime) -> date:
    """Return the day that it was in Amsterdam at `moment`."""
    return _in_amsterdam(moment).date()


def format_rfc2822(moment: datetime) -> str:
    """Return `moment` in Amsterdam's time: `Fri, 12 Apr 2019 10:44:57 +0200`, in any locale."""
    return format_datetime(_in_amsterdam(moment))


def _in_amsterdam(moment: datetime) -> datetime:
    # Python would take a naive time for one of the machine's own zone.
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    return moment.astimezone(AMSTERDAM)


def _from_iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _from_rfc(text: str) -> datetime:
    """Parse an RFC 5322 date; naive only where the text names no zone at all."""
    text = text.partition("(")[0].rstrip()  # a comment: `+0200 (CEST)`
    rest, _, last = text.rpartition(" ")
    if last in _ZONES:
        text = f"{rest} {_ZONES[last]}"
    moment = parsedate_to_datetime(text)
    names_utc = last == "-0000" or last.isalpha()
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None and names_utc else moment
