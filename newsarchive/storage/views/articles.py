"""Articles as they are now, and every revision of them."""

from sqlalchemy import Column, Date, Integer, MetaData, Table, Text

from newsarchive.storage.columns import Key, UtcDateTime

metadata = MetaData()  # apart from the schema's: views are not migrated

current_articles = Table(
    "current_articles",
    metadata,
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

CATEGORY = """
       (SELECT f.category FROM entries e JOIN feeds f ON f.id = e.feed_id
         WHERE e.article_id = a.id
         ORDER BY f.position, CODE_POINTS(f.category) LIMIT 1)"""
"""The first category of an article `a`, in the catalogue's order."""

CATEGORIES = """
       (SELECT JOINED(c.category)
          FROM (SELECT DISTINCT f.category FROM entries e JOIN feeds f ON f.id = e.feed_id
                 WHERE e.article_id = a.id ORDER BY f.category) AS c)"""
"""All of them."""

RANK = "CASE {}.origin WHEN 'page' THEN 0 WHEN 'feed' THEN 1 ELSE 2 END"
"""Which origin goes before which, of a revision by that name."""

BEST_FIRST = f"""
        ORDER BY {RANK.format("c")},
                 c.is_lossy, c.observed_at DESC, c.number DESC"""
"""The order of revisions `c` of one article: that which is current comes first."""

CURRENT_ARTICLES = f"""
SELECT a.id AS article_id, a.source, a.external_id, a.kind, a.url,
       r.title, r.html, r.text, r.word_count,
       {CATEGORY} AS category,
       {CATEGORIES} AS categories,
       r.image_url, a.published_at, a.published_on, a.modified_at,
       a.first_seen_at, a.last_seen_at,
       (SELECT count(*) FROM revisions n
         WHERE n.article_id = a.id AND n.origin = r.origin) AS revision_count,
       r.origin, r.number, r.observed_at, r.capture_id, a.withdrawn_at,
       (SELECT d.id FROM articles d
         WHERE d.id = a.near_duplicate_of AND d.withheld_at IS NULL) AS near_duplicate_of
  FROM articles a
  JOIN revisions r ON r.id = (
       SELECT c.id FROM revisions c WHERE c.article_id = a.id {BEST_FIRST} LIMIT 1)
 WHERE a.withheld_at IS NULL
"""

ARTICLE_REVISIONS = """
SELECT a.id AS article_id, a.source, a.external_id, a.kind, a.url, r.origin, r.number,
       r.title, r.html, r.text, r.word_count, r.image_url, r.published_at, r.modified_at,
       r.metadata, r.content_digest, r.digest_rule, r.is_lossy, r.observed_at, r.imported_at,
       r.id AS revision_id, r.capture_id, r.crawl_run_id
  FROM revisions r JOIN articles a ON a.id = r.article_id
 WHERE a.withheld_at IS NULL
"""

CURRENT_LIVEBLOG_UPDATES = f"""
SELECT a.id AS article_id, a.source, a.external_id, u.position, u.update_id, u.published_at,
       u.title, u.html, u.text
  FROM articles a
  JOIN liveblog_updates u ON u.revision_id = (
       SELECT c.id FROM revisions c WHERE c.article_id = a.id {BEST_FIRST} LIMIT 1)
 WHERE a.withheld_at IS NULL
"""
