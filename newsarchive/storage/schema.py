"""The tables (`docs/data-model.md` explains them to people who ask SQL).

Constraint names follow one convention, so that migrations can name what they change. Long
texts are the last columns of their table: SQLite reads a row from its start, and most
questions need no body.
"""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from newsarchive.storage.columns import Document, Key, UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

sources = Table(
    "sources",
    metadata,
    Column("name", Text, primary_key=True),
    Column("homepage_url", Text, nullable=False),
    Column("retry_after_at", UtcDateTime),
    Column("media", Text, nullable=False, server_default="none"),
    Column("media_noted_to", Key),
    Column("media_retry_after_at", UtcDateTime),
)

crawl_runs = Table(
    "crawl_runs",
    metadata,
    Column("id", Key, primary_key=True),
    Column("spider", Text, nullable=False),
    Column("source", Text, ForeignKey("sources.name"), nullable=False),
    Column("arguments", Document, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("outcome", Text),
    Column("counters", Document, nullable=False),
    Column("version", Text, nullable=False),
)

leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("crawl_run_id", Key, ForeignKey("crawl_runs.id"), primary_key=True, autoincrement=False),
    Column("acquired_at", UtcDateTime, nullable=False),
    Column("heartbeat_at", UtcDateTime, nullable=False),
    Column("round_began_at", UtcDateTime),
)

captures = Table(
    "captures",
    metadata,
    Column("id", Key, primary_key=True),
    Column("crawl_run_id", Key, ForeignKey("crawl_runs.id"), nullable=False),
    Column("url", Text, nullable=False),
    Column("status", Integer),
    Column("content_type", Text),
    Column("captured_at", UtcDateTime, nullable=False),
    Column("payload_digest", Text, nullable=False, index=True),
    Column("warc_file", Text, nullable=False),
    Column("warc_offset", Key, nullable=False),
    Column("warc_length", Key, nullable=False),
    UniqueConstraint("warc_file", "warc_offset"),
    CheckConstraint("payload_digest LIKE 'sha256:%'", name="payload_digest_form"),
)

feeds = Table(
    "feeds",
    metadata,
    Column("id", Key, primary_key=True),
    Column("source", Text, ForeignKey("sources.name"), nullable=False),
    Column("slug", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("url", Text),
    Column("title", Text),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("last_polled_at", UtcDateTime),
    Column("last_changed_at", UtcDateTime),
    Column("next_poll_at", UtcDateTime),
    Column("retry_after_at", UtcDateTime),
    Column("conditional_polls", Integer, nullable=False, server_default="0"),
    Column("consecutive_failures", Integer, nullable=False, server_default="0"),
    Column("last_error", Text),
    Column("last_capture_id", Key, ForeignKey("captures.id")),
    Column("poll_interval_s", Integer),
    UniqueConstraint("source", "slug"),
)

articles = Table(
    "articles",
    metadata,
    Column("id", Key, primary_key=True),
    Column("source", Text, ForeignKey("sources.name"), nullable=False),
    Column("external_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("published_at", UtcDateTime),
    Column("published_on", Date, index=True),
    Column("published_origin", Text),
    Column("modified_at", UtcDateTime),
    Column("first_seen_at", UtcDateTime, nullable=False),
    Column("last_seen_at", UtcDateTime, nullable=False),
    Column("withdrawn_at", UtcDateTime),
    Column("near_duplicate_of", Key, ForeignKey("articles.id")),
    Column("next_check_at", UtcDateTime),
    Column("withheld_at", UtcDateTime),
    UniqueConstraint("source", "external_id"),
    Index(None, "source", "next_check_at"),
)

# What the archive knows of an article's page beside its content: when to look and how to ask.
pages = Table(
    "pages",
    metadata,
    Column("article_id", Key, ForeignKey("articles.id"), primary_key=True, autoincrement=False),
    Column("etag", Text),
    Column("conditional_looks", Integer, nullable=False, server_default="0"),
    Column("consecutive_failures", Integer, nullable=False, server_default="0"),
    Column("looked_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("gone_at", UtcDateTime),
    Column("gone_looks", Integer, nullable=False, server_default="0"),
    Column("last_capture_id", Key, ForeignKey("captures.id")),
)

looks = Table(
    "looks",
    metadata,
    Column("id", Key, primary_key=True),
    Column("article_id", Key, ForeignKey("articles.id"), nullable=False),
    Column("crawl_run_id", Key, ForeignKey("crawl_runs.id"), nullable=False),
    Column("capture_id", Key, ForeignKey("captures.id")),
    Column("captured_at", UtcDateTime, nullable=False, index=True),
    Column("status", Integer),
    Column("outcome", Text, nullable=False),
    Column("requests", Integer, nullable=False),
    Column("url", Text, nullable=False),
    Column("error", Text),
    UniqueConstraint("article_id", "captured_at"),
)

aliases = Table(
    "aliases",
    metadata,
    Column("source", Text, ForeignKey("sources.name"), primary_key=True),
    Column("url", Text, primary_key=True),
    Column("article_id", Key, ForeignKey("articles.id"), nullable=False, index=True),
    Column("observed_at", UtcDateTime, nullable=False),
)

# The article that a correction names, by its publisher's number: it need not be archived.
corrections = Table(
    "corrections",
    metadata,
    Column("correction_id", Key, ForeignKey("articles.id"), primary_key=True, autoincrement=False),
    Column("source", Text, primary_key=True),
    Column("external_id", Text, primary_key=True),
    Column("observed_at", UtcDateTime, nullable=False),
    Index(None, "source", "external_id"),
)

entries = Table(
    "entries",
    metadata,
    Column("id", Key, primary_key=True),
    Column("feed_id", Key, ForeignKey("feeds.id"), nullable=False),
    Column("article_id", Key, ForeignKey("articles.id"), nullable=False, index=True),
    Column("guid", Text, nullable=False),
    Column("link", Text),
    Column("content_digest", Text),
    Column("digest_rule", Integer),
    Column("first_seen_at", UtcDateTime, nullable=False),
    Column("last_seen_at", UtcDateTime, nullable=False),
    UniqueConstraint("feed_id", "guid"),
)

revisions = Table(
    "revisions",
    metadata,
    Column("id", Key, primary_key=True),
    Column("article_id", Key, ForeignKey("articles.id"), nullable=False),
    Column("origin", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("content_digest", Text, nullable=False),
    Column("digest_rule", Integer, nullable=False),
    Column("observed_at", UtcDateTime, nullable=False, index=True),
    Column("imported_at", UtcDateTime),
    Column("published_at", UtcDateTime),
    Column("modified_at", UtcDateTime),
    Column("capture_id", Key, ForeignKey("captures.id"), nullable=False),
    Column("crawl_run_id", Key, ForeignKey("crawl_runs.id"), nullable=False),
    Column("word_count", Integer, nullable=False),
    Column("image_url", Text),
    Column("metadata", Document, nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("is_lossy", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("article_id", "origin", "number"),
    CheckConstraint("origin IN ('feed', 'page', 'import')", name="origin_known"),
    CheckConstraint("number >= 1", name="number_from_one"),
    CheckConstraint("content_digest LIKE 'sha256:%'", name="content_digest_form"),
    # All that the choice of the current revision asks, so that it reads no row.
    Index(None, "article_id", "origin", "is_lossy", "observed_at", "number"),
)

liveblog_updates = Table(
    "liveblog_updates",
    metadata,
    Column("id", Key, primary_key=True),
    Column("revision_id", Key, ForeignKey("revisions.id"), nullable=False),
    Column("update_id", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("published_at", UtcDateTime),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("html", Text, nullable=False),
    UniqueConstraint("revision_id", "position"),
)

# One file a row, named by its bytes.
media_files = Table(
    "media_files",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("content_type", Text, nullable=False),
    Column("size_bytes", Key, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("path", Text, nullable=False, unique=True),
    Column("url", Text, nullable=False),
    Column("capture_id", Key, ForeignKey("captures.id"), nullable=False),
    CheckConstraint("digest LIKE 'sha256:%'", name="digest_form"),
)

# What is to be fetched, or was: one row for each crop of a picture, whatever its sizes and hosts.
pictures = Table(
    "pictures",
    metadata,
    Column("id", Key, primary_key=True),
    Column("source", Text, ForeignKey("sources.name"), nullable=False),
    Column("picture", Text, nullable=False),
    Column("crop", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("width", Integer, nullable=False, server_default="0"),
    Column("digest", Text, ForeignKey("media_files.digest")),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("requests", Integer, nullable=False, server_default="0"),
    Column("tried_at", UtcDateTime),
    Column("next_try_at", UtcDateTime),
    Column("error", Text),
    Column("capture_id", Key, ForeignKey("captures.id")),
    UniqueConstraint("source", "picture", "crop"),
    Index(None, "source", "next_try_at"),
)

revision_media = Table(
    "revision_media",
    metadata,
    Column("revision_id", Key, ForeignKey("revisions.id"), primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("picture_id", Key, ForeignKey("pictures.id"), nullable=False, index=True),
    Column("digest", Text, ForeignKey("media_files.digest"), index=True),
    Column("role", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("caption", Text, nullable=False),
    Column("copyright", Text, nullable=False),
    CheckConstraint("role IN ('feature', 'body')", name="role_known"),
)

feed_polls = Table(
    "feed_polls",
    metadata,
    Column("id", Key, primary_key=True),
    Column("feed_id", Key, ForeignKey("feeds.id"), nullable=False),
    Column("crawl_run_id", Key, ForeignKey("crawl_runs.id"), nullable=False),
    Column("capture_id", Key, ForeignKey("captures.id")),
    Column("polled_at", UtcDateTime, nullable=False),
    Column("status", Integer),
    Column("entries", Integer, nullable=False),
    Column("new", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("error", Text),
    Column("overlap", Float),
    Column("conditional", Boolean),
    Index(None, "feed_id", "polled_at"),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", Key, primary_key=True),
    Column("crawl_run_id", Key, ForeignKey("crawl_runs.id"), nullable=False),
    Column("capture_id", Key, ForeignKey("captures.id")),
    Column("url", Text),
    Column("stage", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("observed_at", UtcDateTime, nullable=False),
    Column("last_observed_at", UtcDateTime, nullable=False),
    Column("times", Integer, nullable=False, server_default="1"),
    # One row for the same input failing in the same way, however often a feed repeats it.
    Column("digest", Text, nullable=False, unique=True),
    Column("payload", Text),
)

# Articles that are to be compared with the others: one row each time something new is said.
comparisons_due = Table(
    "comparisons_due",
    metadata,
    Column("id", Key, primary_key=True),
    Column("article_id", Key, nullable=False),
)

# Which articles have a number in the fingerprint of one of their revisions; of a number that
# very many have, only the first so many.
fingerprints = Table(
    "fingerprints",
    metadata,
    Column("number", Key, primary_key=True, autoincrement=False),
    Column("article_id", Key, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

near_duplicates = Table(
    "near_duplicates",
    metadata,
    Column("article_id", Key, ForeignKey("articles.id"), primary_key=True, autoincrement=False),
    Column("of_article_id", Key, ForeignKey("articles.id"), primary_key=True, autoincrement=False),
    Column("similarity", Float),
    Column("rule", Integer),
    Column("observed_at", UtcDateTime),
    Column("unlinked_at", UtcDateTime),
    Column("passages", Document, nullable=False),
    Index(None, "of_article_id"),
)
