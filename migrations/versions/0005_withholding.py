"""Withholding: which articles are hidden, and every decision about that.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

from newsarchive.storage.columns import Key, UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("articles", sa.Column("withheld_at", UtcDateTime, nullable=True))
    op.create_table(
        "withholdings",
        sa.Column("id", Key, nullable=False),
        sa.Column("article_id", Key, nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", UtcDateTime, nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("capture_id", Key, nullable=False),
        sa.CheckConstraint(
            "action IN ('withhold', 'lift')", name=op.f("ck_withholdings_action_known")
        ),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_withholdings_article_id_articles")
        ),
        sa.ForeignKeyConstraint(
            ["capture_id"], ["captures.id"], name=op.f("fk_withholdings_capture_id_captures")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withholdings")),
    )
    op.create_index(op.f("ix_withholdings_article_id"), "withholdings", ["article_id"])


def downgrade() -> None:
    op.drop_table("withholdings")
    op.drop_column("articles", "withheld_at")
