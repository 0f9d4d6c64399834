"""The plan: table `schedule` of `newsarchive.toml` → jobs.

    [schedule.nos]                  # the crawl of a source; without it, as by default
    categories = "buitenland,tech"

    [schedule.backup]               # any other command, at its time
    run = "backup /srv/backup"
    every = "1d"
    at = "04:30"

    [schedule]
    verify = false                  # a job of the default plan that is not wanted

Every source is crawled when something of it is due, and `verify` runs once a month, unless the
table says otherwise. `docs/operations.md` explains the keys to operators.
"""

import re
import shlex
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import time, timedelta
from pathlib import Path
from typing import Any

from newsarchive.exceptions import ConfigError
from newsarchive.sources import DEFAULT_SOURCE, Source

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_UNITS = {"m": MINUTE, "h": HOUR, "d": DAY}
_DURATION = re.compile(r"(\d{1,4})([mhd])")
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")

CRAWL_KEYS = ("categories", "pages", "options", "every", "patience")
RUN_KEYS = ("run", "every", "at", "patience")


@dataclass(frozen=True, slots=True)
class Job:
    """One thing that is done again and again."""

    name: str
    command: tuple[str, ...]  # the words behind `newsarchive`
    every: timedelta  # of a crawl, at the least; of any other, from one to the next
    at: time | None = None  # the time of day in Amsterdam
    source: str | None = None  # of a crawl: it starts when something of that source is due
    slugs: tuple[str, ...] = ()  # the feeds of that crawl
    patience: timedelta = 15 * MINUTE  # of a crawl: without getting on; of any other: in all

    @property
    def lane(self) -> str:
        """What of it there may be one at a time: a source, or all that is no crawl."""
        return self.source or ""


def read_plan(
    table: object, file: Path, sources: Mapping[str, Source], commands: Collection[str]
) -> tuple[Job, ...]:
    """Return the jobs of the default plan, changed and completed by `table` of `file`.

    `commands` are those that a job may run. Raises ConfigError for what cannot be used, naming
    its place.
    """
    if not isinstance(table, Mapping):
        raise ConfigError(f"{file}: schedule is no table; write [schedule.NAME].")
    jobs = {source.name: _crawl(source, {}, "") for source in sources.values() if source.feeds}
    jobs["verify"] = Job("verify", ("verify",), 30 * DAY, time(3, 30), patience=DAY)
    for name, values in table.items():
        place = f"{file}: [schedule.{name}]"
        if values is False:
            if name not in jobs:
                raise ConfigError(f"{place}: there is no such job to leave out")
            del jobs[name]
        elif not isinstance(values, Mapping):
            raise ConfigError(f"{place}: is neither a table nor false")
        elif name in sources:
            jobs[name] = _crawl(sources[name], values, place)
        else:
            jobs[name] = _run(name, values, place, commands)
    return tuple(jobs.values())


def _crawl(source: Source, values: Mapping[str, Any], place: str) -> Job:
    _refuse_unknown(values, CRAWL_KEYS, place)
    categories = values.get("categories")
    wanted = [name.strip() for name in _text(categories, "categories", place).split(",")]
    feeds = source.feeds_of(wanted if categories is not None else None)
    spider = ["nos"] if source.name == DEFAULT_SOURCE else ["feeds", "-a", f"source={source.name}"]
    chosen = ["-a", f"categories={categories}"] if categories is not None else []
    pages = ["-a", f"pages={_text(values['pages'], 'pages', place)}"] if "pages" in values else []
    options = _words(values.get("options", ""), "options", place)
    return Job(
        source.name,
        ("crawl", *spider, "-a", "feeds=due", *chosen, *pages, *options),
        _duration(values.get("every", "5m"), "every", place),
        source=source.name,
        slugs=tuple(feed.slug for feed in feeds),
        patience=_duration(values.get("patience", "15m"), "patience", place),
    )


def _run(name: str, values: Mapping[str, Any], place: str, commands: Collection[str]) -> Job:
    _refuse_unknown(values, RUN_KEYS, place)
    command = _words(values.get("run", ""), "run", place)
    if not command or command[0] not in commands:
        known = ", ".join(sorted(commands))
        raise ConfigError(f"{place} run: names no command that a job can be; it may be {known}.")
    job = Job(
        name,
        tuple(command),
        _duration(values.get("every", "1d"), "every", place),
        patience=_duration(values.get("patience", "1d"), "patience", place),
    )
    if "at" not in values:
        return job
    if job.every % DAY:
        raise ConfigError(f"{place}: with at, every must be a number of days, such as 7d.")
    return replace(job, at=_time(values["at"], place))


def _refuse_unknown(values: Mapping[str, Any], keys: Sequence[str], place: str) -> None:
    if unknown := sorted(values.keys() - set(keys)):
        raise ConfigError(f"{place}: unknown key {unknown[0]!r}. Known keys: {', '.join(keys)}.")


def _text(value: object, key: str, place: str) -> str:
    if value is not None and not isinstance(value, str):
        raise ConfigError(f"{place} {key}: {value!r} is no text.")
    return value or ""


def _words(value: object, key: str, place: str) -> list[str]:
    try:
        return shlex.split(_text(value, key, place))
    except ValueError as error:
        raise ConfigError(f"{place} {key}: {value!r} cannot be read: {error}.") from error


def _duration(value: object, key: str, place: str) -> timedelta:
    found = _DURATION.fullmatch(_text(value, key, place))
    if found is None or int(found[1]) == 0:
        raise ConfigError(f"{place} {key}: {value!r} is no time such as 30m, 6h or 7d.")
    return int(found[1]) * _UNITS[found[2]]


def _time(value: object, place: str) -> time:
    found = _TIME.fullmatch(_text(value, "at", place))
    if found is None:
        raise ConfigError(f"{place} at: {value!r} is no time of day such as 04:30.")
    return time(int(found[1]), int(found[2]))
