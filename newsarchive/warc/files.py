"""One growing WARC file: whole blocks or nothing, and what is synced is on the disk."""

import os
from pathlib import Path

from newsarchive.warc.records import NewRecord


class GrowingFile:
    """A new file that grows by whole blocks; `is_torn` where it could not be kept whole."""

    def __init__(self, path: Path, warcinfo: NewRecord) -> None:
        self.path = path
        self.warcinfo_id = warcinfo.id
        self.warcinfo = warcinfo.member()
        self.size = 0
        self.is_torn = False
        self._raw = path.open("xb", buffering=0)
        self._is_named = False  # its name, too, is on the disk

    def append(self, block: bytes) -> int:
        """Write `block` in one system call where possible; return its offset."""
        offset = self.size
        rest = memoryview(block)
        try:
            while rest:
                rest = rest[self._raw.write(rest) :]
            self.size = offset + len(block)
        except BaseException as error:
            self._cut_back()
            if isinstance(error, OSError):
                error.filename = str(self.path)
            raise
        return offset

    def _cut_back(self) -> None:
        try:
            self._raw.seek(self.size)
            self._raw.truncate()
        except OSError:
            self.is_torn = True

    def sync(self) -> None:
        """Return once all blocks, and the file's name, are on the disk."""
        try:
            os.fsync(self._raw.fileno())
        except OSError:
            # The system may forget what it could not write, and the next fsync would
            # then succeed: nothing more goes into this file.
            self.is_torn = True
            raise
        if not self._is_named:
            _sync_folder(self.path.parent)
            _sync_folder(self.path.parent.parent)
            self._is_named = True

    def close(self) -> None:
        """Sync and close; a file without a block goes."""
        with self._raw:
            if self.size > 0:
                self.sync()
        if self.size == 0:
            self.path.unlink()


def _sync_folder(folder: Path) -> None:
    """Put the names in `folder` on the disk; Windows neither needs nor allows it."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
