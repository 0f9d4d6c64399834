"""Take whole records out of a WARC file, byte for byte, to stand in another one."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from newsarchive.exceptions import ParseError
from newsarchive.warc.reader import Record, read_member


@dataclass(frozen=True, slots=True)
class WholeRecord:
    """One record, and the gzip member that it is in its file."""

    record: Record
    packed: bytes


class SourceFile:
    """The WARC file at `warc_file` below `data_dir`, to take records from; use `with`.

    Every method raises ParseError, naming the file and the offset, where no sound record is.
    """

    def __init__(self, data_dir: Path, warc_file: str) -> None:
        self._name = warc_file
        try:
            self._file = (data_dir / warc_file).open("rb")
        except OSError as error:
            raise ParseError(f"{data_dir / warc_file}: {error.strerror}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def take_warcinfo(self) -> WholeRecord:
        """Return the record with which the file begins, and which all others name."""
        first = self.take(0)
        if first.record.type != "warcinfo":
            raise ParseError(f"{self._name}: begins with a {first.record.type} record")
        return first

    def take(self, offset: int) -> WholeRecord:
        """Return the record that begins at `offset`."""
        try:
            record = read_member(self._file, offset)
            self._file.seek(offset)
            return WholeRecord(record, self._file.read(record.length))
        except (OSError, ParseError) as error:
            raise ParseError(f"{self._name}, offset {offset}: {error}") from error

    def take_request(self, answer: WholeRecord) -> WholeRecord | None:
        """Return the request that `answer` answers, which stands right behind it; None if none.

        A file, or what is said of one, was not asked for.
        """
        if answer.record.type not in {"response", "revisit"}:
            return None
        behind = self.take(answer.record.offset + answer.record.length)
        if behind.record.headers.get("WARC-Concurrent-To") != answer.record.id:
            raise ParseError(
                f"{self._name}, offset {answer.record.offset}: the request behind it is missing"
            )
        return behind
