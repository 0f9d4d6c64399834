"""From lines of bytes to records with their places, and to chunks of records.

A broken record never takes a sound one with it: of a CSV record that cannot be read, such as
one whose quote is never closed, the first line alone is given up, and reading goes on behind it.
"""

import csv
import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from newsarchive.exceptions import ParseError
from newsarchive.pairing import decode_file
from newsarchive.rows.forms import Form

CHUNK_RECORDS = 500
CHUNK_BYTES = 4 << 20
"""Whichever comes first ends a chunk, which is recorded and stored as a whole."""

LONGEST_CELL = 1 << 20
"""Characters; a cell that is longer is a quote that was never closed."""

_DELIMITERS = ",;\t"


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a table, or what could not be read as one, with its place in the file."""

    line: int  # its first, counted from 1
    raw: Sequence[bytes]  # all its lines
    values: Mapping[str, Any] | None = None  # by column; None of a blank line, or a broken record
    error: str | None = None

    @property
    def text(self) -> str:
        """The record as far as it can be shown."""
        return b"".join(self.raw).decode("utf-8", "backslashreplace")


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some records of a file, as one payload that can be read alone."""

    first_line: int
    last_line: int
    payload: bytes


def iter_chunks(lines: Iterable[bytes], form: Form) -> Iterator[Chunk]:
    """Cut the lines of a file into chunks, each with the file's header where it has one.

    Raises ParseError for a header that cannot be read.
    """
    source = iter(lines)
    header = next(source, b"") if form is Form.CSV else b""
    chunk: list[Record] = []
    size = 0
    for record in _records(header, source, form, first_line=2 if header else 1):
        chunk.append(record)
        size += sum(map(len, record.raw))
        if len(chunk) == CHUNK_RECORDS or size >= CHUNK_BYTES:
            yield _chunk(header, chunk)
            chunk, size = [], 0
    if chunk:
        yield _chunk(header, chunk)


def _chunk(header: bytes, records: Sequence[Record]) -> Chunk:
    last = records[-1]
    raw = [line for record in records for line in record.raw]
    return Chunk(records[0].line, last.line + len(last.raw) - 1, b"".join([header, *raw]))


def iter_records(payload: bytes, form: Form, first_line: int) -> Iterator[Record]:
    """Yield the records of a chunk, of which the first stood in `first_line` of its file.

    Raises ParseError as `iter_chunks` does.
    """
    lines = BytesIO(payload)
    header = lines.readline() if form is Form.CSV else b""
    for record in _records(header, lines, form, first_line):
        if record.values is not None or record.error is not None:
            yield record


def read_header(line: bytes) -> list[str]:
    """Return the names of columns in the first line of a CSV file.

    Raises ParseError where there are none.
    """
    text = decode_file(line).text
    try:
        names = next(csv.reader([text], delimiter=_delimiter(text), strict=True), [])
    except csv.Error as error:
        raise ParseError(f"a header that is not CSV: {error}") from error
    if not any(names):
        raise ParseError("no header: the first line of a CSV file names its columns")
    return [name.strip() for name in names]


def _delimiter(header: str) -> str:
    """Return what stands between the cells: a semicolon in Dutch Excel."""
    return max(_DELIMITERS, key=header.count)


def _records(
    header: bytes, lines: Iterator[bytes], form: Form, first_line: int
) -> Iterator[Record]:
    if form is Form.ITEMS:
        return (_item(number, line) for number, line in enumerate(lines, first_line))
    delimiter = _delimiter(decode_file(header).text)
    return _rows(_Lines(lines, first_line), read_header(header), delimiter)


def _item(number: int, line: bytes) -> Record:
    try:
        text = decode_file(line).text
        if not text.strip():
            return Record(number, [line])
        values = json.loads(text)
    except (ParseError, ValueError, RecursionError) as error:
        return Record(number, [line], error=f"not JSON: {error}")
    if not isinstance(values, dict):
        return Record(number, [line], error="JSON, but no object with keys and values")
    return Record(number, [line], values)


class _Lines:
    """The lines of a CSV file; those that a record has taken can be given back."""

    def __init__(self, lines: Iterator[bytes], first_line: int) -> None:
        self._lines = lines
        self._again: deque[bytes] = deque()
        self.line = first_line
        self.taken: list[bytes] = []  # by the present record

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        raw = self._again.popleft() if self._again else next(self._lines)
        self.taken.append(raw)
        return decode_file(raw).text

    def begin(self) -> None:
        """Begin a record behind the present one."""
        self.line += len(self.taken)
        self.taken = []

    def give_back(self) -> None:
        """Leave the present record its first line only."""
        self._again.extendleft(reversed(self.taken[1:]))
        del self.taken[1:]


def _rows(lines: _Lines, columns: Sequence[str], delimiter: str) -> Iterator[Record]:
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        lines.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, ParseError) as error:
            lines.give_back()
            yield Record(lines.line, lines.taken, error=f"not CSV: {error}")
            continue
        if not cells:
            yield Record(lines.line, lines.taken)
        elif len(cells) != len(columns):
            lines.give_back()
            reason = f"{len(cells)} cells, where there are {len(columns)} columns"
            yield Record(lines.line, lines.taken, error=reason)
        else:
            yield Record(lines.line, lines.taken, dict(zip(columns, cells, strict=True)))
