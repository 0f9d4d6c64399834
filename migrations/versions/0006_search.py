"""Full-text search: where each revision stands in the index, and the index.

What an archive holds already is indexed by `newsarchive upgrade`, once the migrations are done.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

from newsarchive.storage.columns import Key

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

FTS5 = (
    """
    CREATE VIRTUAL TABLE search_words USING fts5 (
        tokens, content='', columnsize=0, tokenize="ascii tokenchars '=^-+|'"
    )
    """,
    # How much is held before it is written; the default of 1 MB halves the speed of indexing anew.
    "INSERT INTO search_words (search_words, rank) VALUES ('hashsize', 16000000)",
    # How many pieces are merged into one: with the defaults of 4 and 16 an entry costs 0.1 ms more.
    "INSERT INTO search_words (search_words, rank) VALUES ('automerge', 8)",
    "INSERT INTO search_words (search_words, rank) VALUES ('crisismerge', 32)",
)

TSVECTOR = (
    """
    CREATE TABLE search_words (
        place bigint CONSTRAINT pk_search_words PRIMARY KEY,
        tokens tsvector NOT NULL,
        overflow text
    )
    """,
    # A twelfth larger than compressed, and read in half the time.
    "ALTER TABLE search_words ALTER COLUMN tokens SET STORAGE EXTERNAL",
    "CREATE INDEX ix_search_words_tokens ON search_words USING gin (tokens)",
    "CREATE INDEX ix_search_words_overflow ON search_words (place) WHERE overflow IS NOT NULL",
)


def upgrade() -> None:
    op.create_table(
        "search_documents",
        sa.Column("place", Key, autoincrement=False, nullable=False),
        sa.Column("revision_id", Key, nullable=False),
        sa.Column("article_id", Key, nullable=False),
        sa.Column("before_id", Key, nullable=True),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_search_documents_article_id_articles")
        ),
        sa.ForeignKeyConstraint(
            ["before_id"], ["revisions.id"], name=op.f("fk_search_documents_before_id_revisions")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["revisions.id"],
            name=op.f("fk_search_documents_revision_id_revisions"),
        ),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_search_documents")),
        sa.UniqueConstraint("revision_id", name=op.f("uq_search_documents_revision_id")),
    )
    op.create_index(op.f("ix_search_documents_article_id"), "search_documents", ["article_id"])
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in FTS5 if is_sqlite else TSVECTOR:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE search_words")
    op.drop_table("search_documents")
