"""Articles as CSV (RFC 4180): one file in UTF-8, a header and a row a record.

The columns are those of the view `current_articles` and `link`, in their order, and those of a
revision where all revisions are asked for. Lines end in CRLF; a field with a comma, quote or
line break is quoted, and the line breaks of a text stay what they are. Times are ISO 8601 in
UTC (`2019-04-12T08:44:57+00:00`), `published_on` is a day in Amsterdam, and what is missing is
empty. `OUT` is the file; where it is a folder, the file is `articles.csv` in it.
"""

import csv
from pathlib import Path
from typing import BinaryIO

from newsarchive.exporters.base import Export, single_file
from newsarchive.exporters.columns import columns_of, written

_FILE = "articles.csv"


class _Encoded:
    """What the csv module writes to: a file of bytes."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, row: str) -> int:
        return self._file.write(row.encode())


class _Sheet:
    """A header, and a row a record."""

    def __init__(self, file: BinaryIO, record_type: type) -> None:
        self._names = tuple(columns_of(record_type))
        self._writer = csv.writer(_Encoded(file))
        self._writer.writerow(self._names)

    def write(self, record: object) -> None:
        self._writer.writerow([written(getattr(record, name)) for name in self._names])

    def close(self) -> None:
        """Do nothing: every row is written as it comes."""


def open_csv(out: Path, record_type: type) -> Export[object]:
    """Open the file `out`, or `articles.csv` in the folder `out`."""
    return single_file(out, _FILE, lambda file: _Sheet(file, record_type))
