"""When each feed was seen, and when it was not."""

COVERAGE = """
SELECT f.source, f.slug AS feed, f.category, s.state, s.began_at, s.ended_at,
       s.has_overlap, s.reason
  FROM (SELECT o.feed_id, o.kind AS state, o.began_at, o.ended_at, o.has_overlap, o.reason
          FROM outages o
        UNION ALL
        SELECT p.feed_id, 'seen', p.began_at, p.ended_at, NULL, NULL
          FROM (SELECT b.feed_id, b.ended_at AS began_at,
                       COALESCE(lead(b.began_at) OVER (PARTITION BY b.feed_id
                                                       ORDER BY b.began_at, b.ended_at),
                                l.last_polled_at) AS ended_at
                  FROM (SELECT o.feed_id, o.began_at, o.ended_at FROM outages o
                        UNION ALL
                        SELECT d.id, d.first_at, d.first_at
                          FROM (SELECT e.id, (SELECT min(q.polled_at) FROM feed_polls q
                                               WHERE q.feed_id = e.id) AS first_at
                                  FROM feeds e) AS d
                         WHERE d.first_at IS NOT NULL) AS b
                  JOIN feeds l ON l.id = b.feed_id) AS p
         WHERE p.ended_at > p.began_at) AS s
  JOIN feeds f ON f.id = s.feed_id
"""
"""One row a stretch of time and feed; `seen` lies between the outages, up to the last poll."""
