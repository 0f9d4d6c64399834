"""Reading JSON whose shape nobody promises: what is there, in the type that is wanted."""

from collections.abc import Mapping
from typing import Any

Fields = Mapping[str, Any]
"""A JSON object as it was read."""


def string_in(fields: Fields, *names: str) -> str:
    """Return the first of the fields called `names` that is a text with anything to read."""
    for name in names:
        value = fields.get(name)
        if isinstance(value, str) and value.strip():
            return value
    return ""


def identifier_in(fields: Fields, *names: str) -> str | None:
    """Return the first of the fields called `names` that can name something, as a text."""
    for name in names:
        value = fields.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if isinstance(value, str) and value.strip():
            return value.strip()
    return None


def object_in(fields: Fields, *names: str) -> Fields:
    """Return the first of the fields called `names` that is an object, else an empty one."""
    for name in names:
        value = fields.get(name)
        if isinstance(value, dict):
            return value
    return {}


def objects_in(fields: Fields, *names: str) -> list[Fields]:
    """Return the objects in the first of the fields called `names` that is a list of any."""
    for name in names:
        value = fields.get(name)
        if isinstance(value, list) and (found := [item for item in value if is_object(item)]):
            return found
    return []


def labels_in(fields: Fields, *names: str) -> list[str]:
    """Return the texts, or the labels of the objects, in the field called one of `names`."""
    value = next((value for name in names if (value := fields.get(name))), None)
    if not isinstance(value, list):
        value = [value]
    labels = (_label(item) for item in value)
    return [label for label in labels if label]


def is_object(value: object) -> bool:
    """Tell whether `value` is a JSON object."""
    return isinstance(value, dict)


def _label(value: object) -> str:
    if isinstance(value, str):
        return value.strip()
    return string_in(value, "label", "name", "title").strip() if isinstance(value, dict) else ""
