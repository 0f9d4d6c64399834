"""`newsarchive withhold`: hiding an article everywhere, showing it again, and who decided so."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from newsarchive.cli.arguments import (
    find_sources,
    get_name,
    json_option,
    open_archive,
    shown_id,
)
from newsarchive.cli.decisions import decide
from newsarchive.cli.output import minute, print_json
from newsarchive.cli.tables import print_table
from newsarchive.config import Config
from newsarchive.exceptions import ConfigError, UsageError
from newsarchive.model import Withholding, WithholdingAction

if TYPE_CHECKING:
    from newsarchive.sources import Source

WITHHOLD = "withhold"
"""The lease and, in crawl_runs, the spider of such a decision."""


@click.command()
@click.argument("reference", metavar="[ID]", required=False)
@click.option("--reason", metavar="TEXT", help="Why, for those who come after you.")
@click.option("--undo", is_flag=True, help="Show the article again.")
@json_option
def withhold(reference: str | None, *, reason: str | None, undo: bool, as_json: bool) -> None:
    """Hide the article ID everywhere, or list what is withheld and every decision about that.

    \b
      newsarchive withhold 2280103 --reason "a request of the person it is about"
      newsarchive withhold 2280103 --undo --reason "the request was taken back"

    A withheld article is in no list, search, export or view any more, nor are its edits. It is
    kept, verified, and archived on, and no crawl shows it again. The decision is kept in a WARC
    file too, so that a rebuild heeds it. What was exported before is not touched. Exits 4 where
    the archive does not hold the article.
    """
    if reference is None:
        if reason is not None or undo:
            raise UsageError("name the article: newsarchive withhold ID --reason TEXT")
        _list(as_json=as_json)
        return
    words = " ".join((reason or "").split())
    if not words:
        raise UsageError("say why, for those who come after you: --reason TEXT")
    _decide(reference, words, undo=undo)


def _decide(reference: str, reason: str, *, undo: bool) -> None:
    now = Config.load().clock()
    with open_archive() as archive:
        standing = archive.withholding.get_standing(*get_name(archive, reference))
        earlier = archive.withholding.find_decisions((standing.source, standing.external_id))
        source = find_sources(archive)[standing.source]
    name = shown_id(standing.source, standing.external_id)
    if undo and standing.withheld_at is None:
        click.echo(f"{name} is not withheld.", err=True)
    elif standing.withheld_at is not None and not undo:
        click.echo(f"{name} is withheld already, since {minute(standing.withheld_at)}.", err=True)
    elif earlier and earlier[0].decided_at >= now:
        # The latest decision holds, also when the archive is made anew.
        raise ConfigError(
            f"the clock reads {minute(now)}, and {name} was decided about at "
            f"{minute(earlier[0].decided_at)}: set the clock of this computer"
        )
    else:
        decision = Withholding(
            standing.source,
            standing.external_id,
            WithholdingAction.LIFT if undo else WithholdingAction.WITHHOLD,
            reason,
            decided_at=now,
            decided_by=_this_person(),
        )
        asyncio.run(_record(source, decision, standing.url))
        click.echo(f"{name} is {'shown again' if undo else 'withheld'}.", err=True)


async def _record(source: "Source", decision: Withholding, url: str) -> None:
    # Runs are for everybody to see: what is withheld stands in the decision alone.
    async with decide(WITHHOLD, source, {"action": decision.action}) as recording:
        await recording.withhold(decision, url)


def _this_person() -> str:
    """Return who this process works for, as its computer knows: `login@host`."""
    import getpass
    import os
    import socket

    try:
        login = getpass.getuser()
    except (OSError, KeyError):  # a container's user may have no name
        login = str(os.getuid())
    return f"{login}@{socket.gethostname()}"


def _list(*, as_json: bool) -> None:
    with open_archive() as archive:
        withheld = archive.withholding.find_withheld()
        decisions = archive.withholding.find_decisions()
    if as_json:
        print_json({"withheld": _values(withheld), "decisions": _values(decisions)})
        return
    click.echo(f"Withheld: {', '.join(map(_id, withheld)) or 'nothing'}.", err=True)
    columns = ("decided", "id", "action", "by", "reason")
    print_table(columns, map(_row, decisions))


def _values(decisions: Sequence[Withholding]) -> list[dict[str, Any]]:
    return [{**asdict(decision), "id": _id(decision)} for decision in decisions]


def _row(decision: Withholding) -> tuple[object, ...]:
    return (
        minute(decision.decided_at),
        _id(decision),
        decision.action,
        decision.decided_by,
        decision.reason,
    )


def _id(decision: Withholding) -> str:
    return shown_id(decision.source, decision.external_id)
