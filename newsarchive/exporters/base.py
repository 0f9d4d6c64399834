"""The one traversal of all exports, and the two ways in which a format keeps its files.

Whatever the format, a file is written beside its final name, with `.part` added, and then
renamed: under a final name there is never half a file.
"""

import os
import shutil
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
    with blaming(out):
        out.mkdir(parents=True, exist_ok=True)

    def write(article: Article) -> bool:
        path = out / (post_name(article) + ending)
        with blaming(path):
            return _replace(path, render(article).encode())

    yield write


@contextmanager
def single_file(
    out: Path, name: str, open_table: Callable[[BinaryIO], Table]
) -> Iterator[Write[object]]:
    """Keep all records in the file `out`, or in the file `name` where `out` is a folder."""
    with blaming(out):
        path = out / name if out.is_dir() else out
    with whole_file(path) as file:
        with blaming(path):
            table = open_table(file)
        try:
            yield _writer(table, path)
            with blaming(path):
                table.close()
        finally:
            with suppress(OSError):
                table.close()


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Give a file to write, which gets the name `path` when it is complete and on the disk.

    Folders above it are made; of a symbolic link it is the file that it leads to. Raises
    TransferError where it cannot be opened or completed, for what is no file, and while another
    export is at work there.
    """
    with blaming(path):
        target = path.resolve()  # renamed onto /dev/stdout, it would take that link's place
        if target.exists() and not target.is_file():
            raise TransferError(f"{path}: is no file; name a file, which may be a new one")
        target.parent.mkdir(parents=True, exist_ok=True)
        part = beside(target)
        file = _open_alone(part)
    try:
        yield file
        with blaming(path):
            file.flush()
            os.fsync(file.fileno())
            part.replace(target)  # while nobody else may open it
    finally:
        # Nothing is left to do here but after an error, which is the one to be told.
        with suppress(OSError):
            file.close()
        with suppress(OSError):
            part.unlink()


def _open_alone(part: Path) -> BinaryIO:
    """Open a file that nobody else is writing, empty; there are no locks on Windows."""
    # Not emptied at once: it may be that of an export at work, or left of one that was killed.
    flags = os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0)
    file = os.fdopen(os.open(part, flags, 0o666), "wb")
    if not _is_ours(file, part):
        file.close()
        raise TransferError(f"{part}: another export is at work there; wait for it")
    if os.fstat(file.fileno()).st_size:
        file.truncate()
    return file


def _is_ours(file: BinaryIO, part: Path) -> bool:
    """Lock an open file; tell whether that could be done, and its name is still `part`."""
    if os.name == "nt":
        return True
    import fcntl  # noqa: PLC0415 - Windows has none

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(file.fileno()), part.stat())
    except (BlockingIOError, FileNotFoundError):
        return False


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """Give a new folder to fill, which gets the name `path` when it is complete.

    Its files are those of `whole_file`. Raises TransferError where `path` is there already, or
    another export is at work there, or was killed.
    """
    refuse_existing(path)
    part = beside(path)
    refuse_existing(part)
    with blaming(path):
        part.mkdir(parents=True)
    try:
        yield part
        with blaming(path):
            part.rename(path)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def refuse_existing(path: Path) -> None:
    """Raise TransferError where something is at `path`."""
    with blaming(path):
        if path.is_symlink() or path.exists():
            raise TransferError(f"{path}: is there already; name another place, or remove it")


def _writer(table: Table, path: Path) -> Write[object]:
    def write(record: object) -> bool:
        with blaming(path):
            table.write(record)
        return True

    return write


def _replace(path: Path, payload: bytes) -> bool:
    """Give the file at `path` these bytes; False where it has them already."""
    if path.is_file() and path.read_bytes() == payload:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    part = beside(path)
    try:
        part.write_bytes(payload)
        part.replace(path)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
    return True


def beside(path: Path) -> Path:
    """Return where the file at `path` is written until it is complete."""
    return path.with_name(path.name + UNFINISHED)


@contextmanager
def blaming(path: Path) -> Iterator[None]:
    """Turn an error of the file system into one that names `path` and what to do."""
    try:
        yield
    except OSError as error:
        raise TransferError(
            f"{path}: cannot be written: {error.strerror or error}. "
            "Make room, or name a place that you may write to."
        ) from error
