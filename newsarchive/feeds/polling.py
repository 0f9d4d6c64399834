"""When to ask a feed again, and with which validators. Pure: the time is an argument."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from newsarchive.model import FeedState, Validators

UNCONDITIONAL_EVERY = 24
"""One poll in so many asks without validators: hourly polls do so once a day."""

LONGEST_RETRY_AFTER = timedelta(days=1)
"""A server that asks for more is asked again after this: no feed goes quiet for ever."""


def parse_retry_after(value: str | None, now: datetime) -> datetime | None:
    """Return when a `Retry-After` header (RFC 9110, 10.2.3) lets us come back, in UTC.

    Seconds and HTTP dates are read, at most `LONGEST_RETRY_AFTER` ahead of `now`; None for a
    time that has passed and for anything else.
    """
    text = (value or "").strip()
    latest = (now + LONGEST_RETRY_AFTER).astimezone(UTC)
    moment = _after_seconds(text, now, latest) if text.isdigit() else _http_date(text)
    if moment is None or moment <= now:
        return None
    return min(moment, latest).astimezone(UTC)


def may_poll(state: FeedState, now: datetime) -> bool:
    """Tell whether the server's `Retry-After`, if it gave one, has passed."""
    return state.retry_after_at is None or now >= state.retry_after_at


def is_conditional(state: FeedState, *, full: bool) -> bool:
    """Tell whether to ask for the feed only if it changed.

    Not when a `full` poll was asked for or there is nothing to ask with; and every
    `UNCONDITIONAL_EVERY`th time not either, since servers answer 304 to a feed that did change.
    """
    if full or state.validators == Validators():
        return False
    return state.conditional_polls < UNCONDITIONAL_EVERY - 1


def conditional_headers(validators: Validators) -> dict[str, str]:
    """Return the request headers that ask conditionally (RFC 9110, 13.1), values verbatim."""
    headers = {
        "If-None-Match": validators.etag,
        "If-Modified-Since": validators.last_modified,
    }
    return {name: value for name, value in headers.items() if value}


def read_validators(headers: Mapping[str, str]) -> Validators:
    """Return the validators of one 200, verbatim; `headers` has lower-case names."""
    return Validators(
        etag=headers.get("etag") or None,
        last_modified=headers.get("last-modified") or None,
    )


def _after_seconds(digits: str, now: datetime, latest: datetime) -> datetime | None:
    if not digits.isascii():
        return None
    # A number too long to be a day of seconds may be too long for an int as well.
    significant = digits.lstrip("0")
    if len(significant) > len(str(LONGEST_RETRY_AFTER // timedelta(seconds=1))):
        return latest
    return now.astimezone(UTC) + timedelta(seconds=int(significant or "0"))


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    # HTTP dates are in GMT even where, as in asctime's form, they do not say so.
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
