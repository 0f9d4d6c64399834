"""`newsarchive backup` and `restore`: copies of the whole archive, and archives of copies."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newsarchive.cli.arguments import json_option
from newsarchive.cli.custody import percent_shown
from newsarchive.cli.output import print_json
from newsarchive.cli.tables import print_table
from newsarchive.config import Config
from newsarchive.exceptions import DamageFoundError, UsageError

if TYPE_CHECKING:
    from newsarchive.custody.backup import Backup
    from newsarchive.custody.generations import Generation
    from newsarchive.custody.restore import Restored, Tried
    from newsarchive.custody.verify import Finding

KEPT = 7

folder_type = click.Path(file_okay=False, path_type=Path)
generation_option = click.option(
    "--generation", metavar="NAME", help="This one and not the latest: 20261001T120000Z."
)


@click.command()
@click.argument("to", type=folder_type)
@click.option("--verify", "is_check", is_flag=True, help="Make no backup; try the one in TO.")
@click.option(
    "--keep",
    type=click.IntRange(min=1),
    default=KEPT,
    show_default=True,
    metavar="N",
    help="How many generations of the database stay.",
)
@generation_option
@json_option
def backup(to: Path, *, is_check: bool, keep: int, generation: str | None, as_json: bool) -> None:
    """Back the archive up into the folder TO: the database, WARC and media files.

    A crawl may be at work meanwhile. Each backup adds a generation: the whole database as it is at
    one moment, and of the other files what is not in TO yet.

    With --verify a generation is restored elsewhere for a while and compared with what was backed
    up: each table, and each record, file and revision against its digest. SQLite's is in a
    temporary folder (TMPDIR), PostgreSQL's in the configured database, in a transaction that is
    rolled back.

    Exits 5 where something is damaged or missing, 6 where TO cannot be written, 9 while another
    backup is at work there. Whatever happens, the generations before are as they were.
    """
    if is_check:
        _verify(to, generation, as_json=as_json)
    elif generation is not None:
        raise UsageError("--generation goes with --verify: a new backup gets its own name")
    else:
        _back_up(to, keep, as_json=as_json)


def _back_up(to: Path, keep: int, *, as_json: bool) -> None:
    from newsarchive.custody.backup import back_up

    done = back_up(Config.load(), to, keep, percent_shown("backed up"))
    copied = {"files_copied": done.files_copied, "bytes_copied": done.bytes_copied}
    _print(done, {**copied, "removed": done.removed}, as_json=as_json)
    removed = f"; removed {', '.join(done.removed)}" if done.removed else ""
    click.echo(
        f"Backed up as {done.generation.name}: {_counted(done.generation)}; copied "
        f"{done.bytes_copied:,} bytes of {done.files_copied} files{removed}.",
        err=True,
    )
    _raise_damage(done.findings, "run `newsarchive verify`; a restored file is the right one")


def _verify(to: Path, name: str | None, *, as_json: bool) -> None:
    from newsarchive.custody.restore import verify_backup

    tried = verify_backup(Config.load(), to, name, percent_shown("verified"))
    counted = ("rows", "files", "records", "captures", "revisions", "media")
    _print(tried, {"read": {what: getattr(tried, what) for what in counted}}, as_json=as_json)
    click.echo(
        f"Tried {tried.generation.name}: {tried.rows} rows, {tried.captures} captures in "
        f"{tried.records} records of {tried.files} WARC files, {tried.media} media files and "
        f"{tried.revisions} revisions.",
        err=True,
    )
    _raise_damage(tried.findings, "remove the files that it names, and back up again")


@click.command()
@click.argument("backup", metavar="FROM", type=folder_type)
@generation_option
@json_option
def restore(backup: Path, generation: str | None, *, as_json: bool) -> None:
    """Make the archive of the backup in the folder FROM.

    NEWSARCHIVE_DATA_DIR and NEWSARCHIVE_DATABASE_URL say where; there may be no database yet. WARC
    and media files that are there already stay, so that a restore which was cut off is run again,
    and a lost database comes back beside the files that are left.

    Exits 5 where the backup is damaged (what is sound is restored), 6 where files cannot be
    written.
    """
    from newsarchive.custody.restore import restore as restore_archive

    done = restore_archive(Config.load(), backup, generation, percent_shown("restored"))
    copied = {"files_copied": done.files_copied, "bytes_copied": done.bytes_copied}
    _print(done, {**copied, "upgraded_from": done.upgraded_from}, as_json=as_json)
    upgraded = f", upgraded from schema {done.upgraded_from}" if done.upgraded_from else ""
    click.echo(
        f"Restored {done.generation.name}: {_counted(done.generation)}; copied "
        f"{done.bytes_copied:,} bytes of {done.files_copied} files{upgraded}.",
        err=True,
    )
    _raise_damage(done.findings, "take the files that it names from another copy")


def _print(done: "Backup | Restored | Tried", figures: dict[str, Any], *, as_json: bool) -> None:
    """Print what was done as JSON, or the damage that was found as a table."""
    if as_json:
        described = _described(done.generation)
        print_json({**described, **figures, "findings": _told(done.findings)})
    else:
        _print_findings(done.findings)


def _described(generation: "Generation") -> dict[str, Any]:
    manifest = generation.manifest
    return {
        "generation": generation.name,
        "folder": str(generation.folder),
        "made_at": manifest.made_at,
        "database": manifest.database.kind,
        "schema": manifest.database.schema,
        "tables": {table.name: table.rows for table in manifest.database.tables},
        "warc_files": len(manifest.warc),
        "warc_bytes": sum(kept.size_bytes for kept in manifest.warc),
        "media_files": manifest.media_files,
        "media_bytes": manifest.media_bytes,
    }


def _counted(generation: "Generation") -> str:
    manifest = generation.manifest
    rows = sum(table.rows for table in manifest.database.tables)
    return f"{rows} rows, {len(manifest.warc)} WARC files and {manifest.media_files} media files"


def _told(findings: Sequence["Finding"]) -> list[dict[str, Any]]:
    return [{"file": finding.file, "what": finding.what} for finding in findings]


def _print_findings(findings: Sequence["Finding"]) -> None:
    if findings:
        rows = ((finding.file or finding.revision, finding.what) for finding in findings)
        print_table(("place", "what"), rows)


def _raise_damage(findings: Sequence["Finding"], remedy: str) -> None:
    if findings:
        places = "1 place" if len(findings) == 1 else f"{len(findings)} places"
        raise DamageFoundError(f"damage in {places}; {remedy}")
