"""The fingerprint: a few numbers of a text, by which near-duplicates find each other.

It says which texts to compare, never which are the same: that takes the texts themselves.
"""

import re
from collections.abc import Sequence
from itertools import accumulate
from zlib import crc32

SHINGLE_WORDS = 5
FINGERPRINT_SIZE = 12
LONG_WORD_BYTES = 6

WORD = re.compile(r"\w+")


def split_words(text: str) -> list[str]:
    """Return the words of `text` (its runs of letters, digits and `_`), in lower case."""
    return WORD.findall(text.lower())


def number_shingles(words: Sequence[str]) -> list[int]:
    """Return a number below 2**32 for each five words in a row, in their order.

    It is the CRC-32 (RFC 1952, section 8) of the words in UTF-8, each with a space behind it: the
    same on every machine, for ever. Fewer words than five have none.
    """
    joined, _, starts = _lay_out(words)
    spans = zip(starts, starts[SHINGLE_WORDS:], strict=False)
    return [crc32(joined[start:end]) for start, end in spans]


def fingerprint(words: Sequence[str]) -> tuple[int, ...]:
    """Return the fingerprint under rule 1: a text's twelve smallest shingles, ascending.

    Only shingles count that begin with a word of six bytes or more: a third of the work. Where
    two texts share the part J of these, each of the twelve smallest that they have together is in
    both fingerprints with probability J (a bottom-k sketch: Broder, 1997; Thorup, 2013). A text
    with fewer of them has fewer numbers.
    """
    joined, sizes, starts = _lay_out(words)
    spans = zip(starts, starts[SHINGLE_WORDS:], sizes, strict=False)
    numbers = {crc32(joined[start:end]) for start, end, size in spans if size > LONG_WORD_BYTES}
    return tuple(sorted(numbers)[:FINGERPRINT_SIZE])


def _lay_out(words: Sequence[str]) -> tuple[bytes, list[int], list[int]]:
    """Return the words with a space behind each, how long each then is, and where it starts.

    Behind the last start stands the end.
    """
    joined = " ".join([*words, ""]).encode()
    sizes = [len(word) + 1 for word in joined[:-1].split(b" ")] if words else []
    return joined, sizes, list(accumulate(sizes, initial=0))
