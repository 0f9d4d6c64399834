"""The table of what was decided about showing articles; `articles.withheld_at` is what holds."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Table, Text

from newsarchive.storage.columns import Key, UtcDateTime
from newsarchive.storage.schema import metadata

# Every decision, for good; of an article the one of the latest `decided_at` holds.
withholdings = Table(
    "withholdings",
    metadata,
    Column("id", Key, primary_key=True),
    Column("article_id", Key, ForeignKey("articles.id"), nullable=False, index=True),
    Column("action", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("decided_at", UtcDateTime, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("capture_id", Key, ForeignKey("captures.id"), nullable=False),
    CheckConstraint("action IN ('withhold', 'lift')", name="action_known"),
)
