"""What SQLite and PostgreSQL say differently, as words that views use in place of either.

| word | value, the same on both |
|---|---|
| `JOINED(column)` | aggregate: the texts, comma-separated, sorted by code point |
| `CODE_POINTS(column)` | the text, to sort by code point, whatever the collation of the database |
| `SECONDS(time)` | whole seconds since 1970 |
| `DAYS_AFTER(time, days)` | that many times 24 hours later, to the microsecond |
| `LOCAL_DAY(time)` | the day in Amsterdam |
| `LOCAL_WEEK(time)` | the Monday of the week of that day |
| `LOCAL_WEEKDAY(time)` | 1 for Monday to 7 for Sunday |
| `LOCAL_HOUR(time)` | 0 to 23, by the clocks of Amsterdam |

An argument is a column's name.
"""

import re
from collections.abc import Callable, Mapping

_WORD = re.compile(r"\b(JOINED|CODE_POINTS|SECONDS|DAYS_AFTER|LOCAL_\w+)\(([\w.]+)(?:, ?(\d+))?\)")


def in_dialect(select: str, dialect: str) -> str:
    """Return a SELECT with these words replaced by what the dialect has for them."""
    words = _DIALECTS[dialect]
    return _WORD.sub(lambda found: words[found[1]](*filter(None, found.groups()[1:])), select)


def _sqlite_local(time: str) -> str:
    """Return the time of day in Amsterdam: SQLite knows no zones, the European Union one rule.

    Since 1996 (Directive 94/21/EC) summer time begins and ends at 01:00 UTC on the last Sundays
    of March and October.
    """
    second = _sqlite_second(time)
    begins, ends = (
        f"datetime(substr({time}, 1, 4) || '-{day}', 'weekday 0', '+1 hour')"
        for day in ("03-25", "10-25")
    )
    is_summer = f"{second} >= {begins} AND {second} < {ends}"
    return f"datetime({second}, CASE WHEN {is_summer} THEN '+2 hours' ELSE '+1 hour' END)"


def _sqlite_second(time: str) -> str:
    """Return the time without its fraction, which SQLite's functions would round up."""
    return f"substr({time}, 1, 19)"


def _postgresql_local(time: str) -> str:
    return f"({time} AT TIME ZONE 'Europe/Amsterdam')"


_DIALECTS: Mapping[str, Mapping[str, Callable[..., str]]] = {
    "sqlite": {
        # SQLite 3.40 takes no ORDER BY here: what is joined comes sorted from its subquery.
        "JOINED": "group_concat({}, ',')".format,
        "CODE_POINTS": "{}".format,
        "SECONDS": lambda time: f"CAST(strftime('%s', {_sqlite_second(time)}) AS INTEGER)",
        "DAYS_AFTER": lambda time, days: (
            f"(datetime({_sqlite_second(time)}, '+{days} days') || substr({time}, 20))"
        ),
        "LOCAL_DAY": lambda time: f"date({_sqlite_local(time)})",
        "LOCAL_WEEK": lambda time: f"date({_sqlite_local(time)}, 'weekday 0', '-6 days')",
        "LOCAL_WEEKDAY": lambda time: f"((strftime('%w', {_sqlite_local(time)}) + 6) % 7 + 1)",
        "LOCAL_HOUR": lambda time: f"CAST(strftime('%H', {_sqlite_local(time)}) AS INTEGER)",
    },
    "postgresql": {
        "JOINED": """string_agg({0}, ',' ORDER BY {0} COLLATE "C")""".format,
        "CODE_POINTS": '{} COLLATE "C"'.format,
        "SECONDS": "CAST(floor(extract(epoch FROM {})) AS bigint)".format,
        "DAYS_AFTER": "({0} + {1} * interval '24 hours')".format,
        "LOCAL_DAY": lambda time: f"CAST({_postgresql_local(time)} AS date)",
        "LOCAL_WEEK": lambda time: f"CAST(date_trunc('week', {_postgresql_local(time)}) AS date)",
        "LOCAL_WEEKDAY": lambda time: (
            f"CAST(extract(isodow FROM {_postgresql_local(time)}) AS integer)"
        ),
        "LOCAL_HOUR": lambda time: f"CAST(extract(hour FROM {_postgresql_local(time)}) AS integer)",
    },
}
