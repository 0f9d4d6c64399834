"""What `newsarchive export` does for `wacz` and `bag`: make it, and say what was made."""

import sys
from pathlib import Path

import click

from newsarchive.cli.output import print_json
from newsarchive.config import Config
from newsarchive.exporters.about import Progress, Released
from newsarchive.exporters.release import release
from newsarchive.storage import Archive, Selection

SHOWN_EVERY = 100


def write_release(
    archive: Archive, selection: Selection, format_name: str, out: Path, *, as_json: bool
) -> None:
    """Make a release of `selection`, and tell its digest and what is in it."""
    data_dir = Config.load().data_dir
    made = release(archive, selection, format_name, out, data_dir=data_dir, progress=_progress())
    if as_json:
        values = {"path": str(made.path), "digest": made.digest, "counts": made.counts}
        print_json({"format": format_name, **values})
    _tell(made)


def _tell(made: Released) -> None:
    counts = dict(made.counts)
    left_out = counts.pop("left_out", 0)
    told = ", ".join(f"{count} {what}" for what, count in counts.items())
    click.echo(f"{told} written to {made.path}", err=True)
    if left_out:
        click.echo(
            f"{left_out} captures were left out: they name articles that are withheld", err=True
        )
    click.echo(f"cite it by {made.digest}", err=True)


def _progress() -> Progress:
    """Return what tells a person at a terminal how far it is."""

    def tell(what: str, count: int) -> None:
        if count % SHOWN_EVERY == 0 and sys.stderr.isatty():
            click.echo(f"{what}: {count} so far\r", nl=False, err=True)

    return tell
