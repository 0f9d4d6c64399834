"""Read WARC files again, strictly, to see whether every record is still the one written.

What is checked of each record: its gzip member (header, CRC-32, length), the syntax and the
required fields of its WARC header (ISO 28500:2017, 5 and 6), Content-Length against its block,
and the digests of block and payload; of records side by side: that they are of one file and
that each answer has its request. A bit that changes is noticed, but for the few (in the padding of
a member, say) from which the same record unpacks. A stretch that cannot be read ends where the
next record begins, and everything behind it is checked too.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from newsarchive.exceptions import ParseError
from newsarchive.warc.fields import Described, find_date
from newsarchive.warc.members import CHUNK_BYTES, CutOffError, Member, find_record
from newsarchive.warc.records import GZIP_HEADER, IDENTICAL_PAYLOAD, VERSION

END_OF_RECORD = b"\r\n\r\n"
REQUIRED = ("WARC-Type", "WARC-Record-ID", "WARC-Date", "WARC-Block-Digest", "Content-Length")
REQUIRED_OF_TYPE = {
    "warcinfo": ("WARC-Filename",),
    "response": ("WARC-Target-URI", "WARC-Payload-Digest"),
    "request": ("WARC-Target-URI", "WARC-Concurrent-To"),
    "revisit": (
        "WARC-Target-URI",
        "WARC-Profile",
        "WARC-Refers-To-Target-URI",
        "WARC-Refers-To-Date",
    ),
    "resource": ("WARC-Target-URI", "WARC-Payload-Digest"),
    "metadata": ("WARC-Target-URI", "WARC-Payload-Digest"),
}
ANSWERS = frozenset({"response", "revisit"})

_FIELD = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+): ([^\r\n\0]*)")


@dataclass(frozen=True, slots=True)
class Checked(Described):
    """A stretch of a file: one record, or bytes that are none. It is sound without faults."""

    offset: int
    length: int
    headers: Mapping[str, str]  # as far as they can be read
    faults: tuple[str, ...] = ()  # sentences of which this stretch is the subject
    is_torn: bool = False  # the file ends within a capture, as after a crash

    @property
    def type(self) -> str | None:
        """The type of the record: `response`, `request` and so on."""
        return self.headers.get("WARC-Type")


def verify_file(path: Path) -> Iterator[Checked]:
    """Yield the file's stretches, one after the other without gaps, up to its present end.

    Holds a piece of one record in memory. Raises OSError where the file cannot be read.
    """
    order = _Order(path.name)
    with path.open("rb") as file:
        end = file.seek(0, 2)
        offset = 0
        while offset < end:
            checked = _check_member(file, offset, end)
            yield replace(checked, faults=(*checked.faults, *order.find_faults(checked)))
            offset += checked.length
    if order.awaits_request:
        yield Checked(end, 0, {}, ("lacks the request of the last record",), is_torn=True)


class _Order:
    """What the records of a file say of each other."""

    def __init__(self, file_name: str) -> None:
        self._file_name = file_name
        self._warcinfo_id: str | None = None
        self._before: Checked | None = None

    @property
    def awaits_request(self) -> bool:
        """Whether the last record is an answer."""
        return self._before is not None and self._before.type in ANSWERS

    def find_faults(self, checked: Checked) -> Iterator[str]:
        """Yield what is wrong about a record where it stands."""
        before, self._before = self._before, checked
        if not checked.headers:
            return
        if checked.type == "warcinfo":
            self._warcinfo_id = checked.id
            if checked.headers.get("WARC-Filename") != self._file_name:
                yield f"begins the file {checked.headers.get('WARC-Filename')}"
        elif before is None:
            yield "stands where the file's warcinfo should be"
        elif self._warcinfo_id and checked.headers.get("WARC-Warcinfo-ID") != self._warcinfo_id:
            yield "is of another file"
        # Whose request is missing cannot be said next to what cannot be read.
        if before is not None and before.headers:
            answered = before.id if before.type in ANSWERS else None
            asked = checked.headers.get("WARC-Concurrent-To") if checked.type == "request" else None
            if answered != asked:
                yield "stands where another record's request or answer is missing"


def _check_member(file: BinaryIO, offset: int, end: int) -> Checked:
    headers: dict[str, str] = {}
    faults = []
    member = Member(file, offset)
    try:
        if not GZIP_HEADER.startswith(file.read(len(GZIP_HEADER))):
            faults.append("has not the gzip header that it was written with")
        file.seek(offset)
        faults += _check_record(member, headers)
    except ParseError as error:
        following = find_record(file, offset + 1, end)
        is_torn = isinstance(error, CutOffError) and following == end and not faults
        faults.append(f"cannot be read: {error}")
        return Checked(offset, following - offset, headers, tuple(faults), is_torn)
    return Checked(offset, member.length, headers, tuple(faults))


def _check_record(member: Member, headers: dict[str, str]) -> list[str]:
    """Read a member to its end; return its faults and leave its fields in `headers`."""
    head = member.read_head()
    if head is None:
        _drain(member)
        return ["holds no WARC header"]
    faults = [*_parse_header(head, headers), *_check_fields(headers)]
    length = headers.get("Content-Length", "")
    if not re.fullmatch(r"\d{1,18}", length, re.ASCII):
        _drain(member)
        return [*faults, f"has the Content-Length {length!r}"]
    return [*faults, *_check_block(member, headers, int(length))]


def _parse_header(head: bytes, headers: dict[str, str]) -> Iterator[str]:
    text = head.decode(errors="surrogateescape").removesuffix(END_OF_RECORD.decode())
    version, *lines = text.split("\r\n")
    if version != VERSION:
        yield f"begins with {version[:20]!r} and not with {VERSION}"
    for line in lines:
        field = _FIELD.fullmatch(line)
        if not field or not line.isprintable() or field[1] in headers:
            yield f"has in its WARC header the line {line[:60]!r}"
        else:
            headers[field[1]] = field[2]


def _check_fields(headers: Mapping[str, str]) -> Iterator[str]:
    kind = headers.get("WARC-Type", "")
    if kind not in REQUIRED_OF_TYPE:
        yield f"has the type {kind!r}"
    required = (*REQUIRED, *REQUIRED_OF_TYPE.get(kind, ()))
    if headers.get("WARC-Profile") == IDENTICAL_PAYLOAD:
        required += ("WARC-Payload-Digest",)
    for name in required:
        if not headers.get(name):
            yield f"has no {name}"
    for name in ("WARC-Date", "WARC-Refers-To-Date"):
        if headers.get(name) and find_date(headers, name) is None:
            yield f"has the {name} {headers[name]!r}"


def _check_block(member: Member, headers: Mapping[str, str], length: int) -> list[str]:
    faults, left = [], length
    block, payload = sha256(), sha256()
    if headers.get("Content-Type", "").startswith("application/http"):
        head = member.read_head(left)
        if head is None:
            faults.append("holds no HTTP header")
        else:
            block.update(head)
            left -= len(head)
    while left and (piece := member.read(min(left, CHUNK_BYTES))):
        block.update(piece)
        payload.update(piece)
        left -= len(piece)
    behind = member.read(len(END_OF_RECORD) + 1)
    _drain(member)
    if left or behind != END_OF_RECORD:
        return [*faults, f"has not the Content-Length that it says, {length}"]
    digests = {"WARC-Block-Digest": block}
    if headers.get("WARC-Type") != "revisit":  # the payload of which stands elsewhere
        digests["WARC-Payload-Digest"] = payload
    for name, actual in digests.items():
        if name in headers and headers[name] != f"sha256:{actual.hexdigest()}":
            faults.append(f"has not the {name} that it says")
    return faults


def _drain(member: Member) -> None:
    for _ in member.read_rest():
        pass
