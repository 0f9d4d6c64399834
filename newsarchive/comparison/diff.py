"""Which words were edited: a difference of two texts, for people and programs to read."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum
from html import escape
from itertools import groupby

# A block with the blank lines after it; a word, a run of white space, a punctuation mark.
_BLOCK = re.compile(r".+?(?:\n\n+|\Z)|\n+", re.DOTALL)
_WORD = re.compile(r"\w+|\s+|[^\w\s]")

# Above this product of words, passages without a block in common are not compared word for
# word: that costs up to their product in time, and shows nothing to a reader.
MAX_PAIRS = 4_000_000


# Above this product, blocks are compared from both ends only.
MAX_BLOCK_PAIRS = 16_000_000

# Where more words or blocks than this are the same one by one, those that stand there most often
# are no common ground: which of them is which takes minutes, and nobody can tell.
MAX_MATCHES = 100_000


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
    for old_blocks, new_blocks in align(_BLOCK.findall(old), _BLOCK.findall(new)):
        segments += _diff_passage("".join(old_blocks), "".join(new_blocks))
    return tuple(_merge(segments))


def align(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Yield two sequences of words or blocks side by side, in equal and in changed stretches."""
    if len(old) * len(new) > MAX_BLOCK_PAIRS:
        yield from _align_ends(old, new)
        return
    crowd = _find_crowd(old, new)
    # White space alone is no common ground either: it joins the words that are.
    matcher = SequenceMatcher(lambda one: one.isspace() or one in crowd, old, new, autojunk=False)
    for _, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        yield old[old_start:old_end], new[new_start:new_end]


def _align_ends(
    old: Sequence[str], new: Sequence[str]
) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Yield what is the same at the start, what may differ, and what is the same at the end."""
    shortest = min(len(old), len(new))
    head = next((n for n in range(shortest) if old[n] != new[n]), shortest)
    rest = shortest - head
    tail = next((n for n in range(rest) if old[-1 - n] != new[-1 - n]), rest)
    for mine, theirs in (
        (old[:head], new[:head]),
        (old[head : len(old) - tail], new[head : len(new) - tail]),
        (old[len(old) - tail :], new[len(new) - tail :]),
    ):
        if mine or theirs:
            yield mine, theirs


def _find_crowd(old: Sequence[str], new: Sequence[str]) -> set[str]:
    """Return what stands so often in both that comparing each with each would take too long."""
    here, there = Counter(old), Counter(new)
    matches = {one: count * there[one] for one, count in here.items() if one in there}
    left = sum(matches.values())
    crowd: set[str] = set()
    for one in sorted(matches, key=matches.__getitem__, reverse=True):
        if left <= MAX_MATCHES:
            break
        crowd.add(one)
        left -= matches[one]
    return crowd


def _diff_passage(old: str, new: str) -> Iterator[Segment]:
    if old == new:
        yield Segment(Op.EQUAL, old)
        return
    old_words, new_words = _WORD.findall(old), _WORD.findall(new)
    if len(old_words) * len(new_words) > MAX_PAIRS:
        yield from (Segment(Op.DELETE, old), Segment(Op.INSERT, new))
        return
    for gone, come in align(old_words, new_words):
        if gone == come:
            yield Segment(Op.EQUAL, "".join(gone))
        else:
            yield from (Segment(Op.DELETE, "".join(gone)), Segment(Op.INSERT, "".join(come)))


def _merge(segments: Iterable[Segment]) -> Iterator[Segment]:
    """Join the segments of each stretch of change, so that a deletion and an insertion remain."""
    for is_equal, stretch in groupby(segments, key=lambda segment: segment.op is Op.EQUAL):
        parts = list(stretch)
        for op in (Op.EQUAL,) if is_equal else (Op.DELETE, Op.INSERT):
            text = "".join(part.text for part in parts if part.op is op)
            if text:
                yield Segment(op, text)


CONTEXT = 12
"""Words that are left on either side of a change."""

_WITH_SPACE = re.compile(r"\s*\S+(?:\s+\Z)?")


def shortened(segments: Sequence[Segment]) -> Iterator[Segment]:
    """Yield the segments, with `…` in place of the words that are far from any change."""
    for place, segment in enumerate(segments):
        words = _WITH_SPACE.findall(segment.text)
        before = words[:CONTEXT] if place else []
        after = words[-CONTEXT:] if place < len(segments) - 1 else []
        if segment.op is Op.EQUAL and len(before) + len(after) < len(words):
            parts = ("".join(before), "…", "".join(after).lstrip())
            yield replace(segment, text=" ".join(part for part in parts if part))
        else:
            yield segment


_ELEMENTS = {Op.EQUAL: "{}", Op.INSERT: "<ins>{}</ins>", Op.DELETE: "<del>{}</del>"}


def html_of(segments: Iterable[Segment]) -> str:
    """Return a difference as HTML: what came in `<ins>`, what went in `<del>`, a `<p>` a block.

    Each block is on a line of its own. Text is escaped, a line within a block ends in `<br>`, and
    no element reaches from one block into the next. Blocks that were joined are still shown apart.
    """
    blocks: list[list[str]] = [[]]
    for segment in segments:
        for place, part in enumerate(re.split(r"\n\n+", segment.text)):
            if place:
                blocks.append([])
            if part:
                shown = escape(part, quote=False).replace("\n", "<br>")
                blocks[-1].append(_ELEMENTS[segment.op].format(shown))
    return "\n".join(f"<p>{''.join(block)}</p>" for block in blocks if block)
