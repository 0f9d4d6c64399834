"""A backup on the disk: what lies where, and what its manifests say.

::

    warc/…, media/…               the bytes, once for all generations. Files come anew and grow at
                                  their end; what is in them is never changed
    generations/<UTC time>/       one moment of the archive:
        manifest.json             what there is, with counts and digests
        media.sha256              its media files, as `sha256sum --check` reads it
        newsarchive.db            the database, of SQLite
        tables/<name>.copy.gz     the same, of PostgreSQL
    generations/.unfinished       one that is being written; the next backup clears it away
    lock                          held by the backup at work

A generation gets its name when everything that it names is on the disk.
"""

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from newsarchive.exceptions import DamageFoundError, LeaseHeldError, NotFoundError
from newsarchive.storage import DatabaseCopy, TableCopy

FOLDER = "generations"
MANIFEST = "manifest.json"
MEDIA_LIST = "media.sha256"
FORM = 1
CHUNK_BYTES = 1 << 20
_UNFINISHED, _LEAVING = ".unfinished", ".leaving"


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file of a backup, or the beginning of one: its path, bytes, and their digest."""

    path: str
    size_bytes: int
    digest: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation says that there is."""

    made_at: datetime
    version: str  # of the newsarchive that made it
    database: DatabaseCopy
    files: tuple[KeptFile, ...]  # of the generation itself
    warc: tuple[KeptFile, ...]  # of the backup, as the rest
    media_files: int
    media_bytes: int


@dataclass(frozen=True, slots=True)
class Generation:
    """One moment of an archive in a backup."""

    folder: Path
    manifest: Manifest

    @property
    def name(self) -> str:
        """Its name, which is when it was made: `20261001T120000Z`."""
        return self.folder.name

    @property
    def files(self) -> tuple[KeptFile, ...]:
        """Its own files, by their paths in the backup."""
        return tuple(
            replace(file, path=f"{FOLDER}/{self.name}/{file.path}") for file in self.manifest.files
        )


def list_names(backup: Path) -> list[str]:
    """Return the names of a backup's generations, the oldest first."""
    folders = (backup / FOLDER).glob("[0-9]*")
    return sorted((folder.name for folder in folders if folder.is_dir()), key=_place)


def _place(name: str) -> tuple[str, int]:
    """Return the second in which a generation was made, and which one of that second it is."""
    second, _, number = name.partition("-")
    return second, int(number) if number.isdecimal() else 1


def find_latest(backup: Path) -> Generation | None:
    """Return the latest generation; None where there is none yet."""
    names = list_names(backup)
    return read_generation(backup, names[-1]) if names else None


def get_generation(backup: Path, name: str | None = None) -> Generation:
    """Return the generation of that name, or the latest; raise NotFoundError, listing them."""
    names = list_names(backup)
    if not names:
        raise NotFoundError(
            f"{backup}: there is no backup here; make one with `newsarchive backup`"
        )
    if name is not None and name not in names:
        raise NotFoundError(f"{backup}: no generation {name!r}; there are {', '.join(names)}")
    return read_generation(backup, name or names[-1])


def read_generation(backup: Path, name: str) -> Generation:
    """Return a generation; raise DamageFoundError where its manifest cannot be read."""
    path = backup / FOLDER / name / MANIFEST
    try:
        told = json.loads(path.read_bytes())
        return Generation(path.parent, _as_manifest(told))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DamageFoundError(
            f"{path}: cannot be read: {error!r}. Remove its folder to use the generation before it."
        ) from error


def _as_manifest(told: dict[str, Any]) -> Manifest:
    if told["form"] != FORM:
        raise ValueError(f"form {told['form']}, of another newsarchive")
    database = told["database"]
    tables = (TableCopy(**{**t, "columns": tuple(t["columns"])}) for t in database["tables"])
    return Manifest(
        made_at=datetime.fromisoformat(told["made_at"]),
        version=told["version"],
        database=DatabaseCopy(database["kind"], database["schema"], tuple(tables)),
        files=tuple(KeptFile(**file) for file in told["files"]),
        warc=tuple(KeptFile(**file) for file in told["warc"]),
        media_files=told["media_files"],
        media_bytes=told["media_bytes"],
    )


def iter_media(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield path and digest of each media file that a generation in `folder` names."""
    with (folder / MEDIA_LIST).open(encoding="utf-8") as lines:
        for line in lines:
            digest, _, path = line.rstrip("\n").partition("  ")
            yield path, f"sha256:{digest}"


def write_media_list(folder: Path, named: Iterable[tuple[str, str]]) -> None:
    """Write path and digest of each media file into the generation in `folder`."""
    with (folder / MEDIA_LIST).open("x", encoding="utf-8", newline="\n") as lines:
        lines.writelines(f"{digest.removeprefix('sha256:')}  {path}\n" for path, digest in named)


def begin_generation(backup: Path) -> Path:
    """Return the empty folder of a new generation; what earlier backups left undone goes."""
    folder = backup / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for left in (_UNFINISHED, _LEAVING):
        if (folder / left).exists():
            shutil.rmtree(folder / left)
    unfinished = folder / _UNFINISHED
    unfinished.mkdir()
    return unfinished


def finish_generation(backup: Path, manifest: Manifest) -> Generation:
    """Write the manifest and give the new generation its name; it is there for good then."""
    folder = backup / FOLDER
    unfinished = folder / _UNFINISHED
    said = {"form": FORM, **asdict(manifest), "made_at": manifest.made_at.isoformat()}
    path = unfinished / MANIFEST
    path.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
    for inside in (path, unfinished):
        sync(inside)
    second = f"{manifest.made_at:%Y%m%dT%H%M%SZ}"
    there = [number for stem, number in map(_place, list_names(backup)) if stem == second]
    target = folder / (f"{second}-{max(there) + 1}" if there else second)
    unfinished.rename(target)
    sync(folder)
    return Generation(target, manifest)


def remove_generations(backup: Path, keep: int) -> list[str]:
    """Remove all but the latest `keep` generations; return the names of those removed."""
    names = list_names(backup)[:-keep]
    for name in names:
        leaving = backup / FOLDER / _LEAVING
        # Renamed first: what has a name is whole.
        (backup / FOLDER / name).rename(leaving)
        shutil.rmtree(leaving)
    return names


def find_kept(path: Path, name: str) -> KeptFile:
    """Return what is to be known of the file at `path`; may raise OSError."""
    digest, size = sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(CHUNK_BYTES):
            digest.update(piece)
            size += len(piece)
    return KeptFile(name, size, f"sha256:{digest.hexdigest()}")


def sync(path: Path) -> None:
    """Put a file, or the names in a folder, on the disk; Windows does not open folders."""
    if os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def locked(backup: Path) -> Iterator[None]:
    """Keep other backups out of this one; raise LeaseHeldError while one is at work.

    The lock goes with its process, however that ends. There is none on Windows.
    """
    backup.mkdir(parents=True, exist_ok=True)
    if os.name == "nt":
        yield
        return
    import fcntl  # noqa: PLC0415 - Windows has none

    with (backup / "lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LeaseHeldError(f"{backup}: another backup is at work here; wait for it") from None
        yield
