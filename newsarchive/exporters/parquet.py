"""Articles as Parquet: one file, typed, in row groups of bounded size.

The columns are those of the view `current_articles` and `link`, in their order, and those of a
revision where all revisions are asked for. Times are `timestamp[us, tz=UTC]`, `published_on` is
`date32` (a day in Amsterdam), numbers `int64`, JSON and all else text. The same records give the
same bytes under one version of pyarrow. `OUT` is the file; where it is a folder, the file is
`articles.parquet` in it.
"""

from pathlib import Path
from typing import Any, BinaryIO

from newsarchive.exceptions import UsageError
from newsarchive.exporters.base import Export, single_file
from newsarchive.exporters.columns import ColumnType, columns_of, written

_FILE = "articles.parquet"

ROW_GROUP_ROWS = 10_000
ROW_GROUP_CHARACTERS = 8 << 20
"""Whichever comes first ends a row group, which is what an export holds in memory."""

_ENUMERATED = ("source", "kind", "category", "categories", "origin")


class _RowGroups:
    """Rows, written when there are enough of them."""

    def __init__(self, file: BinaryIO, record_type: type) -> None:
        self._pyarrow = _pyarrow()
        self._columns = columns_of(record_type)
        self._schema = _schema(self._pyarrow, self._columns)
        self._writer = self._pyarrow.parquet.ParquetWriter(
            file,
            self._schema,
            compression="zstd",
            use_dictionary=list(_ENUMERATED),
            write_statistics=_counted(self._columns),
        )
        self._begin()

    def _begin(self) -> None:
        self._values: dict[str, list[Any]] = {name: [] for name in self._columns}
        self._rows = self._characters = 0

    def write(self, record: object) -> None:
        for name, kind in self._columns.items():
            value = getattr(record, name)
            if kind in {ColumnType.TEXT, ColumnType.DOCUMENT}:
                value = written(value)
                self._characters += len(value or "")
            self._values[name].append(value)
        self._rows += 1
        if self._rows >= ROW_GROUP_ROWS or self._characters >= ROW_GROUP_CHARACTERS:
            self._write_group()

    def _write_group(self) -> None:
        arrays = [
            self._pyarrow.array(values, field.type)
            for values, field in zip(self._values.values(), self._schema, strict=True)
        ]
        self._begin()
        self._writer.write_table(self._pyarrow.Table.from_arrays(arrays, schema=self._schema))

    def close(self) -> None:
        if self._writer.is_open:
            try:
                if self._rows:
                    self._write_group()
            finally:
                self._writer.close()


def _counted(columns: dict[str, ColumnType]) -> list[str]:
    """Return the columns whose least and greatest value are worth keeping a row group.

    Those of the texts would be most of a large file's footer, which is read at every opening.
    """
    texts = {ColumnType.TEXT, ColumnType.DOCUMENT}
    return [name for name, kind in columns.items() if kind not in texts or name in _ENUMERATED]


def _pyarrow() -> Any:
    """Import pyarrow, an extra that takes 0.2 s; raise UsageError where it is not installed."""
    try:
        import pyarrow.parquet  # type: ignore[import-untyped]  # noqa: PLC0415 - it has no stubs
    except ImportError as error:
        raise UsageError(
            "parquet needs pyarrow: pip install 'newsarchive[parquet]', or export csv or jsonl"
        ) from error
    return pyarrow


def _schema(pyarrow: Any, columns: dict[str, ColumnType]) -> Any:
    types = {
        ColumnType.TEXT: pyarrow.string(),
        ColumnType.INTEGER: pyarrow.int64(),
        ColumnType.BOOLEAN: pyarrow.bool_(),
        ColumnType.TIME: pyarrow.timestamp("us", tz="UTC"),
        ColumnType.DAY: pyarrow.date32(),
        ColumnType.DOCUMENT: pyarrow.string(),
    }
    return pyarrow.schema([(name, types[kind]) for name, kind in columns.items()])


def open_parquet(out: Path, record_type: type) -> Export[object]:
    """Open the file `out`, or `articles.parquet` in the folder `out`.

    Raises UsageError, naming the extra, where pyarrow is not installed.
    """
    _pyarrow()  # before there is a file
    return single_file(out, _FILE, lambda file: _RowGroups(file, record_type))
