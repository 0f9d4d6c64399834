"""What kind of change an edit is: the parts it touched, and classes that can be computed.

A class is claimed by a stated rule and by nothing else; several may hold. A claim that is wrong is
worse than one that is missed: what no rule explains is `wording`.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from newsarchive.comparison.diff import MAX_PAIRS, align
from newsarchive.comparison.pairs import pair_alike
from newsarchive.comparison.slips import is_mark, is_slip, read_number

MIN_PARAGRAPH_WORDS = 6
"""A block with fewer is a heading, a name or a stub."""

RUN_WORDS = 3
"""Words in a row by which a text is known again in another."""

MAX_KNOWN = 0.5
"""A paragraph was added if less than this part of its runs stands in the old text."""

MIN_REWRITTEN_WORDS = 40

MAX_LEFT = 0.3
"""A text is written anew if of the shorter one less than this part stands in the other, in runs."""

MAX_STRETCH_WORDS = 8
"""In a longer stretch, whether one name or number stands for another cannot be told."""

_BLOCKS = re.compile(r"\n\n+")
_TOKEN = re.compile(r"\d+(?:[.,:]\d+)*|\w+(?:[-'\u2019]\w+)*|[^\w\s]")
_WITHIN_SENTENCE = frozenset(",%&/+")  # the marks behind which no sentence begins

T = TypeVar("T")


class Part(StrEnum):
    """Where an article was changed."""

    HEADLINE = "headline"
    LEAD = "lead"  # the first block of the text
    BODY = "body"  # any other


class ChangeClass(StrEnum):
    """What kind of change it is."""

    TYPO = "typo"  # a slip of spelling or punctuation was put right, or made
    NUMBER = "number"  # a number gave way to another one
    NAME = "name"  # a name gave way to another one
    ADDED_PARAGRAPH = "added paragraph"
    REMOVED_PARAGRAPH = "removed paragraph"
    REWRITE = "rewrite"  # little is left of what stood there
    WORDING = "wording"  # words came, went, gave way or moved, and none of the above says how
    MARKUP = "markup"  # each word is the same: links, emphasis, pictures, ends of paragraphs


@dataclass(frozen=True, slots=True)
class Classified:
    """The parts that a change touched and its classes, both in the order of their list."""

    parts: tuple[Part, ...]
    classes: tuple[ChangeClass, ...]


@dataclass(frozen=True, slots=True)
class _Side:
    """A title and a text, taken apart."""

    title: Sequence[str]  # its tokens
    blocks: Sequence[str]  # white space folded
    tokens: Sequence[Sequence[str]]  # of each block
    names: AbstractSet[str]
    runs: AbstractSet[tuple[str, ...]]


def classify_change(old_title: str, old_text: str, new_title: str, new_text: str) -> Classified:
    """Return the parts and classes of a change, of titles and text renditions.

    * A *name* is a word with a capital within a sentence of either side, or all in capitals; a
      *number* is in digits or, but for `een`, in words. One gives way to another where they stand
      in the same place, among at most eight words that changed.
    * A *typo* is what `slips.is_slip` takes for one, and neither name nor number.
    * A paragraph of six words or more was *added* or *removed* where it is no other one edited,
      and less than half of its runs of three words stand in the other text. Headings that come
      and go with it are part of it.
    * A *rewrite* leaves less than 30 % of such runs, of texts of 40 words or more; one that grew
      or was cut is none.
    * *Markup* is a change that leaves all words and marks as they were; it touches the body.
    * *Wording* is all else that happened to words.
    """
    old, new = _read(old_title, old_text), _read(new_title, new_text)
    if old.title == new.title and _flat(old.tokens) == _flat(new.tokens):
        return Classified((Part.BODY,), (ChangeClass.MARKUP,))
    names = old.names | new.names
    parts: set[Part] = set()
    classes: set[ChangeClass] = set()
    if old.title != new.title:
        parts.add(Part.HEADLINE)
        classes |= _classify_words(old.title, new.title, names)
    for place, other in _changed_blocks(old, new):
        parts.add(Part.LEAD if 0 in {place, other} else Part.BODY)
        if place is not None and other is not None:
            classes |= _classify_words(old.tokens[place], new.tokens[other], names)
    classes.update(_classify_paragraphs(old, new))
    if _is_rewritten(old, new):
        classes.add(ChangeClass.REWRITE)
    return Classified(_in_order(Part, parts), _in_order(ChangeClass, classes))


def _read(title: str, text: str) -> _Side:
    blocks = [folded for block in _BLOCKS.split(text) if (folded := " ".join(block.split()))]
    tokens = [_TOKEN.findall(block) for block in blocks]
    headline = _TOKEN.findall(title)
    words = _words(_flat(tokens))
    names = {name for some in (headline, *tokens) for name in _find_names(some)}
    return _Side(headline, blocks, tokens, names, _find_runs(words))


def _flat(lists: Sequence[Sequence[T]]) -> list[T]:
    return [one for some in lists for one in some]


def _words(tokens: Sequence[str]) -> list[str]:
    return [token.lower() for token in tokens if not is_mark(token)]


def _in_order(kind: type[T], found: Collection[T]) -> tuple[T, ...]:
    return tuple(one for one in kind if one in found)  # type: ignore[attr-defined]  # an enumeration


def _find_names(tokens: Sequence[str]) -> Iterator[str]:
    before = "."
    for token in tokens:
        is_within = not is_mark(before) or before in _WITHIN_SENTENCE
        if (is_within and token[0].isupper()) or (len(token) > 1 and token.isupper()):
            yield token
        before = token


def _find_runs(words: Sequence[str]) -> set[tuple[str, ...]]:
    size = min(RUN_WORDS, len(words))
    return {tuple(words[start : start + size]) for start in range(len(words) - size + 1)}


def _changed_blocks(old: _Side, new: _Side) -> Iterator[tuple[int | None, int | None]]:
    """Yield the places of each block that changed, in both texts: None in the one that lacks it."""
    place = other = 0
    for gone, come in align(old.blocks, new.blocks):
        if gone != come:
            for mine, theirs in pair_alike(gone, come):
                yield (
                    None if mine is None else place + mine,
                    None if theirs is None else other + theirs,
                )
        place, other = place + len(gone), other + len(come)


def _classify_paragraphs(old: _Side, new: _Side) -> Iterator[ChangeClass]:
    """Yield the classes of the blocks that have no counterpart in the other text."""
    pairs = list(_changed_blocks(old, new))
    added = [new.tokens[other] for place, other in pairs if place is None and other is not None]
    gone = [old.tokens[place] for place, other in pairs if other is None and place is not None]
    for blocks, there, kind in (
        (added, old.runs, ChangeClass.ADDED_PARAGRAPH),
        (gone, new.runs, ChangeClass.REMOVED_PARAGRAPH),
    ):
        words = [_words(block) for block in blocks]
        long = [block for block in words if len(block) >= MIN_PARAGRAPH_WORDS]
        is_known = [_is_known(block, there) for block in long]
        if not all(is_known):
            yield kind
        # A paragraph that moved, or was split; a heading that came alone.
        if any(is_known) or (words and not long):
            yield ChangeClass.WORDING


def _is_known(words: Sequence[str], there: AbstractSet[tuple[str, ...]]) -> bool:
    runs = _find_runs(words)
    return len(runs & there) >= MAX_KNOWN * len(runs)


def _classify_words(
    old: Sequence[str], new: Sequence[str], names: AbstractSet[str]
) -> set[ChangeClass]:
    if len(old) * len(new) > MAX_PAIRS:
        return {ChangeClass.WORDING}
    stretches = (stretch for stretch in align(old, new) if stretch[0] != stretch[1])
    return {found for gone, come in stretches for found in _classify_stretch(gone, come, names)}


def _classify_stretch(
    gone: Sequence[str], come: Sequence[str], names: AbstractSet[str]
) -> Iterator[ChangeClass]:
    """Yield the classes of one stretch of words and marks that gave way to another."""
    if is_slip(gone, come, names):
        yield ChangeClass.TYPO
        return
    is_short = max(len(gone), len(come)) <= MAX_STRETCH_WORDS
    gives_way = False
    for found, kind in ((_numbers, ChangeClass.NUMBER), (_names, ChangeClass.NAME)):
        mine, theirs = found(gone, names), found(come, names)
        if is_short and mine - theirs and theirs - mine:
            gives_way = True
            yield kind
    if not gives_way or _others(gone, names) != _others(come, names):
        yield ChangeClass.WORDING


def _numbers(tokens: Sequence[str], _names: AbstractSet[str]) -> set[str]:
    return {number for token in tokens if (number := read_number(token)) is not None}


def _names(tokens: Sequence[str], names: AbstractSet[str]) -> set[str]:
    # Of `Trumps` and `Trump`, neither gives way to the other.
    return {token.removesuffix("s") for token in tokens if token in names}


def _others(tokens: Sequence[str], names: AbstractSet[str]) -> list[str]:
    """Return the words that are neither names nor numbers nor marks, in one order."""
    words = (token for token in tokens if not (is_mark(token) or token in names))
    return sorted(word.lower() for word in words if read_number(word) is None)


def _is_rewritten(old: _Side, new: _Side) -> bool:
    shorter = min(len(old.runs), len(new.runs))
    if shorter < MIN_REWRITTEN_WORDS:
        return False
    return len(old.runs & new.runs) < MAX_LEFT * shorter
