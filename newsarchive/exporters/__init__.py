"""Exports: what the archive holds, as files that do without it.

`FOLDERS` and `TABLES` are the lists of formats; a new one is a module and a line there. `RELEASES`
are formats of another sort, of which `newsarchive.exporters.release` knows more: they hold what
belongs together, and are written once.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

from newsarchive.exceptions import UsageError
from newsarchive.exporters.base import Export, Exported, traverse
from newsarchive.exporters.csv import open_csv
from newsarchive.exporters.jekyll import open_jekyll
from newsarchive.exporters.jsonl import open_jsonl
from newsarchive.exporters.parquet import open_parquet
from newsarchive.exporters.text import open_text
from newsarchive.model import Article

__all__ = ["FORMATS", "RELEASES", "Exported", "export"]

FOLDERS: dict[str, Callable[[Path], Export[Article]]] = {
    "jekyll": open_jekyll,
    "text": open_text,
}
"""Formats of a file an article."""

TABLES: dict[str, Callable[[Path, type], Export[object]]] = {
    "jsonl": open_jsonl,
    "csv": open_csv,
    "parquet": open_parquet,
}
"""Formats of one file with a row a record, which may be an article or any of its revisions."""

FORMATS = (*FOLDERS, *TABLES)

RELEASES = ("wacz", "bag")


def export(
    articles: Iterable[Article],
    format_name: str,
    out: Path,
    progress: Callable[[int], None] | None = None,
    record_type: type[Article] = Article,
) -> Exported:
    """Write `articles` to `out` in the format of that name, one at a time as they come.

    `record_type` is their class, whose fields are the columns of a table; where it is that of
    revisions, there is a row for each. `progress` is called after each with the number so far.
    Raises UsageError for an unknown format, or one that has no place for revisions, and
    TransferError, naming the path, where `out` cannot be written.
    """
    if format_name in TABLES:
        return traverse(articles, TABLES[format_name](out, record_type), progress)
    if format_name not in FOLDERS:
        known = ", ".join((*FORMATS, *RELEASES))
        raise UsageError(f"unknown format {format_name!r}. Known formats: {known}.")
    if record_type is not Article:
        raise UsageError(
            f"{format_name} has one file an article, and so no place for all revisions; "
            f"use {', '.join(TABLES)}"
        )
    return traverse(articles, FOLDERS[format_name](out), progress)
