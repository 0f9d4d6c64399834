"""Ranking hits: by how much of each text, and whether its title, is about what was asked.

The measure is BM25 (Robertson and Zaragoza, 2009, with its usual constants) over the texts that
are ranked together, and more where a term is in the title. It is counted here and not by the
databases, so that the order is the same on all of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log

from newsarchive.search.finding import Finder
from newsarchive.search.words import split_shown

SATURATION = 1.2  # k1: how fast a term that recurs stops adding
LENGTH = 0.75  # b: how much a long text counts its terms for less
TITLE = 2.0  # about as much as a text adds that is all about the term


@dataclass(frozen=True, slots=True)
class _Counted:
    length: int
    in_text: list[int]  # by term
    in_title: list[bool]


def rank(finders: Sequence[Finder], contents: Iterable[tuple[str, str]]) -> list[float]:
    """Return a score for each title and text: the higher, the more it is about the terms."""
    counted = [_count(finders, title, text) for title, text in contents]
    mean_length = sum(one.length for one in counted) / (len(counted) or 1) or 1.0
    weights = [_weight(counted, number) for number in range(len(finders))]
    return [round(_score(one, weights, mean_length), 6) for one in counted]


def _count(finders: Sequence[Finder], title: str, text: str) -> _Counted:
    in_title, in_text = split_shown(title), split_shown(text)
    return _Counted(
        len(in_text),
        [len(finder.find_places(in_text)) for finder in finders],
        [bool(finder.find_places(in_title)) for finder in finders],
    )


def _weight(counted: Sequence[_Counted], number: int) -> float:
    """Return how much a term tells: the less, the more of the texts have it."""
    having = sum(1 for one in counted if one.in_text[number] or one.in_title[number])
    return log(1 + (len(counted) - having + 0.5) / (having + 0.5))


def _score(one: _Counted, weights: Sequence[float], mean_length: float) -> float:
    norm = SATURATION * (1 - LENGTH + LENGTH * one.length / mean_length)
    return sum(
        weight * (count * (SATURATION + 1) / (count + norm) + TITLE * in_title)
        for weight, count, in_title in zip(weights, one.in_text, one.in_title, strict=True)
    )
