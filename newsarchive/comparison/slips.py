"""Slips of the pen, and numbers, in Dutch: whether a change of words changed what they say."""

import re
import unicodedata
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from itertools import takewhile

TELLING_MARKS = frozenset("?!\"'\u2018\u2019\u201c\u201d\u201e%€$£°<>=+-\u2013")
"""Who doubts, shouts, quotes, measures or counts says something by a mark."""

MIN_LETTERS = 4  # of both words; the longer one has one more: `kan` and `kon` are two words

_VOWELS = frozenset("aeiouy")  # `vinden`, `vonden`: another tense, and no slip
_ENDINGS = frozenset("enrs")  # `gewond`, `gewonde`: another form; but `word`, `wordt` is a slip

_DIGITS = re.compile(r"\d+(?:[.,:]\d+)*")
_DIGIT_GROUPS = re.compile(r"(?<=\d)\.(?=\d{3}(?:\D|$))")
_TO_TWENTY = (
    *("nul", "één", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien"),
    *("elf", "twaalf", "dertien", "veertien", "vijftien", "zestien", "zeventien", "achttien"),
    *("negentien", "twintig"),
)
_OTHERS = (
    *("een", "dertig", "veertig", "vijftig", "zestig", "zeventig", "tachtig", "negentig"),
    *("honderd", "duizend", "miljoen", "miljard", "eerste", "derde"),
)
_NUMBER_WORD = re.compile(rf"(?:(?:{'|'.join(_TO_TWENTY + _OTHERS)})(?:en|ën)?)+(?:de|ste)?")
_VALUES = {word: str(value) for value, word in enumerate(_TO_TWENTY)}
_ARTICLES = frozenset({"een", "ene", "enen"})


def is_mark(token: str) -> bool:
    """Return whether a token is punctuation, and no word."""
    return len(token) == 1 and not token.isalnum()


def read_number(token: str) -> str | None:
    """Return what tells a number from others, `12000` for `12.000` and `12` for `twaalf`.

    None for what is no number; `een` is the article far more often.
    """
    if _DIGITS.fullmatch(token):
        return _DIGIT_GROUPS.sub("", token)
    word = token.lower()
    if word in _ARTICLES or not _NUMBER_WORD.fullmatch(word):
        return None
    return _VALUES.get(word, word)


def is_slip(
    gone: Sequence[str], come: Sequence[str], names: AbstractSet[str] = frozenset()
) -> bool:
    """Return whether words and marks that gave way to others are a slip, put right or made.

    They are where they differ in spaces, hyphens, apostrophes, accents, capitals and marks only
    (but none of TELLING_MARKS); or word by word in one letter that is too many, missing or
    another one, or in two that changed places. Then both words have four letters or more, one
    has five, the first letter is the same, and neither is a name or number; two vowels, an `s`
    and an ending (`-e`, `-n`, `-r`, `-s`) make another word or another form of it instead.
    """
    if _telling_marks(gone) != _telling_marks(come):
        return False
    if _numbers(gone) == _numbers(come) and _letters(gone) == _letters(come):
        return True
    mine, theirs = ([t for t in some if not is_mark(t)] for some in (gone, come))
    return len(mine) == len(theirs) and all(
        one == other or ({one, other}.isdisjoint(names) and _is_one_slip(one, other))
        for one, other in zip(mine, theirs, strict=True)
    )


def _telling_marks(tokens: Sequence[str]) -> list[str]:
    return [token for token in tokens if token in TELLING_MARKS]


def _numbers(tokens: Sequence[str]) -> list[str]:
    return [number for token in tokens if (number := read_number(token)) is not None]


def _letters(tokens: Sequence[str]) -> str:
    """Return the letters and digits alone, without accents and capitals."""
    decomposed = unicodedata.normalize("NFD", "".join(tokens).casefold())
    return "".join(character for character in decomposed if character.isalnum())


def _is_one_slip(one: str, other: str) -> bool:
    if not (one.isalpha() and other.isalpha()) or {read_number(one), read_number(other)} != {None}:
        return False
    shorter, longer = sorted((one.lower(), other.lower()), key=len)
    if len(shorter) < MIN_LETTERS or len(longer) <= MIN_LETTERS or shorter[0] != longer[0]:
        return False
    start = _common(shorter, longer)
    end = _common(shorter[start:][::-1], longer[start:][::-1])
    gone, come = shorter[start : len(shorter) - end], longer[start : len(longer) - end]
    match len(gone), len(come):
        case 0, 1:
            return come != "s" and not (end == 0 and come in _ENDINGS)
        case 1, 1:
            return not {gone, come} <= _VOWELS
        case 2, 2:
            return gone == come[::-1]
    return False


def _common(one: str, other: str) -> int:
    """Return how many letters both begin with."""
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
