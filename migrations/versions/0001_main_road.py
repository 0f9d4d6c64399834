"""The main road: feeds, entries, articles, revisions, captures, runs.

Revision ID: 0001
Revises: -
"""

import sqlalchemy as sa
from alembic import op

from newsarchive.storage.columns import Document, Key, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# A revision is evidence: the database itself refuses to change or to lose one.
SQLITE_GUARDS = (
    """
    CREATE TRIGGER revisions_refuse_update BEFORE UPDATE ON revisions
    BEGIN SELECT RAISE(ABORT, 'a revision is never updated'); END
    """,
    """
    CREATE TRIGGER revisions_refuse_delete BEFORE DELETE ON revisions
    BEGIN SELECT RAISE(ABORT, 'a revision is never deleted'); END
    """,
)
POSTGRESQL_GUARDS = (
    """
    CREATE FUNCTION refuse_revision_change() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'a revision is never updated or deleted'; END $$
    """,
    """
    CREATE TRIGGER revisions_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON revisions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_revision_change()
    """,
)


def upgrade() -> None:
    op.create_table(
        "sources",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("homepage_url", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sources")),
    )
    op.create_table(
        "articles",
        sa.Column("id", Key, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("published_at", UtcDateTime, nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("published_origin", sa.Text(), nullable=True),
        sa.Column("modified_at", UtcDateTime, nullable=True),
        sa.Column("first_seen_at", UtcDateTime, nullable=False),
        sa.Column("last_seen_at", UtcDateTime, nullable=False),
        sa.Column("withdrawn_at", UtcDateTime, nullable=True),
        sa.Column("near_duplicate_of", Key, nullable=True),
        sa.Column("next_check_at", UtcDateTime, nullable=True),
        sa.ForeignKeyConstraint(
            ["near_duplicate_of"],
            ["articles.id"],
            name=op.f("fk_articles_near_duplicate_of_articles"),
        ),
        sa.ForeignKeyConstraint(
            ["source"], ["sources.name"], name=op.f("fk_articles_source_sources")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articles")),
        sa.UniqueConstraint("source", "external_id", name=op.f("uq_articles_source_external_id")),
    )
    op.create_index(op.f("ix_articles_published_on"), "articles", ["published_on"], unique=False)
    op.create_table(
        "crawl_runs",
        sa.Column("id", Key, nullable=False),
        sa.Column("spider", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("arguments", Document, nullable=False),
        sa.Column("started_at", UtcDateTime, nullable=False),
        sa.Column("finished_at", UtcDateTime, nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("counters", Document, nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source"], ["sources.name"], name=op.f("fk_crawl_runs_source_sources")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crawl_runs")),
    )
    op.create_table(
        "captures",
        sa.Column("id", Key, nullable=False),
        sa.Column("crawl_run_id", Key, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("content_type", sa.Text(), nullable=True),
        sa.Column("captured_at", UtcDateTime, nullable=False),
        sa.Column("payload_digest", sa.Text(), nullable=False),
        sa.Column("warc_file", sa.Text(), nullable=False),
        sa.Column("warc_offset", Key, nullable=False),
        sa.Column("warc_length", Key, nullable=False),
        sa.CheckConstraint(
            "payload_digest LIKE 'sha256:%'", name=op.f("ck_captures_payload_digest_form")
        ),
        sa.ForeignKeyConstraint(
            ["crawl_run_id"], ["crawl_runs.id"], name=op.f("fk_captures_crawl_run_id_crawl_runs")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_captures")),
        sa.UniqueConstraint(
            "warc_file", "warc_offset", name=op.f("uq_captures_warc_file_warc_offset")
        ),
    )
    op.create_index(
        op.f("ix_captures_payload_digest"), "captures", ["payload_digest"], unique=False
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("crawl_run_id", Key, nullable=False),
        sa.Column("acquired_at", UtcDateTime, nullable=False),
        sa.Column("heartbeat_at", UtcDateTime, nullable=False),
        sa.ForeignKeyConstraint(
            ["crawl_run_id"], ["crawl_runs.id"], name=op.f("fk_leases_crawl_run_id_crawl_runs")
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.create_table(
        "feeds",
        sa.Column("id", Key, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("last_polled_at", UtcDateTime, nullable=True),
        sa.Column("last_changed_at", UtcDateTime, nullable=True),
        sa.Column("next_poll_at", UtcDateTime, nullable=True),
        sa.Column("retry_after_at", UtcDateTime, nullable=True),
        sa.Column("conditional_polls", sa.Integer(), server_default="0", nullable=False),
        sa.Column("consecutive_failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("last_capture_id", Key, nullable=True),
        sa.ForeignKeyConstraint(
            ["last_capture_id"], ["captures.id"], name=op.f("fk_feeds_last_capture_id_captures")
        ),
        sa.ForeignKeyConstraint(["source"], ["sources.name"], name=op.f("fk_feeds_source_sources")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feeds")),
        sa.UniqueConstraint("source", "slug", name=op.f("uq_feeds_source_slug")),
    )
    op.create_table(
        "quarantine",
        sa.Column("id", Key, nullable=False),
        sa.Column("crawl_run_id", Key, nullable=False),
        sa.Column("capture_id", Key, nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("observed_at", UtcDateTime, nullable=False),
        sa.Column("last_observed_at", UtcDateTime, nullable=False),
        sa.Column("times", sa.Integer(), server_default="1", nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["capture_id"], ["captures.id"], name=op.f("fk_quarantine_capture_id_captures")
        ),
        sa.ForeignKeyConstraint(
            ["crawl_run_id"], ["crawl_runs.id"], name=op.f("fk_quarantine_crawl_run_id_crawl_runs")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine")),
        sa.UniqueConstraint("digest", name=op.f("uq_quarantine_digest")),
    )
    op.create_table(
        "revisions",
        sa.Column("id", Key, nullable=False),
        sa.Column("article_id", Key, nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content_digest", sa.Text(), nullable=False),
        sa.Column("digest_rule", sa.Integer(), nullable=False),
        sa.Column("observed_at", UtcDateTime, nullable=False),
        sa.Column("imported_at", UtcDateTime, nullable=True),
        sa.Column("published_at", UtcDateTime, nullable=True),
        sa.Column("modified_at", UtcDateTime, nullable=True),
        sa.Column("capture_id", Key, nullable=False),
        sa.Column("crawl_run_id", Key, nullable=False),
        sa.Column("word_count", sa.Integer(), nullable=False),
        sa.Column("image_url", sa.Text(), nullable=True),
        sa.Column("metadata", Document, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "content_digest LIKE 'sha256:%'", name=op.f("ck_revisions_content_digest_form")
        ),
        sa.CheckConstraint(
            "origin IN ('feed', 'page', 'import')", name=op.f("ck_revisions_origin_known")
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_revisions_number_from_one")),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_revisions_article_id_articles")
        ),
        sa.ForeignKeyConstraint(
            ["capture_id"], ["captures.id"], name=op.f("fk_revisions_capture_id_captures")
        ),
        sa.ForeignKeyConstraint(
            ["crawl_run_id"], ["crawl_runs.id"], name=op.f("fk_revisions_crawl_run_id_crawl_runs")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revisions")),
        sa.UniqueConstraint(
            "article_id", "origin", "number", name=op.f("uq_revisions_article_id_origin_number")
        ),
    )
    op.create_index(
        op.f("ix_revisions_article_id_origin_observed_at"),
        "revisions",
        ["article_id", "origin", "observed_at"],
        unique=False,
    )
    op.create_index(op.f("ix_revisions_observed_at"), "revisions", ["observed_at"], unique=False)
    op.create_table(
        "entries",
        sa.Column("id", Key, nullable=False),
        sa.Column("feed_id", Key, nullable=False),
        sa.Column("article_id", Key, nullable=False),
        sa.Column("guid", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("content_digest", sa.Text(), nullable=True),
        sa.Column("digest_rule", sa.Integer(), nullable=True),
        sa.Column("first_seen_at", UtcDateTime, nullable=False),
        sa.Column("last_seen_at", UtcDateTime, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_entries_article_id_articles")
        ),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name=op.f("fk_entries_feed_id_feeds")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entries")),
        sa.UniqueConstraint("feed_id", "guid", name=op.f("uq_entries_feed_id_guid")),
    )
    op.create_index(op.f("ix_entries_article_id"), "entries", ["article_id"], unique=False)
    op.create_table(
        "feed_polls",
        sa.Column("id", Key, nullable=False),
        sa.Column("feed_id", Key, nullable=False),
        sa.Column("crawl_run_id", Key, nullable=False),
        sa.Column("capture_id", Key, nullable=True),
        sa.Column("polled_at", UtcDateTime, nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["capture_id"], ["captures.id"], name=op.f("fk_feed_polls_capture_id_captures")
        ),
        sa.ForeignKeyConstraint(
            ["crawl_run_id"], ["crawl_runs.id"], name=op.f("fk_feed_polls_crawl_run_id_crawl_runs")
        ),
        sa.ForeignKeyConstraint(
            ["feed_id"], ["feeds.id"], name=op.f("fk_feed_polls_feed_id_feeds")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_polls")),
    )
    op.create_index(
        op.f("ix_feed_polls_feed_id_polled_at"),
        "feed_polls",
        ["feed_id", "polled_at"],
        unique=False,
    )

    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in SQLITE_GUARDS if is_sqlite else POSTGRESQL_GUARDS:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("feed_polls")
    op.drop_table("entries")
    op.drop_table("revisions")
    op.drop_table("quarantine")
    op.drop_table("feeds")
    op.drop_table("leases")
    op.drop_table("captures")
    op.drop_table("crawl_runs")
    op.drop_table("articles")
    op.drop_table("sources")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_revision_change()")
