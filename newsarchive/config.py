"""Configuration: the only reader of the environment and of `newsarchive.toml`.

Order: option (a command's, or Scrapy's `-s`) > environment > file > default. One table,
`VARIABLES`, gives every variable its meaning; docs and errors are made from it.
"""

import os
import re
import time
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib.metadata import metadata
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from newsarchive import __version__
from newsarchive.exceptions import ConfigError

Clock = Callable[[], datetime]
"""A function that gives the present time, aware."""

PREFIX = "NEWSARCHIVE_"
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
LONGEST_NUMBER = 9  # digits: every database can count as far
SHORTEST_POLL_EVERY, LONGEST_POLL_EVERY = timedelta(minutes=5), timedelta(days=1)
FILE = "newsarchive.toml"
LOG_FORMATS = ("text", "json")
TABLES = ("sources", "schedule")  # of the file, beside its variables
MEDIA = ("none", "feature", "all")
RENDERERS = ("splash", "playwright")

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
    "NEWSARCHIVE_POLL_EVERY": (
        "the longest time from one good poll of a feed to the next, 5m to 1d; default: 1h"
    ),
    "NEWSARCHIVE_MEDIA": (
        "pictures that are kept: none, feature (an article's own) or all; they are the property "
        "of third parties; default: none"
    ),
    "NEWSARCHIVE_MEDIA_URL": "base in place of the hosts of NOS's pictures",
    "NEWSARCHIVE_SPLASH_URL": "a Splash server, which runs the script of pages that need it",
    "NEWSARCHIVE_RENDERER": (
        "what runs the script of pages: splash, playwright, or splash,playwright: the second one "
        "where the first brings no body; default: splash where NEWSARCHIVE_SPLASH_URL is set"
    ),
    "NEWSARCHIVE_REDIS_URL": (
        "a Valkey or Redis server, over which workers share a crawl of an archive on PostgreSQL: "
        "redis://host:6379/0"
    ),
    "NEWSARCHIVE_ALARM_URL": (
        "where an alarm is posted as JSON when it is raised, and when it is cleared"
    ),
    "NEWSARCHIVE_METRICS_FILE": (
        "file to which figures are written after each crawl and job, for Prometheus"
    ),
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
    splash_url: str | None = None
    renderers: tuple[str, ...] = ()  # in the order in which a page is given to them
    poll_every: timedelta = timedelta(hours=1)
    redis_url: str | None = None
    alarm_url: str | None = None
    metrics_file: Path | None = None
    log_format: str = "text"
    clock: Clock = system_clock
    file: Path = Path(FILE)
    source_tables: object = field(default_factory=dict)  # of `file`; newsarchive.sources reads them
    schedule_table: object = field(default_factory=dict)  # of `file`; newsarchive.scheduler does

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
        data_dir = _path(values, "NEWSARCHIVE_DATA_DIR") or Path("archive")
        # Quoted, since `#`, `?` and `%` in the name of a folder mean something in a URL.
        default_url = f"sqlite:///{quote(str(data_dir / 'newsarchive.db'))}"
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
            splash_url=_base_url(values, "NEWSARCHIVE_SPLASH_URL"),
            renderers=_renderers(values),
            poll_every=_poll_every(values.get("NEWSARCHIVE_POLL_EVERY", "1h")),
            redis_url=_redis_url(values.get("NEWSARCHIVE_REDIS_URL")),
            alarm_url=_base_url(values, "NEWSARCHIVE_ALARM_URL"),
            metrics_file=_path(values, "NEWSARCHIVE_METRICS_FILE"),
            log_format=_one_of(values, "NEWSARCHIVE_LOG_FORMAT", LOG_FORMATS),
            clock=_clock(values.get("NEWSARCHIVE_CLOCK")),
            file=file,
            source_tables=_read_file(file).get("sources", {}),
            schedule_table=_read_file(file).get("schedule", {}),
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
    for name in TABLES:
        table.pop(name, None)
    values = {PREFIX + key.upper(): str(value) for key, value in table.items()}
    if unknown := sorted(values.keys() - VARIABLES.keys()):
        names = (*(name.removeprefix(PREFIX).lower() for name in VARIABLES), *TABLES)
        known = ", ".join(sorted(names))
        key = unknown[0].removeprefix(PREFIX).lower()
        raise ConfigError(f"{path}: unknown key {key!r}. Known keys: {known}.")
    return values


def _database_url(url: str) -> str:
    # No message shows the URL: it may have a password.
    name, _, place = url.partition("://")
    if name == "sqlite" and place.startswith("/"):
        return url
    if name not in _POSTGRESQL:
        raise ConfigError(
            f"NEWSARCHIVE_DATABASE_URL: {name}://… is neither sqlite:///… nor "
            "postgresql+psycopg://…"
        )
    if not _HOST_AND_PORT.fullmatch(place):
        raise ConfigError(
            "NEWSARCHIVE_DATABASE_URL: its host or port cannot be read; write "
            "postgresql+psycopg://user:password@host:5432/database"
        )
    return f"postgresql+psycopg://{place}"


_POSTGRESQL = frozenset({"postgresql+psycopg", "postgresql", "postgres"})
_HOST_AND_PORT = re.compile(r"(?:.*@)?(?:\[[^]]*\]|[^][:/?]*)(?::\d+)?(?:[/?].*)?", re.DOTALL)


def is_web_address(url: str) -> bool:
    """Return whether `url` is an http(s) address that can be asked."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # that it is none is told when it is read
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _base_url(values: Mapping[str, str], name: str) -> str | None:
    url = values.get(name)
    if url is None:
        return None
    if not is_web_address(url):
        raise ConfigError(f"{name}: {url!r} is not an http(s) URL such as http://127.0.0.1:8000")
    return url.rstrip("/")


def _redis_url(url: str | None) -> str | None:
    if url is None or url.startswith(("redis://", "rediss://", "unix://")):
        return url
    raise ConfigError(
        f"NEWSARCHIVE_REDIS_URL: {url!r} is none of redis://…, rediss://… and unix://…"
    )


def _number(values: Mapping[str, str], name: str, default: int) -> int:
    text = values.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER):
        raise ConfigError(
            f"{name}: {text!r} is not a whole number of {LONGEST_NUMBER} digits at most, "
            f"such as {default}"
        )
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


def _poll_every(text: str) -> timedelta:
    try:
        interval = _age(text)
    except (ValueError, KeyError, IndexError, OverflowError):
        interval = timedelta()
    if not SHORTEST_POLL_EVERY <= interval <= LONGEST_POLL_EVERY:
        raise ConfigError(f"NEWSARCHIVE_POLL_EVERY: {text!r} is no time from 5m to 1d, such as 1h")
    return interval


def _path(values: Mapping[str, str], name: str) -> Path | None:
    """Return the path that `name` has, `~` in it being a home folder, as in a shell."""
    if name not in values:
        return None
    try:
        return Path(values[name]).expanduser()
    except RuntimeError as error:
        raise ConfigError(f"{name}: {values[name]!r}: {error}") from error


def _age(word: str) -> timedelta:
    return float(word[:-1]) * _UNITS[word[-1]]


def _one_of(values: Mapping[str, str], name: str, known: Sequence[str]) -> str:
    """Return the value of `name`; the first of the `known` ones where it has none."""
    value = values.get(name, known[0])
    if value not in known:
        raise ConfigError(f"{name}: {value!r} is none of {', '.join(known)}")
    return value


def _renderers(values: Mapping[str, str]) -> tuple[str, ...]:
    has_splash = "NEWSARCHIVE_SPLASH_URL" in values
    text = values.get("NEWSARCHIVE_RENDERER", "splash" if has_splash else "")
    names = tuple(name.strip() for name in text.split(",")) if text else ()
    if unknown := [name for name in names if name not in RENDERERS]:
        known = ", ".join(RENDERERS)
        raise ConfigError(f"NEWSARCHIVE_RENDERER: {unknown[0]!r} is none of {known}")
    if "splash" in names and not has_splash:
        raise ConfigError("NEWSARCHIVE_RENDERER: splash needs NEWSARCHIVE_SPLASH_URL, its address")
    return names


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
