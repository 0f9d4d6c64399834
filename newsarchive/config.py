"""Configuration: the only reader of the environment and of `newsarchive.toml`.

Order: option (a command's, or Scrapy's `-s`) > environment > file > default. One table,
`VARIABLES`, gives every variable its meaning; docs and errors are made from it.
"""

import os
import time
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib.metadata import metadata
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from newsarchive import __version__
from newsarchive.exceptions import ConfigError

Clock = Callable[[], datetime]
"""A function that gives the present time, aware."""

PREFIX = "NEWSARCHIVE_"
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
FILE = "newsarchive.toml"
LOG_FORMATS = ("text", "json")
MEDIA = ("none", "feature", "all")

VARIABLES: dict[str, str] = {
    "NEWSARCHIVE_DATABASE_URL": (
        "SQLAlchemy URL: sqlite:///… or postgresql+psycopg://…; "
        "default: newsarchive.db in the data folder"
    ),
    "NEWSARCHIVE_DATA_DIR": "folder of the database, of warc/ and media/; default: ./archive",
    "NEWSARCHIVE_FEEDS_URL": "base in place of https://feeds.nos.nl",
    "NEWSARCHIVE_SITE_URL": "base in place of https://nos.nl; links that carry it are NOS's own",
    "NEWSARCHIVE_CONTACT": "contact page or address in the User-Agent; default: the project page",
    "NEWSARCHIVE_DAILY_BUDGET": (
        "requests for pages that a source's site gets in one day (of Amsterdam), and as many for "
        "its pictures; default: 5000"
    ),
    "NEWSARCHIVE_RECHECKS": (
        "ages, since its last change, at which a page is looked at again (m, h or d); "
        "default: 1h 6h 1d 3d 7d 30d"
    ),
    "NEWSARCHIVE_MEDIA": (
        "pictures that are kept: none, feature (an article's own) or all; they are the property "
        "of third parties; default: none"
    ),
    "NEWSARCHIVE_MEDIA_URL": "base in place of the hosts of NOS's pictures",
    "NEWSARCHIVE_LOG_FORMAT": (
        "form of a crawl's log: text, or json (one object a line); default: text"
    ),
    "NEWSARCHIVE_CLOCK": "for tests: the time at which the process believes it starts (ISO 8601)",
}


def system_clock() -> datetime:
    """Return the present time in UTC."""
    return datetime.now(UTC)


def clock_from(start: datetime) -> Clock:
    """Return a clock that reads `start` now and runs on at the real pace."""
    origin = time.monotonic()
    return lambda: start + timedelta(seconds=time.monotonic() - origin)


@dataclass(frozen=True, slots=True)
class Config:
    """What an operator may choose, read once at the edge and passed on as a value."""

    data_dir: Path
    database_url: str
    feeds_url: str | None = None
    site_url: str | None = None
    contact: str = ""
    contact_is_default: bool = True
    daily_budget: int = 5000
    rechecks: tuple[timedelta, ...] | None = None  # None: the plan's own
    media: str = "none"
    media_url: str | None = None
    log_format: str = "text"
    clock: Clock = system_clock
    file: Path = Path(FILE)
    source_tables: object = field(default_factory=dict)  # of `file`; newsarchive.sources reads them

    @classmethod
    def load(
        cls,
        options: Mapping[str, Any] | None = None,
        environ: Mapping[str, str] | None = None,
        file: Path | None = None,
    ) -> "Config":
        """Read the configuration; `options` has variables by name and wins.

        Raises ConfigError for an unknown or unusable variable, naming its place.
        """
        file = file or Path(FILE)
        given = find_given(options, environ, file)
        values = {name: value for name, (value, _) in given.items()}
        data_dir = Path(values.get("NEWSARCHIVE_DATA_DIR", "archive"))
        default_url = f"sqlite:///{data_dir / 'newsarchive.db'}"
        contact = values.get("NEWSARCHIVE_CONTACT", "")
        return cls(
            data_dir=data_dir,
            database_url=_database_url(values.get("NEWSARCHIVE_DATABASE_URL", default_url)),
            feeds_url=_base_url(values, "NEWSARCHIVE_FEEDS_URL"),
            site_url=_base_url(values, "NEWSARCHIVE_SITE_URL"),
            contact=contact or project_page(),
            contact_is_default=not contact,
            daily_budget=_number(values, "NEWSARCHIVE_DAILY_BUDGET", 5000),
            rechecks=_ages(values.get("NEWSARCHIVE_RECHECKS")),
            media=_one_of(values, "NEWSARCHIVE_MEDIA", MEDIA),
            media_url=_base_url(values, "NEWSARCHIVE_MEDIA_URL"),
            log_format=_one_of(values, "NEWSARCHIVE_LOG_FORMAT", LOG_FORMATS),
            clock=_clock(values.get("NEWSARCHIVE_CLOCK")),
            file=file,
            source_tables=_read_file(file).get("sources", {}),
        )

    @property
    def user_agent(self) -> str:
        """How the crawler names itself, and whom to ask."""
        return f"newsarchive/{__version__} (+{self.contact})"


def find_given(
    options: Mapping[str, Any] | None = None,
    environ: Mapping[str, str] | None = None,
    file: Path | None = None,
) -> dict[str, tuple[str, str]]:
    """Return each variable that was given, with its value and where: what wins, that is.

    Raises ConfigError for a file that cannot be used.
    """
    environ = os.environ if environ is None else environ  # noqa: TID251 - this is config.py
    file = file or Path(FILE)
    layers = {
        str(file): _from_file(file),
        "environment": {name: environ[name] for name in VARIABLES if environ.get(name)},
        "option": {k: str(v) for k, v in (options or {}).items() if k in VARIABLES and v},
    }
    return {
        name: (value, where) for where, values in layers.items() for name, value in values.items()
    }


def find_unknown(environ: Mapping[str, str] | None = None) -> list[str]:
    """Return the names in the environment that look like variables of ours, and are none."""
    environ = os.environ if environ is None else environ  # noqa: TID251 - this is config.py
    return sorted(name for name in environ if name.startswith(PREFIX) and name not in VARIABLES)


def project_page() -> str:
    """Return the address of the project's page, from the package's own metadata."""
    urls = metadata("newsarchive").get_all("Project-URL") or []
    return next((url.split(", ", 1)[1] for url in urls if url.startswith("Homepage, ")), "")


def _read_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}. Mend or remove the file.") from error


def _from_file(path: Path) -> dict[str, str]:
    """Return the variables of a TOML file: `data_dir = "…"` is NEWSARCHIVE_DATA_DIR."""
    table = _read_file(path)
    table.pop("sources", None)
    values = {PREFIX + key.upper(): str(value) for key, value in table.items()}
    if unknown := sorted(values.keys() - VARIABLES.keys()):
        names = (*(name.removeprefix(PREFIX).lower() for name in VARIABLES), "sources")
        known = ", ".join(sorted(names))
        key = unknown[0].removeprefix(PREFIX).lower()
        raise ConfigError(f"{path}: unknown key {key!r}. Known keys: {known}.")
    return values


def _database_url(url: str) -> str:
    if url.startswith(("sqlite:///", "postgresql+psycopg://")):
        return url
    if url.startswith(("postgresql://", "postgres://")):
        return "postgresql+psycopg://" + url.split("://", 1)[1]
    raise ConfigError(
        f"NEWSARCHIVE_DATABASE_URL: {url!r} is neither sqlite:///… nor postgresql+psycopg://…"
    )


def _base_url(values: Mapping[str, str], name: str) -> str | None:
    url = values.get(name)
    if url is None:
        return None
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ConfigError(f"{name}: {url!r} is not an http(s) URL such as http://127.0.0.1:8000")
    return url.rstrip("/")


def _number(values: Mapping[str, str], name: str, default: int) -> int:
    text = values.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit()):
        raise ConfigError(f"{name}: {text!r} is not a whole number such as {default}")
    return int(text)


def _ages(text: str | None) -> tuple[timedelta, ...] | None:
    if text is None:
        return None
    try:
        ages = tuple(_age(word) for word in text.replace(",", " ").split())
    except (ValueError, KeyError, OverflowError) as error:
        raise ConfigError(
            f"NEWSARCHIVE_RECHECKS: {text!r} is no list of ages such as 1h 6h 1d 3d 7d 30d"
        ) from error
    if any(later <= sooner for sooner, later in pairwise((timedelta(), *ages))):
        raise ConfigError(f"NEWSARCHIVE_RECHECKS: {text!r}: each age must be above the one before")
    return ages


def _age(word: str) -> timedelta:
    return float(word[:-1]) * _UNITS[word[-1]]


def _one_of(values: Mapping[str, str], name: str, known: Sequence[str]) -> str:
    """Return the value of `name`; the first of the `known` ones where it has none."""
    value = values.get(name, known[0])
    if value not in known:
        raise ConfigError(f"{name}: {value!r} is none of {', '.join(known)}")
    return value


def _clock(start: str | None) -> Clock:
    if start is None:
        return system_clock
    try:
        moment = datetime.fromisoformat(start)
    except ValueError as error:
        raise ConfigError(f"NEWSARCHIVE_CLOCK: {start!r} is not an ISO 8601 time") from error
    if moment.tzinfo is None:
        raise ConfigError(f"NEWSARCHIVE_CLOCK: {start!r} has no time zone; add Z or +01:00")
    return clock_from(moment.astimezone(UTC))
