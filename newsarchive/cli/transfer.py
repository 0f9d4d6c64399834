"""`newsarchive import` and `export`: articles as files that do without the archive."""

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import click

from newsarchive.cli.arguments import open_archive, select, selection_options
from newsarchive.exceptions import ExitCode
from newsarchive.model import Outcome

SHOWN_EVERY = 100
"""Articles between two lines of progress."""


@click.command("import")
@click.argument("format_name", metavar="FORMAT", type=click.Choice(["jekyll", "text"]))
@click.argument("paths", metavar="PATH…", nargs=-1, required=True, type=click.Path(exists=True))
@click.option("-v", "--verbose", is_flag=True, help="Show the log instead of the progress.")
def import_(format_name: str, paths: tuple[str, ...], *, verbose: bool) -> None:
    """Read articles from files, or folders of files, into the archive.

    \b
    Formats:
      jekyll   posts: files with front matter, whatever their ending
      text     the texts that belong to posts, by the file's stem or the id in its name

    A SQLite archive that does not exist is created. Importing the same files again adds
    nothing. Exits 6 where a file could not be used: it is in quarantine then, with the reason.
    """
    from newsarchive.cli.crawl import run_spider, summary

    arguments = {"paths": list(paths), "form": format_name}
    settings = {"SPIDER_MODULES": "newsarchive.spiders.posts"}
    outcome, counters = run_spider("posts", arguments, settings, verbose=verbose)
    click.echo(summary(outcome, counters), err=True)
    sys.exit(int(ExitCode.DONE if outcome is Outcome.FINISHED else ExitCode.TRANSFER))


@click.command()
@click.argument("format_name", metavar="FORMAT")
@click.argument("out", type=click.Path(path_type=Path))
@selection_options
def export(
    format_name: str, out: Path, category: str | None, since: date | None, until: date | None
) -> None:
    """Write the current articles to OUT.

    \b
    Formats:
      jekyll   a folder of posts, YYYY-MM-DD-<id>-<slug>.html
      text     a folder of texts, YYYY-MM-DD-<id>-<slug>.txt
      jsonl    one file, a JSON object a line

    Exporting again to the same place writes what changed. Nothing there is deleted. Exits 6
    where OUT cannot be written.
    """
    from newsarchive import exporters

    with open_archive() as archive:
        articles = archive.iter_articles(select(archive, category, since, until))
        exported = exporters.export(articles, format_name, out, _progress())
    unchanged = exported.count - exported.written
    there = f", {unchanged} there already" if unchanged else ""
    click.echo(f"{exported.written} articles written to {out}{there}", err=True)


def _progress() -> Callable[[int], None] | None:
    """Return what tells a person at a terminal how far it is; None where nobody looks."""
    if not sys.stderr.isatty():
        return None

    def tell(count: int) -> None:
        if count % SHOWN_EVERY == 0:
            click.echo(f"{count} articles so far\r", nl=False, err=True)

    return tell
