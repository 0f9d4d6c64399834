"""The part of a text in which something was found, with the words that were found."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from newsarchive.search.finding import Finder
from newsarchive.search.words import find_spans, split_shown

WIDTH = 240
"""Characters of a snippet, about."""

LEAD = 60
"""Characters before the first hit, at most."""

MOST_MARKS = 20
"""Hits that are counted to tell how good a piece is."""

_PARAGRAPH = re.compile(r"[^\n]+")
_SPACE = re.compile(r"\s+")

Span = tuple[int, int]
"""The first character, and the one behind the last."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a snippet: found, or what stands around it."""

    text: str
    is_found: bool


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of text and what was found in it: spans of characters, in order, none overlapping."""

    text: str
    spans: tuple[Span, ...] = ()

    @property
    def parts(self) -> list[Part]:
        """The text, cut at the spans."""
        edges = [0, *(edge for span in self.spans for edge in span), len(self.text)]
        pieces = (self.text[start:end] for start, end in pairwise(edges))
        return [Part(piece, bool(n % 2)) for n, piece in enumerate(pieces) if piece]

    def marked(self, before: str, after: str) -> str:
        """Return the text with `before` and `after` around what was found; nothing is escaped."""
        return "".join(f"{before}{p.text}{after}" if p.is_found else p.text for p in self.parts)


def mark(text: str, finders: Sequence[Finder]) -> Snippet:
    """Return all of `text` with the words marked that `finders` find."""
    found = _find_spans(text, finders)
    return Snippet(text, tuple(_merged(span for spans in found for span in spans)))


def cut(text: str, finders: Sequence[Finder], width: int = WIDTH) -> Snippet:
    """Return a piece of `text` in which something is found, the words marked.

    It is in one line, has about `width` characters, and `…` where the text goes on. It begins in
    the first paragraph in which all finders find something near to each other, else in the one in
    which most do; where none finds anything, it is the beginning.
    """
    first = _best_start(text, finders, width - LEAD)
    start = 0 if first <= LEAD else _word_start(text, first - LEAD, first)
    end = len(text) if start + width >= len(text) else _word_end(text, first, start + width)
    before, after = "… " if start else "", " …" if end < len(text) else ""
    return mark(f"{before}{' '.join(text[start:end].split())}{after}", finders)


def _best_start(text: str, finders: Sequence[Finder], width: int) -> int:
    """Return where something is found first in the best piece of a paragraph."""
    best, best_worth = 0, (0, 0)
    for paragraph in _PARAGRAPH.finditer(text) if finders else ():
        found = _find_spans(paragraph[0], finders)
        marks = sorted((*span, number) for number, spans in enumerate(found) for span in spans)
        for place, (start, _, _) in enumerate(marks):
            near = marks[place : place + MOST_MARKS]
            within = [number for _, end, number in near if end <= start + width]
            if (worth := (len(set(within)), len(within))) > best_worth:
                best, best_worth = paragraph.start() + start, worth
        if best_worth[0] == len(finders):
            break
    return best


def _word_start(text: str, at: int, found: int) -> int:
    """Return the first beginning of a word at or behind `at`, but not behind what is found."""
    space = _SPACE.search(text, at - 1, found)
    return at if space is None else space.end()


def _word_end(text: str, found: int, at: int) -> int:
    """Return the last end of a word behind where something is found, at or before `at`."""
    spaces = [space.start() for space in _SPACE.finditer(text, found, at + 1)]
    return spaces[-1] if spaces and spaces[-1] > found else at


def _find_spans(text: str, finders: Sequence[Finder]) -> list[list[Span]]:
    """Return for each finder the spans of what it finds in `text`."""
    shown = split_shown(text)
    found = [finder.find_places(shown) for finder in finders]
    if not any(found):
        return [[] for _ in finders]
    places = find_spans(text)
    return [
        [(places[at][0], places[at + len(finder.term.words) - 1][1]) for at in starts]
        for finder, starts in zip(finders, found, strict=True)
    ]


def _merged(spans: Iterable[Span]) -> Iterator[Span]:
    """Yield the spans in order, those that touch each other as one."""
    ordered = sorted(spans)
    if not ordered:
        return
    start, end = ordered[0]
    for next_start, next_end in ordered[1:]:
        if next_start < end:
            end = max(end, next_end)
        else:
            yield start, end
            start, end = next_start, next_end
    yield start, end
