"""Near-duplicates: fingerprints, links with their evidence, and what is to be compared.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

from newsarchive.storage.columns import Document, Key, UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "comparisons_due",
        sa.Column("id", Key, nullable=False),
        sa.Column("article_id", Key, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comparisons_due")),
    )
    op.create_table(
        "fingerprints",
        sa.Column("number", Key, autoincrement=False, nullable=False),
        sa.Column("article_id", Key, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("number", "article_id", name=op.f("pk_fingerprints")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "near_duplicates",
        sa.Column("article_id", Key, autoincrement=False, nullable=False),
        sa.Column("of_article_id", Key, autoincrement=False, nullable=False),
        sa.Column("similarity", sa.Float(), nullable=True),
        sa.Column("rule", sa.Integer(), nullable=True),
        sa.Column("observed_at", UtcDateTime, nullable=True),
        sa.Column("unlinked_at", UtcDateTime, nullable=True),
        sa.Column("passages", Document, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_near_duplicates_article_id_articles")
        ),
        sa.ForeignKeyConstraint(
            ["of_article_id"],
            ["articles.id"],
            name=op.f("fk_near_duplicates_of_article_id_articles"),
        ),
        sa.PrimaryKeyConstraint("article_id", "of_article_id", name=op.f("pk_near_duplicates")),
    )
    op.create_index(op.f("ix_near_duplicates_of_article_id"), "near_duplicates", ["of_article_id"])
    # Articles that were archived before there were links are compared by the next run.
    op.execute("INSERT INTO comparisons_due (article_id) SELECT id FROM articles ORDER BY id")


def downgrade() -> None:
    op.execute("UPDATE articles SET near_duplicate_of = NULL WHERE near_duplicate_of IS NOT NULL")
    for table in ("near_duplicates", "fingerprints", "comparisons_due"):
        op.drop_table(table)
