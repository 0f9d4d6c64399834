"""Column types that SQLite and PostgreSQL share, so that both give the same values."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ColumnElement, Connection, DateTime, Dialect, Integer
from sqlalchemy.types import TypeDecorator, TypeEngine

# SQLite gives a row its number only for a primary key of the type INTEGER.
Key = BigInteger().with_variant(Integer, "sqlite")
"""A surrogate key."""


MAX_INDEXED_BYTES = 2000
"""Of a text in an index: PostgreSQL takes some 2,700 bytes for all columns of one together."""


def fits_index(text: str) -> bool:
    """Return whether an index of either database takes a text that others made."""
    return len(text.encode("utf-8", "replace")) <= MAX_INDEXED_BYTES


def by_code_point(connection: Connection, text: ColumnElement[str]) -> ColumnElement[str]:
    """Return a text to sort by: in one order, whatever the collation of a PostgreSQL database."""
    return text.collate("BINARY" if connection.dialect.name == "sqlite" else "C")


class Document(TypeDecorator[Any]):
    """A JSON value that SQL can look into on both databases: `jsonb` on PostgreSQL."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Use PostgreSQL's own type there, whose import nobody else pays for."""
        if dialect.name != "postgresql":
            return dialect.type_descriptor(JSON())
        from sqlalchemy.dialects.postgresql import JSONB  # noqa: PLC0415 - 0.05 s

        return dialect.type_descriptor(JSONB())


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time: `timestamptz` on PostgreSQL, `YYYY-MM-DD HH:MM:SS.ffffff` in UTC on SQLite.

    Takes aware values only, since a naive one has lost its meaning already; gives aware UTC.
    """

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Use the zone-aware type where there is one."""
        return dialect.type_descriptor(DateTime(timezone=dialect.name != "sqlite"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware time into what the database stores."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn what the database stores into an aware time."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)
