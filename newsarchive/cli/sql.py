"""`newsarchive sql`: a person's own questions, with the same answers on either database."""

import csv
import json
import math
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import click

from newsarchive.cli.arguments import json_option, open_archive
from newsarchive.cli.output import print_json_lines
from newsarchive.cli.tables import print_table
from newsarchive.exceptions import UsageError


@click.command()
@click.argument("statement")
@json_option
@click.option("--csv", "as_csv", is_flag=True, help="CSV with a header, for programs.")
def sql(statement: str, *, as_json: bool, as_csv: bool) -> None:
    """Ask the archive one SQL STATEMENT; the database itself keeps it from writing.

    \b
      newsarchive sql "SELECT external_id, title FROM current_articles LIMIT 5"

    The views current_articles and changes are made for this; README.md has examples.
    --json prints an object a line. Times are UTC, written as SQLite holds them. Exits 2 with
    the database's message where the statement cannot be run.
    """
    if as_json and as_csv:
        raise UsageError("--json and --csv exclude each other; choose one")
    with open_archive() as archive, archive.query(statement) as (columns, rows):
        plain_rows = ([plain(value) for value in row] for row in rows)
        if as_json:
            names = distinct(columns)
            print_json_lines(dict(zip(names, row, strict=True)) for row in plain_rows)
        elif as_csv:
            writer = csv.writer(sys.stdout, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows(plain_rows)
        elif not print_table(columns, plain_rows):
            click.echo("No rows.", err=True)


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
