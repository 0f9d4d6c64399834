"""Pages and their later life: looks, updates of liveblogs, aliases, corrections.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

from newsarchive.storage.columns import Key, UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sources", sa.Column("retry_after_at", UtcDateTime, nullable=True))
    op.create_index(
        op.f("ix_articles_source_next_check_at"), "articles", ["source", "next_check_at"]
    )
    op.add_column(
        "revisions",
        sa.Column("is_lossy", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.drop_index(op.f("ix_revisions_article_id_origin_observed_at"), table_name="revisions")
    op.create_index(
        op.f("ix_revisions_article_id_origin_is_lossy_observed_at_number"),
        "revisions",
        ["article_id", "origin", "is_lossy", "observed_at", "number"],
    )
    op.create_table(
        "pages",
        sa.Column("article_id", Key, autoincrement=False, nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("conditional_looks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("consecutive_failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("looked_at", UtcDateTime, nullable=False),
        sa.Column("changed_at", UtcDateTime, nullable=False),
        sa.Column("gone_at", UtcDateTime, nullable=True),
        sa.Column("gone_looks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_capture_id", Key, nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_pages_article_id_articles")
        ),
        sa.ForeignKeyConstraint(
            ["last_capture_id"], ["captures.id"], name=op.f("fk_pages_last_capture_id_captures")
        ),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_pages")),
    )
    op.create_table(
        "looks",
        sa.Column("id", Key, nullable=False),
        sa.Column("article_id", Key, nullable=False),
        sa.Column("crawl_run_id", Key, nullable=False),
        sa.Column("capture_id", Key, nullable=True),
        sa.Column("captured_at", UtcDateTime, nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_looks_article_id_articles")
        ),
        sa.ForeignKeyConstraint(
            ["crawl_run_id"], ["crawl_runs.id"], name=op.f("fk_looks_crawl_run_id_crawl_runs")
        ),
        sa.ForeignKeyConstraint(
            ["capture_id"], ["captures.id"], name=op.f("fk_looks_capture_id_captures")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_looks")),
        sa.UniqueConstraint(
            "article_id", "captured_at", name=op.f("uq_looks_article_id_captured_at")
        ),
    )
    op.create_index(op.f("ix_looks_captured_at"), "looks", ["captured_at"])
    op.create_table(
        "liveblog_updates",
        sa.Column("id", Key, nullable=False),
        sa.Column("revision_id", Key, nullable=False),
        sa.Column("update_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("published_at", UtcDateTime, nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["revisions.id"],
            name=op.f("fk_liveblog_updates_revision_id_revisions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_liveblog_updates")),
        sa.UniqueConstraint(
            "revision_id", "position", name=op.f("uq_liveblog_updates_revision_id_position")
        ),
    )
    op.create_table(
        "aliases",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("article_id", Key, nullable=False),
        sa.Column("observed_at", UtcDateTime, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_aliases_article_id_articles")
        ),
        sa.ForeignKeyConstraint(
            ["source"], ["sources.name"], name=op.f("fk_aliases_source_sources")
        ),
        sa.PrimaryKeyConstraint("source", "url", name=op.f("pk_aliases")),
    )
    op.create_index(op.f("ix_aliases_article_id"), "aliases", ["article_id"])
    op.create_table(
        "corrections",
        sa.Column("correction_id", Key, autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("observed_at", UtcDateTime, nullable=False),
        sa.ForeignKeyConstraint(
            ["correction_id"],
            ["articles.id"],
            name=op.f("fk_corrections_correction_id_articles"),
        ),
        sa.PrimaryKeyConstraint(
            "correction_id", "source", "external_id", name=op.f("pk_corrections")
        ),
    )
    op.create_index(
        op.f("ix_corrections_source_external_id"), "corrections", ["source", "external_id"]
    )
    # Articles of feeds that were archived before there were pages: theirs are due now.
    op.execute(
        "UPDATE articles SET next_check_at = last_seen_at WHERE EXISTS"
        " (SELECT 1 FROM revisions r WHERE r.article_id = articles.id AND r.origin = 'feed')"
    )


def downgrade() -> None:
    for table in ("corrections", "aliases", "liveblog_updates", "looks", "pages"):
        op.drop_table(table)
    op.drop_index(
        op.f("ix_revisions_article_id_origin_is_lossy_observed_at_number"), table_name="revisions"
    )
    op.create_index(
        op.f("ix_revisions_article_id_origin_observed_at"),
        "revisions",
        ["article_id", "origin", "observed_at"],
    )
    op.drop_column("revisions", "is_lossy")
    op.drop_index(op.f("ix_articles_source_next_check_at"), table_name="articles")
    op.drop_column("sources", "retry_after_at")
