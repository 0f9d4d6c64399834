"""How Alembic reaches the database: over the caller's connection, or by the configuration."""

from alembic import context
from sqlalchemy import Connection

from newsarchive.config import Config
from newsarchive.storage.engine import connect
from newsarchive.storage.schema import metadata
from newsarchive.storage.search_schema import is_in_metadata
from newsarchive.storage.upgrade import HEAD
from newsarchive.storage.views import create_views, drop_views


def migrate(connection: Connection) -> None:
    """Run the migrations in the caller's transaction: all of them, or none."""
    changes_schema = "autogenerate" not in context.get_x_argument(as_dictionary=True)
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_name=is_in_metadata,
        compare_type=True,
        compare_server_default=True,
        render_as_batch=True,  # SQLite alters a table by copying it
        # A migration runs in the transaction that is open already.
        transactional_ddl=False,
    )
    # Views of the old version would stand in the way of altering a table.
    if changes_schema:
        drop_views(connection)
    context.run_migrations()
    if changes_schema and context.get_context().get_current_revision() == HEAD:
        create_views(connection)


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    with connect(Config.load().database_url).begin() as opened:
        migrate(opened)
