"""Mojibake: UTF-8 that someone read as Latin-1 or Windows-1252, undone where that is certain.

`financiÃ«le` is `financiële` (a real NOS body of 12 April 2019). Each damaged place is judged
and repaired by itself, so that one damaged word in a sound text costs the rest nothing.
"""

import re

# The 27 signs that Windows-1252 puts where Latin-1 has control characters.
_WINDOWS_1252 = bytes(range(0x80, 0xA0)).decode("cp1252", errors="ignore")
_TO_BYTE = str.maketrans({sign: ord(sign.encode("cp1252")) for sign in _WINDOWS_1252})
_FROM_C1 = {byte: ord(sign) for sign in _WINDOWS_1252 for byte in sign.encode("cp1252")}

_CONTINUATION = f"[\x80-\xbf{_WINDOWS_1252}]"
_SUSPECT = re.compile(
    # UTF-8 sequences of two, three and four bytes (RFC 3629), in a row
    rf"(?:[\xc2-\xdf]{_CONTINUATION}"
    rf"|[\xe0-\xef]{_CONTINUATION}{{2}}"
    rf"|[\xf0-\xf4]{_CONTINUATION}{{3}})+"
    # a no-break space of which some later hand made a plain one
    "|(?<=[a-z0-9.,:;!?])Â "
    # Windows-1252 read as Latin-1: no text means these control characters
    "|[\x80-\x9f]+"
)
# The same in UTF-8, roughly: a search of bytes for a literal costs a hundredth of the above.
_SUSPECT_BYTES = re.compile(rb"\xc3(?:\x82 |[\x82-\xb4][\xc2\xc5\xc6\xcb\xe2])")
_C1_BYTES = re.compile(rb"\xc2[\x80-\x9f]")

_PLAUSIBLE = re.compile(
    f"[{_WINDOWS_1252}"  # what was encoded twice
    "\x80-\u017f"  # Latin-1 and Latin Extended-A: the letters of Europe
    "ȘșȚț\u0300-\u036f"  # Romanian, combining accents
    "\u2010-\u203f\u2070-\u209f\u20a0-\u20cf\u2100-\u27bf"  # punctuation, figures, money, symbols
    "\ufe0f\ufeff\U0001f000-\U0001faff]"  # emoji, byte order mark
)
# Quotation marks, the ellipsis, dashes, trade marks and the no-break space.
_CLOSING = frozenset("\u2018\u2019\u201c\u201d\u203a\xbb\u2026\u2013\u2014\xae\u2122\xa0")
# What no word begins with: two capitals of which the second is a letter of Windows-1252 alone, and
# Å before a letter with a caron.
_NO_BEGINNING = re.compile("[\xc3-\xc5][ŒŠŽŸ]|\xc5[šž]")
_OPENING = frozenset("\u2018\u201a\u201c\u201e\u2039\xab\"'([")

# U+0180-U+01BF is where `ë` lands when the byte C3 becomes C6, as in `financiƫle` (the text
# sibling of the body of 2019). Vietnamese ơ and ư live there too: hence only a suspicion.
_DAMAGED = r"\ufffd\x80-\x9f\u0180-\u01bf"
_LOST_SIGN = r"(?<=[^\W\d_])\?+(?=[^\W\d_])"
_DAMAGE = re.compile(rf"[{_DAMAGED}]+|{_LOST_SIGN}")
_BEYOND_ASCII = re.compile(rf"((?:[^\x00-\x7f]|\s|{_LOST_SIGN})+)")


def repair_text(text: str) -> tuple[str, int]:
    """Return `text` with certain mojibake undone, and the number of places repaired.

    Double encoding is undone too. What could be meant stays: curly quotes, `São`, `IRMÃ…`,
    a lone CJK character. Applying it again changes nothing.
    """
    data = text.encode(errors="surrogatepass")
    if not _SUSPECT_BYTES.search(data) and not _C1_BYTES.search(data):
        return text, 0
    count = 0
    while True:
        repaired, places = _repair_once(text)
        if repaired == text:
            return text, count
        # A place that was encoded twice is still one place.
        text, count = repaired, max(count, places)


def is_damaged_copy(text: str, sound: str) -> bool:
    """Tell whether `text` is `sound` but for what a program did to the characters beyond ASCII.

    Damage that shows in one place (`financiƫle`) explains every other difference of its kind, where
    it may have made a letter of another alphabet or joined two words at a no-break space.
    """
    pieces, sound_pieces = _BEYOND_ASCII.split(text), _BEYOND_ASCII.split(sound)
    if pieces[::2] != sound_pieces[::2]:
        return False
    pairs = zip(pieces[1::2], sound_pieces[1::2], strict=True)
    differing = [(ours, theirs) for ours, theirs in pairs if ours != theirs]
    return any(_is_damage(ours) for ours, _ in differing) and not any(
        _is_damage(theirs) for _, theirs in differing
    )


def restore_from_sibling(damaged: str, sound: str) -> str | None:
    """Return `sound` if `damaged` says the same but for characters lost beyond repair.

    `sound` is another rendition of the same text. None if the two differ in any other way
    than white space, or where `sound` is no sounder.
    """
    words, sound_words = damaged.split(), sound.split()
    if len(words) != len(sound_words):
        return None
    pairs = zip(words, sound_words, strict=True)
    return sound if all(a == b or _is_damage_of(a, b) for a, b in pairs) else None


def _repair_once(text: str) -> tuple[str, int]:
    places = 0

    def repair(match: re.Match[str]) -> str:
        nonlocal places
        repaired = _decode(match)
        places += repaired != match[0]
        return repaired

    return _SUSPECT.sub(repair, text), places


def _decode(match: re.Match[str]) -> str:
    """Return what was meant by a suspect run of characters: itself unless that is certain."""
    run = match[0]
    if run == "Â ":
        return "\xa0"
    if run[0] < "\xa0":
        return run.translate(_FROM_C1)
    try:
        meant = run.translate(_TO_BYTE).encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return run
    return meant if _is_certain(match, meant) else run


def _is_certain(match: re.Match[str], meant: str) -> bool:
    plausible = [bool(_PLAUSIBLE.match(character)) for character in meant]
    # One foreign character is a chance meeting (`Brontë…”` spells a Korean syllable); two are
    # a word.
    if not all(plausible) and (any(plausible) or len(meant) == 1):
        return False
    before = match.string[max(match.start() - 1, 0) : match.start()]
    after = match.string[match.end() : match.end() + 1]
    if _could_end_a_word(match[0], before, after):
        return False
    if before.islower() and match[0][0].isupper():
        return True  # `ErdoÄŸan`: no word has a capital and a sign in its midst
    if _NO_BEGINNING.fullmatch(match[0]) and after.islower() and not before.isalpha():
        return True  # `ÄŒeferin`, `Åženol`, `ÃŽle-de-France`
    if match[0][0] == "â" and match[0][1] in "\x82\x84\u201a\u201e":
        return True  # `IKEAâ„¢`: a low quotation mark is at the end of no word
    # ftfy takes 60 ms to import, and hardly any text gets here.
    from ftfy.badness import is_bad  # noqa: PLC0415 - see above

    # It judges by pairs, and a neighbour outside ASCII could make a pair of its own.
    before, after = (side if side.isascii() else "" for side in (before, after))
    return bool(is_bad(before + match[0] + after))


def _could_end_a_word(run: str, before: str, after: str) -> bool:
    """Tell whether `run` may be a capital and the punctuation after it: `“IRMÃ”`."""
    if len(run) != len("Ã”") or run[1] not in _CLOSING:
        return False
    if run[0] == "Â" and (run[1] == "\xa0" or before.isupper()):
        return False  # no word ends in Â: `de VVDÂ\xa0wil`
    is_final = run[1] == "\xa0" or not after.isalpha()
    return is_final and (before.isupper() or before in _OPENING)


def _is_damage(stretch: str) -> bool:
    """Tell whether a stretch of `_BEYOND_ASCII` has what no text of Europe has there."""
    return any(
        sign == "?" or _DAMAGE.match(sign) or not (sign.isascii() or _PLAUSIBLE.match(sign))
        for sign in stretch
    )


def _is_damage_of(damaged: str, sound: str) -> bool:
    """Tell whether `damaged` is `sound` with characters outside ASCII lost."""
    if _DAMAGE.search(sound) or not _DAMAGE.search(damaged):
        return False
    kept = _DAMAGE.split(damaged)
    return re.fullmatch(r"[^\x00-\x7f]+".join(map(re.escape, kept)), sound) is not None
