"""Claims of feeds, pages and pictures by workers, who may share a lease.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

from newsarchive.storage.columns import Key, UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "claims",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("crawl_run_id", Key, nullable=False),
        sa.Column("claimed_at", UtcDateTime, nullable=False),
        sa.CheckConstraint(
            "kind IN ('feed', 'page', 'picture')", name=op.f("ck_claims_kind_known")
        ),
        sa.ForeignKeyConstraint(
            ["crawl_run_id"], ["crawl_runs.id"], name=op.f("fk_claims_crawl_run_id_crawl_runs")
        ),
        sa.PrimaryKeyConstraint("kind", "key", name=op.f("pk_claims")),
    )
    op.create_index(op.f("ix_claims_crawl_run_id"), "claims", ["crawl_run_id"])
    _key_leases_by("name", "crawl_run_id")
    op.add_column("leases", sa.Column("round_began_at", UtcDateTime, nullable=True))


def downgrade() -> None:
    op.execute("DELETE FROM leases WHERE round_began_at IS NOT NULL")
    op.drop_column("leases", "round_began_at")
    _key_leases_by("name")
    op.drop_table("claims")


def _key_leases_by(*columns: str) -> None:
    with op.batch_alter_table("leases") as leases:
        leases.drop_constraint("pk_leases", type_="primary")
        leases.create_primary_key("pk_leases", list(columns))
