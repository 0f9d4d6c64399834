"""How well near-duplicates are told from others, as the tables of docs/near-duplicates.md.

`python tests/comparison/near_curve.py` prints them.
"""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from math import sqrt
from pathlib import Path
from typing import NamedTuple

from newsarchive.comparison.duplicates import (
    MIN_SIMILARITY,
    decide_duplicate,
    is_comparable,
    measure_similarity,
    read_story,
)

sys.path.insert(0, str(Path(__file__).parent))

from near_pairs import Pair, make_pairs  # its folder was added above

CHOSEN_ON, REPORTED_ON = (1, 2)  # seeds: the threshold was chosen on the one, tried on the other
THRESHOLDS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
Z = 1.96  # 95 % (Wilson, 1927)


class Judged(NamedTuple):
    """A pair, how alike its texts are, and how alike where no guard keeps them apart."""

    pair: Pair
    bare: float
    guarded: float


@cache
def judge(seed: int) -> list[Judged]:
    """Return all pairs of a seed, judged as if there were no other articles."""
    return [_judge(pair) for pair in make_pairs(seed)]


def _judge(pair: Pair) -> Judged:
    one, other = (read_story(text.title, text.text) for text in (pair.one, pair.other))
    can_be = all(is_comparable(text.kind, text.title) for text in (pair.one, pair.other))
    found = decide_duplicate(one, other, threshold=0) if can_be else None
    return Judged(pair, measure_similarity(one, other), found.similarity if found else -1)


def linked_of(seed: int, threshold: float = MIN_SIMILARITY) -> list[Pair]:
    """Return the pairs that are linked."""
    return [judged.pair for judged in judge(seed) if judged.guarded >= threshold]


def interval(hits: int, of: int) -> tuple[float, float]:
    """Return Wilson's interval of a proportion."""
    if not of:
        return 0.0, 1.0
    share, square = hits / of, Z * Z
    middle = share + square / (2 * of)
    half = Z * sqrt(share * (1 - share) / of + square / (4 * of * of))
    return (middle - half) / (1 + square / of), (middle + half) / (1 + square / of)


def score(seed: int, linked: Sequence[Pair]) -> tuple[int, str, str]:
    """Return the number of false links, and precision and recall as they are written."""
    true = sum(pair.is_near for pair in linked)
    near = sum(judged.pair.is_near for judged in judge(seed))
    return len(linked) - true, _share(true, len(linked)), _share(true, near)


def _share(hits: int, of: int) -> str:
    low, high = interval(hits, of)
    return f"{hits / of:.3f} ({low:.3f} to {high:.3f})" if of else "-"


def curve(seed: int) -> Iterator[str]:
    """Yield the table of thresholds, line by line."""
    yield "| threshold | precision | recall | false links | precision without the guards |"
    yield "| --- | --- | --- | --- | --- |"
    for threshold in THRESHOLDS:
        false, precision, recall = score(seed, linked_of(seed, threshold))
        alike = [judged.pair for judged in judge(seed) if judged.bare >= threshold]
        _, bare, _ = score(seed, alike)
        mark = "**" if threshold == MIN_SIMILARITY else ""
        cells = (f"{mark}{threshold}{mark}", precision, recall, str(false), bare)
        yield f"| {' | '.join(cells)} |"


def classes(seed: int) -> Iterator[str]:
    """Yield the table of classes at the threshold that was chosen, line by line."""
    yield "| class | near-duplicates? | pairs | linked |"
    yield "| --- | --- | --- | --- |"
    total = Counter((one.pair.form, one.pair.is_near) for one in judge(seed))
    linked = Counter(pair.form for pair in linked_of(seed))
    for (form, is_near), count in total.items():
        yield f"| {form} | {'yes' if is_near else 'no'} | {count} | {linked[form]} |"


if __name__ == "__main__":
    for lines in (curve(CHOSEN_ON), curve(REPORTED_ON), classes(REPORTED_ON)):
        print("\n".join(lines), end="\n\n")
