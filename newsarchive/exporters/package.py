"""A ZIP file that is the same, byte for byte, whenever the same is put into it.

Its entries are stored as they are, with the time at which those of ZIP begin; what is packed in
them (WARC, an index) is packed already. Each is written once, from front to back, and may be of
any size (ZIP64).
"""

import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import BinaryIO, Self

_EPOCH = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_READABLE = 0o100644 << 16


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a package."""

    path: str
    digest: str
    size_bytes: int


class Package:
    """A ZIP file that grows entry by entry; leaving it, `with`, completes it."""

    def __init__(self, file: BinaryIO) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_STORED, allowZip64=True)
        self.entries: list[Entry] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    @contextmanager
    def entry(self, path: str) -> Iterator[Callable[[bytes], int]]:
        """Give the function that appends to a new entry, and returns at which offset in it."""
        about = zipfile.ZipInfo(path, _EPOCH)
        about.create_system = _UNIX  # else it tells on which system it was made
        about.external_attr = _READABLE
        hashed, size = sha256(), 0
        with self._zip.open(about, "w", force_zip64=True) as stream:

            def append(piece: bytes) -> int:
                nonlocal size
                offset = size
                stream.write(piece)
                hashed.update(piece)
                size += len(piece)
                return offset

            yield append
        self.entries.append(Entry(path, f"sha256:{hashed.hexdigest()}", size))

    def add(self, path: str, content: bytes) -> Entry:
        """Add a small entry, and return it."""
        with self.entry(path) as append:
            append(content)
        return self.entries[-1]
