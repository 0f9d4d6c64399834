"""Bringing a database to the schema of this version, and knowing whether it is there.

Alembic is imported only when there is something to do: a crawl compares one number.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from newsarchive.exceptions import SchemaError
from newsarchive.storage.engine import sqlstate

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0009"
"""The revision that this version's code is written for; a test compares it with migrations/."""


_LOCK = 7_305_612  # any number that nothing else locks on PostgreSQL
UNDEFINED_TABLE = "42P01"  # PostgreSQL's code


def migrations_folder() -> Path:
    """Return the folder of the migrations: packed in the wheel, else at the project's root."""
    package = Path(__file__).resolve().parent.parent
    packed = package / "migrations"
    return packed if packed.is_dir() else package.parent / "migrations"


def find_schema(connection: Connection) -> str | None:
    """Return the database's schema revision; None where there is no schema of ours."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def check_schema(connection: Connection) -> None:
    """Raise SchemaError unless the database is at this version's schema."""
    try:  # the good road: one query
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except DBAPIError as error:
        if "no such table" not in str(error.orig) and sqlstate(error) != UNDEFINED_TABLE:
            raise  # the database itself cannot be read
        found = None
    if found == HEAD:
        return
    if found is None:
        raise SchemaError("this database holds no archive yet: run `newsarchive init`")
    if found < HEAD:
        raise SchemaError(
            f"this archive is at schema {found}, this newsarchive needs {HEAD}: "
            "run `newsarchive upgrade`"
        )
    raise SchemaError(
        f"this archive is at schema {found}, newer than the {HEAD} that this newsarchive knows: "
        "install the newsarchive that wrote it"
    )


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Migrate the database up to `revision` and create this version's views."""
    with engine.begin() as connection:
        migrate(connection, revision)


def migrate(connection: Connection, revision: str = "head") -> None:
    """Migrate up as `upgrade` does, inside the transaction of `connection`."""
    from alembic import command  # noqa: PLC0415 - 0.4 s that only a migration pays

    if connection.dialect.name == "postgresql":
        # Two machines that begin together would both find no table, and make it.
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
    command.upgrade(alembic_config(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Migrate the database down to `revision`; views exist at the head only."""
    from alembic import command  # noqa: PLC0415 - as above

    with engine.begin() as connection:
        command.downgrade(alembic_config(connection), revision)


def alembic_config(connection: Connection) -> "Config":
    """Return Alembic's configuration for this project's migrations over `connection`."""
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config()
    config.set_main_option("script_location", str(migrations_folder()))
    config.attributes["connection"] = connection
    return config
