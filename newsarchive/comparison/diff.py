"""Which words were edited: a difference of two texts, for people and programs to read."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby

# A block with the blank lines after it; a word, a run of white space, a punctuation mark.
_BLOCK = re.compile(r".+?(?:\n\n+|\Z)|\n+", re.DOTALL)
_WORD = re.compile(r"\w+|\s+|[^\w\s]")

# Above this product of words, passages without a block in common are not compared word for
# word: that costs up to their product in time, and shows nothing to a reader.
_MAX_PAIRS = 4_000_000


class Op(StrEnum):
    """What became of a stretch of text."""

    EQUAL = "equal"
    INSERT = "insert"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text that stayed, came or went."""

    op: Op
    text: str


def diff_words(old: str, new: str) -> tuple[Segment, ...]:
    """Return how `old` became `new`, in segments none of which is empty.

    The equal and deleted ones together are `old`, the equal and inserted ones `new`, character
    for character. Neighbours differ in kind; what was deleted comes before what replaced it.
    Blocks are compared first, then the words of those that changed.
    """
    segments: list[Segment] = []
    for old_blocks, new_blocks in _changes(_BLOCK.findall(old), _BLOCK.findall(new)):
        segments += _diff_passage("".join(old_blocks), "".join(new_blocks))
    return tuple(_merge(segments))


def _diff_passage(old: str, new: str) -> Iterator[Segment]:
    if old == new:
        yield Segment(Op.EQUAL, old)
        return
    old_words, new_words = _WORD.findall(old), _WORD.findall(new)
    if len(old_words) * len(new_words) > _MAX_PAIRS:
        yield from (Segment(Op.DELETE, old), Segment(Op.INSERT, new))
        return
    for gone, come in _changes(old_words, new_words):
        if gone == come:
            yield Segment(Op.EQUAL, "".join(gone))
        else:
            yield from (Segment(Op.DELETE, "".join(gone)), Segment(Op.INSERT, "".join(come)))


def _changes(
    old: Sequence[str], new: Sequence[str]
) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Yield the two sequences side by side, in stretches that are equal or have changed."""
    # White space alone is no common ground: it joins the words that are.
    matcher = SequenceMatcher(str.isspace, old, new, autojunk=False)
    for _, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        yield old[old_start:old_end], new[new_start:new_end]


def _merge(segments: Iterable[Segment]) -> Iterator[Segment]:
    """Join the segments of each stretch of change, so that a deletion and an insertion remain."""
    for is_equal, stretch in groupby(segments, key=lambda segment: segment.op is Op.EQUAL):
        parts = list(stretch)
        for op in (Op.EQUAL,) if is_equal else (Op.DELETE, Op.INSERT):
            text = "".join(part.text for part in parts if part.op is op)
            if text:
                yield Segment(op, text)
