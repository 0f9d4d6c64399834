"""The one traversal of all exports, and the two ways in which a format keeps its files.

Whatever the format, a file is written beside its final name, with `.part` added, and then
renamed: under a final name there is never half a file.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol, TypeVar

from newsarchive.exceptions import TransferError
from newsarchive.model import Article
from newsarchive.pairing import UNFINISHED
from newsarchive.posts import post_name

R = TypeVar("R")

Render = Callable[[Article], str]
"""How a format shows one article."""

Write = Callable[[R], bool]
"""Write one record; False where its file held the same bytes already."""

Export = AbstractContextManager[Write[R]]
"""A place to export to; leaving it without an error completes the export."""


class Table(Protocol):
    """The rows of a format that keeps all of them in one file."""

    def write(self, record: object) -> None:
        """Add one record, a dataclass of the type that the table was made for."""

    def close(self) -> None:
        """Write what is held back; closing twice, or after an error, does no harm."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export did, in articles or revisions."""

    count: int
    written: int  # of these, the ones whose file did not hold the same bytes already


def traverse(
    records: Iterable[R], place: Export[R], progress: Callable[[int], None] | None = None
) -> Exported:
    """Write every record in turn, holding one at a time; `progress` is told how many so far."""
    count = written = 0
    with place as write:
        for record in records:
            written += write(record)
            count += 1
            if progress is not None:
                progress(count)
    return Exported(count, written)


@contextmanager
def folder(out: Path, ending: str, render: Render) -> Iterator[Write[Article]]:
    """Keep one file an article in the folder `out`, which is made where there is none.

    A file that holds the same bytes already is left alone, so that exporting into the same
    folder again touches what changed only. Nothing is deleted: the file of an article that
    is no longer asked for stays, and so does the one under an earlier headline's slug.
    No file is fsynced: one that a power cut left empty differs, and is written again.
    """
    with _blaming(out):
        out.mkdir(parents=True, exist_ok=True)

    def write(article: Article) -> bool:
        path = out / (post_name(article) + ending)
        with _blaming(path):
            return _replace(path, render(article).encode())

    yield write


@contextmanager
def single_file(
    out: Path, name: str, open_table: Callable[[BinaryIO], Table]
) -> Iterator[Write[object]]:
    """Keep all records in the file `out`, or in the file `name` where `out` is a folder.

    The file gets its name when it is complete and on the disk.
    """
    with _blaming(out):
        path = out / name if out.is_dir() else out
        part = _beside(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        file = part.open("wb")
    try:
        with _blaming(path):
            table = open_table(file)
        try:
            yield _writer(table, path)
            with _blaming(path):
                table.close()
                file.flush()
                os.fsync(file.fileno())
                file.close()
                part.replace(path)
        finally:
            with suppress(OSError):
                table.close()
    finally:
        # Nothing is left to do here but after an error, which is the one to be told.
        with suppress(OSError):
            file.close()
        with suppress(OSError):
            part.unlink()


def _writer(table: Table, path: Path) -> Write[object]:
    def write(record: object) -> bool:
        with _blaming(path):
            table.write(record)
        return True

    return write


def _replace(path: Path, payload: bytes) -> bool:
    """Give the file at `path` these bytes; False where it has them already."""
    if path.is_file() and path.read_bytes() == payload:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    part = _beside(path)
    try:
        part.write_bytes(payload)
        part.replace(path)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
    return True


def _beside(path: Path) -> Path:
    return path.with_name(path.name + UNFINISHED)


@contextmanager
def _blaming(path: Path) -> Iterator[None]:
    """Turn an error of the file system into one that names `path` and what to do."""
    try:
        yield
    except OSError as error:
        raise TransferError(
            f"{path}: cannot be written: {error.strerror or error}. "
            "Make room, or name a place that you may write to."
        ) from error
