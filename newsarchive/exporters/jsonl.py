"""Articles as JSON Lines (jsonlines.org): one file, one JSON object a record and a line.

The keys are the columns of the view `current_articles` and `link`, in their order, and those
of a revision where all revisions are asked for. Times are ISO 8601 in UTC
(`2019-04-12T08:44:57+00:00`), `published_on` is a day in Amsterdam, `categories` a list. `OUT`
is the file; where it is a folder, the file is `articles.jsonl` in it.
"""

import json
from dataclasses import fields
from pathlib import Path
from typing import Any, BinaryIO

from newsarchive.exporters.base import Export, single_file
from newsarchive.exporters.columns import written

_FILE = "articles.jsonl"


class _Lines:
    """A JSON object a line."""

    def __init__(self, file: BinaryIO, record_type: Any) -> None:
        self._file = file
        self._names = tuple(field.name for field in fields(record_type))

    def write(self, record: object) -> None:
        values = {name: getattr(record, name) for name in self._names}
        categories = values["categories"]
        values["categories"] = categories.split(",") if categories else []
        line = json.dumps(values, ensure_ascii=False, default=written)
        self._file.write(f"{line}\n".encode())

    def close(self) -> None:
        """Do nothing: every line is written as it comes."""


def open_jsonl(out: Path, record_type: type) -> Export[object]:
    """Open the file `out`, or `articles.jsonl` in the folder `out`."""
    return single_file(out, _FILE, lambda file: _Lines(file, record_type))
