"""What a chunk of a table is, as its record's `Content-Type` tells.

`application/x-ndjson`, or `text/csv; header=present` (RFC 4180), where each chunk repeats the
header. A parameter `fields` tells which columns the operator named for which fields:
`fields="title=kop&url=adres"`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qsl, urlencode


class Form(StrEnum):
    """How a table is written."""

    ITEMS = "items"  # JSON lines
    CSV = "csv"


_TYPES = {Form.ITEMS: "application/x-ndjson", Form.CSV: "text/csv; header=present"}
_NAMED = re.compile(r'; fields="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Described:
    """What a `Content-Type` says of a chunk."""

    form: Form
    columns: Mapping[str, str]  # by field, as the operator named them


def content_type(form: Form, columns: Mapping[str, str]) -> str:
    """Return the `Content-Type` of a chunk of a table with such columns."""
    named = f'; fields="{urlencode(sorted(columns.items()))}"' if columns else ""
    return _TYPES[form] + named


def find_form(written: str | None) -> Described | None:
    """Return what a `Content-Type` says; None where it is not that of a chunk."""
    bare, *named = _NAMED.split(written or "", maxsplit=1)
    for form, name in _TYPES.items():
        if bare == name:
            return Described(form, dict(parse_qsl(named[0])) if named else {})
    return None
