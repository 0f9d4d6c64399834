"""An archive from a backup; and whether there would be one, tried without leaving a trace."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from newsarchive.config import Config
from newsarchive.custody.backup import blaming, check_room
from newsarchive.custody.copying import begins_with, copy_file
from newsarchive.custody.generations import Generation, KeptFile, get_generation, iter_media
from newsarchive.custody.reindex import index_missing
from newsarchive.custody.verify import Finding, Progress, Report, verify
from newsarchive.exceptions import DamageFoundError, TransferError
from newsarchive.storage import (
    SCHEMA,
    Archive,
    check_free,
    check_kind,
    find_differences,
    load_snapshot,
    try_snapshot,
)

DAMAGED = "has not the digest that it had when it was backed up"
MISSING = "is missing in the backup"


@dataclass(frozen=True, slots=True)
class Tried:
    """What was read of a backup that was tried, and what was found."""

    generation: Generation
    rows: int
    files: int  # WARC files
    records: int
    captures: int
    revisions: int
    media: int  # files
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Restored:
    """What was made of a backup."""

    generation: Generation
    files_copied: int
    bytes_copied: int
    upgraded_from: str | None  # the schema that it was at, where that is not this version's
    findings: tuple[Finding, ...]  # what is damaged in the backup, or missing


def verify_backup(
    config: Config, backup: Path, name: str | None = None, progress: Progress = lambda *_: None
) -> Tried:
    """Make an archive of a generation for a while, and compare it with what was backed up.

    Every file against its digest, every table against its rows, every capture against its record,
    every media file and revision against its digest: what differs is a finding. The generation
    is the latest, or the one of that `name`. Raises NotFoundError where there is none,
    DamageFoundError for one that cannot be read at all.
    """
    generation = get_generation(backup, name)
    manifest = generation.manifest
    check_kind(manifest.database, config.database_url)
    with blaming(backup):
        own = list(_find_damaged(backup, generation.files, progress))
        findings = [*own, *_find_damaged(backup, manifest.warc, progress)]
        # A database that is not the one which was copied is not worth a trial.
        report = Report(0, 0, 0, 0, 0, ()) if own else _try(config, backup, generation, progress)
    return Tried(
        generation,
        rows=sum(table.rows for table in manifest.database.tables),
        files=report.files,
        records=report.records,
        captures=report.captures,
        revisions=report.revisions,
        media=report.media,
        findings=(*findings, *report.findings),
    )


def _find_damaged(backup: Path, files: Sequence[KeptFile], progress: Progress) -> Iterator[Finding]:
    total, done = sum(file.size_bytes for file in files), 0
    for file in files:
        try:
            if not begins_with(backup / file.path, file):
                yield Finding(DAMAGED, file.path)
        except FileNotFoundError:
            yield Finding(MISSING, file.path)
        done += file.size_bytes
        progress("bytes", done, total)


def _try(config: Config, backup: Path, generation: Generation, progress: Progress) -> Report:
    database = generation.manifest.database
    with try_snapshot(generation.folder, database, config.database_url) as trial:
        differences = find_differences(database.tables, trial.tables)
        report = verify(trial.archive, backup, progress)
    findings = (
        *(Finding(what, generation.name) for what in differences),
        # Notes are of what the archive was doing then, and of files of later generations.
        *(damage for damage in report.damages if not _is_behind(damage, generation)),
    )
    return Report(
        report.files, report.records, report.captures, report.revisions, report.media, findings
    )


def _is_behind(finding: Finding, generation: Generation) -> bool:
    """Return whether it is about bytes that came, or were to come, with a later generation."""
    ends = (kept.size_bytes for kept in generation.manifest.warc if kept.path == finding.file)
    return finding.offset is not None and finding.offset >= next(ends, finding.offset + 1)


def restore(
    config: Config, backup: Path, name: str | None = None, progress: Progress = lambda *_: None
) -> Restored:
    """Make the archive that `config` names of a backup: its latest generation, or that of `name`.

    First the bytes, then the database, which is then brought to this version's schema. Files that
    are there already, as they should be, are left alone, so that it can be run again where it was
    cut off. A file that is damaged in the backup is a finding, and is restored as it is.

    Raises StorageError where there is a database already, TransferError where another file is in
    the place of one, or no room, DamageFoundError where the backup's database is damaged.
    """
    generation = get_generation(backup, name)
    database = generation.manifest.database
    check_kind(database, config.database_url)
    check_free(config.database_url)
    with blaming(config.data_dir):
        config.data_dir.mkdir(parents=True, exist_ok=True)
        if damaged := list(_find_damaged(backup, generation.files, progress)):
            what, where = damaged[0].what, damaged[0].file
            raise DamageFoundError(f"{backup / str(where)}: {what}; take another --generation")
        placing = _Placing(backup, config.data_dir, progress)
        placing.place(generation)
        load_snapshot(generation.folder, database, config.database_url)
    upgraded_from = database.schema if database.schema != SCHEMA else None
    if upgraded_from is not None:
        Archive.create(config.database_url)
        with Archive.open(config.database_url) as archive:
            index_missing(archive)
    findings = tuple(placing.findings)
    return Restored(generation, placing.files, placing.bytes, upgraded_from, findings)


class _Placing:
    """The files of a backup, on their way into an archive."""

    def __init__(self, backup: Path, data_dir: Path, progress: Progress) -> None:
        self.files = self.bytes = 0
        self.findings: list[Finding] = []
        self._backup = backup
        self._data_dir = data_dir
        self._progress = progress
        self._total = 0

    def place(self, generation: Generation) -> None:
        """Bring what a generation names to its place."""
        self._total = sum(self._find_size(path) for path, _, _ in self._list(generation))
        check_room(self._data_dir, self._total)
        for path, digest, size in self._list(generation):
            self._place(path, digest, size)

    def _list(self, generation: Generation) -> Iterator[tuple[str, str, int | None]]:
        """Yield path, digest and size of each file; None for the size that the file has."""
        for kept in generation.manifest.warc:
            yield kept.path, kept.digest, kept.size_bytes
        for path, digest in iter_media(generation.folder):
            yield path, digest, None

    def _find_size(self, path: str) -> int:
        """Return how many bytes are to be copied of a file."""
        source, target = self._backup / path, self._data_dir / path
        return source.stat().st_size if source.is_file() and not target.is_file() else 0

    def _place(self, path: str, digest: str, size: int | None) -> None:
        source, target = self._backup / path, self._data_dir / path
        try:
            there = source.stat().st_size
        except FileNotFoundError:
            self.findings.append(Finding(MISSING, path))
            return
        kept = KeptFile(path, there if size is None else min(size, there), digest)
        if target.is_file():
            if not begins_with(target, kept):
                raise TransferError(f"{target}: another file is in this place; put it aside")
            return
        copied = copy_file(source, target, path, kept.size_bytes, self._tell)
        self.files += 1
        if copied.digest != digest:
            self.findings.append(Finding(DAMAGED, path))

    def _tell(self, copied: int) -> None:
        self.bytes += copied
        self._progress("bytes", min(self.bytes, self._total), self._total)
