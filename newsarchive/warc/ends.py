"""Where a capture ends in a file that others may be writing to."""

from pathlib import Path

from newsarchive.exceptions import ParseError
from newsarchive.warc.members import Member

_IS_REQUEST = b"\r\nWARC-Type: request\r\n"


def find_capture_end(path: Path, record_end: int) -> int:
    """Return the end of the capture whose record ends at `record_end`.

    That is the end of the request behind it, where there is one: both were written before a row
    named the record, so that what a writer does meanwhile does not matter. Raises OSError.
    """
    with path.open("rb") as file:
        member = Member(file, record_end)
        try:
            head = member.read_head()
            for _ in member.read_rest():
                pass
        except ParseError:
            return record_end
    return record_end + member.length if head and _IS_REQUEST in head else record_end
