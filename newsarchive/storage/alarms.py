"""Alarms: which stand, since when, and whether anybody was told."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, select, update

from newsarchive.alarms import Alarm, split
from newsarchive.storage.coverage_schema import alarms
from newsarchive.storage.engine import insert_missing

Row = dict[str, Any]


def find_standing(connection: Connection) -> list[Row]:
    """Return the alarms that stand, in the order in which they were raised."""
    statement = select(alarms).where(alarms.c.cleared_at.is_(None)).order_by(alarms.c.id)
    return [dict(row) for row in connection.execute(statement).mappings()]


def find_past(connection: Connection, limit: int) -> list[Row]:
    """Return the alarms that stand no more, those cleared last first."""
    statement = (
        select(alarms)
        .where(alarms.c.cleared_at.is_not(None))
        .order_by(alarms.c.cleared_at.desc(), alarms.c.id.desc())
        .limit(limit)
    )
    return [dict(row) for row in connection.execute(statement).mappings()]


def note_alarms(
    connection: Connection, found: Iterable[Alarm], now: datetime
) -> tuple[list[Alarm], list[Row]]:
    """Write which alarms were `found` to stand; return those raised and those cleared by it."""
    before = {(row["kind"], row["subject"]): row for row in find_standing(connection)}
    candidates, over = split(found, before.keys())
    raised = [alarm for alarm in candidates if _raise(connection, alarm, now)]
    cleared = [before[key] for key in sorted(over)]
    _clear(connection, [row["id"] for row in cleared], now)
    return raised, cleared


def _raise(connection: Connection, alarm: Alarm, now: datetime) -> bool:
    """Add an alarm; return False where another process was first."""
    statement = insert_missing(connection, alarms).values(
        kind=alarm.kind,
        subject=alarm.subject,
        message=alarm.message,
        raised_at=now,
        is_standing=True,
    )
    return connection.execute(statement.returning(alarms.c.id)).first() is not None


def _clear(connection: Connection, ids: Collection[int], now: datetime) -> None:
    this = update(alarms).where(and_(alarms.c.id.in_(ids), alarms.c.cleared_at.is_(None)))
    connection.execute(this.values(cleared_at=now, told_at=None, is_standing=None))


def find_untold(connection: Connection) -> list[Row]:
    """Return the alarms of whose last change nobody was told yet, in order."""
    statement = select(alarms).where(alarms.c.told_at.is_(None)).order_by(alarms.c.id)
    return [dict(row) for row in connection.execute(statement).mappings()]


def note_told(connection: Connection, ids: Sequence[int], now: datetime) -> None:
    """Note that somebody was told of the last change of these alarms."""
    connection.execute(update(alarms).where(alarms.c.id.in_(ids)).values(told_at=now))
