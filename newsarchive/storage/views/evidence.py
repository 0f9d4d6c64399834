"""Where what the archive says comes from: looks, bytes, pictures; and stories told twice."""

NEAR_DUPLICATE_PAIRS = """
SELECT a.source, a.external_id, a.article_id, a.title,
       o.source AS of_source, o.external_id AS of_external_id, o.article_id AS of_article_id,
       o.title AS of_title, n.similarity, n.observed_at
  FROM near_duplicates n
  JOIN current_articles a ON a.article_id = n.article_id
  JOIN current_articles o ON o.article_id = n.of_article_id
 WHERE n.unlinked_at IS NULL
"""

PAGE_LOOKS = """
SELECT a.id AS article_id, a.source, a.external_id, l.captured_at, l.outcome, l.status, l.url,
       l.requests, l.error, l.capture_id
  FROM looks l JOIN articles a ON a.id = l.article_id
 WHERE a.withheld_at IS NULL
"""

REVISION_CAPTURES = """
SELECT a.id AS article_id, a.source, a.external_id, r.origin, r.number, r.observed_at,
       c.url, c.status, c.content_type, c.captured_at, c.payload_digest,
       c.warc_file, c.warc_offset, c.warc_length, c.id AS capture_id
  FROM revisions r
  JOIN articles a ON a.id = r.article_id
  JOIN captures c ON c.id = r.capture_id
 WHERE a.withheld_at IS NULL
"""

ARTICLE_PICTURES = """
SELECT a.id AS article_id, a.source, a.external_id, r.origin, r.number, m.position, m.role,
       m.url, m.caption, m.copyright, m.digest, f.content_type, f.size_bytes, f.width, f.height,
       f.path
  FROM revision_media m
  JOIN revisions r ON r.id = m.revision_id
  JOIN articles a ON a.id = r.article_id
  LEFT JOIN media_files f ON f.digest = m.digest
 WHERE a.withheld_at IS NULL
"""
