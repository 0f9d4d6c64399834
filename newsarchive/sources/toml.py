"""Sources of one's own: tables of `newsarchive.toml` → sources.

    [sources.weekblad]
    homepage = "https://weekblad.example"

    [[sources.weekblad.feeds]]
    url = "https://weekblad.example/feed"
    category = "nieuws"

`docs/sources.md` explains the keys to operators.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from newsarchive.exceptions import ConfigError
from newsarchive.model import Feed
from newsarchive.sources.base import Source

# It stands in ids (`weekblad:0123…`), in the names of WARC files and in folders of exports.
_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")

SOURCE_KEYS = {
    "homepage": "the address of its home page",
    "feeds": "a list of tables, one a feed",
    "language": "a language tag such as nl or fy",
    "pages": "true or false",
}
FEED_KEYS = {
    "url": "the feed's address",
    "category": "the subject of its entries, one line without a comma",
    "slug": "letters a-z, digits and hyphens",
}


@dataclass(frozen=True, slots=True)
class _Table:
    """A table of the file, its place, and what its keys may hold."""

    place: str
    values: Mapping[str, Any]
    keys: Mapping[str, str]

    def wrong(self, key: str, found: str) -> ConfigError:
        return ConfigError(f"{self.place} {key}: {found}; it may be {self.keys[key]}.")

    def refuse_unknown(self) -> None:
        if unknown := sorted(self.values.keys() - self.keys.keys()):
            known = ", ".join(self.keys)
            raise ConfigError(f"{self.place}: unknown key {unknown[0]!r}. Known keys: {known}.")

    def text(self, key: str, default: str | None = None) -> str:
        value = self.values.get(key, default)
        if value is None:
            raise self.wrong(key, "is missing")
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(key, f"{value!r} is no text")
        return value.strip()

    def url(self, key: str) -> str:
        url = self.text(key)
        try:
            parts = urlsplit(url)
            _ = parts.port  # that it is none is told when it is read
            is_web = parts.scheme in {"http", "https"} and bool(parts.hostname)
        except ValueError:
            is_web = False
        if not is_web:
            raise self.wrong(key, f"{url!r} is no http(s) address")
        return url

    def matching(self, key: str, pattern: re.Pattern[str], default: str) -> str:
        text = self.text(key, default)
        if not pattern.fullmatch(text):
            raise self.wrong(key, f"{text!r} cannot be used")
        return text


def read_sources(tables: object, file: Path, reserved: Collection[str] = ()) -> dict[str, Source]:
    """Return the sources that `tables`, the value of `sources` in `file`, describes, by name.

    Raises ConfigError for what cannot be used, naming file, table and key, and what may stand
    there. A source may not have a name of `reserved`.
    """
    if not isinstance(tables, Mapping):
        raise ConfigError(f"{file}: sources is no table; write [sources.NAME].")
    found = {}
    for name, table in tables.items():
        place = f"{file}: [sources.{name}]"
        if name in reserved:
            raise ConfigError(f"{place}: {name!r} is built in; choose another name.")
        if not _NAME.fullmatch(name):
            raise ConfigError(f"{place}: a name is a letter a-z, then letters, digits, hyphens.")
        if not isinstance(table, Mapping):
            raise ConfigError(f"{place} is no table.")
        found[name] = _read_source(name, _Table(place, table, SOURCE_KEYS))
    return found


def _read_source(name: str, table: _Table) -> Source:
    table.refuse_unknown()
    has_pages = table.values.get("pages", False)
    if not isinstance(has_pages, bool):
        raise table.wrong("pages", f"{has_pages!r} is neither")
    return Source(
        name=name,
        homepage_url=table.url("homepage"),
        feeds=_read_feeds(name, table, has_pages=has_pages),
        language=table.matching("language", _LANGUAGE, "nl"),
    )


def _read_feeds(name: str, table: _Table, *, has_pages: bool) -> tuple[Feed, ...]:
    given = table.values.get("feeds")
    if not isinstance(given, list) or not given:
        raise table.wrong("feeds", "is missing" if given is None else f"{given!r} is none")
    feeds: list[Feed] = []
    for number, values in enumerate(given, start=1):
        place = f"{table.place} feeds, number {number},"
        if not isinstance(values, Mapping):
            raise ConfigError(f"{place} is no table; write [[sources.{name}.feeds]].")
        feed = _read_feed(name, len(feeds), _Table(place, values, FEED_KEYS), has_pages=has_pages)
        for key in ("slug", "url"):
            _refuse_second(place, key, getattr(feed, key), [getattr(one, key) for one in feeds])
        feeds.append(feed)
    return tuple(feeds)


def _read_feed(source: str, position: int, table: _Table, *, has_pages: bool) -> Feed:
    table.refuse_unknown()
    category = table.text("category")
    if "," in category or "\n" in category:
        raise table.wrong("category", f"{category!r} cannot be used")
    return Feed(
        source=source,
        slug=table.matching("slug", _SLUG, _slug_of(category)),
        category=category,
        url=table.url("url"),
        position=position,
        has_pages=has_pages,
    )


def _refuse_second(place: str, key: str, value: object, others: Collection[object]) -> None:
    if value in others:
        raise ConfigError(f"{place} {key}: {value!r} is that of another feed; name another one.")


def _slug_of(category: str) -> str:
    folded = unicodedata.normalize("NFKD", category).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", folded).strip("-")
