"""What is known of a table that was copied, to tell later whether it is the same."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256

Progress = Callable[[str, int, int], None]
"""Told what is copied, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class TableCopy:
    """A table's name, columns and number of rows, and the digest of all of them.

    The digest is over one line a row, in the order of the primary key: COPY's text format on
    PostgreSQL, a JSON array on SQLite.
    """

    name: str
    columns: tuple[str, ...]
    rows: int
    digest: str


def digest_lines(name: str, columns: Iterable[str], pieces: Iterable[bytes]) -> TableCopy:
    """Return what is known of a table from its lines, which may come in any pieces."""
    digest, rows = sha256(), 0
    for piece in pieces:
        digest.update(piece)
        rows += piece.count(b"\n")
    return TableCopy(name, tuple(columns), rows, f"sha256:{digest.hexdigest()}")
