"""`newsarchive search` and `reindex`: what articles say, by their words."""

import csv
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING, Any

import click

from newsarchive.cli.arguments import (
    find_sources,
    json_option,
    limit_option,
    open_archive,
    select,
    selection_options,
    shown_id,
)
from newsarchive.cli.output import has_colour, minute, print_json_lines, printable, use_utf8
from newsarchive.config import Config
from newsarchive.exceptions import UsageError
from newsarchive.model import Kind

if TYPE_CHECKING:
    from newsarchive.search import Snippet
    from newsarchive.storage import Archive, SearchHit, SearchQuestion

SHOWN = 20
"""Hits, where no other limit is given."""

COUNTED = 1_000
"""Hits that are counted, to say how many more there are."""


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("words", metavar="QUERY", nargs=-1, required=True)
@selection_options
@click.option(
    "--kind", type=click.Choice([str(one) for one in Kind]), help="Articles of this kind only."
)
@click.option("--source", metavar="NAME", help="Articles of this source only.")
@click.option("--title-only", is_flag=True, help="Look in titles only.")
@click.option(
    "--revisions",
    type=click.Choice(["current", "all"]),
    help="The shown ones, or all; the default is current, and all where the query has removed:.",
)
@click.option(
    "--order",
    type=click.Choice(["newest", "ranked"]),
    default="newest",
    show_default=True,
    help="By publication, or by how much it is about the query.",
)
@limit_option
@click.option("--csv", "as_csv", is_flag=True, help="CSV, for spreadsheets.")
@json_option
def search(
    words: tuple[str, ...],
    *,
    category: str | None,
    since: date | None,
    until: date | None,
    kind: str | None,
    source: str | None,
    title_only: bool,
    revisions: str | None,
    order: str,
    limit: int | None,
    as_csv: bool,
    as_json: bool,
) -> None:
    """Find articles by the words in them, with all their inflections; the latest first.

    \b
      kabinet stikstof        both words, anywhere
      "tweede kamer"          a phrase
      verkiez*                words that begin so
      =katten                 as it is written, but for case and accents
      a AND (b OR c) NOT d    also -d
      title:brand             in the title
      removed:brand           a word that an edit took away

    In a shell, put the query between single quotation marks. docs/search.md has the whole language.
    At most 20 are shown, unless --limit says otherwise. With --json one object a line, in which
    "spans" are the characters of what was found.
    """
    from newsarchive.search import parse_query
    from newsarchive.storage import SearchOrder, SearchQuestion, SearchScope

    if as_csv and as_json:
        raise UsageError("--csv and --json exclude each other; choose one")
    # Click takes what it does not know for a word, since -d is one: a slip would be searched for.
    if wrong := next((word for word in words if word.startswith("--")), None):
        raise UsageError(f"there is no option {wrong!r}: see `newsarchive search --help`")
    with open_archive() as archive:
        _require_source(archive, source)
        question = SearchQuestion(
            query=parse_query(" ".join(words)),
            selection=select(archive, category, since, until, limit or SHOWN),
            kind=None if kind is None else Kind(kind),
            source=source,
            title_only=title_only,
            scope=None if revisions is None else SearchScope(revisions),
            order=SearchOrder(order),
        )
        hits = archive.search.iter_hits(question)
        if as_json:
            print_json_lines(map(_facts, hits))
        elif as_csv:
            _print_csv(hits)
        else:
            _print_hits(archive, question, hits)


def _require_source(archive: "Archive", name: str | None) -> None:
    if name is not None and name not in (known := find_sources(archive)):
        raise UsageError(f"unknown source {name!r}. Known sources: {', '.join(known)}.")


def _facts(hit: "SearchHit") -> dict[str, Any]:
    facts = asdict(hit)
    del facts["cursor"]
    return facts


CSV_COLUMNS = (
    *("source", "external_id", "kind", "category", "published_at", "url", "origin", "number"),
    *("observed_at", "score", "title", "text", "removed"),
)


def _print_csv(hits: "Iterable[SearchHit]") -> None:
    use_utf8()
    writer = csv.writer(sys.stdout)  # RFC 4180
    writer.writerow(CSV_COLUMNS)
    for hit in hits:
        writer.writerow([_cell(getattr(hit, name)) for name in CSV_COLUMNS])


def _cell(value: Any) -> object:
    if hasattr(value, "spans"):
        return value.text
    return value.isoformat() if hasattr(value, "isoformat") else value


def _print_hits(
    archive: "Archive", question: "SearchQuestion", hits: "Iterator[SearchHit]"
) -> None:
    first = next(hits, None)
    if first is None:
        click.echo("Nothing was found.", err=True)
        return
    colour = has_colour()
    shown = 0
    for hit in chain([first], hits):
        shown += 1
        for line in _lines(hit, colour=colour):
            click.echo(line, color=colour)
    found = archive.search.count(question, COUNTED)
    if found > shown:
        more = f"more than {COUNTED - 1}" if found == COUNTED else f"{found}"
        click.echo(f"Shown are {shown} of {more} hits; ask for more with --limit.", err=True)


def _lines(hit: "SearchHit", *, colour: bool) -> Iterator[str]:
    is_edit = hit.removed is not None or not hit.is_current
    place = f"  [{hit.origin} {hit.number}, {minute(hit.observed_at)}]" if is_edit else ""
    about = (
        minute(hit.published_at or hit.first_seen_at),
        shown_id(hit.source, hit.external_id),
        hit.category or "",
        _marked(hit.title, colour=colour) + place,
    )
    yield "  ".join(part for part in about if part)
    if hit.removed is not None:
        yield f"    removed: {_marked(hit.removed, colour=colour)}"
    elif hit.text.text:
        yield f"    {_marked(hit.text, colour=colour)}"


def _marked(snippet: "Snippet", *, colour: bool) -> str:
    """Return a snippet with what was found in bold on a terminal, between brackets elsewhere."""

    def show(text: str) -> str:
        return click.style(text, fg="yellow", bold=True) if colour else f"[{text}]"

    parts = snippet.parts
    return "".join(show(printable(p.text)) if p.is_found else printable(p.text) for p in parts)


@click.command()
def reindex() -> None:
    """Write the index of full-text search anew.

    Nothing needs it but an index that `newsarchive verify` finds out of step. A crawl may be at
    work meanwhile; until it is done, a search finds only what is written already. When it is
    interrupted, `newsarchive upgrade` writes the rest.
    """
    from newsarchive.custody.reindex import reindex as write_anew
    from newsarchive.storage import Archive

    with Archive.open(Config.load().database_url) as archive:
        count = write_anew(archive, show_indexed())
    click.echo(f"Indexed all revisions of {count} articles.", err=True)


def show_indexed() -> Callable[[int, int], None]:
    """Return what tells a person at a terminal how much is indexed."""

    def tell(done: int, total: int) -> None:
        if sys.stderr.isatty():
            end = "\n" if done == total else "\r"
            click.echo(f"{done} of {total} articles indexed{end}", nl=False, err=True)

    return tell
