"""What a word is: the one rule by which texts are indexed, asked for and marked.

A word is a run of letters and digits; everything else stands between words. A soft hyphen and
combining marks are part of the word that they stand in. `Noord-Korea` is two words, `zo'n` too;
but an `'s` at the end belongs to its word, as in `foto's`.

The plain form of a word is without diacritics (Unicode's NFKD without marks; `ø` is `o`), in
lower case (case folding), only letters and digits: `Één` is `een`, `foto's` is `fotos`. Its stem
is what Snowball's algorithm for Dutch makes of the plain form without `'s`: `verkiezingen` and
`verkiezing` have the stem `verkiez`. It is the algorithm that PostgreSQL calls `dutch`.

A change of this rule makes every index that was written by it useless: it needs a migration.
"""

import re
from typing import NamedTuple
from unicodedata import category, normalize

from newsarchive.search.stemming import stem

LONGEST = 64
"""Characters of a plain form: what is longer is cut, in texts and in queries alike."""

REMEMBERED = 50_000
"""Words that are read once only."""

_SHORTEST = 2  # characters with which a word may be nothing but an apostrophe and an s

_MARKS = "\u00ad\u0300-\u036f"
_APOSTROPHES = "'\u2019"
_WORD = re.compile(
    rf"\w+(?:(?=[{_APOSTROPHES}{_MARKS}])(?:[{_MARKS}]+\w*)*(?:[{_APOSTROPHES}][sS](?!\w))?)?"
)
_POSSESSIVE = re.compile(rf"[{_APOSTROPHES}][sS]\Z")

# Letters that Unicode takes for letters of their own, where a reader types the plain one.
_PLAIN = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "\u0131": "i",
        "ĳ": "ij",
    }
)


class Word(NamedTuple):
    """A word of a text, as it is indexed."""

    plain: str
    stem: str


def split_words(text: str) -> list[Word]:
    """Return the words of `text` in their order."""
    return list(filter(None, map(_known.__getitem__, split_shown(text))))


def split_shown(text: str) -> list[str]:
    """Return the words of `text` as they stand there; `read_word` reads them."""
    return _WORD.findall(_without_lines(text))


def find_spans(text: str) -> list[tuple[int, int]]:
    """Return where the words of `split_shown` begin, and where the characters behind them."""
    return [found.span() for found in _WORD.finditer(_without_lines(text))]


def _without_lines(text: str) -> str:
    r"""Return `text` with spaces for underscores, which are no letters, but for `\w` are."""
    return text.replace("_", " ")


def ends_in_word(text: str) -> bool:
    """Return whether the last character of `text` is a part of a word."""
    return bool(text) and [end for _, end in find_spans(text)][-1:] == [len(text)]


def read_word(shown: str) -> Word | None:
    """Return a word as it is indexed; None where no letter or digit is left of it."""
    return _known[shown]


class _Known(dict[str, Word | None]):
    """The words that were read, by how they are shown.

    Of the words of 100,000 articles nearly all are among the 50,000 that were met first.
    """

    def __missing__(self, shown: str) -> Word | None:
        if len(self) >= REMEMBERED:
            self.clear()
        plain = _fold(shown)
        base = _fold(_POSSESSIVE.sub("", shown)) if len(shown) > _SHORTEST else plain
        word = self[shown] = Word(plain, stem(base)) if plain else None
        return word


_known = _Known()


def _fold(shown: str) -> str:
    if shown.isascii():
        folded = shown.lower()
    else:
        folded = normalize("NFKD", normalize("NFKD", shown).casefold()).translate(_PLAIN)
        folded = "".join(c for c in folded if category(c) != "Mn")
    if not folded.isalnum():
        folded = "".join(filter(str.isalnum, folded))
    return folded[:LONGEST]
