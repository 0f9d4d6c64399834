"""What the pages say, in one place: `texts.toml`, so that a translation is one more such file.

A template asks by key, `t("search.title")`, with values for what stands in braces. Where a
number decides, `t.many("article", 3)` takes `one` or `other` of that key. Days and times are
Amsterdam's, as everywhere that people look.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources import files
from typing import Any

from newsarchive.cleaning.dates import AMSTERDAM

KIB = 1024
UNITS = ("B", "KB", "MB", "GB", "TB")


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of one language."""

    language: str
    entries: Mapping[str, str]
    weekdays: tuple[str, ...]  # Monday first
    months: tuple[str, ...]

    def __call__(self, key: str, **values: object) -> str:
        """Return a text; raise KeyError for one that is not there, or lacks a value."""
        return self.entries[key].format(**values)

    def many(self, key: str, count: int, **values: object) -> str:
        """Return the text for one or for any other number; `{n}` in it is the number."""
        form = "one" if count == 1 else "other"
        return self(f"many.{key}.{form}", n=self.number(count), **values)

    def find(self, key: str, otherwise: str) -> str:
        """Return a text where there is one: for names that the archive gives."""
        return self.entries.get(key, otherwise)

    def number(self, value: float, digits: int = 0) -> str:
        """Return a number with its thousands set apart."""
        return f"{value:,.{digits}f}".replace(",", self.entries["number.thousands"])

    def size(self, size_bytes: float) -> str:
        """Return a size in the unit that keeps it short: `3.4 MB`, of 1,024 KB each."""
        power = 0
        while size_bytes >= KIB and power < len(UNITS) - 1:
            size_bytes /= KIB
            power += 1
        return f"{self.number(size_bytes, digits=1 if power else 0)} {UNITS[power]}"

    def day(self, day: date) -> str:
        """Return `Thursday 1 October 2026`."""
        return f"{self.weekdays[day.weekday()]} {day.day} {self.months[day.month - 1]} {day.year}"

    def short_day(self, day: date) -> str:
        """Return `1 October 2026`."""
        return f"{day.day} {self.months[day.month - 1]} {day.year}"

    def month(self, day: date) -> str:
        """Return `October 2026`."""
        return f"{self.months[day.month - 1]} {day.year}"

    def moment(self, moment: datetime) -> str:
        """Return `1 October 2026, 14:05`."""
        there = moment.astimezone(AMSTERDAM)
        return f"{self.short_day(there.date())}, {there:%H:%M}"

    def clock(self, moment: datetime) -> str:
        """Return `14:05`."""
        return f"{moment.astimezone(AMSTERDAM):%H:%M}"


def load_texts(language: str = "en") -> Texts:
    """Return the texts of a language that has a file beside this one."""
    name = "texts.toml" if language == "en" else f"texts.{language}.toml"
    table = tomllib.loads((files(__package__) / name).read_text(encoding="utf-8"))
    calendar = table.pop("calendar")
    return Texts(
        language=language,
        entries=dict(_flat(table, "")),
        weekdays=tuple(calendar["weekdays"]),
        months=tuple(calendar["months"]),
    )


def _flat(table: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, str):
            yield prefix + key, value
        else:
            yield from _flat(value, f"{prefix}{key}.")
