"""`newsarchive init`, `upgrade` and `status`: the archive as a whole."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import click

from newsarchive.cli.arguments import json_option, open_archive
from newsarchive.cli.output import minute, print_json
from newsarchive.cli.tables import print_table
from newsarchive.config import Config
from newsarchive.exceptions import StorageError


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

    It is all done, or nothing is. Make a backup first: an older newsarchive cannot use the
    archive afterwards.
    """
    from newsarchive.storage import Archive

    url = Config.load().database_url
    before = Archive.find_schema(url)
    if before is None:
        raise StorageError("there is no archive to upgrade yet: run `newsarchive init`")
    Archive.create(url)
    after = Archive.find_schema(url)
    with Archive.open(url) as archive:
        done = f"Upgraded from schema {before} to" if after != before else "Already at schema"
        click.echo(f"{done} {after}: {archive.name}", err=True)


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

LAST_DAY = timedelta(days=1)
SHOWN_FAILURES = 5


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
    now = Config.load().clock()
    with open_archive() as archive:
        feeds, runs = archive.find_feeds(), archive.find_runs(run_limit)
        told: dict[str, Any] = {
            "archive": archive.name,
            "at": now,
            "counts": archive.count_rows(),
            "quarantine": archive.count_quarantined(now - LAST_DAY),
            "pictures": archive.pictures.count(),
            "leases": archive.find_leases(),
            "feeds": [{fact: feed[fact] for fact in FEED_FACTS} for feed in feeds],
            "runs": runs,
        }
    if as_json:
        print_json(told)
        return
    click.echo(f"{told['archive']}: {_totals(told['counts'])}\n")
    _print_feeds(feeds)
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
    columns = (
        "category",
        "feed",
        "health",
        "last poll",
        "last change",
        "next poll",
        "entries",
        "failures",
        "last error",
    )
    rows = (
        (
            feed["category"],
            feed["slug"],
            feed["health"],
            minute(feed["last_polled_at"]) or "never",
            minute(feed["last_changed_at"]) or "never",
            minute(feed["next_poll_at"]),
            feed["entries"],
            feed["consecutive_failures"],
            feed["last_error"],
        )
        for feed in feeds
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
