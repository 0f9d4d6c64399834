"""`newsarchive init`, `upgrade` and `status`: the archive as a whole."""

from collections.abc import Mapping, Sequence
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
    "entries",
    "last_polled_at",
    "last_changed_at",
    "next_poll_at",
    "retry_after_at",
    "consecutive_failures",
    "last_error",
)


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
    not ended: `heartbeat_at` is its last sign of life.
    """
    with open_archive() as archive:
        feeds, runs = archive.find_feeds(), archive.find_runs(run_limit)
        counts, name = archive.count_rows(), archive.name
    if as_json:
        shown = [{fact: feed[fact] for fact in FEED_FACTS} for feed in feeds]
        print_json({"archive": name, "counts": counts, "feeds": shown, "runs": runs})
        return
    counted = ", ".join(
        f"{count} {of.replace('quarantine', 'quarantined')}" for of, count in counts.items()
    )
    click.echo(f"{name}: {counted}\n")
    _print_feeds(feeds)
    _print_runs(runs)


def _print_feeds(feeds: Sequence[Mapping[str, Any]]) -> None:
    if not feeds:
        click.echo("No feed was polled yet: run `newsarchive crawl`.", err=True)
        return
    columns = ("category", "feed", "last poll", "last change", "entries", "failures", "last error")
    rows = (
        (
            feed["category"],
            feed["slug"],
            minute(feed["last_polled_at"]) or "never",
            minute(feed["last_changed_at"]) or "never",
            feed["entries"],
            feed["consecutive_failures"],
            feed["last_error"],
        )
        for feed in feeds
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
