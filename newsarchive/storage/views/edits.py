"""What was edited, when, and whether the publisher said so."""

from sqlalchemy import Boolean, Column, Integer, Table, Text

from newsarchive.storage.columns import Key, UtcDateTime
from newsarchive.storage.views.articles import CATEGORY, metadata

changes = Table(
    "changes",
    metadata,
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

# By one look into an index for each revision, and not by a window over all of them, which would
# carry every text along and be made anew for each question about one article.
_THE_ONE_BEFORE = """
       SELECT c.id FROM revisions c
        WHERE c.article_id = r.article_id AND c.origin = r.origin
          AND (c.observed_at, c.number) < (r.observed_at, r.number)
        ORDER BY c.observed_at DESC, c.number DESC LIMIT 1"""

_BESIDE_THE_ONE_BEFORE = f"""
  FROM revisions r
  JOIN articles a ON a.id = r.article_id
  JOIN revisions b ON b.id = ({_THE_ONE_BEFORE})
 WHERE a.withheld_at IS NULL"""

_IS_SILENT = "CASE WHEN r.origin = 'page' THEN r.modified_at = b.modified_at END AS is_silent"

CHANGES = f"""
SELECT r.article_id, a.external_id, r.origin, r.number, r.observed_at,
       b.title AS old_title, r.title AS new_title, b.text AS old_text, r.text AS new_text,
       {_IS_SILENT}
{_BESIDE_THE_ONE_BEFORE}
"""

EDITS = f"""
SELECT r.article_id, a.source, a.external_id, a.kind, a.url, {CATEGORY} AS category,
       r.origin, r.number, r.observed_at,
       LOCAL_DAY(r.observed_at) AS observed_on, LOCAL_WEEK(r.observed_at) AS observed_week,
       b.observed_at AS previous_observed_at, a.published_at,
       b.modified_at AS old_modified_at, r.modified_at AS new_modified_at,
       (SECONDS(r.observed_at) - SECONDS(a.published_at)) / 60 AS minutes_since_publication,
       b.title <> r.title AS title_changed, b.text <> r.text AS text_changed,
       b.title AS old_title, r.title AS new_title, b.text AS old_text, r.text AS new_text,
       b.word_count AS old_word_count, r.word_count AS new_word_count, {_IS_SILENT}, r.capture_id
{_BESIDE_THE_ONE_BEFORE}
"""

# Its window is cut by what articles are named by, so that only the one that is asked for is read.
HEADLINES = f"""
SELECT a.id AS article_id, a.source, a.external_id, a.url, r.origin,
       row_number() OVER w AS place, r.title,
       r.observed_at AS stood_from, lead(r.observed_at) OVER w AS stood_until
  FROM revisions r
  JOIN articles a ON a.id = r.article_id
  LEFT JOIN revisions b ON b.id = ({_THE_ONE_BEFORE})
 WHERE a.withheld_at IS NULL AND (b.id IS NULL OR b.title <> r.title)
WINDOW w AS (PARTITION BY a.source, a.external_id, r.origin ORDER BY r.observed_at, r.number)
"""

ADMITTED_ERRORS = """
SELECT k.source, k.external_id, a.article_id, a.title,
       c.external_id AS correction_external_id, c.title AS correction_title,
       c.text AS correction_text, c.published_on AS admitted_on, k.observed_at
  FROM corrections k
  JOIN current_articles c ON c.article_id = k.correction_id
  LEFT JOIN current_articles a ON a.source = k.source AND a.external_id = k.external_id
 WHERE NOT EXISTS (SELECT 1 FROM articles w
                    WHERE w.source = k.source AND w.external_id = k.external_id
                      AND w.withheld_at IS NOT NULL)
"""
