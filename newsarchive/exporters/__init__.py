"""Exports: what the archive holds, as files that do without it.

`FORMATS` is the list of formats; a new one is a module and a line there.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

from newsarchive.exceptions import UsageError
from newsarchive.exporters.base import Exported, Format, traverse
from newsarchive.exporters.jekyll import open_jekyll
from newsarchive.exporters.jsonl import open_jsonl
from newsarchive.exporters.text import open_text
from newsarchive.model import Article

__all__ = ["FORMATS", "Exported", "export"]

FORMATS: dict[str, Format] = {
    "jekyll": open_jekyll,
    "text": open_text,
    "jsonl": open_jsonl,
}


def export(
    articles: Iterable[Article],
    format_name: str,
    out: Path,
    progress: Callable[[int], None] | None = None,
) -> Exported:
    """Write `articles` to `out` in the format of that name, one at a time as they come.

    `progress` is called after each article with the number so far. Raises UsageError for
    an unknown format, and TransferError, naming the path, where `out` cannot be written.
    """
    if format_name not in FORMATS:
        raise UsageError(f"unknown format {format_name!r}. Known formats: {', '.join(FORMATS)}.")
    return traverse(articles, FORMATS[format_name], out, progress)
