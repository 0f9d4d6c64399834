"""How every command answers: words for people, JSON for programs, both on stdout.

People get times in Europe/Amsterdam, programs ISO 8601 in UTC. What the archive holds is never
let loose on a terminal: its control characters are shown, not obeyed.
"""

import json
import sys
from collections.abc import Iterable
from datetime import UTC, date, datetime
from io import TextIOWrapper

import click

from newsarchive.cleaning.dates import AMSTERDAM

# Unicode has a picture for each of the old control characters; the later ones have none.
_PICTURES = {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\n\t"}
_PICTURES |= {0x7F: 0x2421} | dict.fromkeys(range(0x80, 0xA0), 0xFFFD)


def is_terminal() -> bool:
    """Return whether a person looks at stdout."""
    return sys.stdout is not None and sys.stdout.isatty()


def printable(text: str) -> str:
    """Return `text` with its control characters, but for newline and tab, made visible."""
    return text.translate(_PICTURES)


def minute(moment: datetime | None) -> str:
    """Return a time as it is in Amsterdam, to the minute: `2019-04-12 10:44`; empty for None."""
    return f"{moment.astimezone(AMSTERDAM):%Y-%m-%d %H:%M}" if moment else ""


def second(moment: datetime | None) -> str:
    """Return a time as it is in Amsterdam, with its offset: `2019-04-12 10:44:57+02:00`."""
    return moment.astimezone(AMSTERDAM).isoformat(" ", "seconds") if moment else ""


def use_utf8() -> None:
    """Have stdout in UTF-8, as programs expect it, whatever a person's terminal is set to."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")


def print_json(value: object) -> None:
    """Print one JSON value, indented, in UTF-8."""
    use_utf8()
    click.echo(_json(value, indent=2))


def print_json_lines(values: Iterable[object]) -> None:
    """Print one JSON value a line, each as it comes, in UTF-8 (jsonlines.org)."""
    use_utf8()
    for value in values:
        click.echo(_json(value))


def _json(value: object, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent, default=_iso)


def _iso(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def has_colour() -> bool:
    """Return whether stdout shows colour, and whoever reads it wants any (no-color.org)."""
    from rich.console import Console

    console = Console()
    return console.color_system is not None and not console.no_color
