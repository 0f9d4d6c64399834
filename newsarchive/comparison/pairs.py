"""Which blocks of two texts are one block that was edited, where neither stands in the other."""

from collections import Counter
from collections.abc import Iterator, Sequence

MIN_ALIKE = 0.5
"""Blocks that have this part of their words in common are one block, edited."""

_MAX_PAIRS = 10_000
"""Above this product of blocks, which it costs in time, edited ones are not looked for."""


def pair_alike(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int | None, int | None]]:
    """Yield the places of the blocks in both, None for the place of one that has no counterpart.

    Each block is yielded once and in order, those of a pair together. Of all ways to pair them in
    order it is the one with the greatest likeness in all.
    """
    pairs = _pair(old, new) if len(old) * len(new) <= _MAX_PAIRS else []
    mine = theirs = 0
    for one, other in [*pairs, (len(old), len(new))]:
        yield from ((place, None) for place in range(mine, one))
        yield from ((None, place) for place in range(theirs, other))
        if one < len(old):
            yield one, other
        mine, theirs = one + 1, other + 1


def _pair(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    bags = [[Counter(block.lower().split()) for block in blocks] for blocks in (old, new)]
    alike = [[_likeness(one, other) for other in bags[1]] for one in bags[0]]
    # Of the blocks from each place on: the greatest likeness in all.
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for one in reversed(range(len(old))):
        for other in reversed(range(len(new))):
            together = alike[one][other] and alike[one][other] + best[one + 1][other + 1]
            best[one][other] = max(best[one + 1][other], best[one][other + 1], together)
    pairs, one, other = [], 0, 0
    while one < len(old) and other < len(new):
        if best[one][other] == best[one + 1][other]:
            one += 1
        elif best[one][other] == best[one][other + 1]:
            other += 1
        else:
            pairs.append((one, other))
            one, other = one + 1, other + 1
    return pairs


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    """Return which part of both blocks' words they have in common; 0 where it is too little."""
    part = 2 * (one & other).total() / max(1, one.total() + other.total())
    return part if part >= MIN_ALIKE else 0.0
