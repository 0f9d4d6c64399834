"""Configuration: the only reader of the environment and of `newsarchive.toml`.

Order: option (a command's, or Scrapy's `-s`) > environment > file > default. One table,
`VARIABLES`, gives every variable its meaning; docs and errors are made from it.
"""

import os
import time
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import metadata
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from newsarchive import __version__
from newsarchive.exceptions import ConfigError

Clock = Callable[[], datetime]
"""A function that gives the present time, aware."""

PREFIX = "NEWSARCHIVE_"
FILE = "newsarchive.toml"

VARIABLES: dict[str, str] = {
    "NEWSARCHIVE_DATABASE_URL": (
        "SQLAlchemy URL: sqlite:///… or postgresql+psycopg://…; "
        "default: newsarchive.db in the data folder"
    ),
    "NEWSARCHIVE_DATA_DIR": "folder of the database and of warc/; default: ./archive",
    "NEWSARCHIVE_FEEDS_URL": "base in place of https://feeds.nos.nl",
    "NEWSARCHIVE_SITE_URL": "base in place of https://nos.nl; links that carry it are NOS's own",
    "NEWSARCHIVE_CONTACT": "contact page or address in the User-Agent; default: the project page",
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
    clock: Clock = system_clock

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
        environ = os.environ if environ is None else environ  # noqa: TID251 - this is config.py
        values = {
            **_from_file(file or Path(FILE)),
            **{name: environ[name] for name in VARIABLES if environ.get(name)},
            **{k: str(v) for k, v in (options or {}).items() if k in VARIABLES and v},
        }
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
            clock=_clock(values.get("NEWSARCHIVE_CLOCK")),
        )

    @property
    def user_agent(self) -> str:
        """How the crawler names itself, and whom to ask."""
        return f"newsarchive/{__version__} (+{self.contact})"


def project_page() -> str:
    """Return the address of the project's page, from the package's own metadata."""
    urls = metadata("newsarchive").get_all("Project-URL") or []
    return next((url.split(", ", 1)[1] for url in urls if url.startswith("Homepage, ")), "")


def _from_file(path: Path) -> dict[str, str]:
    """Return the variables of a TOML file: `data_dir = "…"` is NEWSARCHIVE_DATA_DIR."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}. Mend or remove the file.") from error
    values = {PREFIX + key.upper(): str(value) for key, value in table.items()}
    if unknown := sorted(values.keys() - VARIABLES.keys()):
        known = ", ".join(sorted(name.removeprefix(PREFIX).lower() for name in VARIABLES))
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
