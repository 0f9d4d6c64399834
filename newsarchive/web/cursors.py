"""Where a list goes on, as a word in an address: opaque to whoever follows it, and checked."""

import base64
from datetime import UTC, datetime

from newsarchive.exceptions import UsageError
from newsarchive.storage import EditPlace, Place
from newsarchive.web.limits import FIRST_YEAR, LAST_YEAR

LARGEST_KEY = 2**63 - 1
MOST_DIGITS = 20


def write_cursor(moment: datetime | None, key: int) -> str:
    """Return a cursor for a place in a list that is ordered by time, then by key."""
    told = moment.astimezone(UTC).isoformat() if moment else ""
    return base64.urlsafe_b64encode(f"{told} {key}".encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> tuple[datetime | None, int]:
    """Return the time and key of a cursor; raise UsageError for what is none."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        text = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
        told, _, number = text.rpartition(" ")
        moment = datetime.fromisoformat(told).astimezone(UTC) if told else None
        key = int(number[:MOST_DIGITS])
    except (ValueError, OverflowError) as error:
        raise UsageError("this cursor is none that a list gave; begin without one") from error
    is_known = moment is None or FIRST_YEAR <= moment.year <= LAST_YEAR
    if not (is_known and 0 <= key <= LARGEST_KEY):
        raise UsageError("this cursor is none that a list gave; begin without one")
    return moment, key


def read_place(cursor: str | None) -> Place | None:
    """Return the place of a cursor in a list of articles; raise UsageError for what is none."""
    return Place(*read_cursor(cursor)) if cursor else None


def read_edit_place(cursor: str | None) -> EditPlace | None:
    """Return the place of a cursor in a list of edits; raise UsageError for what is none."""
    if not cursor:
        return None
    moment, revision_id = read_cursor(cursor)
    if moment is None:
        raise UsageError("this cursor is none that a list of edits gave; begin without one")
    return EditPlace(moment, revision_id)
