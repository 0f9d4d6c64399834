"""Pictures: what is to be fetched, the files by digest, and which revisions show them.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

from newsarchive.storage.columns import Key, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sources", sa.Column("media", sa.Text(), server_default="none", nullable=False))
    op.add_column("sources", sa.Column("media_noted_to", Key, nullable=True))
    op.add_column("sources", sa.Column("media_retry_after_at", UtcDateTime, nullable=True))
    op.create_table(
        "media_files",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("size_bytes", Key, nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("capture_id", Key, nullable=False),
        sa.CheckConstraint("digest LIKE 'sha256:%'", name=op.f("ck_media_files_digest_form")),
        sa.ForeignKeyConstraint(
            ["capture_id"], ["captures.id"], name=op.f("fk_media_files_capture_id_captures")
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_media_files")),
        sa.UniqueConstraint("path", name=op.f("uq_media_files_path")),
    )
    op.create_table(
        "pictures",
        sa.Column("id", Key, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("picture", sa.Text(), nullable=False),
        sa.Column("crop", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), server_default="0", nullable=False),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("requests", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tried_at", UtcDateTime, nullable=True),
        sa.Column("next_try_at", UtcDateTime, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("capture_id", Key, nullable=True),
        sa.ForeignKeyConstraint(
            ["source"], ["sources.name"], name=op.f("fk_pictures_source_sources")
        ),
        sa.ForeignKeyConstraint(
            ["digest"], ["media_files.digest"], name=op.f("fk_pictures_digest_media_files")
        ),
        sa.ForeignKeyConstraint(
            ["capture_id"], ["captures.id"], name=op.f("fk_pictures_capture_id_captures")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pictures")),
        sa.UniqueConstraint(
            "source", "picture", "crop", name=op.f("uq_pictures_source_picture_crop")
        ),
    )
    op.create_index(op.f("ix_pictures_source_next_try_at"), "pictures", ["source", "next_try_at"])
    op.create_table(
        "revision_media",
        sa.Column("revision_id", Key, autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("picture_id", Key, nullable=False),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("caption", sa.Text(), nullable=False),
        sa.Column("copyright", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "role IN ('feature', 'body')", name=op.f("ck_revision_media_role_known")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["revisions.id"],
            name=op.f("fk_revision_media_revision_id_revisions"),
        ),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["pictures.id"], name=op.f("fk_revision_media_picture_id_pictures")
        ),
        sa.ForeignKeyConstraint(
            ["digest"], ["media_files.digest"], name=op.f("fk_revision_media_digest_media_files")
        ),
        sa.PrimaryKeyConstraint("revision_id", "position", name=op.f("pk_revision_media")),
    )
    op.create_index(op.f("ix_revision_media_picture_id"), "revision_media", ["picture_id"])
    op.create_index(op.f("ix_revision_media_digest"), "revision_media", ["digest"])


def downgrade() -> None:
    for table in ("revision_media", "pictures", "media_files"):
        op.drop_table(table)
    for column in ("media_retry_after_at", "media_noted_to", "media"):
        op.drop_column("sources", column)
