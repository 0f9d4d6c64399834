"""`newsarchive verify` and `index`: is the archive whole, and how are its bytes replayed."""

import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from newsarchive.cli.arguments import json_option, open_archive
from newsarchive.cli.output import print_json
from newsarchive.cli.tables import print_table
from newsarchive.config import Config
from newsarchive.exceptions import DamageFoundError, NotFoundError

if TYPE_CHECKING:
    from newsarchive.custody.verify import Finding, Progress
    from newsarchive.storage import Withheld

SHOWN_ARTICLES = 3
"""How many of the articles that a damage touches are named in the table; with --json all are."""


@click.command()
@json_option
def verify(*, as_json: bool) -> None:
    """Read the whole archive again and name what is damaged or missing.

    \b
    That is: every record of the WARC files, against its own checksums;
    every capture, against the record that it names;
    every media file, against its digest;
    every revision, against its digest, and whether one was taken out;
    every row of a SQLite database, against the rows that it names;
    the index of full-text search, against the revisions.

    Exits 5 where there is damage. What a crash leaves without doing harm, the torn end of a WARC
    file and records without a row, is shown as a note; so is an index that is out of step, which
    `newsarchive reindex` mends. Nothing is changed.
    """
    from newsarchive.custody.verify import verify as verify_archive

    with open_archive() as archive:
        report = verify_archive(archive, Config.load().data_dir, percent_shown("verified"))
    if as_json:
        print_json(asdict(report))
    else:
        _print_findings(report.findings)
    media = f", {report.media} media files" if report.media else ""
    click.echo(
        f"Verified {report.records} records of {report.files} WARC files, "
        f"{report.captures} captures{media} and {report.revisions} revisions.",
        err=True,
    )
    if damages := report.damages:
        places = "1 place" if len(damages) == 1 else f"{len(damages)} places"
        raise DamageFoundError(f"damage in {places}; take the files that it names from a backup")


@click.command()
def index() -> None:
    """Write warc/index.cdxj, by which pywb and other players find what to replay.

    It is made of the WARC files anew, each time. What names an article that is withheld is left
    out: its pages, feeds in which it stood, pages that link to it.
    """
    from newsarchive.exporters.withheld import Discretion
    from newsarchive.warc import write_index

    config = Config.load()
    data_dir = config.data_dir
    require_warc_files(config)
    discretion = Discretion(_find_withheld(config))
    indexed = write_index(data_dir, discretion.names_withheld)
    click.echo(f"{indexed.lines} captures indexed in {data_dir / 'warc' / 'index.cdxj'}", err=True)
    if indexed.unreadable:
        click.echo(
            f"{indexed.unreadable} stretches could not be read: run `newsarchive verify`", err=True
        )


def require_warc_files(config: Config) -> None:
    """Raise NotFoundError where the data folder has no folder of WARC files."""
    if not (folder := config.data_dir / "warc").is_dir():
        raise NotFoundError(f"{folder}: no WARC files; name their data folder")


def _find_withheld(config: Config) -> "list[Withheld]":
    """Return what is withheld; nothing where there are WARC files alone."""
    from newsarchive.storage import Archive, Selection

    if Archive.find_schema(config.database_url) is None:
        return []
    with open_archive() as archive, archive.releases.snapshot(Selection()) as held:
        return held.find_withheld()


def _print_findings(findings: Sequence["Finding"]) -> None:
    if findings:
        rows = (
            (
                "damage" if finding.is_damage else "note",
                finding.file or finding.revision,
                finding.offset,
                finding.what,
                finding.url,
                _named(finding.articles),
            )
            for finding in findings
        )
        print_table(("", "place", "offset", "what", "url", "articles"), rows)


def _named(articles: Sequence[str]) -> str:
    more = f" and {len(articles) - SHOWN_ARTICLES} more" if len(articles) > SHOWN_ARTICLES else ""
    return ", ".join(articles[:SHOWN_ARTICLES]) + more


def percent_shown(done_what: str) -> "Progress":
    """Return what tells a person at a terminal how far it is, percent by percent."""
    shown: dict[str, int] = {}

    def tell(what: str, done: int, total: int) -> None:
        percent = 100 * done // total if total else 100
        if sys.stderr.isatty() and shown.get(what) != percent:
            shown[what] = percent
            click.echo(f"{what} {done_what}: {percent} %\r", nl=False, err=True)

    return tell
