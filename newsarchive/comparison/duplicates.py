"""Whether two articles are near-duplicates: another article, nearly the same text.

A link that is wrong is worse than one that is missed. So a likeness counts only in long
passages, and three guards stand before it: what is too short or no article says nothing; of a
recurring column only the form is the same; and a report that recurs has the words of the last
one with other names and numbers.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import groupby

from newsarchive.comparison.fingerprint import (
    SHINGLE_WORDS,
    WORD,
    fingerprint,
    number_shingles,
)
from newsarchive.model import Kind

DUPLICATE_RULE = 1

MIN_SIMILARITY = 0.4
"""`docs/near-duplicates.md` shows what other thresholds would give."""

MIN_SHARED = 2  # numbers of their fingerprints: one alone may be chance
MIN_WORDS = 75  # videos and liveblogs' notices of NOS have fewer
PASSAGE_WORDS = 10  # a shorter run of words is a phrase
MIN_FACTS = 4  # fewer tell nothing
MIN_SAME_FACTS = 0.6
SURE_SIMILARITY = 0.9  # of a text as like as that, some figures may have been put right
MIN_SAME_FACTS_IF_SURE = 0.3
SHOWN_PASSAGES = 5
SHOWN_WORDS = 40

_MOMENTS = frozenset(
    {
        *("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"),
        *("januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus"),
        *("september", "oktober", "november", "december"),
    }
)
# `Wekdienst 28/9: …`: NOS's own label of what comes back every day.
_DATED_LABEL = re.compile(r"^\W*[^\W\d][\w ]{2,30} \d{1,2}[/-]\d{1,2}:")


@dataclass(frozen=True, slots=True)
class Story:
    """An article's title and text, taken apart for comparing."""

    title: str
    text: str
    words: Sequence[str]  # as written
    shingles: Sequence[int]
    fingerprint: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage that two articles share, as the later one has it; a long one ends in `…`."""

    words: int
    text: str


@dataclass(frozen=True, slots=True)
class Duplicate:
    """That two articles are near-duplicates, and why."""

    similarity: float  # part of both texts' words that stand in shared passages, 0 to 1
    passages: tuple[Passage, ...]  # the longest ones, in the order of the text


def read_story(title: str, text: str, known: tuple[int, ...] | None = None) -> Story:
    """Take a title and a text rendition apart; the fingerprint may be `known` already."""
    words = WORD.findall(text)
    lower = [word.lower() for word in words]
    numbers = fingerprint(lower) if known is None else known
    return Story(title, text, words, number_shingles(lower), numbers)


def is_comparable(kind: Kind, title: str) -> bool:
    """Return whether such an article can be a near-duplicate of another, if it is long enough."""
    return kind is Kind.ARTICLE and _DATED_LABEL.match(title) is None


def decide_duplicate(
    later: Story,
    earlier: Story,
    common: Collection[int] = (),
    threshold: float = MIN_SIMILARITY,
) -> Duplicate | None:
    """Return why `later` is a near-duplicate of `earlier`; None where it is not one.

    `common` are shingles that very many articles have in their fingerprints: where both of these
    have one too, the block around it is a template and does not count, nor does the shingle
    propose them. Which of the two is the later matters to the passages alone.
    """
    is_short = min(len(later.words), len(earlier.words)) < MIN_WORDS
    if is_short or has_other_date(later.title, earlier.title):
        return None
    proposed = set(later.fingerprint).intersection(earlier.fingerprint)
    common = proposed.intersection(common)
    if len(proposed) - len(common) < MIN_SHARED:
        return None
    similarity = measure_similarity(later, earlier, common)
    if similarity < threshold or not _agree(later, earlier, similarity):
        return None
    passages = list(_shared(later, set(earlier.shingles), common))
    return Duplicate(round(similarity, 3), tuple(_longest(later, passages)))


def measure_similarity(one: Story, other: Story, common: AbstractSet[int] = frozenset()) -> float:
    """Return the part of both texts' words that stand in passages they share, 0 to 1.

    A passage is ten words or more in a row, none of them in a block with a shingle of `common`.
    """
    mine = _shared(one, set(other.shingles), common)
    theirs = _shared(other, set(one.shingles), common)
    shared = sum(end - start for start, end in (*mine, *theirs))
    return shared / max(1, len(one.words) + len(other.words))


def has_other_date(one: str, other: str) -> bool:
    """Return whether two titles are of one form, and differ in numbers, days or months only."""
    first, second = WORD.findall(one.lower()), WORD.findall(other.lower())
    return first != second and [*map(_slot, first)] == [*map(_slot, second)]


def _slot(word: str) -> str:
    return "#" if word in _MOMENTS or word[0].isdigit() else word


def _agree(one: Story, other: Story, similarity: float) -> bool:
    """Return whether the two tell of the same people, places and figures."""
    is_sure = similarity >= SURE_SIMILARITY
    share = share_of_facts(one, other)
    if share is None:
        return is_sure
    return share >= (MIN_SAME_FACTS_IF_SURE if is_sure else MIN_SAME_FACTS)


def share_of_facts(one: Story, other: Story) -> float | None:
    """Return which part of the facts of either story the other one has, 0 to 1.

    Facts are names on the one hand, and numbers, days and months on the other; it is the smaller
    part of both, taken of the story with fewer, as the other may have grown. None where neither
    story has enough of them to tell.
    """
    words = {*one.words, *other.words}
    first, second = _facts(one, words), _facts(other, words)
    kinds = [*zip(first, second, strict=True), (set().union(*first), set().union(*second))]
    shares = [
        len(mine & theirs) / min(len(mine), len(theirs))
        for mine, theirs in kinds
        if min(len(mine), len(theirs)) >= MIN_FACTS
    ]
    return min(shares, default=None)


def _facts(story: Story, words: AbstractSet[str]) -> tuple[set[str], set[str]]:
    """Return the names, and the numbers, days and months."""
    # The first word of a sentence is capitalised too, but stands elsewhere in lower case.
    names = {w for w in story.words if w[0].isupper() and w.lower() not in words}
    return names, {w for w in story.words if w[0].isdigit() or w.lower() in _MOMENTS}


def _shared(
    story: Story, others: AbstractSet[int], common: AbstractSet[int]
) -> Iterator[tuple[int, int]]:
    """Yield the passages that are in the other story too: their first word, and that after it."""
    template = _template_words(story, common)
    shared = [n in others and place not in template for place, n in enumerate(story.shingles)]
    place = 0
    for is_shared, group in groupby(shared):
        run = len(list(group))
        words = run + SHINGLE_WORDS - 1
        if is_shared and words >= PASSAGE_WORDS:
            yield place, place + words
        place += run


def _template_words(story: Story, common: AbstractSet[int]) -> set[int]:
    """Return the places of all words of the blocks in which a common shingle stands."""
    if common.isdisjoint(story.shingles):
        return set()
    sizes = [len(WORD.findall(block)) for block in story.text.split("\n\n")]
    block_of = [block for block, size in enumerate(sizes) for _ in range(size)]
    hit = {
        block_of[word]
        for place, number in enumerate(story.shingles)
        if number in common
        for word in (place, place + SHINGLE_WORDS - 1)
    }
    return {word for word, block in enumerate(block_of) if block in hit}


def _longest(story: Story, passages: Sequence[tuple[int, int]]) -> Iterator[Passage]:
    longest = sorted(passages, key=lambda span: span[0] - span[1])[:SHOWN_PASSAGES]
    spans = [match.span() for match in WORD.finditer(story.text)]
    for start, end in sorted(longest):
        last = min(end, start + SHOWN_WORDS)
        text = " ".join(story.text[spans[start][0] : spans[last - 1][1]].split())
        yield Passage(end - start, text if last == end else f"{text} …")
