"""Back an archive up while others write to it.

First the database, at one moment; then the bytes, which hold at least what its rows name, since
every record is on the disk before the row that names it. What is in the backup is never changed,
so that the generations before stay whole, wherever this one ends.
"""

import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from newsarchive import __version__
from newsarchive.config import Config
from newsarchive.custody.copying import ChangedError, copy_file, grow_file, has_digest
from newsarchive.custody.generations import (
    Generation,
    KeptFile,
    Manifest,
    begin_generation,
    find_kept,
    find_latest,
    finish_generation,
    iter_media,
    locked,
    remove_generations,
    sync,
    write_media_list,
)
from newsarchive.custody.verify import Finding, Progress
from newsarchive.exceptions import TransferError, UsageError
from newsarchive.storage import DatabaseCopy, FrozenArchive, freeze_archive
from newsarchive.warc import find_capture_end

SPARE_BYTES = 1 << 20
"""Room that a backup needs beside its files, for names and manifest."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup did."""

    generation: Generation
    files_copied: int  # WARC and media files that were not there before, or had grown
    bytes_copied: int  # of these files, what was not there before
    removed: tuple[str, ...]  # names of old generations
    findings: tuple[Finding, ...]  # what rows name, and the archive does not hold as it did


@dataclass(frozen=True, slots=True)
class _Moment:
    """What belongs to one moment of an archive."""

    database: DatabaseCopy
    warc: Mapping[str, int]  # how many bytes of each file
    media: Mapping[str, int]  # `files` and `bytes`; `missing`: bytes that the backup has not yet


def back_up(config: Config, to: Path, keep: int, progress: Progress = lambda *_: None) -> Backup:
    """Add a generation to the backup in the folder `to`; keep the latest `keep` of them.

    Bytes that rows name and that are missing or changed are findings; what the backup holds of
    them it keeps. Raises StorageError for the database, LeaseHeldError while another backup is at
    work, and TransferError where `to` cannot be written or has no room: the generations before
    are then as they were.
    """
    _check_place(config.data_dir, to)
    with blaming(to), locked(to):
        made_at = config.clock()
        before = find_latest(to)
        folder = begin_generation(to)
        moment = _take_moment(config, to, folder, progress)
        copies = _Copies(config.data_dir, to, before, progress)
        copies.make_room(moment)
        copies.keep_warc(moment.warc)
        copies.keep_media(folder)
        manifest = _describe(made_at, folder, moment, copies.warc)
        generation = finish_generation(to, manifest)
        removed = remove_generations(to, keep)
    return Backup(generation, copies.files, copies.bytes, tuple(removed), tuple(copies.findings))


def _check_place(data_dir: Path, to: Path) -> None:
    here, there = data_dir.resolve(), to.resolve()
    kept = (here / "warc", here / "media")
    if there == here or any(place in (there, *there.parents) for place in kept):
        raise UsageError(f"{to} is part of the archive; name a folder elsewhere, on another disk")


def _take_moment(config: Config, to: Path, folder: Path, progress: Progress) -> _Moment:
    """Write the database into `folder`, and say what belongs to it."""
    here = _list_warc(config.data_dir)  # before the snapshot: what comes later is not in it
    with freeze_archive(config.database_url) as frozen:
        check_room(to, frozen.size_bytes)
        database = frozen.write(folder, progress)
        media = _list_media(frozen, folder, to)
        return _Moment(database, _find_sizes(config.data_dir, frozen, here), media)


def _list_warc(data_dir: Path) -> list[str]:
    paths = (data_dir / "warc").rglob("*.warc.gz")
    return [path.relative_to(data_dir).as_posix() for path in paths]


def _find_sizes(data_dir: Path, frozen: FrozenArchive, here: list[str]) -> dict[str, int]:
    """Return how many bytes of each WARC file belong to the frozen.

    Of a file that is being written, all that rows name: what is behind may be taken back. A file
    that no row names is a crash's, if nobody is at work.
    """
    is_quiet = frozen.is_quiet()
    sizes = {name: _size(data_dir / name) for name in here} if is_quiet else {}
    for file in frozen.find_warc_files():
        path = data_dir / file.name
        if file.is_closed or is_quiet or not path.is_file():
            sizes[file.name] = max(_size(path), file.end)
        else:
            sizes[file.name] = find_capture_end(path, file.end)
    return sizes


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0  # a crawl that wrote nothing takes its file away


def _list_media(frozen: FrozenArchive, folder: Path, to: Path) -> Counter[str]:
    """Write the list of media files, and count them."""
    counts: Counter[str] = Counter()

    def named() -> Iterator[tuple[str, str]]:
        for file in frozen.iter_media_files():
            counts["files"] += 1
            counts["bytes"] += file.size_bytes
            if not (to / file.path).is_file():
                counts["missing"] += file.size_bytes
            yield file.path, file.digest

    write_media_list(folder, named())
    return counts


class _Copies:
    """The files of an archive, on their way into a backup."""

    def __init__(
        self, data_dir: Path, to: Path, before: Generation | None, progress: Progress
    ) -> None:
        self.files = self.bytes = 0
        self.findings: list[Finding] = []
        # What a backup ever held of a file stays in it, whatever became of the file.
        self.warc = {kept.path: kept for kept in before.manifest.warc} if before else {}
        self._data_dir = data_dir
        self._to = to
        self._progress = progress
        self._total = 0

    def make_room(self, moment: _Moment) -> None:
        """Raise TransferError where there is no room for what is to be copied."""
        held = {name: kept.size_bytes for name, kept in self.warc.items()}
        growth = (max(0, size - held.get(name, 0)) for name, size in moment.warc.items())
        self._total = sum(growth) + moment.media.get("missing", 0)
        check_room(self._to, self._total)

    def keep_warc(self, sizes: Mapping[str, int]) -> None:
        """Copy what is new of the WARC files."""
        for name, size in sorted(sizes.items()):
            before = self.bytes
            try:
                self.warc[name] = self._keep(name, size)
            except FileNotFoundError:
                self._miss(name, "the file is missing")
            except ChangedError as error:
                self._miss(name, f"the file {error}")
            self.files += self.bytes > before

    def keep_media(self, folder: Path) -> None:
        """Copy the media files that are not there yet: what has a digest's name never changes."""
        for path, digest in iter_media(folder):
            source, target = self._data_dir / path, self._to / path
            if target.is_file():
                continue
            try:
                if not has_digest(source, digest):
                    self._miss(path, "the file has not the digest in its name")
                    continue
                copy_file(source, target, path, source.stat().st_size, self._tell)
                self.files += 1
            except FileNotFoundError:
                self._miss(path, "the file is missing")

    def _keep(self, name: str, size: int) -> KeptFile:
        source, target, known = self._data_dir / name, self._to / name, self.warc.get(name)
        there = source.stat().st_size
        if known is None or _size(target) < known.size_bytes:
            kept = copy_file(source, target, name, min(size, there), self._tell)
        elif size > known.size_bytes:
            kept = grow_file(source, target, known, min(size, there), self._tell)
        else:
            kept = known
        if there < kept.size_bytes or there < size:
            self._miss(name, f"the file has {there} bytes, and should have {size}")
        return kept

    def _tell(self, copied: int) -> None:
        self.bytes += copied
        self._progress("bytes", min(self.bytes, self._total), self._total)

    def _miss(self, path: str, why: str) -> None:
        self.findings.append(Finding(f"is not backed up as it should be: {why}", path))


def _describe(
    made_at: datetime, folder: Path, moment: _Moment, warc: Mapping[str, KeptFile]
) -> Manifest:
    inside = sorted(path for path in folder.rglob("*") if path.is_file())
    for place in {folder, *(path.parent for path in inside), *inside}:
        sync(place)
    return Manifest(
        made_at=made_at,
        version=__version__,
        database=moment.database,
        files=tuple(find_kept(path, path.relative_to(folder).as_posix()) for path in inside),
        warc=tuple(kept for _, kept in sorted(warc.items())),
        media_files=moment.media.get("files", 0),
        media_bytes=moment.media.get("bytes", 0),
    )


def check_room(folder: Path, needed_bytes: int) -> None:
    """Raise TransferError where the disk of `folder` has no room for so many bytes."""
    free = shutil.disk_usage(folder).free
    if free < needed_bytes + SPARE_BYTES:
        raise TransferError(
            f"{folder}: no room: {needed_bytes:,} bytes are needed, {free:,} are free. Make room, "
            "or name another disk."
        )


@contextmanager
def blaming(place: Path) -> Iterator[None]:
    """Turn an error of the file system into one that names the file and what to do."""
    try:
        yield
    except OSError as error:
        raise TransferError(
            f"{error.filename or place}: {error.strerror or error}. Make room, or mind owner and "
            "rights; then run it again."
        ) from error
