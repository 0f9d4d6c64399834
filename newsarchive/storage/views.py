"""The views: the interface that people's SQL relies on.

A view holds no data, so it is not migrated: each upgrade drops all of them first and
creates those of this version last. They are written for SQLite 3.40 and PostgreSQL alike,
which is why lists are ordered in a subquery and by the same collation.
"""

from sqlalchemy import Boolean, Column, Connection, Date, Integer, MetaData, Table, Text, text

from newsarchive.storage.columns import Key, UtcDateTime

_metadata = MetaData()  # apart from the schema's: views are not migrated

current_articles = Table(
    "current_articles",
    _metadata,
    Column("article_id", Key, primary_key=True),
    Column("source", Text),
    Column("external_id", Text),
    Column("kind", Text),
    Column("url", Text),
    Column("title", Text),
    Column("html", Text),
    Column("text", Text),
    Column("word_count", Integer),
    Column("category", Text),
    Column("categories", Text),
    Column("image_url", Text),
    Column("published_at", UtcDateTime),
    Column("published_on", Date),
    Column("modified_at", UtcDateTime),
    Column("first_seen_at", UtcDateTime),
    Column("last_seen_at", UtcDateTime),
    Column("revision_count", Integer),
    Column("origin", Text),
    Column("number", Integer),
    Column("observed_at", UtcDateTime),
    Column("capture_id", Key),
    Column("withdrawn_at", UtcDateTime),
    Column("near_duplicate_of", Key),
)

changes = Table(
    "changes",
    _metadata,
    Column("article_id", Key),
    Column("external_id", Text),
    Column("origin", Text),
    Column("number", Integer),
    Column("observed_at", UtcDateTime),
    Column("old_title", Text),
    Column("new_title", Text),
    Column("old_text", Text),
    Column("new_text", Text),
    Column("is_silent", Boolean),
)

CURRENT_ARTICLES = """
CREATE VIEW current_articles AS
SELECT a.id AS article_id, a.source, a.external_id, a.kind, a.url,
       r.title, r.html, r.text, r.word_count,
       (SELECT f.category FROM entries e JOIN feeds f ON f.id = e.feed_id
         WHERE e.article_id = a.id
         ORDER BY f.position, f.category LIMIT 1) AS category,
       (SELECT {joined}
          FROM (SELECT DISTINCT f.category FROM entries e JOIN feeds f ON f.id = e.feed_id
                 WHERE e.article_id = a.id ORDER BY f.category) AS c) AS categories,
       r.image_url, a.published_at, a.published_on, a.modified_at,
       a.first_seen_at, a.last_seen_at,
       (SELECT count(*) FROM revisions n
         WHERE n.article_id = a.id AND n.origin = r.origin) AS revision_count,
       r.origin, r.number, r.observed_at, r.capture_id, a.withdrawn_at, a.near_duplicate_of
  FROM articles a
  JOIN revisions r ON r.id = (
       SELECT c.id FROM revisions c WHERE c.article_id = a.id
        ORDER BY CASE c.origin WHEN 'page' THEN 0 WHEN 'feed' THEN 1 ELSE 2 END,
                 c.is_lossy, c.observed_at DESC, c.number DESC LIMIT 1)
"""

CHANGES = """
CREATE VIEW changes AS
SELECT article_id, external_id, origin, number, observed_at,
       old_title, new_title, old_text, new_text,
       CASE WHEN origin = 'page' THEN modified_at = old_modified_at END AS is_silent
  FROM (SELECT r.article_id, a.external_id, r.origin, r.number, r.observed_at,
               lag(r.title) OVER w AS old_title, r.title AS new_title,
               lag(r.text) OVER w AS old_text, r.text AS new_text,
               lag(r.modified_at) OVER w AS old_modified_at, r.modified_at,
               row_number() OVER w AS place
          FROM revisions r JOIN articles a ON a.id = r.article_id
        WINDOW w AS (PARTITION BY r.article_id, r.origin ORDER BY r.observed_at, r.number)) AS s
 WHERE place > 1
"""

_JOINED = {
    "sqlite": "group_concat(c.category, ',')",
    "postgresql": """string_agg(c.category, ',' ORDER BY c.category COLLATE "C")""",
}


def create_views(connection: Connection) -> None:
    """Create the views of this version; none may exist."""
    joined = _JOINED[connection.dialect.name]
    for definition in (CURRENT_ARTICLES, CHANGES):
        connection.execute(text(definition.format(joined=joined)))


def drop_views(connection: Connection) -> None:
    """Drop every view of any version that is there."""
    for name in ("changes", "current_articles"):
        connection.execute(text(f"DROP VIEW IF EXISTS {name}"))
