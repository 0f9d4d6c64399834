"""The number of an article in an address of its publisher, told from the path alone."""

import re
from collections.abc import Mapping
from urllib.parse import unquote

from newsarchive.model import Kind

NUMBER = re.compile(r"[1-9][0-9]{4,9}")
"""Never shorter: those are years, days and counts."""

# `2280103`, `2280103-slug`, `2280103-slug.html`, `2280103.html`
_NUMBERED_SEGMENT = re.compile(rf"({NUMBER.pattern})(?:-.*|\.html?)?", re.DOTALL)


def find_number(path: str, forms: Mapping[str, Kind | None]) -> tuple[str | None, Kind | None]:
    """Return the first number in `path` that stands where articles have theirs, and its kind.

    A collection has a number too, before that of the article: the word before tells them apart.
    """
    # Percent-encoding changes no meaning (RFC 3986, 6.2.2.2), but for the slash.
    segments = [unquote(segment).lower() for segment in path.split("/")]
    for position, segment in enumerate(segments):
        if (numbered := _NUMBERED_SEGMENT.fullmatch(segment)) is None:
            continue
        number = numbered[1]
        match segments[max(0, position - 4) : position]:
            # http://feeds.nos.nl/~r/<slug>/~3/<token>/2280103 (FeedBurner, until 2021)
            case ["~r", _, "~3", _]:
                return number, None
            case [*_, word] if word in forms:
                return number, forms[word]
            case [*_, first, second] if f"{first}/{second}" in forms:
                return number, forms[f"{first}/{second}"]
    return None, None
