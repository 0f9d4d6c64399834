"""Revisions are not replaced either: on SQLite a REPLACE deletes without any trigger of DELETE.

Revision ID: 0009
Revises: 0008
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

SQLITE_GUARD = """
CREATE TRIGGER revisions_refuse_replace BEFORE INSERT ON revisions
WHEN EXISTS (SELECT 1 FROM revisions r
              WHERE r.id = NEW.id
                 OR (r.article_id = NEW.article_id AND r.origin = NEW.origin
                     AND r.number = NEW.number))
BEGIN SELECT RAISE(ABORT, 'a revision is never replaced'); END
"""


def upgrade() -> None:
    # On PostgreSQL ON CONFLICT DO UPDATE meets the trigger of UPDATE.
    if op.get_bind().dialect.name == "sqlite":
        op.execute(SQLITE_GUARD)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER revisions_refuse_replace")
