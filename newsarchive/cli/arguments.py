"""What the reading commands have in common: an open archive, the ID, and which articles."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from newsarchive.config import Config
from newsarchive.exceptions import NotFoundError, UsageError

if TYPE_CHECKING:
    from newsarchive.model import Article, Revision
    from newsarchive.sources import Source
    from newsarchive.storage import Archive, Selection

FIRST_YEAR = 1900  # before it there was no news of the kind; it keeps days far from year 1


class Day(click.ParamType[date]):
    """A day in Amsterdam, written YYYY-MM-DD."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read a day; an impossible one is a usage error."""
        if isinstance(value, date):
            return value
        try:
            day = date.fromisoformat(value)
        except ValueError:
            day = date.min
        # `fromisoformat` reads 20190412 and 2019-W15-5 too, which a slip of the finger may mean.
        if day.isoformat() != value or day.year < FIRST_YEAR:
            self.fail(f"{value!r} is not a day such as 2019-04-12", param, ctx)
        return day


def complete_category(_context: click.Context, _option: click.Parameter, typed: str) -> list[str]:
    """Return the categories of the catalogue that begin as a person `typed` (for a shell)."""
    from newsarchive.sources import SOURCES

    names = (name for source in SOURCES.values() for name in source.categories)
    return [name for name in names if name.startswith(typed)]


def selection_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options `--category`, `--since` and `--until`."""
    options = (
        click.option(
            "--category",
            metavar="NAME",
            shell_complete=complete_category,
            help="Those of this category only.",
        ),
        click.option("--since", type=Day(), metavar="DAY", help="From this day on (Amsterdam)."),
        click.option("--until", type=Day(), metavar="DAY", help="Until before this day."),
    )
    for option in reversed(options):
        command = option(command)
    return command


limit_option = click.option(
    "--limit", type=click.IntRange(min=1), metavar="N", help="At most so many."
)
json_option = click.option("--json", "as_json", is_flag=True, help="JSON, for programs.")
origin_option = click.option(
    "--origin",
    type=click.Choice(["feed", "page", "import"]),
    help="Where the revision was read; the default is that of the current one.",
)


def open_archive() -> AbstractContextManager["Archive"]:
    """Open the configured archive for reading; raise StorageError where that cannot be."""
    from newsarchive.storage import Archive

    return Archive.read(Config.load().database_url)


def select(
    archive: "Archive",
    category: str | None,
    since: date | None,
    until: date | None,
    limit: int | None = None,
) -> "Selection":
    """Return the selection that the options mean.

    Raises UsageError for a category that neither the catalogue nor the archive knows, and for
    days between which there is none.
    """
    from newsarchive.sources import SOURCES
    from newsarchive.storage import Selection

    if category is not None:
        listed = [name for source in SOURCES.values() for name in source.categories]
        known = dict.fromkeys([*listed, *archive.find_categories()])
        if category not in known:
            raise UsageError(
                f"unknown category {category!r}. Known categories: {', '.join(known)}."
            )
    if since and until and since >= until:
        raise UsageError(f"there is no day from {since} until before {until}; change one of them")
    return Selection(category, since, until, limit)


def get_article(archive: "Archive", reference: str) -> "Article":
    """Return the article that a person names; raise NotFoundError where none is shown."""
    return archive.get_article(*get_name(archive, reference))


def get_name(archive: "Archive", reference: str) -> tuple[str, str]:
    """Return source and external id of the article that a person names, held or not.

    Raises NotFoundError for what can name none.
    """
    from newsarchive.identity import find_reference
    from newsarchive.sources import SOURCES

    sources = find_sources(archive)
    found = find_reference(reference, sources, site_url=Config.load().site_url)
    if found is None or sources[found[0]].numbering is None:
        found = _find_by_url(archive, reference, sources.keys() - SOURCES.keys()) or found
    if found is None:
        raise NotFoundError(
            f"{reference!r} names no article: give an external id such as 2280103, "
            "nos:2280103, or the article's URL"
        )
    return found


def find_sources(archive: "Archive") -> dict[str, "Source"]:
    """Return the sources of which articles may be held, also such as are crawled no more."""
    from newsarchive.sources import SOURCES, Source

    homepages = archive.find_homepages()
    return {name: Source(name, homepage, ()) for name, homepage in homepages.items()} | SOURCES


def _find_by_url(
    archive: "Archive", reference: str, names: Iterable[str]
) -> tuple[str, str] | None:
    """Return the article of these sources at an address, as it is written or typed by hand."""
    from newsarchive.cleaning.urls import canonicalize_url

    try:
        url = canonicalize_url(reference if "://" in reference else f"https://{reference}")
    except ValueError:
        return None
    return archive.find_by_url(names, url)


def shown_id(source: str, external_id: str) -> str:
    """Return the shortest ID that means the article."""
    from newsarchive.sources import DEFAULT_SOURCE

    return external_id if source == DEFAULT_SOURCE else f"{source}:{external_id}"


def get_revisions(archive: "Archive", article: "Article", origin: str | None) -> list["Revision"]:
    """Return the article's revisions of one origin, the current one's by default, as observed.

    The last is the one in force. Raises NotFoundError where that origin has none.
    """
    found = archive.find_revisions(article.article_id)
    wanted = origin or article.origin
    revisions = [revision for revision in found if revision.origin == wanted]
    if not revisions:
        there = ", ".join(dict.fromkeys(revision.origin for revision in found))
        name = shown_id(article.source, article.external_id)
        raise NotFoundError(f"{name} has no {wanted} revision; its revisions are from: {there}")
    return sorted(revisions, key=lambda revision: (revision.observed_at, revision.number))


def get_revision(revisions: Sequence["Revision"], number: int) -> "Revision":
    """Return the revision of that number; raise NotFoundError, listing the numbers there are."""
    numbers = {revision.number: revision for revision in revisions}
    if number not in numbers:
        there = ", ".join(str(number) for number in sorted(numbers))
        raise NotFoundError(f"no {revisions[0].origin} revision {number}; there are: {there}")
    return numbers[number]
