"""What keeps an archive from working: each check is a function of what it looks at.

Nothing here writes. A check gives findings: what was found, how bad it is, and what to do.
"""

import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from newsarchive.config import VARIABLES, Config
from newsarchive.exceptions import ExitCode, StorageError

GIBIBYTE = 2**30
LOW_DISK_BYTES, FULL_DISK_BYTES = 2 * GIBIBYTE, GIBIBYTE // 4

CLOCK_TOLERANCE = timedelta(minutes=2)

# A password of a database URL stands between a colon and the last @, or behind its name.
_PASSWORD = re.compile(r"(?<=://)([^:/@]*):.*(?=@)|(?<=[?&]password=)[^&]*")

_EXTRA = re.compile(r"""(?P<name>[\w.-]+).*;.*extra == ["'](?P<extra>[\w-]+)["']""")

_TOOLS = {"test", "check"}  # extras for those who work on newsarchive itself


class Level(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's report."""

    check: str
    level: Level
    found: str
    remedy: str = ""
    exit_code: ExitCode = ExitCode.DONE  # of a failure


@dataclass(frozen=True, slots=True)
class Answer:
    """How a host answered when it was asked for robots.txt."""

    url: str
    received_at: datetime
    status: int | None = None  # None: not at all
    error: str = ""
    date: datetime | None = None  # by the server's clock
    is_allowed: bool = True  # to fetch what lies there


def ok(check: str, found: str) -> Finding:
    """Return a finding that needs nobody."""
    return Finding(check, Level.OK, found)


def warning(check: str, found: str, remedy: str) -> Finding:
    """Return a finding that somebody should look at."""
    return Finding(check, Level.WARNING, found, remedy)


def failure(check: str, found: str, remedy: str, exit_code: ExitCode) -> Finding:
    """Return a finding with which newsarchive cannot work."""
    return Finding(check, Level.FAILURE, found, remedy, exit_code)


def exit_code(findings: Iterable[Finding]) -> ExitCode:
    """Return that of the first failure; DONE where there is none."""
    failures = (finding for finding in findings if finding.level is Level.FAILURE)
    return next((finding.exit_code for finding in failures), ExitCode.DONE)


def check_variables(
    given: Mapping[str, tuple[str, str]], config: Config, unknown: Sequence[str]
) -> Iterator[Finding]:
    """Yield each variable with its value and where that comes from, passwords hidden."""
    defaults = {
        "NEWSARCHIVE_DATABASE_URL": config.database_url,
        "NEWSARCHIVE_DATA_DIR": str(config.data_dir),
        "NEWSARCHIVE_CONTACT": config.contact,
    }
    for name in VARIABLES:
        value, where = given.get(name, (defaults.get(name, ""), "default"))
        shown = f"{_PASSWORD.sub(_hidden, value)} ({where})" if value else where
        if name == "NEWSARCHIVE_CONTACT" and config.contact_is_default:
            yield warning(name, shown, "set it: nobody can ask us to slow down")
        elif name == "NEWSARCHIVE_CLOCK" and name in given:
            yield warning(name, shown, "unset it, unless this is a test")
        else:
            yield ok(name, shown)
    for name in unknown:
        yield warning(name, "no variable of this newsarchive (environment)", "mind its spelling")


def _hidden(found: re.Match[str]) -> str:
    return f"{found[1]}:***" if found[1] is not None else "***"


def check_time_zone(name: str = "Europe/Amsterdam") -> Finding:
    """Find whether days can be told: the time zone database is there."""
    try:
        ZoneInfo(name)
    except ZoneInfoNotFoundError:
        remedy = "run `pip install tzdata`"
        return failure("time zones", f"{name} is not there", remedy, ExitCode.USAGE)
    return ok("time zones", name)


def check_folder(check: str, folder: Path) -> Finding:
    """Find whether a folder can be written to, or made."""
    there = _nearest(folder)
    if not there.is_dir():
        remedy = "name another folder, or move that file"
        return failure(check, f"{there} is a file", remedy, ExitCode.DATABASE)
    if not os.access(there, os.W_OK | os.X_OK):
        remedy = "mind its owner, rights and mount"
        return failure(check, f"{there} cannot be written to", remedy, ExitCode.DATABASE)
    return ok(check, f"{folder}" if there == folder else f"{folder} (it will be made)")


def _nearest(folder: Path) -> Path:
    """Return `folder`, or the nearest above it that exists."""
    candidates = (folder.absolute(), *folder.absolute().parents)
    found = next(place for place in candidates if place.exists())
    return folder if found == folder.absolute() else found


def check_disk(folder: Path) -> Finding:
    """Find whether there is room where the WARC files are."""
    free = shutil.disk_usage(_nearest(folder)).free
    found = f"{free / GIBIBYTE:,.1f} GiB free"
    if free < FULL_DISK_BYTES:
        return failure("disk", found, "make room: nothing more can be stored", ExitCode.DATABASE)
    if free < LOW_DISK_BYTES:
        return warning("disk", found, "make room")
    return ok("disk", found)


def check_archive(config: Config, now: datetime) -> Iterator[Finding]:
    """Yield what is found of the database: its schema, and who and what is in it."""
    # Late: what is there to read times with must be checked before this is imported.
    from newsarchive.storage import Archive, sqlite_path  # noqa: PLC0415 - as above

    try:
        schema = Archive.find_schema(config.database_url)
        file = sqlite_path(config.database_url)
        if schema is None and file is not None and not file.exists():
            remedy = "the first crawl makes it, or `newsarchive init`"
            yield warning("database", "there is no archive yet", remedy)
            return
        with Archive.read(config.database_url) as archive:
            counts = archive.count_rows()
            feeds, runs = archive.find_feeds(), archive.find_runs(1)
            leases = archive.find_leases()
            yield ok("database", f"{archive.name}: schema {schema}, {counts['articles']} articles")
    except StorageError as error:
        yield failure("database", str(error), "as it says", ExitCode.DATABASE)
        return
    yield check_feeds(feeds)
    yield check_newest([*(feed["last_polled_at"] for feed in feeds), *_times(runs)], now)
    yield from check_leases(leases, now)


def _times(runs: Sequence[Mapping[str, datetime | None]]) -> Iterator[datetime | None]:
    for run in runs:
        yield from (run["started_at"], run["finished_at"])


def check_feeds(feeds: Sequence[Mapping[str, str]]) -> Finding:
    """Find whether feeds fail, or have been quiet for longer than is usual."""
    ill = [f"{feed['slug']} {feed['health']}" for feed in feeds if feed["health"] != "well"]
    if ill:
        return warning("feeds", ", ".join(ill), "see `newsarchive status`")
    return ok("feeds", f"{len(feeds)} feeds, all well" if feeds else "none was polled yet")


def check_newest(moments: Iterable[datetime | None], now: datetime) -> Finding:
    """Find whether the clock reads later than all that the archive has seen."""
    newest = max((moment for moment in moments if moment), default=None)
    if newest is not None and newest - now > CLOCK_TOLERANCE:
        found = f"it reads {now:%Y-%m-%d %H:%M} UTC, the archive knows of {newest:%Y-%m-%d %H:%M}"
        return warning("clock", found, "set the clock of this computer (NTP)")
    return ok("clock", f"{now:%Y-%m-%d %H:%M} UTC, later than all in the archive")


def check_leases(
    leases: Sequence[Mapping[str, datetime | str | int]], now: datetime
) -> Iterator[Finding]:
    """Yield who is at work, and whether there is a sign of life."""
    from newsarchive.storage import LEASE_TIMEOUT  # noqa: PLC0415 - as above

    if not leases:
        yield ok("lease", "nobody is at work")
    for lease in leases:
        heartbeat_at = lease["heartbeat_at"]
        assert isinstance(heartbeat_at, datetime)
        found = (
            f"run {lease['crawl_run_id']} holds {lease['name']!r}: process {lease['owner']} on "
            f"{lease['host']}, last sign of life {heartbeat_at:%Y-%m-%d %H:%M} UTC"
        )
        if now - heartbeat_at > LEASE_TIMEOUT:
            yield warning("lease", found, "look at that process; the next crawl takes over")
        else:
            yield ok("lease", found)


def check_answer(answer: Answer) -> Finding:
    """Find whether a host can be reached, and lets us in."""
    check, code = "reach", ExitCode.UNREACHABLE
    if answer.status is None:
        return failure(check, f"{answer.url}: {answer.error}", "mind network and proxy", code)
    found = f"{answer.url}: HTTP {answer.status}"
    if answer.status >= 500:  # noqa: PLR2004 - RFC 9309, 2.3.1.4: then nothing may be fetched
        return failure(check, found, "wait: without robots.txt nothing is fetched", code)
    if not answer.is_allowed:
        return failure(check, f"{found}, which disallows us", "ask the publisher", code)
    return ok(check, found)


def check_server_clock(answers: Iterable[Answer]) -> Iterator[Finding]:
    """Yield how the clock differs from that of the first server that told its own."""
    for answer in answers:
        if answer.date is None:
            continue
        ahead = answer.received_at - answer.date
        found = (
            f"{abs(ahead.total_seconds()):,.0f} s {'ahead of' if ahead > timedelta() else 'behind'}"
        )
        found += f" that of {answer.url}"
        is_off = abs(ahead) > CLOCK_TOLERANCE
        remedy = "set the clock of this computer (NTP)"
        yield warning("clock", found, remedy) if is_off else ok("clock", found)
        return


def check_extras(extras: Iterable[str], requirements: Sequence[str]) -> Iterator[Finding]:
    """Yield which optional parts are installed, of a package's own metadata; none is needed."""
    wanted = [found for text in requirements if (found := _EXTRA.match(text))]
    for extra in extras:
        names = [found["name"] for found in wanted if found["extra"] == extra]
        if names and extra not in _TOOLS:
            yield ok(f"extra {extra}", ", ".join(_installed(name, extra) for name in names))


def _installed(name: str, extra: str) -> str:
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return f"{name} is not installed: `pip install 'newsarchive[{extra}]'` if it is wanted"
