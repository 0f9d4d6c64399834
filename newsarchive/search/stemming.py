"""Stems of Dutch words, by Snowball's algorithm `dutch_porter` (Kraaij and Pohlmann).

https://snowballstem.org/algorithms/dutch_porter/stemmer.html has it, and PostgreSQL calls it
`dutch`. It is written out here because a word takes the library's generated code 0.1 ms, which
an entry of a feed with its hundreds of words cannot pay; so it takes a thirtieth. Tests compare
the two, and PostgreSQL's.

Words are plain forms (`newsarchive.search.words`): in lower case, without diacritics.
"""

import re

_V = "aeiouyè"
_VOWEL = frozenset(_V)

# I and Y stand for an i and a y that are consonants.
_CONSONANT = re.compile(rf"([{_V}])(?:(i)(?=[{_V}])|i|(y))")
_REGION = re.compile(rf"[^{_V}]*[{_V}]+[^{_V}]")
_INFLECTION = re.compile(r"(?:(heden)|(ene|en)|(se|s))\Z")
_DERIVATION = re.compile(r"(?:(end|ing)|(ig)|(lijk)|(baar)|(bar))\Z")
_DOUBLE_VOWEL = re.compile(rf"[^{_V}](aa|ee|oo|uu)[^{_V}I]\Z")

_SHORTEST_REGION = 3


def stem(word: str) -> str:
    """Return the stem of a plain form."""
    marked = _mark_consonants(word)
    first, second = _find_regions(marked)
    inflected = _without_inflection(marked, first)
    shorter = _without_e(inflected, first)
    base = _without_heid(shorter, first, second)
    found = _without_derivation(base, first, second, had_e=shorter != inflected)
    if _DOUBLE_VOWEL.search(found):
        found = found[:-2] + found[-1]
    return found.replace("I", "i").replace("Y", "y")


def _mark_consonants(word: str) -> str:
    initial = "Y" if word.startswith("y") else word[:1]
    return _CONSONANT.sub(_mark_one, initial + word[1:])


def _mark_one(found: re.Match[str]) -> str:
    return found[1] + ("I" if found[2] else "Y" if found[3] else "i")


def _find_regions(word: str) -> tuple[int, int]:
    """Return where the regions begin from which suffixes may go: behind a vowel and a consonant."""
    first = _REGION.match(word)
    if first is None or len(word) < _SHORTEST_REGION:
        return len(word), len(word)
    second = _REGION.match(word, first.end())
    return max(first.end(), _SHORTEST_REGION), second.end() if second else len(word)


def _without_inflection(word: str, region: int) -> str:
    found = _INFLECTION.search(word)
    if found is None or found.start() < region:
        return word
    base = word[: found.start()]
    if found[1]:
        return base + "heid"
    if found[2]:
        return _without_en(word, len(found[2]), region)
    is_valid = base[-1:] not in _VOWEL and base[-1:] != "j"
    return base if base and is_valid else word


def _without_en(word: str, length: int, region: int) -> str:
    base = word[:-length]
    if len(base) < region or not base or base[-1] in _VOWEL or base.endswith("gem"):
        return word
    return _undouble(base)


def _undouble(word: str) -> str:
    return word[:-1] if word.endswith(("kk", "dd", "tt")) else word


def _without_e(word: str, region: int) -> str:
    base = word[:-1]
    if not word.endswith("e") or len(base) < region or not base or base[-1] in _VOWEL:
        return word
    return _undouble(base)


def _without_heid(word: str, first: int, second: int) -> str:
    base = word.removesuffix("heid")
    if base == word or len(base) < second or base.endswith("c"):
        return word
    return _without_en(base, 2, first) if base.endswith("en") else base


def _without_derivation(word: str, first: int, second: int, *, had_e: bool) -> str:
    found = _DERIVATION.search(word)
    if found is None or found.start() < second:
        return word
    base = word[: found.start()]
    if found[1]:
        return _without_ig(base, second) or _undouble(base)
    if found[2]:
        return word if base.endswith("e") else base
    if found[3]:
        return _without_e(base, first)
    return base if found[4] or had_e else word


def _without_ig(word: str, region: int) -> str | None:
    """Return `word` without `ig`; None where it does not end so, or keeps it."""
    base = word.removesuffix("ig")
    return None if base == word or len(base) < region or base.endswith("e") else base
