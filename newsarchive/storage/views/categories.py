"""Articles by category and day."""

ARTICLE_CATEGORIES = """
SELECT a.id AS article_id, a.source, a.external_id, f.category,
       min(e.first_seen_at) AS first_seen_at, max(e.last_seen_at) AS last_seen_at
  FROM entries e
  JOIN feeds f ON f.id = e.feed_id
  JOIN articles a ON a.id = e.article_id
 WHERE a.withheld_at IS NULL
 GROUP BY a.id, a.source, a.external_id, f.category
"""

# Of plain integers sums are whole on PostgreSQL too, and divide as on SQLite.
ARTICLES_PER_DAY = """
SELECT source, published_on, category,
       CAST(count(*) AS integer) AS articles, CAST(sum(word_count) AS integer) AS words
  FROM current_articles
 GROUP BY source, published_on, category
"""
