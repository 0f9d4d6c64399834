"""The table of claims: which worker is at which feed, page or picture, while several crawl."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Table, Text

from newsarchive.storage.columns import Key, UtcDateTime
from newsarchive.storage.schema import metadata

# A row stands from the moment that something is handed out until it is stored, or its worker dead.
claims = Table(
    "claims",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("crawl_run_id", Key, ForeignKey("crawl_runs.id"), nullable=False, index=True),
    Column("claimed_at", UtcDateTime, nullable=False),
    CheckConstraint("kind IN ('feed', 'page', 'picture')", name="kind_known"),
)
