"""`newsarchive init`, `upgrade` and `status`: the archive as a whole."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from shutil import get_terminal_size
from typing import Any

import click

from newsarchive.cli.arguments import json_option, open_archive
from newsarchive.cli.output import is_terminal, minute, print_json, printable
from newsarchive.cli.tables import print_table
from newsarchive.config import Config


@click.command()
def init() -> None:
    """Create an archive where NEWSARCHIVE_DATABASE_URL says; one that is there stays as it is."""
    from newsarchive.storage import Archive

    url = Config.load().database_url
    is_new = Archive.find_schema(url) is None
    if is_new:
        Archive.create(url)
    with Archive.open(url) as archive:
        done = "Created an archive" if is_new else "There is an archive already"
        click.echo(f"{done}: {archive.name}", err=True)


@click.command()
def upgrade() -> None:
    """Bring an archive to this version's schema, with all its data.

    It is all done, or nothing is. An older newsarchive cannot use the archive afterwards. A SQLite
    archive is copied first, beside itself, and the copy stays until you remove it; of PostgreSQL
    make a backup before. Articles that full-text search does not know yet are indexed last; when
    that is interrupted, run it again.
    """
    from newsarchive.cli.search import show_indexed
    from newsarchive.custody.reindex import index_missing
    from newsarchive.custody.upgrade import upgrade as upgrade_archive
    from newsarchive.storage import Archive

    config = Config.load()
    done = upgrade_archive(config.database_url, config.clock())
    if done.copy is not None:
        click.echo(f"As it was, the archive is kept in {done.copy}", err=True)
    with Archive.open(config.database_url) as archive:
        is_new = done.after != done.before
        said = f"Upgraded from schema {done.before} to" if is_new else "Already at schema"
        click.echo(f"{said} {done.after}: {archive.name}", err=True)
        if indexed := index_missing(archive, show_indexed()):
            click.echo(f"Indexed {indexed} articles for full-text search.", err=True)


FEED_FACTS = (
    "source",
    "slug",
    "category",
    "url",
    "health",
    "entries",
    "last_polled_at",
    "last_success_at",
    "last_changed_at",
    "usual_interval_s",
    "next_poll_at",
    "retry_after_at",
    "consecutive_failures",
    "last_error",
)

OUTAGE_FACTS = (
    "source",
    "slug",
    "category",
    "kind",
    "began_at",
    "ended_at",
    "has_overlap",
    "reason",
)

ALARM_FACTS = ("kind", "subject", "message", "raised_at")

LAST_DAY, LAST_WEEK = timedelta(days=1), timedelta(days=7)
SHOWN_FAILURES = 5
WIDE = 130  # columns of a terminal that has room for all that is told of a feed
NARROW_COLUMNS = ("feed", "health", "last poll", "last change", "entries")
SHOWN_OUTAGES = 10


@click.command()
@click.option(
    "--runs",
    "run_limit",
    type=click.IntRange(min=1),
    default=5,
    show_default=True,
    metavar="N",
    help="How many of the latest crawl runs.",
)
@json_option
def status(run_limit: int, *, as_json: bool) -> None:
    """Show the feeds, how much the archive holds, and the latest crawl runs.

    Times are Amsterdam's; with --json ISO 8601 in UTC. A run whose outcome is null in JSON has
    not ended: `heartbeat_at` is its last sign of life. The keys are in docs/operations.md.

    Exits 0 whatever it shows, 3 where the archive cannot be read.
    """
    config = Config.load()
    now = config.clock()
    with open_archive() as archive:
        feeds, runs = archive.find_feeds(), archive.find_runs(run_limit)
        outages = archive.coverage.find_outages(
            now, since=now - LAST_WEEK, slowest=config.poll_every
        )
        alarms = archive.watch.find_alarms()
        told: dict[str, Any] = {
            "archive": archive.name,
            "at": now,
            "counts": archive.count_rows(),
            "quarantine": archive.count_quarantined(now - LAST_DAY),
            "pictures": archive.pictures.count(),
            "leases": archive.find_leases(),
            "feeds": [{fact: feed[fact] for fact in FEED_FACTS} for feed in feeds],
            "outages": [{fact: outage[fact] for fact in OUTAGE_FACTS} for outage in outages],
            "alarms": [{fact: alarm[fact] for fact in ALARM_FACTS} for alarm in alarms],
            "runs": runs,
        }
    if as_json:
        print_json(told)
        return
    click.echo(f"{told['archive']}: {_totals(told['counts'])}\n")
    _print_feeds(feeds)
    _print_outages(outages)
    _print_alarms(alarms)
    _print_quarantine(told["quarantine"])
    _print_pictures(told["pictures"])
    _print_runs(runs)


def _totals(counts: Mapping[str, int]) -> str:
    return ", ".join(
        f"{count} {of.replace('quarantine', 'quarantined')}" for of, count in counts.items()
    )


def _print_feeds(feeds: Sequence[Mapping[str, Any]]) -> None:
    if not feeds:
        click.echo("No feed was polled yet: run `newsarchive crawl`.", err=True)
        return
    rows = [
        {
            "category": feed["category"],
            "feed": feed["slug"],
            "health": feed["health"],
            "last poll": minute(feed["last_polled_at"]) or "never",
            "last change": minute(feed["last_changed_at"]) or "never",
            "next poll": minute(feed["next_poll_at"]),
            "entries": feed["entries"],
            "failures": feed["consecutive_failures"],
            "last error": feed["last_error"],
        }
        for feed in feeds
    ]
    is_narrow = is_terminal() and get_terminal_size().columns < WIDE
    columns = NARROW_COLUMNS if is_narrow else tuple(rows[0])
    print_table(columns, ([row[name] for name in columns] for row in rows), one_line=is_narrow)
    for row in rows if is_narrow else ():
        if error := row["last error"]:
            click.echo(f"{row['feed']}: {printable(error)} ({row['failures']} in a row)")
    click.echo()


def _print_outages(outages: Sequence[Mapping[str, Any]]) -> None:
    if not outages:
        return
    columns = ("not seen in the last week", "why", "from", "until", "missed", "reason")
    missed = {True: "nothing", False: "perhaps", None: ""}
    rows = (
        (
            outage["slug"],
            outage["kind"],
            minute(outage["began_at"]),
            minute(outage["ended_at"]) or "now",
            missed[outage["has_overlap"]],
            outage["reason"],
        )
        for outage in outages[:SHOWN_OUTAGES]
    )
    print_table(columns, rows)
    if (more := len(outages) - SHOWN_OUTAGES) > 0:
        click.echo(f"and {more} more: --json, or the view coverage")
    click.echo()


def _print_alarms(alarms: Sequence[Mapping[str, Any]]) -> None:
    if not alarms:
        return
    columns = ("alarm", "of", "since", "what")
    rows = (
        (alarm["kind"], alarm["subject"], minute(alarm["raised_at"]), alarm["message"])
        for alarm in alarms
    )
    print_table(columns, rows)
    click.echo()


def _print_quarantine(stages: Mapping[str, Mapping[str, int]]) -> None:
    if not stages:
        return
    columns = ("quarantined at", "in all", "in the last day")
    print_table(columns, ((stage, n["total"], n["last_day"]) for stage, n in stages.items()))
    click.echo()


def _print_pictures(told: Mapping[str, Any]) -> None:
    counted = {what: told[what] for what in ("stored", "pending", "failing", "given_up")}
    if not any(counted.values()):
        return
    counts = ", ".join(f"{count} {what.replace('_', ' ')}" for what, count in counted.items())
    click.echo(f"Pictures: {counts}; {told['files']} files, {told['size_bytes']:,} bytes.\n")
    if told["failures"]:
        columns = ("picture", "attempts", "last try", "next try", "error")
        rows = (
            (
                failed["url"],
                failed["attempts"],
                minute(failed["tried_at"]),
                minute(failed["next_try_at"]) or "never",
                failed["error"],
            )
            for failed in told["failures"][:SHOWN_FAILURES]
        )
        print_table(columns, rows)
        click.echo()


def _print_runs(runs: Sequence[Mapping[str, Any]]) -> None:
    if not runs:
        click.echo("There was no crawl run yet.", err=True)
        return
    columns = ("run", "spider", "started", "finished", "outcome", "counters")
    rows = (
        (
            run["id"],
            run["spider"],
            minute(run["started_at"]),
            minute(run["finished_at"]),
            run["outcome"] or f"running, last sign of life {minute(run['heartbeat_at'])}",
            _counted(run["counters"]),
        )
        for run in runs
    )
    print_table(columns, rows)


def _counted(counters: Mapping[str, Any]) -> str:
    # Sorted: PostgreSQL keeps JSON in an order of its own.
    counted = sorted((name.replace("_", " "), count) for name, count in counters.items() if count)
    return ", ".join(f"{count} {name}" for name, count in counted)
