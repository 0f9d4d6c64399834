"""Verify the archive: that the bytes are the ones recorded, and the rows say what is in them.

Damage is what was in the archive and is not there as it was. A crash leaves its marks without
doing harm: a file that ends within a record, records that no row names since their commit never
came. These are notes.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from newsarchive.comparison.digest import content_digest
from newsarchive.media import find_digest, list_media, media_folders
from newsarchive.model import Capture, MediaFile
from newsarchive.storage import Archive
from newsarchive.warc import Checked, verify_file

Progress = Callable[[str, int, int], None]
"""Told what is verified, how much of it is done, and how much there is: bytes, files, revisions."""

NAMED_BY_ROWS = frozenset({"response", "revisit", "resource"})
WITHOUT_STATUS = frozenset({"resource", "metadata"})


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be, and where; where no harm is done, a note."""

    what: str  # a sentence whose subject is the place
    file: str | None = None
    offset: int | None = None
    length: int | None = None
    record_id: str | None = None
    url: str | None = None
    revision: str | None = None
    articles: tuple[str, ...] = ()  # whose revisions were read from there
    is_damage: bool = True


@dataclass(frozen=True, slots=True)
class Report:
    """What was verified, and what was found."""

    files: int
    records: int
    captures: int
    revisions: int
    media: int  # files
    findings: tuple[Finding, ...]

    @property
    def damages(self) -> list[Finding]:
        """What is damaged or missing."""
        return [finding for finding in self.findings if finding.is_damage]

    @property
    def notes(self) -> list[Finding]:
        """What is odd, and harmless."""
        return [finding for finding in self.findings if not finding.is_damage]


def verify(archive: Archive, data_dir: Path, progress: Progress = lambda *_: None) -> Report:
    """Read every record, capture, media file and revision again, and compare them.

    The database itself is looked at, and the index of full-text search compared with the revisions.

    `archive` is open for reading; a crawl may be at work meanwhile. Memory grows with what is
    found, and not with the archive.
    """
    counts: Counter[str] = Counter()
    findings = [
        *_verify_files(archive, data_dir, counts, progress),
        *_verify_media(archive, data_dir, counts, progress),
        *_verify_revisions(archive, counts, progress),
        *_verify_rows(archive),
        *_verify_search(archive),
    ]
    kinds = ("files", "records", "captures", "revisions", "media")
    return Report(**{kind: counts[kind] for kind in kinds}, findings=tuple(findings))


def _verify_files(
    archive: Archive, data_dir: Path, counts: Counter[str], progress: Progress
) -> Iterator[Finding]:
    paths = (data_dir / "warc").rglob("*.warc.gz")
    on_disk = {path.relative_to(data_dir).as_posix(): _size(path) for path in paths}
    total, done = sum(on_disk.values()), 0
    for name in sorted(on_disk.keys() | set(archive.custody.find_warc_files())):
        file = _File(archive, name)
        try:
            for checked in verify_file(data_dir / name):
                file.compare(checked)
                progress("bytes", min(done + checked.offset + checked.length, total), total)
            file.end("the file ends before")
        except FileNotFoundError:
            file.end("the file is missing")
        except OSError as error:
            file.end(f"the file cannot be read: {error.strerror}")
        done += on_disk.get(name, 0)
        counts += file.counts
        yield from file.findings()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0  # a crawl that wrote nothing takes its file away


class _File:
    """The records of one file beside the rows that name them, both in the order of the file."""

    def __init__(self, archive: Archive, name: str) -> None:
        self.counts: Counter[str] = Counter()
        self._archive = archive
        self._name = name
        self._rows = archive.custody.iter_captures(name)
        # Asked for before the file is read, which may grow: what a row names is in it then.
        self._row = next(self._rows, None)
        self._found: list[tuple[Finding, list[int]]] = []
        # One cause may move thousands: they are one finding, at the first of them.
        self._lost: dict[str, tuple[Capture, list[int]]] = {}
        self._unnamed: list[int] = []
        self._has_capture = lru_cache(maxsize=1024)(archive.custody.has_capture)

    def compare(self, checked: Checked) -> None:
        """Compare the next stretch of the file with the rows that point into it."""
        self.counts["records"] += bool(checked.headers)
        rows = list(self._rows_before(checked.offset + checked.length))
        if checked.faults:
            self._add_faults(checked, rows)
            return
        for row_id, row in rows:
            if row.warc_offset != checked.offset:
                self._lose(row_id, row, "no record begins here")
            else:
                for what in self._differences(row, checked):
                    self._add(_finding(self._name, checked, what), [row_id])
        if checked.type in NAMED_BY_ROWS and not rows:
            self._unnamed.append(checked.offset)

    def end(self, reason: str) -> None:
        """Say of the rows that are left why there is no record for them."""
        self.counts["files"] += 1
        for row_id, row in self._rows_before(None):
            self._lose(row_id, row, reason)
        for why, (first, ids) in self._lost.items():
            more = f"; so it is with {len(ids) - 1} more behind it" if len(ids) > 1 else ""
            what = f"a row names a capture here, but {why}{more}"
            place = (first.warc_offset, first.warc_length)
            self._add(Finding(what, self._name, *place, url=first.url), ids)
        if self._unnamed:
            first_offset, *behind = self._unnamed
            more = f", nor {len(behind)} behind it" if behind else ""
            what = f"no row names this record{more}: a crash, or a crawl at work"
            self._add(Finding(what, self._name, first_offset, is_damage=False), [])

    def findings(self) -> Iterator[Finding]:
        """Yield what was found, with the articles that it touches."""
        ids = sorted({row_id for _, row_ids in self._found for row_id in row_ids})
        articles = self._archive.custody.find_articles_of(ids) if ids else {}
        for finding, row_ids in self._found:
            touched = {name for row_id in row_ids for name in articles.get(row_id, ())}
            yield replace(finding, articles=tuple(sorted(touched)))

    def _rows_before(self, offset: int | None) -> Iterator[tuple[int, Capture]]:
        while self._row is not None and (offset is None or self._row[1].warc_offset < offset):
            yield self._row
            self.counts["captures"] += 1
            self._row = next(self._rows, None)

    def _add_faults(self, checked: Checked, rows: Iterable[tuple[int, Capture]]) -> None:
        ids = [row_id for row_id, _ in rows]
        is_mark = checked.is_torn and not ids and not self._archive.custody.was_closed(self._name)
        found = _finding(self._name, checked, "; ".join(checked.faults))
        self._add(replace(found, is_damage=not is_mark), ids)

    def _lose(self, row_id: int, row: Capture, reason: str) -> None:
        self._lost.setdefault(reason, (row, []))[1].append(row_id)

    def _add(self, finding: Finding, row_ids: list[int]) -> None:
        self._found.append((finding, row_ids))

    def _differences(self, row: Capture, checked: Checked) -> Iterator[str]:
        """Yield in what a sound record is not the one that its row means."""
        if (row.status is None) != (checked.type in WITHOUT_STATUS) or checked.type == "request":
            yield f"is a {checked.type} record, which its row does not say"
        compared = {
            "length": (row.warc_length, checked.length),
            "URL": (row.url, checked.url),
            "time": (row.captured_at, checked.captured_at),
        }
        if checked.payload_digest is not None:
            compared["payload digest"] = (row.payload_digest, checked.payload_digest)
        for name, (expected, actual) in compared.items():
            if expected != actual:
                yield f"has the {name} {actual}, and its row {expected}"
        if checked.type == "revisit" and not self._has_capture(
            checked.refers_to_url, checked.refers_to_at, row.payload_digest
        ):
            yield f"refers to a capture that is not in the archive: {checked.refers_to_url}"


def _finding(name: str, checked: Checked, what: str) -> Finding:
    return Finding(what, name, checked.offset, checked.length, checked.id, checked.url)


def _verify_media(
    archive: Archive, data_dir: Path, counts: Counter[str], progress: Progress
) -> Iterator[Finding]:
    """Verify the media files, a folder at a time: what rows name, and what no row names."""
    total = archive.pictures.count()["files"]
    unnamed = media_folders(data_dir)
    for folder, rows in groupby(archive.pictures.iter_files(), lambda file: Path(file.path).parent):
        unnamed.discard(folder.as_posix())
        on_disk = list_media(data_dir, folder.as_posix())
        for file in rows:
            counts["media"] += 1
            progress("media files", min(counts["media"], total), total)
            on_disk.discard(file.path)
            if what := _find_fault(data_dir / file.path, file):
                yield Finding(what, file.path, url=file.url)
        yield from map(_unnamed, sorted(on_disk))
    for left in sorted(unnamed):
        yield from map(_unnamed, sorted(list_media(data_dir, left)))


def _find_fault(path: Path, file: MediaFile) -> str | None:
    try:
        actual = find_digest(path)
    except FileNotFoundError:
        return "the file is missing"
    except OSError as error:
        return f"the file cannot be read: {error.strerror}"
    return None if actual == file.digest else f"has not the digest in its name: {actual}"


def _unnamed(path: str) -> Finding:
    what = "no row names this file: a crash, or a crawl at work"
    return Finding(what, path, is_damage=False)


def _verify_revisions(
    archive: Archive, counts: Counter[str], progress: Progress
) -> Iterator[Finding]:
    total = archive.count_rows()["revisions"]
    for revision in archive.custody.iter_kept_revisions():
        counts["revisions"] += 1
        progress("revisions", min(counts["revisions"], total), total)
        try:
            actual = content_digest(revision.title, revision.html, revision.digest_rule)
        except ValueError as error:
            actual = str(error)
        wrongs = []
        if actual != revision.content_digest:
            wrongs.append(f"has not the digest of its content: {actual}")
        if not revision.has_capture:
            wrongs.append(f"was read from capture {revision.capture_id}, which is missing")
        for what in wrongs:
            yield Finding(what, revision=revision.name, articles=(revision.article,))


def _verify_rows(archive: Archive) -> Iterator[Finding]:
    """Find what is wrong with the database itself, whatever its rows say."""
    for fault in archive.custody.find_faults():
        touched = () if fault.article is None else (fault.article,)
        yield Finding(fault.what, revision=fault.revision, articles=touched)


def _verify_search(archive: Archive) -> Iterator[Finding]:
    """Find whether full-text search is in step with the revisions, from which it can be made."""
    faults = archive.search.find_faults()
    counted = {
        "are not indexed": faults.missing,
        "are indexed at another place in time": faults.misplaced,
        "are wrongly known as the current one, or not known as such": faults.wrongly_current,
        "have a place without words, or words without a place": faults.torn,
    }
    if told := [f"{count} revisions {what}" for what, count in counted.items() if count]:
        what = f"full-text search is out of step ({'; '.join(told)}): run `newsarchive reindex`"
        yield Finding(what, is_damage=False)
