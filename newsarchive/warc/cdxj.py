"""Index WARC files for replay: CDXJ, as pywb and other players read it.

One line a capture, sorted by byte: `<SURT> <UTC yyyymmddhhmmss> <JSON>`, where the JSON has `url`,
`mime`, `status` (of a response), `digest`, `length`, `offset` and `filename`, all of them text. But
for one thing, pywb's own indexer writes the same bytes. The index of an archive is
`warc/index.cdxj`, beside the files that it names.

The server's word that nothing changed (304) has no line: a player would show it as an empty page,
and without it shows the capture that it speaks of.
"""

import heapq
import json
import re
import string
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from urllib.parse import quote, unquote_to_bytes, urlsplit

from newsarchive.exceptions import TransferError
from newsarchive.warc.messages import find_header
from newsarchive.warc.reader import Record, Unreadable, iter_records
from newsarchive.warc.records import NOT_MODIFIED

INDEXED = frozenset({"response", "revisit", "resource"})
DEFAULT_PORTS = {"http": 80, "https": 443}
SORTED_AT_ONCE = 20_000
"""Lines held in memory at a time; an archive may have millions."""


@dataclass(frozen=True, slots=True)
class Indexed:
    """What an index was made of."""

    lines: int
    unreadable: int  # stretches of files; `verify` says which


IsHidden = Callable[[Record], bool]
"""Whether a record is not to be shown."""


def write_index(data_dir: Path, is_hidden: IsHidden = lambda _: False) -> Indexed:
    """Write the index of all WARC files below `data_dir`, beside first and then renamed.

    Records that are hidden have no line: whoever replays the files does not find them.
    Raises TransferError where a file cannot be read or the index not be written.
    """
    folder = data_dir / "warc"
    part = folder / "index.cdxj.part"
    unreadable: list[Unreadable] = []
    paths = sorted(folder.rglob("*.warc.gz"))
    lines = (line for path in paths for line in iter_lines(path, folder, unreadable, is_hidden))
    count = 0
    try:
        with ExitStack() as sorted_runs, part.open("wb") as index:
            for line in merge_sorted(lines, folder, sorted_runs):
                index.write(line)
                count += 1
        part.replace(part.with_suffix(""))
    except OSError as error:
        raise TransferError(f"{error.filename or part}: {error.strerror}") from error
    return Indexed(count, len(unreadable))


def iter_lines(
    path: Path, folder: Path, unreadable: list[Unreadable], is_hidden: IsHidden
) -> Iterator[bytes]:
    """Yield the lines of one file in its own order; add what is no record to `unreadable`."""
    name = path.relative_to(folder).as_posix()
    for record in iter_records(path):
        if isinstance(record, Unreadable):
            unreadable.append(record)
        elif _is_indexed(record) and not is_hidden(record):
            yield index_line(record, name)


def _is_indexed(record: Record) -> bool:
    return record.type in INDEXED and record.headers.get("WARC-Profile") != NOT_MODIFIED


def index_line(record: Record, file_name: str) -> bytes:
    """Return the line of one record."""
    url = record.url or ""
    about = {
        "url": url,
        "mime": _media_type(record),
        **({"status": str(record.status)} if record.type == "response" else {}),
        "digest": record.payload_digest or "-",
        "length": str(record.length),
        "offset": str(record.offset),
        "filename": file_name,
    }
    moment = f"{record.captured_at:%Y%m%d%H%M%S}" if record.captured_at else "-"
    return f"{surt(url)} {moment} {json.dumps(about)}\n".encode()


def surt(url: str) -> str:
    """Return the key that a URL is sorted and looked up by: `nl,nos)/artikel/2280103`.

    It is the key that pywb and the Internet Archive's `surt` give, but for session ids, which
    are left where they are.
    """
    parts = urlsplit(url)
    if not parts.hostname:
        return f"{parts.scheme}:{_escaped(parts.path)}".lower()
    labels = re.sub(r"^www\d*\.", "", parts.hostname).strip(".").split(".")
    port = f":{parts.port}" if parts.port not in {None, DEFAULT_PORTS.get(parts.scheme)} else ""
    query = "&".join(sorted(_escaped(parts.query).lower().split("&"), key=_argument))
    host = ",".join(reversed(labels))
    return f"{host}{port})/{_path(parts.path)}" + (f"?{query}" if query else "")


def _path(path: str) -> str:
    kept: list[str] = []
    for name in _escaped(path).lower().split("/"):
        if name == ".." and kept:
            kept.pop()
        elif name not in {"", "."}:
            kept.append(name)
    return "/".join(kept)


def _argument(argument: str) -> list[str]:
    return argument.split("=", 1)


def _escaped(text: str) -> str:
    """Return `text` unescaped as often as it can be, then escaped once."""
    before, raw = b"", text.encode()
    while before != raw:
        before, raw = raw, unquote_to_bytes(raw)
    return quote(raw, safe=string.punctuation.translate({ord("#"): None, ord("%"): None}))


def _media_type(record: Record) -> str:
    if record.type == "revisit":
        return "warc/revisit"
    given = record.headers.get("Content-Type")
    if record.type == "response":
        given = find_header(record.http_headers, b"content-type")
    return re.split("[; ]", given or "", maxsplit=1)[0] or "unk"


def merge_sorted(lines: Iterable[bytes], folder: Path, files: ExitStack) -> Iterator[bytes]:
    """Return `lines` sorted; those that are too many to hold go through files in `folder`.

    They are all taken at once. The files have no names, and are gone when `files` is closed.
    """
    rest = iter(lines)
    runs: list[Iterable[bytes]] = []
    while batch := sorted(islice(rest, SORTED_AT_ONCE)):
        if len(batch) < SORTED_AT_ONCE:
            runs.append(batch)
        else:
            file = files.enter_context(TemporaryFile(dir=folder))  # noqa: SIM115 - closed with `files`
            file.writelines(batch)
            file.seek(0)
            runs.append(file)
    return heapq.merge(*runs)
