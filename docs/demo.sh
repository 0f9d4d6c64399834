#!/bin/sh
# The demo: a day of news from the bundled replica of NOS, polled every hour and asked in SQL.
# The clock is set to that day, so that the answers are those that README.md shows. Everything
# it makes is in demo/, which it empties first.
set -eu
bin=${BIN:-.venv/bin}
rm -rf demo
mkdir demo

# Never a person's own archive, queue, renderer or file of figures.
for name in $(env | sed -n 's/^\(NEWSARCHIVE_[A-Z_]*\)=.*/\1/p'); do unset "$name"; done
export NEWSARCHIVE_DATA_DIR=demo/archive
export NEWSARCHIVE_DATABASE_URL=sqlite:///demo/archive/newsarchive.db # nor that of newsarchive.toml
export NEWSARCHIVE_CONTACT=demo@newsarchive.example
export NEWSARCHIVE_RECHECKS="1.5h 5.5h 1d" # no page falls due at the very moment of a crawl

"$bin/newsarchive" replica --articles 500 >demo/replica.url 2>demo/replica.log &
replica=$!
trap 'kill $replica 2>/dev/null || true' EXIT INT TERM
until [ -s demo/replica.url ]; do sleep 0.1; kill -0 $replica || { cat demo/replica.log; exit 1; }; done
NEWSARCHIVE_FEEDS_URL=$(cat demo/replica.url)
NEWSARCHIVE_SITE_URL=$NEWSARCHIVE_FEEDS_URL
export NEWSARCHIVE_FEEDS_URL NEWSARCHIVE_SITE_URL

run() { printf '\n$ newsarchive %s\n' "$*"; "$bin/newsarchive" "$@"; }
ask() { printf '\n-- %s\n%s\n\n' "$1" "$2"; "$bin/newsarchive" sql "$2"; }
crawl() {
    NEWSARCHIVE_CLOCK=2026-10-01T$hour:00:00+02:00
    export NEWSARCHIVE_CLOCK
    run crawl -s DOWNLOAD_DELAY=0 -s CONCURRENT_REQUESTS_PER_DOMAIN=8
}
steps() { "$bin/python" -c "
import json, urllib.request
request = urllib.request.Request('$NEWSARCHIVE_FEEDS_URL/replica/step', method='POST')
print()
for _ in range($1):
    step = json.load(urllib.request.urlopen(request))
    numbers = ', '.join(article['external_id'] for article in step['articles'])
    print(f'# $hour:00, {step[\"name\"]}: {numbers}')"; }

echo "# A small NOS of our own is at $NEWSARCHIVE_FEEDS_URL; the archive is in demo/archive."
printf '\n# 12:00, 500 articles were published before\n'
hour=12
crawl
for count in 2 1 1 3 2 1; do # ten steps: some hours bring more than others
    hour=$((hour + 1))
    steps $count
    crawl
done

run status --runs 3
run list --limit 5
run changes

ask 'How much news is there of each category, a day and in all, and how long is it?' \
"SELECT category,
       count(*) FILTER (WHERE published_on = '2026-09-30') AS wednesday,
       count(*) FILTER (WHERE published_on = '2026-10-01') AS thursday,
       count(*) AS articles,
       CAST(round(avg(word_count)) AS integer) AS words_each
  FROM current_articles
 GROUP BY category ORDER BY articles DESC, category LIMIT 6"

ask 'Which articles were edited most?' \
"SELECT external_id, revision_count, category, title
  FROM current_articles
 WHERE revision_count > 1
 ORDER BY revision_count DESC, external_id"

ask 'Which headlines were changed, and did the page say so?' \
"SELECT external_id, substr(CAST(observed_at AS text), 1, 16) AS observed,
       CASE WHEN is_silent THEN 'silent' WHEN NOT is_silent THEN 'announced' END AS edit,
       old_title, new_title
  FROM changes
 WHERE origin = 'page' AND old_title <> new_title
 ORDER BY external_id, number"

ask 'Which bytes does the newest article come from?' \
"SELECT a.external_id, c.url, c.warc_file, c.warc_offset, c.warc_length
  FROM current_articles a JOIN captures c ON c.id = a.capture_id
 ORDER BY a.published_at DESC LIMIT 1"

printf '\nAsk your own:\n  NEWSARCHIVE_DATA_DIR=demo/archive %s/newsarchive sql "SELECT …"\n' "$bin"
