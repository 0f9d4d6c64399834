"""What keeps an archive running: outages, jobs of the schedule, alarms; overlap and pace of polls.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

from newsarchive.storage.columns import Key, UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("feeds", sa.Column("poll_interval_s", sa.Integer(), nullable=True))
    op.add_column("feed_polls", sa.Column("overlap", sa.Float(), nullable=True))
    op.add_column("feed_polls", sa.Column("conditional", sa.Boolean(), nullable=True))
    op.create_table(
        "outages",
        sa.Column("id", Key, nullable=False),
        sa.Column("feed_id", Key, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("began_at", UtcDateTime, nullable=False),
        sa.Column("ended_at", UtcDateTime, nullable=True),
        sa.Column("has_overlap", sa.Boolean(), nullable=True),
        sa.Column("crawl_run_id", Key, nullable=False),
        sa.Column("ended_crawl_run_id", Key, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('unreachable', 'offline', 'not polled', 'no overlap')",
            name=op.f("ck_outages_kind_known"),
        ),
        sa.CheckConstraint("ended_at >= began_at", name=op.f("ck_outages_not_negative")),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name=op.f("fk_outages_feed_id_feeds")),
        sa.ForeignKeyConstraint(
            ["crawl_run_id"], ["crawl_runs.id"], name=op.f("fk_outages_crawl_run_id_crawl_runs")
        ),
        sa.ForeignKeyConstraint(
            ["ended_crawl_run_id"],
            ["crawl_runs.id"],
            name=op.f("fk_outages_ended_crawl_run_id_crawl_runs"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outages")),
    )
    op.create_index(op.f("ix_outages_feed_id"), "outages", ["feed_id"])
    op.create_table(
        "jobs",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("started_at", UtcDateTime, nullable=False),
        sa.Column("finished_at", UtcDateTime, nullable=True),
        sa.Column("exit_code", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_jobs")),
    )
    op.create_table(
        "alarms",
        sa.Column("id", Key, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("raised_at", UtcDateTime, nullable=False),
        sa.Column("cleared_at", UtcDateTime, nullable=True),
        sa.Column("told_at", UtcDateTime, nullable=True),
        sa.Column("is_standing", sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            "(cleared_at IS NULL) = (is_standing IS NOT NULL)",
            name=op.f("ck_alarms_standing_or_cleared"),
        ),
        sa.UniqueConstraint(
            "kind", "subject", "is_standing", name=op.f("uq_alarms_kind_subject_is_standing")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarms")),
    )


def downgrade() -> None:
    for table in ("alarms", "jobs", "outages"):
        op.drop_table(table)
    op.drop_column("feed_polls", "conditional")
    op.drop_column("feed_polls", "overlap")
    op.drop_column("feeds", "poll_interval_s")
