"""`newsarchive rebuild`: an archive from its WARC files alone, or what they would give today."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from newsarchive.cli.arguments import json_option
from newsarchive.cli.custody import require_warc_files
from newsarchive.cli.output import print_json
from newsarchive.cli.tables import print_table
from newsarchive.config import Config
from newsarchive.exceptions import ExitCode, UsageError
from newsarchive.model import Outcome

if TYPE_CHECKING:
    from newsarchive.custody.rebuild import Comparison

COUNTED = {
    "files_replayed": "WARC files read",
    "files_not_read": "WARC files that could not be read",
    "new": "new revisions",
    "changed": "edits",
    "quarantined": "quarantined",
    "documents_cut_off": "documents cut off by a crash",
    "records_torn": "torn ends of files",
    "records_damaged": "damaged records",
    "documents_damaged": "documents that need a damaged record",
}

UNDONE = ("errors", "files_not_read", "documents_not_stored")
"""Counters of which one above zero means that documents are missing in what was made."""


@click.command()
@click.option(
    "--check", is_flag=True, help="Change nothing; tell what today's code would give otherwise."
)
@json_option
@click.option("-v", "--verbose", is_flag=True, help="Show the log instead of the progress.")
def rebuild(*, check: bool, as_json: bool, verbose: bool) -> None:
    """Make the archive anew from its WARC files.

    There may be no archive yet: to see what today's code makes of the bytes of one that there is,
    ask with --check, which compares each revision and names what differs.

    Crawls that were killed may have recorded more than they stored; what they recorded whole is
    in the new archive too. Polls that were answered 304 or not at all, and the rows of runs, are
    in no WARC file. Exits 5 where records are damaged, 7 where it was stopped or failed: what was
    made until then is not the whole archive.
    """
    config = Config.load()
    require_warc_files(config)
    if check:
        _check(config, as_json=as_json, verbose=verbose)
    else:
        _rebuild(config, as_json=as_json, verbose=verbose)


def _rebuild(config: Config, *, as_json: bool, verbose: bool) -> None:
    from newsarchive.storage import Archive

    if Archive.find_schema(config.database_url) is not None and _holds_captures(config):
        raise UsageError(
            "there is an archive already: put it aside, or ask what would differ with --check"
        )
    counters, is_whole = _replay({}, {}, verbose=verbose)
    if as_json:
        print_json(counters)
    if not is_whole:
        click.echo("The archive is not whole: remove its database and run it again.", err=True)
    sys.exit(_exit_code(counters, is_whole=is_whole))


def _holds_captures(config: Config) -> bool:
    from newsarchive.storage import Archive

    with Archive.read(config.database_url) as archive:
        return bool(archive.custody.find_warc_files())


def _check(config: Config, *, as_json: bool, verbose: bool) -> None:
    from newsarchive.custody.rebuild import compare
    from newsarchive.storage import Archive

    with Archive.read(config.database_url) as held, _scratch() as url:
        scratch = {"NEWSARCHIVE_DATABASE_URL": url}
        counters, is_whole = _replay({"keeps_files": False}, scratch, verbose=verbose)
        if not is_whole:
            click.echo("Nothing was compared: not all files were read.", err=True)
            sys.exit(_exit_code(counters, is_whole=False))
        with Archive.read(url) as derived:
            found = compare(held, derived)
    if as_json:
        print_json(_as_values(found))
    else:
        _print_differences(found)
    click.echo(
        f"Compared {found.compared} revisions; {found.differences.total()} differences.", err=True
    )
    sys.exit(_exit_code(counters, is_whole=True))


@contextmanager
def _scratch() -> Iterator[str]:
    """Give the URL of an archive that lives as long as this."""
    from newsarchive.storage import sqlite_url

    with TemporaryDirectory(prefix="newsarchive-rebuild-") as folder:
        yield sqlite_url(Path(folder) / "rebuilt.db")


def _replay(
    arguments: dict[str, Any], settings: dict[str, Any], *, verbose: bool
) -> tuple[dict[str, int], bool]:
    """Read all files; return what was counted, and whether it came to the end of them."""
    from newsarchive.cli.crawl import run_spider

    chosen = {"SPIDER_MODULES": "newsarchive.spiders.replay", **settings}
    outcome, counters = run_spider("replay", arguments, chosen, verbose=verbose)
    counted = {what: counters[name] for name, what in COUNTED.items() if counters.get(name)}
    told = ", ".join(f"{number} {what}" for what, number in counted.items())
    click.echo(f"Rebuilt: {told or 'nothing'}.", err=True)
    # What was in quarantine is there again: the run of a whole archive may have failed, too.
    is_cut_off = outcome is Outcome.INTERRUPTED or any(counters.get(name) for name in UNDONE)
    return counters, not is_cut_off


def _exit_code(counters: dict[str, int], *, is_whole: bool) -> int:
    if not is_whole:
        return int(ExitCode.SOMETHING_FAILED)
    is_damaged = counters.get("records_damaged") or counters.get("documents_damaged")
    return int(ExitCode.DAMAGE if is_damaged else ExitCode.DONE)


def _as_values(found: "Comparison") -> dict[str, Any]:
    return {
        "compared": found.compared,
        "differences": [
            {
                "form": difference.form,
                "what": difference.what,
                "revisions": number,
                "examples": found.examples[difference],
            }
            for difference, number in found.differences.most_common()
        ],
    }


def _print_differences(found: "Comparison") -> None:
    rows = [
        (difference.form, difference.what, number, ", ".join(found.examples[difference]))
        for difference, number in found.differences.most_common()
    ]
    if rows:
        print_table(("form", "what differs", "revisions", "for example"), rows)
