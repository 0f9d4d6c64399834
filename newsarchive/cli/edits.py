"""`newsarchive diff`: which words an edit removed and added."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from newsarchive.cli.arguments import (
    get_article,
    get_revision,
    get_revisions,
    json_option,
    open_archive,
    origin_option,
)
from newsarchive.cli.output import has_colour, print_json, printable, second
from newsarchive.comparison.diff import Op, Segment, diff_words, shortened

if TYPE_CHECKING:
    from newsarchive.model import Article, Revision


@click.command()
@click.argument("reference", metavar="ID")
@click.argument("first", metavar="[A]", type=int, required=False)
@click.argument("second_number", metavar="[B]", type=int, required=False)
@origin_option
@click.option("--whole", is_flag=True, help="Without shortening what stayed the same.")
@json_option
def diff(
    reference: str,
    first: int | None,
    second_number: int | None,
    origin: str | None,
    *,
    whole: bool,
    as_json: bool,
) -> None:
    """Show which words of the article ID changed from revision A to revision B.

    B is the revision in force where it is not given, and A the one before it. On a terminal
    what was removed is struck through in red and what was added is green; elsewhere it is
    written [-removed-] and {+added+}, as wdiff does. With --json the segments, each with its
    "op": equal, insert or delete.
    """
    with open_archive() as archive:
        article = get_article(archive, reference)
        revisions = get_revisions(archive, article, origin)
    new = revisions[-1] if second_number is None else get_revision(revisions, second_number)
    old = _before(revisions, new) if first is None else get_revision(revisions, first)
    if as_json:
        print_json(_difference(article, old, new))
    elif old is None:
        click.echo(f"{article.url} has one {new.origin} revision: nothing to compare.", err=True)
    else:
        _print_difference(article, old, new, whole=whole)


def _before(revisions: Sequence["Revision"], revision: "Revision") -> "Revision | None":
    """Return the revision that was in force before `revision`."""
    place = revisions.index(revision)
    return revisions[place - 1] if place else None


def _difference(article: "Article", old: "Revision | None", new: "Revision") -> dict[str, Any]:
    return {
        "source": article.source,
        "external_id": article.external_id,
        "origin": new.origin,
        "old": old and _place(old),
        "new": _place(new),
        "title": list(map(asdict, diff_words(old.title, new.title))) if old else [],
        "text": list(map(asdict, diff_words(old.text, new.text))) if old else [],
    }


def _place(revision: "Revision") -> dict[str, Any]:
    return {"number": revision.number, "observed_at": revision.observed_at}


def _print_difference(article: "Article", old: "Revision", new: "Revision", *, whole: bool) -> None:
    for sign, revision in (("---", old), ("+++", new)):
        observed = f"observed {second(revision.observed_at)}"
        click.echo(f"{sign} {article.url} {revision.origin} {revision.number}, {observed}")
    colour = has_colour()
    title, text = diff_words(old.title, new.title), diff_words(old.text, new.text)
    click.echo(f"\n{_marked(title, colour=colour)}", color=colour)
    if old.text != new.text:
        kept = text if whole else list(shortened(text))
        click.echo(f"\n{_marked(kept, colour=colour)}", color=colour)
    elif old.title == new.title:
        click.echo("\nEvery word is the same: compare the two with `show --as html`.")


def _marked(segments: Sequence[Segment], *, colour: bool) -> str:
    return "".join(_mark(part.op, printable(part.text), colour=colour) for part in segments)


def _mark(op: Op, text: str, *, colour: bool) -> str:
    match op, colour:
        case Op.DELETE, True:
            return click.style(text, fg="red", strikethrough=True)
        case Op.INSERT, True:
            return click.style(text, fg="green")
        case Op.DELETE, False:
            return f"[-{text}-]"
        case Op.INSERT, False:
            return f"{{+{text}+}}"
    return text
