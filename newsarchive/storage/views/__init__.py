"""The views: the interface that people's SQL relies on, and all that a stranger may read.

A view holds no data, so it is not migrated: each upgrade drops all of them first and creates
those of this version last. They are written once for SQLite 3.40 and PostgreSQL, with the words
of `dialects` where the two differ, so that both give the same rows. Two rules hold for each:

* It shows nothing of an article that is withheld (`articles.withheld_at`).
* It names articles by source and external id, so that nobody needs a surrogate key to answer.

To add one: write it in the module of its theme (or a new one), name it in VIEWS behind those that
it reads, and describe its columns in docs/data-model.md; tests compare.
"""

from sqlalchemy import Connection, text

from newsarchive.storage.views import articles, categories, coverage, edits, evidence, times
from newsarchive.storage.views.articles import current_articles
from newsarchive.storage.views.dialects import in_dialect
from newsarchive.storage.views.edits import changes

__all__ = ["VIEWS", "changes", "create_views", "current_articles", "drop_views"]

VIEWS: dict[str, str] = {
    "current_articles": articles.CURRENT_ARTICLES,
    "article_revisions": articles.ARTICLE_REVISIONS,
    "article_categories": categories.ARTICLE_CATEGORIES,
    "articles_per_day": categories.ARTICLES_PER_DAY,
    "publication_times": times.PUBLICATION_TIMES,
    "withdrawals": times.WITHDRAWALS,
    "lifespans": times.LIFESPANS,
    "articles_over_time": times.ARTICLES_OVER_TIME,
    "changes": edits.CHANGES,
    "edits": edits.EDITS,
    "headlines": edits.HEADLINES,
    "admitted_errors": edits.ADMITTED_ERRORS,
    "current_liveblog_updates": articles.CURRENT_LIVEBLOG_UPDATES,
    "near_duplicate_pairs": evidence.NEAR_DUPLICATE_PAIRS,
    "page_looks": evidence.PAGE_LOOKS,
    "revision_captures": evidence.REVISION_CAPTURES,
    "article_pictures": evidence.ARTICLE_PICTURES,
    "coverage": coverage.COVERAGE,
}
"""Each view's SELECT by its name; a view stands behind those that it reads."""

_CREATE_AS_OF = """
CREATE FUNCTION articles_as_of(moment timestamptz) RETURNS SETOF articles_over_time
LANGUAGE sql STABLE AS $$
SELECT * FROM articles_over_time
 WHERE stood_from <= moment AND (stood_until > moment OR stood_until IS NULL)
$$
"""
_DROP_AS_OF = "DROP FUNCTION IF EXISTS articles_as_of(timestamptz)"


def create_views(connection: Connection) -> None:
    """Create the views of this version; none may exist. PostgreSQL gets `articles_as_of` too."""
    dialect = connection.dialect.name
    for name, select in VIEWS.items():
        connection.execute(text(f"CREATE VIEW {name} AS {in_dialect(select, dialect)}"))
    if dialect == "postgresql":
        connection.execute(text(_CREATE_AS_OF))


def drop_views(connection: Connection) -> None:
    """Drop every view of any version that is there."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(_DROP_AS_OF))
    for name in reversed(VIEWS):
        connection.execute(text(f"DROP VIEW IF EXISTS {name}"))
