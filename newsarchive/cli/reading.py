"""`newsarchive list` and `show`: the articles, and any revision of one."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from newsarchive.cli.arguments import (
    get_article,
    get_revision,
    get_revisions,
    json_option,
    limit_option,
    open_archive,
    origin_option,
    select,
    selection_options,
    shown_id,
)
from newsarchive.cli.output import (
    is_terminal,
    minute,
    print_json,
    print_json_lines,
    printable,
    second,
)
from newsarchive.cli.tables import print_table
from newsarchive.exceptions import UsageError
from newsarchive.model import Article

if TYPE_CHECKING:
    from newsarchive.model import Capture, Revision


@click.command("list")
@selection_options
@limit_option
@json_option
def list_(
    category: str | None,
    since: date | None,
    until: date | None,
    limit: int | None,
    *,
    as_json: bool,
) -> None:
    """List articles, the latest first.

    With --json one object a line: all that the view current_articles has of an article.
    """
    with open_archive() as archive:
        selection = select(archive, category, since, until, limit)
        articles = archive.iter_articles(selection, newest_first=True)
        if as_json:
            print_json_lines(map(_facts, articles))
            return
        columns = ("published", "id", "category", "rev", "title")
        if not print_table(columns, map(_row, articles), one_line=True):
            click.echo("There are no such articles.", err=True)


def _facts(article: Article) -> dict[str, Any]:
    """Return an article as `export jsonl` writes it, by name: `categories` is a list."""
    facts = {field.name: getattr(article, field.name) for field in fields(Article)}
    return facts | {"categories": article.categories.split(",") if article.categories else []}


def _row(article: Article) -> tuple[object, ...]:
    return (
        minute(article.published_at or article.first_seen_at),
        shown_id(article.source, article.external_id),
        article.category,
        article.revision_count,
        article.title,
    )


@click.command()
@click.argument("reference", metavar="ID")
@click.option(
    "--revision", "number", type=int, metavar="N", help="This one instead of the current."
)
@origin_option
@click.option(
    "--as",
    "form",
    type=click.Choice(["text", "html", "json"]),
    help="The rendition alone, as it is; or all that is known, as JSON.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --as json.")
def show(
    reference: str, number: int | None, origin: str | None, form: str | None, *, as_json: bool
) -> None:
    """Show the article ID: an external id, source:id, or any of the article's URLs.

    Shown are its times (Amsterdam), its place among its revisions, and where the bytes stand
    that it was read from; then its text. --as html and --as text print the rendition and
    nothing else, byte for byte; on a terminal a newline follows.
    """
    if as_json and form in {"text", "html"}:
        raise UsageError(f"--as {form} and --json exclude each other; choose one")
    with open_archive() as archive:
        article = get_article(archive, reference)
        revisions = get_revisions(archive, article, origin)
        revision = revisions[-1] if number is None else get_revision(revisions, number)
        capture = None if revision.capture_id is None else archive.get_capture(revision.capture_id)
    if form == "html":
        click.echo(revision.html.encode(), nl=is_terminal())
    elif form == "text":
        click.echo(revision.text.encode(), nl=is_terminal())
    elif as_json or form == "json":
        print_json(_all_facts(article, revision, len(revisions), capture))
    else:
        _print_revision(article, revision, len(revisions), capture)


# What is an article's own; all else in a row of `current_articles` is its current revision's.
ARTICLE_FACTS = (
    "source",
    "external_id",
    "kind",
    "url",
    "category",
    "categories",
    "first_seen_at",
    "last_seen_at",
    "withdrawn_at",
    "near_duplicate_of",
)


def _all_facts(
    article: Article, revision: "Revision", revision_count: int, capture: "Capture | None"
) -> Mapping[str, Any]:
    own = _facts(article)
    return {
        **{name: own[name] for name in ARTICLE_FACTS},
        **asdict(revision),
        "revision_count": revision_count,
        "capture": capture and asdict(capture),
    }


def _print_revision(
    article: Article, revision: "Revision", revision_count: int, capture: "Capture | None"
) -> None:
    place = f"{revision.number} of {revision_count} from {revision.origin}"
    facts = {
        "published": second(revision.published_at or article.published_at),
        "modified": second(revision.modified_at),
        "categories": (article.categories or "").replace(",", ", "),
        "URL": article.url,
        "revision": f"{place}, observed {second(revision.observed_at)}",
        "imported": second(revision.imported_at),
        "withdrawn": second(article.withdrawn_at),
    }
    if capture is not None:
        stands = f"{capture.warc_file}, offset {capture.warc_offset}, {capture.warc_length} bytes"
        facts |= {
            "read from": capture.url,
            "captured": second(capture.captured_at),
            "kept in": stands,
        }
    click.echo(printable(revision.title))
    for name, fact in facts.items():
        if fact:
            click.echo(f"  {name:<10}  {printable(fact)}")
    if revision.text:
        click.echo(f"\n{printable(revision.text)}")
