"""Articles as JSON Lines (jsonlines.org): one file, one JSON object an article and a line.

The keys are the columns of the view `current_articles` and `link`, in their order. Times
are ISO 8601 in UTC (`2019-04-12T08:44:57+00:00`), `published_on` is a day in Amsterdam,
`categories` a list. `OUT` is the file; where it is a folder, the file is `articles.jsonl` in it.
"""

import json
from contextlib import AbstractContextManager
from dataclasses import fields
from datetime import UTC, date, datetime
from pathlib import Path

from newsarchive.exporters.base import Write, single_file
from newsarchive.model import Article

_FILE = "articles.jsonl"
_NAMES = tuple(field.name for field in fields(Article))


def open_jsonl(out: Path) -> AbstractContextManager[Write]:
    """Open the file `out`, or `articles.jsonl` in the folder `out`."""
    return single_file(out, _FILE, _line)


def _line(article: Article) -> str:
    record = {name: getattr(article, name) for name in _NAMES}
    record["categories"] = article.categories.split(",") if article.categories else []
    return json.dumps(record, ensure_ascii=False, default=_iso) + "\n"


def _iso(value: object) -> str:
    """Return what JSON has no form for, a time or a day, as ISO 8601."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no form in JSON")
