"""Characters that PostgreSQL or XML cannot hold: one of them fails a whole batch elsewhere."""

import re

# XML 1.0, production Char, has neither these controls nor U+FFFE and U+FFFF; PostgreSQL
# refuses NUL; no UTF encodes a surrogate.
_UNSTORABLE = re.compile(
    "[\ud800-\udbff][\udc00-\udfff]|[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]"
)
_CONTROLS = bytes(set(range(0x20)) - set(b"\t\n\r"))
_SURROGATE_PAIR_LENGTH = 2


def clean_characters(text: str) -> tuple[str, int]:
    """Return `text` as every database and XML can hold it, and the number of changes.

    NUL, other C0 controls, U+FFFE and U+FFFF go; vertical tab and form feed are white space
    and become a space; a pair of surrogates becomes the character it means, a lone one U+FFFD.
    """
    return (text, 0) if _is_clean(text) else _UNSTORABLE.subn(_replacement, text)


def _is_clean(text: str) -> bool:
    # A tenth of the time that the expression takes to find nothing.
    try:
        data = text.encode()
    except UnicodeEncodeError:
        return False
    is_plain = len(data.translate(None, _CONTROLS)) == len(data)
    return is_plain and "\ufffe" not in text and "\uffff" not in text


def _replacement(match: re.Match[str]) -> str:
    found = match[0]
    if len(found) == _SURROGATE_PAIR_LENGTH:
        return found.encode("utf-16", "surrogatepass").decode("utf-16")
    if found in "\x0b\x0c":
        return " "
    return "\ufffd" if "\ud800" <= found <= "\udfff" else ""
