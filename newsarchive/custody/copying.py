"""Bring files into a backup, and out of it: whole or not at all, and on the disk for good.

A file that is there is never changed but at its end, behind all that a manifest says of it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from newsarchive.custody.generations import CHUNK_BYTES, KeptFile, find_kept, sync

Tell = Callable[[int], None]
"""Told how many bytes more were copied."""

BESIDE = ".part"


class ChangedError(Exception):
    """A file that has not the bytes which it had, or should have; the message says how."""


def grow_file(source: Path, target: Path, known: KeptFile, size: int, tell: Tell) -> KeptFile:
    """Have `target` hold the first `size` bytes of `source`; only what is new is written.

    `known` is what it holds already. Raises ChangedError where `source` does not begin with that,
    or is shorter than it should be; may raise OSError.
    """
    digest = sha256()
    with source.open("rb") as file, target.open("r+b") as grown:
        for piece in _pieces(file, known.size_bytes):
            digest.update(piece)
        if _named(digest.digest()) != known.digest:
            raise ChangedError("does not begin with the bytes that it had")
        grown.seek(known.size_bytes)
        grown.truncate()  # what a backup left that was killed here
        for piece in _pieces(file, size - known.size_bytes):
            digest.update(piece)
            grown.write(piece)
            tell(len(piece))
        grown.flush()
        sync(target)
    return KeptFile(known.path, size, _named(digest.digest()))


def copy_file(source: Path, target: Path, name: str, size: int, tell: Tell) -> KeptFile:
    """Copy the first `size` bytes of `source` to `target`, unless it holds just these.

    `name` is that of the file in what is returned. Raises ChangedError where `source` is shorter;
    may raise OSError.
    """
    if target.is_file() and target.stat().st_size == size:
        there = find_kept(target, name)
        if there.digest == _digest(source, size):
            return there
    digest = sha256()
    with written_beside(target) as file, source.open("rb") as original:
        for piece in _pieces(original, size):
            digest.update(piece)
            file.write(piece)
            tell(len(piece))
    return KeptFile(name, size, _named(digest.digest()))


@contextmanager
def written_beside(target: Path) -> Iterator[BinaryIO]:
    """Give a file to write to, which gets the name `target` when that ends without an error."""
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(target.name + BESIDE)
    try:
        with beside.open("wb") as file:
            yield file
            file.flush()
            sync(beside)
        beside.replace(target)
        sync(target.parent)
    finally:
        beside.unlink(missing_ok=True)


def has_digest(path: Path, digest: str) -> bool:
    """Return whether the bytes of the file at `path` have that digest; may raise OSError."""
    return find_kept(path, path.name).digest == digest


def begins_with(path: Path, kept: KeptFile) -> bool:
    """Return whether the file at `path` begins with all the bytes of `kept`; may raise OSError."""
    try:
        return _digest(path, kept.size_bytes) == kept.digest
    except ChangedError:
        return False


def _digest(path: Path, size: int) -> str:
    digest = sha256()
    with path.open("rb") as file:
        for piece in _pieces(file, size):
            digest.update(piece)
    return _named(digest.digest())


def _named(digest: bytes) -> str:
    return f"sha256:{digest.hex()}"


def _pieces(file: BinaryIO, size: int) -> Iterator[bytes]:
    """Yield the next `size` bytes; raise ChangedError where the file has fewer."""
    left = size
    while left:
        piece = file.read(min(left, CHUNK_BYTES))
        if not piece:
            raise ChangedError(f"ends {left} bytes too soon")
        left -= len(piece)
        yield piece
