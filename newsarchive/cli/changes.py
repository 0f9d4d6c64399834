"""`newsarchive changes`: what was edited, where, how, and whether the publisher said so."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsarchive.cli.arguments import (
    json_option,
    limit_option,
    open_archive,
    select,
    selection_options,
    shown_id,
)
from newsarchive.cli.output import minute, print_json_lines
from newsarchive.cli.tables import print_table
from newsarchive.comparison.changes import ChangeClass, Classified, Part, classify_change
from newsarchive.config import Config
from newsarchive.exceptions import UsageError

if TYPE_CHECKING:
    from newsarchive.model import Change
    from newsarchive.storage import Archive, Selection

SILENCE = {None: "-", True: "silent", False: "announced"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which changes are asked for, beside their selection; of several classes or parts any."""

    is_silent: bool | None
    classes: frozenset[str]
    parts: frozenset[str]

    def has(self, change: "Change", found: Classified) -> bool:
        """Return whether a change is one of them."""
        return (
            self.is_silent in {None, change.is_silent}
            and (not self.classes or not self.classes.isdisjoint(found.classes))
            and (not self.parts or not self.parts.isdisjoint(found.parts))
        )


@click.command()
@selection_options
@click.option(
    "--silent/--announced",
    "is_silent",
    default=None,
    help="Those that the page kept silent about, or owned up to.",
)
@click.option(
    "--class",
    "classes",
    multiple=True,
    type=click.Choice([str(one) for one in ChangeClass]),
    help="Those of this class; repeatable: any of them.",
)
@click.option(
    "--part",
    "parts",
    multiple=True,
    type=click.Choice([str(one) for one in Part]),
    help="Those that touch this part; repeatable: any of them.",
)
@limit_option
@json_option
@click.option(
    "--atom",
    metavar="OUT",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a feed for feed readers to this file.",
)
@click.option("--self-url", metavar="URL", help="Where that feed will be found.")
def changes(
    category: str | None,
    since: date | None,
    until: date | None,
    limit: int | None,
    *,
    is_silent: bool | None,
    classes: Sequence[str],
    parts: Sequence[str],
    as_json: bool,
    atom: Path | None,
    self_url: str | None,
) -> None:
    """List the edits, the latest first.

    "silent": the page's text changed while the time of modification that it names did not;
    "-" where nothing can be said about that. A class is what can be computed of the words;
    "wording" is all that no other class explains (docs/data-model.md has the rules). With --json
    one object a line, with the texts before and after. With --atom a feed of the latest 100, or
    --limit, for feed readers (RFC 4287).
    """
    if self_url and not atom:
        raise UsageError("--self-url is told in a feed: give --atom OUT too")
    wanted = Wanted(is_silent, frozenset(classes), frozenset(parts))
    with open_archive() as archive:
        selection = select(archive, category, since, until, limit)
        if atom:
            _write_feed(archive, selection, wanted, atom, self_url)
            return
        found = _find(archive, selection, wanted)
        if as_json:
            print_json_lines({**asdict(change), **asdict(kind)} for change, kind in found)
            return
        columns = ("observed", "id", "revision", "silent", "part", "class", "edit")
        if not print_table(columns, (_row(*one) for one in found), one_line=True):
            click.echo("There are no such changes.", err=True)


def _find(
    archive: "Archive", selection: "Selection", wanted: Wanted
) -> Iterator[tuple["Change", Classified]]:
    """Yield the changes that are wanted; what they are is known when they are read only."""
    with closing(archive.iter_changes(replace(selection, limit=None))) as every:
        known = ((change, _classify(change)) for change in every)
        yield from islice((one for one in known if wanted.has(*one)), selection.limit)


def _classify(change: "Change") -> Classified:
    return classify_change(change.old_title, change.old_text, change.new_title, change.new_text)


def _row(change: "Change", found: Classified) -> tuple[object, ...]:
    return (
        minute(change.observed_at),
        shown_id(change.source, change.external_id),
        f"{change.origin} {change.number}",
        SILENCE[change.is_silent],
        ", ".join(found.parts),
        ", ".join(found.classes),
        _headline(change),
    )


def _headline(change: "Change") -> str:
    if change.old_title == change.new_title:
        return change.new_title
    return f"{change.old_title} → {change.new_title}"


def _write_feed(
    archive: "Archive", selection: "Selection", wanted: Wanted, out: Path, self_url: str | None
) -> None:
    from newsarchive.exporters.base import blaming, whole_file
    from newsarchive.syndication import DEFAULT_ENTRIES, AtomFeed, build_atom, entry_of_change, tag

    limited = replace(selection, limit=selection.limit or DEFAULT_ENTRIES)
    entries = [entry_of_change(change, change.url) for change, _ in _find(archive, limited, wanted)]
    told = ["changes", *_told(selection.category, wanted)]
    feed = AtomFeed(
        tag("feed", *told),
        f"newsarchive: {', '.join(told)}",
        entries,
        Config.load().clock(),
        self_url,
    )
    with whole_file(out) as file, blaming(out):
        file.write(build_atom(feed))
    click.echo(f"{len(entries)} changes written to {out}", err=True)


def _told(category: str | None, wanted: Wanted) -> Iterable[str]:
    """Return in words which changes a feed has: two that differ in them are two feeds."""
    silence = [] if wanted.is_silent is None else [SILENCE[wanted.is_silent]]
    return [*([category] if category else []), *silence, *sorted(wanted.parts | wanted.classes)]
