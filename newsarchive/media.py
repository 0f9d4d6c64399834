"""Media files: `media/<2 hex digits>/<62 hex digits>.<ending>` below the data folder.

The name is the SHA-256 of the bytes, so that the same picture is there once, whoever shows it. A
file is written beside its place and moved there whole: what stands under a name has its digest.
"""

import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

FOLDER = "media"
CHUNK_BYTES = 2**20


def write_media(data_dir: Path, path: str, content: bytes) -> None:
    """Put `content` at `path` for good, unless it is there already; may raise OSError."""
    target = data_dir / path
    if _holds(target, len(content)):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise
    _sync_folder(target.parent)
    _clear_beside(target)


def find_digest(path: Path) -> str:
    """Return the digest of the bytes of a file; may raise OSError."""
    found = sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            found.update(chunk)
    return f"sha256:{found.hexdigest()}"


def media_folders(data_dir: Path) -> set[str]:
    """Return the folders that media files are in, below the data folder."""
    folders = (path for path in (data_dir / FOLDER).glob("*") if path.is_dir())
    return {path.relative_to(data_dir).as_posix() for path in folders}


def list_media(data_dir: Path, folder: str) -> set[str]:
    """Return the paths of all files in one of these folders."""
    files = (path for path in (data_dir / folder).glob("*") if path.is_file())
    return {path.relative_to(data_dir).as_posix() for path in files}


def _holds(target: Path, size: int) -> bool:
    # A damaged file that was fetched again is mended so; one of another size is no other file.
    try:
        return target.stat().st_size == size and f"sha256:{_name(target)}" == find_digest(target)
    except OSError:
        return False


def _name(target: Path) -> str:
    return target.parent.name + target.stem


def _clear_beside(target: Path) -> None:
    """Remove what processes left that were killed while they wrote the same file."""
    for left in target.parent.glob(f".{target.name}.*"):
        # One that lives writes the same bytes, and begins again with a later crawl.
        left.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Make the names in `folder` last, where the system lets folders be opened."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
