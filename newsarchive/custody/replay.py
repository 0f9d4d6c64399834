"""Reading a WARC file as what its run was: the documents that were asked for, in their order.

A document is all that was recorded for one question in one run: the hops of a redirect, the tries
that failed, the answer. It stands where its last record does. Who knows the archive says what a
revisit repeats; here is only what the file itself tells.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from newsarchive.answers import Answer
from newsarchive.answers.rendering import read_rendering
from newsarchive.exceptions import ParseError
from newsarchive.model import Capture, LookOutcome, Render, Rendering
from newsarchive.warc import RUN_FIELD, Record, Unreadable, iter_records, read_record

ENDING = ".warc.gz"


class UndecodableError(ParseError):
    """A body whose content coding is not the one that its server named."""


@dataclass(frozen=True, slots=True)
class RecordedRun:
    """What the run was that wrote a file."""

    spider: str = ""
    source: str = "nos"
    feeds_url: str | None = None  # the bases that it fetched at
    site_url: str | None = None
    media_url: str | None = None
    media: str | None = None  # the pictures that it chose to have noted
    render: str = Render.NONE  # the pages whose script it had run


@dataclass(frozen=True, slots=True)
class Place:
    """One record of a document: its place, and what is known without its payload."""

    type: str  # response, revisit, resource, metadata
    capture: Capture  # its payload digest is empty where the record does not tell it
    error: str | None = None  # of a question that got no answer
    outcome: LookOutcome | None = None  # of a page that could not be rendered
    renderer: str | None = None  # that could not do it
    rendering: Rendering | None = None  # of a page that was


@dataclass(slots=True)
class RecordedDocument:
    """All that one run recorded for one question."""

    name: str  # `feed nos/nosnieuwstech`, `page nos/2512497`; the URL of an imported file
    places: list[Place] = field(default_factory=list)

    @property
    def last(self) -> Place:
        """The record that tells what the question came to."""
        return self.places[-1]

    @property
    def captures(self) -> list[Capture]:
        """The captures of all its records, in order of arrival."""
        return [place.capture for place in self.places]

    @property
    def asked(self) -> tuple[str, ...]:
        """The addresses that were asked for a page, but for what renderers asked."""
        return tuple(
            place.capture.url
            for place in self.places
            if place.rendering is None and place.renderer is None
        )

    @property
    def renderings(self) -> tuple[Rendering, ...]:
        """What renderers told of a page."""
        return tuple(place.rendering for place in self.places if place.rendering is not None)


@dataclass(frozen=True, slots=True)
class RecordedFile:
    """What is in one WARC file."""

    writer: str  # its process, which goes on in another file where one is full
    is_first: bool  # of that process
    run: RecordedRun
    documents: list[RecordedDocument]  # in the order of their last records
    unreadable: list[Unreadable]


def read_file(data_dir: Path, warc_file: str) -> RecordedFile:
    """Return what the file at `warc_file` below `data_dir` holds; its payloads are not kept."""
    run = RecordedRun()
    found: dict[str, RecordedDocument] = {}
    unreadable = []
    for record in iter_records(data_dir / warc_file):
        if isinstance(record, Unreadable):
            unreadable.append(record)
        elif record.type == "warcinfo":
            run = _run(record)
        elif place := _place(record, warc_file):
            name = record.document or place.capture.url
            document = found.pop(name, None) or RecordedDocument(name)
            document.places.append(place)
            found[name] = document  # where its last record stands
    *stem, _, process, serial = ("", "", *warc_file.removesuffix(ENDING).split("-"))
    writer, is_first = "-".join((*stem, process)), not serial.strip("0")
    return RecordedFile(writer, is_first, run, list(found.values()), unreadable)


def iter_warc_files(data_dir: Path) -> Iterator[str]:
    """Yield the WARC files below `data_dir` in the order in which they were begun."""
    folder = data_dir / "warc"
    paths = sorted(folder.glob(f"*{ENDING}"), key=lambda path: path.name.split("-")[-3:])
    for path in paths:
        yield path.relative_to(data_dir).as_posix()


def answer_to(document: RecordedDocument, data_dir: Path, repeats: Capture | None) -> Answer:
    """Return the last answer of `document` as it was given.

    `repeats` is the capture that holds the payload where the answer is a revisit. Raises
    ParseError where a record that is needed cannot be read, or is another than the revisit names;
    UndecodableError where the record is sound, and its body could not be read by a crawl either.
    """
    last = document.last.capture
    record = read_record(data_dir, last.warc_file, last.warc_offset, last.warc_length)
    body = _read_body(record)
    if record.type == "revisit":
        said = (record.refers_to_url, record.refers_to_at)
        if repeats is None or said != (repeats.url, repeats.captured_at):
            raise ParseError(
                f"{last.warc_file}, offset {last.warc_offset}: repeats {said}, unknown"
            )
        last = replace(last, payload_digest=repeats.payload_digest)
        if record.payload_digest is not None:
            place = (repeats.warc_file, repeats.warc_offset, repeats.warc_length)
            body = _read_body(read_record(data_dir, *place))
    headers: dict[str, str] = {}
    for name, value in record.http_headers:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        headers[key] = f"{headers[key]},{text}" if key in headers else text
    captures = [*document.captures[:-1], last]
    assert last.status is not None, "an answer has a status"
    return Answer(last.url, last.status, headers, body, captures, last.captured_at)


def _read_body(record: Record) -> bytes:
    try:
        return record.content_as_crawled()
    except ParseError as error:
        raise UndecodableError(str(error)) from error


def _run(record: Record) -> RecordedRun:
    try:
        said = json.loads(record.fields().get(RUN_FIELD, "{}"))
        return RecordedRun(**said)
    except (ValueError, TypeError) as error:
        raise ParseError(f"a warcinfo whose {RUN_FIELD} cannot be read: {error}") from error


def _place(record: Record, warc_file: str) -> Place | None:
    if record.type not in {"response", "revisit", "resource", "metadata"}:
        return None
    if record.url is None or record.captured_at is None:
        return None
    capture = Capture(
        url=record.url,
        captured_at=record.captured_at,
        payload_digest=record.payload_digest or "",
        warc_file=warc_file,
        warc_offset=record.offset,
        warc_length=record.length,
        status=record.status,
        content_type=_content_type(record),
    )
    if record.type == "metadata":
        said = record.fields()
        try:
            outcome = LookOutcome(said["outcome"]) if "outcome" in said else None
        except ValueError as error:
            raise ParseError(f"offset {record.offset}: {error}") from error
        return Place(record.type, capture, said.get("error"), outcome, said.get("renderer"))
    rendering = read_rendering(record.rendering) if record.rendering else None
    return Place(record.type, capture, rendering=rendering)


def _content_type(record: Record) -> str | None:
    if record.status is None:
        return record.headers.get("Content-Type")
    values = [value for name, value in record.http_headers if name.lower() == b"content-type"]
    return values[0].decode("latin-1") if values else None


def read_payload(place: Place, data_dir: Path) -> bytes:
    """Return the bytes of an imported file."""
    return read_recorded(place, data_dir).payload


def read_recorded(place: Place, data_dir: Path) -> Record:
    """Return the whole record."""
    capture = place.capture
    return read_record(data_dir, capture.warc_file, capture.warc_offset, capture.warc_length)
