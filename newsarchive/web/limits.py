"""What one request may ask for."""

from datetime import date
from typing import Annotated

from fastapi import Path, Query
from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from newsarchive.model import Origin

SCREENFUL = 30
"""Articles or edits of one page to look at."""

LONGEST_QUERY = 500
"""Characters of a question in words."""

FIRST_YEAR, LAST_YEAR = 1900, 2199


def _check_day(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"a day from {FIRST_YEAR} to {LAST_YEAR}")
    return day


def _check_text(text: str) -> str:
    # SQLite finds nothing by it; PostgreSQL refuses the whole statement.
    if "\x00" in text:
        raise ValueError("a text without NUL")
    return text


def _unless_empty(value: object) -> object:
    """Return None for what a form sends of a field that nobody filled in."""
    return value or None


UnlessEmpty = BeforeValidator(_unless_empty)
Storable = AfterValidator(_check_text)
Day = Annotated[date, AfterValidator(_check_day)]
OptionalDay = Annotated[
    Day | None, UnlessEmpty, Query(description="A day in Amsterdam, as 2026-10-01.")
]
# What bounds a value stands with its type: of an empty one nothing is asked.
Name = Annotated[str, StringConstraints(max_length=80), Storable]
RevisionNumber = Annotated[int, Field(ge=1, le=2**31 - 1)]
Category = Annotated[
    Name | None,
    UnlessEmpty,
    Query(description="A category, as `/api/v1/categories` lists them."),
]
OptionalSource = Annotated[
    Name | None, UnlessEmpty, Query(description="A publisher's name, as `nos`.")
]
OptionalNumber = Annotated[
    RevisionNumber | None, UnlessEmpty, Query(description="A revision's number.")
]
OptionalOrigin = Annotated[
    Origin | None, UnlessEmpty, Query(description="Where the revisions were read.")
]
Cursor = Annotated[
    Annotated[str, StringConstraints(max_length=400)] | None,
    UnlessEmpty,
    Query(description="The `next` of the list so far, to go on."),
]
Words = Annotated[str, Storable, Query(max_length=LONGEST_QUERY, description="What to search for.")]
Reference = Annotated[str, Storable, Path(max_length=200)]
Source = Annotated[
    str, Storable, Path(max_length=80, description="The publisher's name, as `nos`.")
]
ExternalId = Annotated[
    str, Storable, Path(max_length=80, description="The publisher's own number of the article.")
]
FromOrigin = Annotated[Origin, Path(description="Where the revision was read.")]
Number = Annotated[RevisionNumber, Path(description="Its number, from 1 per origin.")]
