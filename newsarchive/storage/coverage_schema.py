"""Tables of what keeps an archive running: outages, jobs of the schedule, alarms."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)

from newsarchive.storage.columns import Key, UtcDateTime
from newsarchive.storage.schema import metadata

outages = Table(
    "outages",
    metadata,
    Column("id", Key, primary_key=True),
    Column("feed_id", Key, ForeignKey("feeds.id"), nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("began_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("has_overlap", Boolean),
    Column("crawl_run_id", Key, ForeignKey("crawl_runs.id"), nullable=False),
    Column("ended_crawl_run_id", Key, ForeignKey("crawl_runs.id")),
    Column("reason", Text, nullable=False),
    CheckConstraint(
        "kind IN ('unreachable', 'offline', 'not polled', 'no overlap')", name="kind_known"
    ),
    CheckConstraint("ended_at >= began_at", name="not_negative"),
)

# What the schedule last did of each of its jobs.
jobs = Table(
    "jobs",
    metadata,
    Column("name", Text, primary_key=True),
    Column("command", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("exit_code", Integer),
)

# One row each time that an alarm was raised.
alarms = Table(
    "alarms",
    metadata,
    Column("id", Key, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("raised_at", UtcDateTime, nullable=False),
    Column("cleared_at", UtcDateTime),
    Column("told_at", UtcDateTime),
    # True or NULL: of each alarm only one stands, whoever looks at the same time. An index with a
    # condition would say so too, and import both dialects at every start.
    Column("is_standing", Boolean),
    UniqueConstraint("kind", "subject", "is_standing"),
    CheckConstraint("(cleared_at IS NULL) = (is_standing IS NOT NULL)", name="standing_or_cleared"),
)
