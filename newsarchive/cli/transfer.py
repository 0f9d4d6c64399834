"""`newsarchive import` and `export`: articles as files that do without the archive."""

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import click

from newsarchive.cli.arguments import json_option, open_archive, select, selection_options
from newsarchive.cli.output import print_json
from newsarchive.exceptions import ExitCode, UsageError
from newsarchive.model import Outcome

IMPORTS = {"jekyll": "posts", "text": "posts", "items": "rows", "csv": "rows", "warc": "warcs"}
"""The spider that imports each format."""

SHOWN_EVERY = 100
"""Articles or revisions between two lines of progress."""


@click.command("import")
@click.argument("format_name", metavar="FORMAT", type=click.Choice(IMPORTS))
@click.argument("paths", metavar="PATH…", nargs=-1, required=True, type=click.Path(exists=True))
@click.option(
    "--field",
    "fields",
    multiple=True,
    metavar="FIELD=COLUMN",
    help="Where a field stands, of items and csv; repeatable: --field title=kop.",
)
@click.option(
    "--dry-run", is_flag=True, help="Count what would be, of items and csv; write nothing."
)
@click.option("-v", "--verbose", is_flag=True, help="Show the log instead of the progress.")
def import_(
    format_name: str,
    paths: tuple[str, ...],
    *,
    fields: tuple[str, ...],
    dry_run: bool,
    verbose: bool,
) -> None:
    """Read articles from files, or folders of files, into the archive.

    \b
    Formats:
      jekyll   posts: files with front matter, whatever their ending
      text     the texts that belong to posts, by the file's stem or the id in its name
      items    JSON lines: title, url, published, body or summary, category or feed …
      csv      CSV with a header: title, url, datetime, content, category …
      warc     WARC files, plain or gzip, and WACZ: answers of the feeds and pages of NOS

    A SQLite archive that does not exist is created. Importing the same files again adds
    nothing. Exits 6 where a file could not be used: it is in quarantine then, with the reason.
    """
    from newsarchive.cli.crawl import pairs, run_spider, summary

    spider = IMPORTS[format_name]
    arguments: dict[str, Any] = {"paths": list(paths), "form": format_name}
    settings: dict[str, Any] = {"SPIDER_MODULES": f"newsarchive.spiders.{spider}"}
    if spider == "rows":
        arguments["fields"] = pairs(fields)
        settings["NEWSARCHIVE_DRY_RUN"] = dry_run
    elif fields or dry_run:
        raise UsageError(f"{format_name} takes neither --field nor --dry-run")
    outcome, counters = run_spider(spider, arguments, settings, verbose=verbose)
    click.echo(_rehearsed(counters) if dry_run else summary(outcome, counters), err=True)
    sys.exit(int(ExitCode.DONE if outcome is Outcome.FINISHED else ExitCode.TRANSFER))


def _rehearsed(counters: dict[str, int]) -> str:
    """Return in one line what an import would come to."""
    counted = {
        "new articles": counters.get("articles", 0),
        "revisions": counters.get("new", 0) + counters.get("changed", 0),
        "unchanged": counters.get("unchanged", 0),
        "quarantined": counters.get("quarantined", 0),
    }
    would = ", ".join(f"{number} {what}" for what, number in counted.items())
    return f"dry run, nothing was written; it would be: {would}"


@click.command()
@click.argument("format_name", metavar="FORMAT")
@click.argument("out", type=click.Path(path_type=Path))
@selection_options
@click.option(
    "--query",
    metavar="QUERY",
    help="Those that `newsarchive search` finds with it, in their current rendition.",
)
@click.option(
    "--revisions",
    type=click.Choice(["current", "all"]),
    default="current",
    help="All: a row for every revision (jsonl, csv, parquet).",
)
@json_option
def export(
    format_name: str,
    out: Path,
    *,
    category: str | None,
    since: date | None,
    until: date | None,
    query: str | None,
    revisions: str,
    as_json: bool,
) -> None:
    """Write articles, as they are now or in all their revisions, to OUT.

    \b
    Formats:
      jekyll   a folder of posts, YYYY-MM-DD-<id>-<slug>.html
      text     a folder of texts, YYYY-MM-DD-<id>-<slug>.txt
      jsonl    one file, a JSON object a line
      csv      one file, a row an article (RFC 4180, UTF-8)
      parquet  one file, typed; wants `pip install 'newsarchive[parquet]'`
      wacz     one file, the recorded bytes of these articles, for web players (WACZ 1.1.1)
      bag      a folder, a corpus to be cited: Parquet and JSON lines of the articles and all
               their revisions, with digests (BagIt 1.0)

    Exporting again to the same place writes what changed, and nothing there is deleted; but for
    wacz and bag OUT must be new. Exits 6 where OUT cannot be written.
    """
    from newsarchive import exporters
    from newsarchive.cli.release import write_release
    from newsarchive.model import Article
    from newsarchive.search import parse_query
    from newsarchive.storage import ArticleRevision

    with open_archive() as archive:
        if query is not None:
            parse_query(query)  # refused before anything is written
        selection = replace(select(archive, category, since, until), query=query)
        wants_all = revisions == "all"
        if format_name in exporters.RELEASES:
            if wants_all:
                raise UsageError(f"{format_name} has all revisions in any case")
            write_release(archive, selection, format_name, out, as_json=as_json)
            return
        records = (
            archive.iter_revisions(selection) if wants_all else archive.iter_articles(selection)
        )
        record_type = ArticleRevision if wants_all else Article
        exported = exporters.export(records, format_name, out, _progress(), record_type)
    what = "revisions" if wants_all else "articles"
    if as_json:
        counts = {what: exported.count, "written": exported.written}
        print_json({"format": format_name, "path": str(out), "counts": counts})
    unchanged = exported.count - exported.written
    there = f", {unchanged} there already" if unchanged else ""
    click.echo(f"{exported.written} {what} written to {out}{there}", err=True)


def _progress() -> Callable[[int], None] | None:
    """Return what tells a person at a terminal how far it is; None where nobody looks."""
    if not sys.stderr.isatty():
        return None

    def tell(count: int) -> None:
        if count % SHOWN_EVERY == 0:
            click.echo(f"{count} so far\r", nl=False, err=True)

    return tell
