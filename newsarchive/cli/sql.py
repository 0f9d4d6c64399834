"""`newsarchive sql`: a person's own questions, with the same answers on either database."""

import csv
import json
import math
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import click

from newsarchive.cli.arguments import json_option, open_archive
from newsarchive.cli.output import print_json_lines, use_utf8
from newsarchive.cli.tables import print_table
from newsarchive.exceptions import UsageError


@click.command()
@click.argument("statement")
@json_option
@click.option("--csv", "as_csv", is_flag=True, help="CSV with a header, for programs.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Show at most so many rows.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="Give up when it takes longer, reading the rows included.",
)
def sql(
    statement: str, *, as_json: bool, as_csv: bool, limit: int | None, timeout: float | None
) -> None:
    """Ask the archive one SQL STATEMENT; the database itself keeps it from writing.

    \b
      newsarchive sql "SELECT external_id, title FROM current_articles LIMIT 5"

    The views are made for this: docs/data-model.md describes them, docs/sql-cookbook.md answers
    questions with them. --json prints an object a line. Times are UTC, written as SQLite holds
    them. Output for programs is UTF-8. Exits 2 with the database's message where the statement
    cannot be run, or not in time.
    """
    if as_json and as_csv:
        raise UsageError("--json and --csv exclude each other; choose one")
    with open_archive() as archive, archive.query(statement, timeout) as (columns, rows):
        plain_rows = ([plain(value) for value in row] for row in limited(rows, limit))
        if as_json:
            names = distinct(columns)
            print_json_lines(dict(zip(names, row, strict=True)) for row in plain_rows)
        elif as_csv:
            use_utf8()
            writer = csv.writer(sys.stdout, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows(plain_rows)
        elif not print_table(columns, plain_rows):
            click.echo("No rows.", err=True)


def limited(rows: Iterable[Sequence[Any]], limit: int | None) -> Iterator[Sequence[Any]]:
    """Yield at most `limit` rows; say so on stderr where there are more."""
    for count, row in enumerate(rows):
        if count == limit:
            click.echo(f"There are more than these {limit} rows (--limit).", err=True)
            return
        yield row


def distinct(names: Sequence[str]) -> list[str]:
    """Return the names with each repeated one numbered, so that no value hides another's."""
    found: list[str] = []
    for name in names:
        number, candidate = 1, name
        while candidate in found:
            number += 1
            candidate = f"{name}_{number}"
        found.append(candidate)
    return found


def plain(value: Any) -> str | int | float | None:  # noqa: PLR0911 - one line a type
    """Return a value as SQLite gives it, whichever database it comes from.

    SQLite has text for times, days and JSON, 1 and 0 for truth, and no decimal numbers. Bytes
    become hexadecimal digits, since no output has a form for them.
    """
    match value:
        case bool():
            return int(value)
        case None | str() | int():
            return value
        case float():
            return value if math.isfinite(value) else str(value)
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case datetime(tzinfo=zone) if zone is not None:
            return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"
        case dict() | list():
            return json.dumps(value, ensure_ascii=False)
        case bytes():
            return value.hex()
        case _:
            return str(value)
