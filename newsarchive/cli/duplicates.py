"""`newsarchive duplicates` and `unlink`: near-duplicates, why they are linked, and undoing that."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from newsarchive.cli.arguments import (
    find_sources,
    get_article,
    json_option,
    open_archive,
    shown_id,
)
from newsarchive.cli.decisions import decide
from newsarchive.cli.output import minute, print_json_lines, printable
from newsarchive.exceptions import NotFoundError

if TYPE_CHECKING:
    from newsarchive.model import Article
    from newsarchive.sources import Source
    from newsarchive.storage import Archive, DuplicateGroup, DuplicateMember

UNLINK = "unlink"
"""The lease and, in crawl_runs, the spider of a person's decision."""


@click.command()
@click.argument("reference", metavar="[ID]", required=False)
@json_option
def duplicates(reference: str | None, *, as_json: bool) -> None:
    """Show the groups of near-duplicates, or that of the article ID, and why they are linked.

    The earliest article of a group comes first. Below it stands, for each link, how much of both
    texts is in passages that they share, and the longest of these. With --json one group a line.
    """
    with open_archive() as archive:
        article_id = get_article(archive, reference).article_id if reference else None
        groups = archive.find_duplicates(article_id)
    if as_json:
        print_json_lines(map(_values, groups))
    elif groups:
        click.echo("\n\n".join(printable("\n".join(_lines(group))) for group in groups))
    else:
        click.echo("There are no near-duplicates here.", err=True)


def _values(group: "DuplicateGroup") -> dict[str, Any]:
    return {
        "members": [{**asdict(member), "id": _id(member)} for member in group.members],
        "links": [
            {
                "article": _id(link.article),
                "of": _id(link.of),
                "similarity": link.similarity,
                "passages": list(link.passages),
            }
            for link in group.links
        ],
    }


def _lines(group: "DuplicateGroup") -> Iterator[str]:
    for member in group.members:
        moment = minute(member.published_at or member.first_seen_at)
        yield f"{moment}  {_id(member)}  {member.title}"
    for link in group.links:
        yield f"  {_id(link.article)} is {link.similarity:.0%} like {_id(link.of)}; both have:"
        for passage in link.passages:
            yield f"    {passage['words']} words: {passage['text']}"


def _id(member: "DuplicateMember") -> str:
    return shown_id(member.source, member.external_id)


@click.command()
@click.argument("reference", metavar="ID")
@click.argument("other_reference", metavar="[OTHER]", required=False)
def unlink(reference: str, other_reference: str | None) -> None:
    """Undo for good that ID is a near-duplicate of OTHER, or of its whole group.

    The two will never be linked again, also when the archive is rebuilt: the decision is kept in a
    WARC file. What comes to be similar later to both is still linked to either.
    """
    with open_archive() as archive:
        sources = find_sources(archive)
        article = get_article(archive, reference)
        if other_reference is None:
            others = _group_of(archive, article)
        else:
            other = get_article(archive, other_reference)
            others = [(other.source, other.external_id)]
    name = (article.source, article.external_id)
    others = [other for other in others if other != name]
    if not others:
        raise NotFoundError(f"{shown_id(*name)} has no near-duplicates; nothing to undo")
    asyncio.run(_record(sources[article.source], article, others))
    told = ", ".join(shown_id(*other) for other in others)
    click.echo(f"{shown_id(*name)} is no near-duplicate of {told} any more.", err=True)


def _group_of(archive: "Archive", article: "Article") -> list[tuple[str, str]]:
    groups = archive.find_duplicates(article.article_id)
    return [(one.source, one.external_id) for group in groups for one in group.members]


async def _record(source: "Source", article: "Article", others: Sequence[tuple[str, str]]) -> None:
    name = (article.source, article.external_id)
    arguments = {"article": ":".join(name), "others": [":".join(other) for other in others]}
    async with decide(UNLINK, source, arguments) as recording:
        await recording.unlink(name, article.url, others)
