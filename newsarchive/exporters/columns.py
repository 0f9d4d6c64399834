"""The columns of a table: which ones a record has, and of which type, as its class says."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import Enum
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints


class ColumnType(Enum):
    """What the values of a column are; any of them may be missing."""

    TEXT = str
    INTEGER = int
    BOOLEAN = bool
    TIME = datetime
    DAY = date
    DOCUMENT = Mapping  # JSON, written as text


def columns_of(record_type: type) -> dict[str, ColumnType]:
    """Return the columns of a dataclass in the order of its fields.

    Raises TypeError for a field of a type that no column has.
    """
    hints = get_type_hints(record_type)
    return {name: _column_type(hint) for name, hint in hints.items()}


def _column_type(hint: Any) -> ColumnType:
    alternatives = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    [bare] = [get_origin(kind) or kind for kind in alternatives if kind is not NoneType]
    for column_type in ColumnType:
        if column_type.value is bare:
            return column_type
    if issubclass(bare, str):  # an enumeration
        return ColumnType.TEXT
    raise TypeError(f"{hint} has no column type")


def written(value: Any) -> str | None:
    """Return a value as text: times as ISO 8601 in UTC, JSON with its keys in order."""
    match value:
        case None:
            return None
        case bool():
            return str(value).lower()
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case Mapping():
            return json.dumps(value, ensure_ascii=False, sort_keys=True)
        case _:
            return str(value)
