"""The life of an article: published, edited, withdrawn, returned; and what stood when."""

from newsarchive.storage.views.articles import BEST_FIRST, CATEGORIES, CATEGORY, RANK
from newsarchive.watching import GONE, READ, Plan

_PLAN = Plan()


def _listed(outcomes: frozenset[str]) -> str:
    return ", ".join(f"'{outcome}'" for outcome in sorted(outcomes))


PUBLICATION_TIMES = f"""
SELECT a.id AS article_id, a.source, a.external_id, a.kind, {CATEGORY} AS category,
       a.published_at, a.published_on, LOCAL_WEEK(a.published_at) AS published_week,
       LOCAL_WEEKDAY(a.published_at) AS published_weekday,
       LOCAL_HOUR(a.published_at) AS published_hour, a.first_seen_at,
       (SECONDS(a.first_seen_at) - SECONDS(a.published_at)) / 60 AS minutes_until_seen
  FROM articles a
 WHERE a.withheld_at IS NULL AND a.published_at IS NOT NULL
"""

# The rule of newsarchive/watching.py over all looks that there were: looks between two that read
# the article are one stretch (`reads`), and enough of them, over long enough, a withdrawal.
WITHDRAWALS = f"""
SELECT a.id AS article_id, a.source, a.external_id, a.url,
       w.withdrawn_at, w.confirmed_at,
       (SELECT min(l.captured_at) FROM looks l
         WHERE l.article_id = w.article_id AND l.captured_at > w.confirmed_at
           AND l.outcome IN ({_listed(READ)})) AS returned_at
  FROM (SELECT article_id, reads, min(gone_at) AS withdrawn_at, min(captured_at) AS confirmed_at
          FROM (SELECT article_id, reads, captured_at,
                       first_value(captured_at) OVER w AS gone_at, row_number() OVER w AS looks
                  FROM (SELECT l.article_id, l.captured_at, l.outcome,
                               count(CASE WHEN l.outcome IN ({_listed(READ)}) THEN 1 END)
                               OVER (PARTITION BY l.article_id ORDER BY l.captured_at) AS reads
                          FROM looks l
                         WHERE l.article_id IN (SELECT g.article_id FROM looks g
                                                 WHERE g.outcome IN ({_listed(GONE)}))) AS s
                 WHERE outcome IN ({_listed(GONE)})
                WINDOW w AS (PARTITION BY article_id, reads ORDER BY captured_at)) AS t
         WHERE looks >= {_PLAN.gone_looks}
           AND captured_at >= DAYS_AFTER(gone_at, {_PLAN.gone_for.days})
         GROUP BY article_id, reads) AS w
  JOIN articles a ON a.id = w.article_id
 WHERE a.withheld_at IS NULL
"""

LIFESPANS = f"""
SELECT a.id AS article_id, a.source, a.external_id, a.kind, a.url, {CATEGORY} AS category,
       a.published_at, a.first_seen_at, a.last_seen_at, e.last_edited_at, a.withdrawn_at,
       (SECONDS(a.last_seen_at) - SECONDS(a.first_seen_at)) / 3600 AS hours_seen,
       (SECONDS(e.last_edited_at) - SECONDS(a.published_at)) / 3600 AS hours_until_last_edit
  FROM articles a
  LEFT JOIN (SELECT article_id, max(last_observed_at) AS last_edited_at
               FROM (SELECT r.article_id, max(r.observed_at) AS last_observed_at
                       FROM revisions r GROUP BY r.article_id, r.origin HAVING count(*) > 1) AS s
              GROUP BY article_id) AS e
    ON e.article_id = a.id
 WHERE a.withheld_at IS NULL
"""

_CURRENT_THEN = f"""
         (SELECT c.id FROM revisions c
           WHERE c.article_id = m.article_id AND c.observed_at <= m.moment {BEST_FIRST} LIMIT 1)"""
"""The revision of an article that was current at a moment `m`."""

# Of articles that were never withdrawn, which are nearly all, a revision stood from when it became
# current until another did that is no worse. The others take more: each moment at which something
# may have changed; what was current then; and of moments in a row that are alike, the first.
ARTICLES_OVER_TIME = f"""
SELECT a.id AS article_id, a.source, a.external_id, a.kind, a.url,
       r.title, r.html, r.text, r.word_count,
       {CATEGORY} AS category,
       {CATEGORIES} AS categories,
       r.image_url, r.published_at, r.modified_at, r.origin, r.number, r.observed_at,
       r.capture_id, p.withdrawn_at, p.stood_from, p.stood_until
  FROM (SELECT m.article_id, m.id AS revision_id, NULL AS withdrawn_at, m.moment AS stood_from,
               (SELECT min(c.observed_at) FROM revisions c
                 WHERE c.article_id = m.article_id AND c.observed_at > m.moment
                   AND ({RANK.format("c")}, c.is_lossy) <= (m.origin_rank, m.is_lossy)
               ) AS stood_until
          FROM (SELECT r.article_id, r.id, r.observed_at AS moment, r.is_lossy,
                       {RANK.format("r")} AS origin_rank
                  FROM revisions r) AS m
         WHERE m.id = {_CURRENT_THEN}
           AND m.article_id NOT IN (SELECT article_id FROM withdrawals)
        UNION ALL
        SELECT article_id, revision_id, withdrawn_at, moment,
               lead(moment) OVER (PARTITION BY article_id ORDER BY moment)
          FROM (SELECT s.*, lag(revision_id) OVER w AS old_revision_id,
                       lag(withdrawn_at) OVER w AS old_withdrawn_at
                  FROM (SELECT m.article_id, m.moment, w.withdrawn_at,
                               {_CURRENT_THEN} AS revision_id
                          FROM (SELECT article_id, observed_at AS moment FROM revisions
                                 WHERE article_id IN (SELECT article_id FROM withdrawals)
                                 UNION SELECT article_id, withdrawn_at FROM withdrawals
                                 UNION SELECT article_id, returned_at FROM withdrawals
                                        WHERE returned_at IS NOT NULL) AS m
                          LEFT JOIN withdrawals w
                            ON w.article_id = m.article_id AND w.withdrawn_at <= m.moment
                           AND (w.returned_at > m.moment OR w.returned_at IS NULL)) AS s
                WINDOW w AS (PARTITION BY article_id ORDER BY moment)) AS d
         WHERE revision_id IS DISTINCT FROM old_revision_id
            OR withdrawn_at IS DISTINCT FROM old_withdrawn_at) AS p
  JOIN articles a ON a.id = p.article_id
  JOIN revisions r ON r.id = p.revision_id
 WHERE a.withheld_at IS NULL
"""
