"""A selection as WACZ 1.1.1 (specs.webrecorder.net/wacz/1.1.1): its recorded bytes, to replay.

::

    archive/<WARC file>       the records that the revisions were read from, byte for byte
    indexes/index.cdx.gz      CDXJ, packed
    indexes/index.idx         where what stands in it
    pages/pages.jsonl         a line an article: id, url, ts, title, text, canonical
    datapackage.json          each of these with size and digest; what was asked of which archive
    datapackage-digest.json   the digest of datapackage.json, by which the release is cited

A WARC file has the name of the archive's own, its `warcinfo`, and of its records those that
belong to the selection: every answer with its request, with the redirects that led to it, and,
where it is a revisit, with the answer whose payload it repeats. Records that name a withheld
article are left out; an article whose current record is left out has no line in pages.jsonl.

The `url` and `ts` of a page are those of the record that the article's current rendition was read
from, be it a page or a feed; `created` is the time of the archive's last capture. So the same
archive and selection give the same bytes, under one version of isal, which packs the index.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from itertools import chain, groupby
from pathlib import Path

from newsarchive.exceptions import ParseError, TransferError
from newsarchive.exporters.about import LICENCE, About, Progress, Released, instant
from newsarchive.exporters.base import blaming, whole_file
from newsarchive.exporters.choosing import Choice, Exchange
from newsarchive.exporters.package import Package
from newsarchive.exporters.withheld import Discretion
from newsarchive.storage import ReleaseCapture, ReleasePage, Snapshot
from newsarchive.warc import SourceFile, index_line, merge_sorted, pack_index

VERSION = "1.1.1"
INDEX = "index.cdx.gz"


def write_wacz(
    snapshot: Snapshot, about: About, data_dir: Path, out: Path, progress: Progress
) -> Released:
    """Write the selection of `snapshot` to the new file `out`; `data_dir` has its WARC files.

    Memory is that of one record, and of what sorting holds at once. Raises TransferError where
    `out` cannot be written, or a record that is needed cannot be read.
    """
    with whole_file(out) as file, blaming(out), Package(file) as package, ExitStack() as files:
        records = _Records(snapshot, data_dir, progress)
        # All of these are written before the first sorted line is there.
        lines = merge_sorted(records.write(package), out.parent, files)
        with package.entry(f"indexes/{INDEX}") as append:
            members = pack_index(lines, append, INDEX)
        package.add("indexes/index.idx", members)
        pages = _write_pages(package, snapshot, records.left_out, progress)
        counts = {
            "articles": about.articles,
            "revisions": about.revisions,
            "captures": records.count,
            "pages": pages,
            "left_out": len(records.left_out),
        }
        digest = _write_descriptions(package, about, counts)
    return Released(out, digest, counts)


class _Records:
    """The records of a release: copied to a package, and counted."""

    def __init__(self, snapshot: Snapshot, data_dir: Path, progress: Progress) -> None:
        self._snapshot = snapshot
        self._data_dir = data_dir
        self._progress = progress
        self._choice = Choice(Discretion(snapshot.find_withheld()))
        self.count = 0

    @property
    def left_out(self) -> set[int]:
        """The captures that name a withheld article."""
        return self._choice.left_out

    def write(self, package: Package) -> Iterator[bytes]:
        """Copy the records, file by file, and yield the lines that index them, unsorted."""
        captures = groupby(self._snapshot.iter_captures(), lambda found: found.capture.warc_file)
        try:
            for warc_file, in_file in captures:
                yield from self._write_file(package, warc_file, in_file)
        except ParseError as error:
            raise TransferError(f"{error}. `newsarchive verify` says what is damaged.") from error

    def _write_file(
        self, package: Package, warc_file: str, captures: Iterable[ReleaseCapture]
    ) -> Iterator[bytes]:
        with SourceFile(self._data_dir, warc_file) as source:
            chosen = self._choice.choose(source, captures)
            first = next(chosen, None)
            if first is None:
                return
            name = Path(warc_file).name
            with package.entry(f"archive/{name}") as append:
                append(source.take_warcinfo().packed)
                for exchange in chain([first], chosen):
                    yield self._copy(append, exchange, name)

    def _copy(self, append: Callable[[bytes], int], exchange: Exchange, file_name: str) -> bytes:
        answer, *behind = exchange
        offset = append(answer.packed)
        for record in behind:
            append(record.packed)
        self.count += 1
        self._progress("captures", self.count)
        return index_line(replace(answer.record, offset=offset), file_name)


def _write_pages(
    package: Package, snapshot: Snapshot, left_out: set[int], progress: Progress
) -> int:
    count = 0
    with package.entry("pages/pages.jsonl") as append:
        append(
            _line({"format": "json-pages-1.0", "id": "pages", "title": "Articles", "hasText": True})
        )
        for page in snapshot.iter_pages():
            if page.capture_id not in left_out:
                append(_line(_described(page)))
                count += 1
                progress("pages", count)
    return count


def _described(page: ReleasePage) -> dict[str, object]:
    return {
        "id": f"{page.source}:{page.external_id}",
        "url": page.fetched_url,
        "ts": instant(page.captured_at),
        "title": page.title,
        "text": page.text,
        "canonical": page.url,
    }


def _write_descriptions(package: Package, about: About, counts: dict[str, int]) -> str:
    """Write what the package is of, and return the digest of that."""
    described = {
        "profile": "data-package",
        "wacz_version": VERSION,
        "title": about.title,
        "description": LICENCE,
        "created": instant(about.as_of),
        **about.as_values(),
        "counts": counts,
        "resources": [
            {
                "name": entry.path.rpartition("/")[2].lower(),
                "path": entry.path,
                "hash": entry.digest,
                "bytes": entry.size_bytes,
            }
            for entry in package.entries
        ],
    }
    entry = package.add("datapackage.json", _indented(described))
    said = {"path": "datapackage.json", "hash": entry.digest}
    package.add("datapackage-digest.json", _indented(said))
    return entry.digest


def _line(values: dict[str, object]) -> bytes:
    return json.dumps(values, ensure_ascii=False).encode() + b"\n"


def _indented(values: dict[str, object] | dict[str, str]) -> bytes:
    return json.dumps(values, ensure_ascii=False, indent=2).encode() + b"\n"
