#!/bin/sh
# The demo: a day of news from the bundled replica of NOS, archived and asked in SQL.
# Everything it makes is in demo/, which it empties first.
set -eu
bin=${BIN:-.venv/bin}
rm -rf demo
mkdir demo

export NEWSARCHIVE_DATA_DIR=demo/archive
export NEWSARCHIVE_CONTACT=demo@newsarchive.example

"$bin/newsarchive" replica --articles 500 >demo/replica.url 2>demo/replica.log &
replica=$!
trap 'kill $replica 2>/dev/null || true' EXIT INT TERM
until [ -s demo/replica.url ]; do sleep 0.1; kill -0 $replica || { cat demo/replica.log; exit 1; }; done
NEWSARCHIVE_FEEDS_URL=$(cat demo/replica.url)
NEWSARCHIVE_SITE_URL=$NEWSARCHIVE_FEEDS_URL
export NEWSARCHIVE_FEEDS_URL NEWSARCHIVE_SITE_URL

run() { printf '\n$ newsarchive %s\n' "$1"; shift; "$bin/newsarchive" "$@"; }
ask() { printf '\n-- %s\n%s\n' "$1" "$2"; "$bin/newsarchive" sql "$2"; }
crawl() { run crawl crawl -s DOWNLOAD_DELAY=0 -s CONCURRENT_REQUESTS_PER_DOMAIN=8; }
step() { "$bin/python" -c "
import json, urllib.request
request = urllib.request.Request('$NEWSARCHIVE_FEEDS_URL/replica/step', method='POST')
step = json.load(urllib.request.urlopen(request))
numbers = ', '.join(article['external_id'] for article in step['articles'])
print(f'\n# The replica takes a step ({step[\"name\"]}): {numbers}')"; }

echo "# A small NOS of our own is at $NEWSARCHIVE_FEEDS_URL. Everything is archived in demo/archive."
crawl
for _ in 1 2 3 4 5 6 7 8 9 10; do step; crawl; done

run status status
run 'list --limit 5' list --limit 5
run 'changes' changes

ask 'How much news is there of each category, and how long is it?' \
"SELECT category, count(*) AS articles, round(avg(word_count)) AS words
  FROM current_articles GROUP BY category ORDER BY articles DESC, category LIMIT 8"

ask 'Which articles were edited most?' \
"SELECT external_id, revision_count, title FROM current_articles
 WHERE revision_count > 1 ORDER BY revision_count DESC, external_id LIMIT 5"

ask 'Which headlines were changed?' \
"SELECT external_id, old_title, new_title FROM changes
 WHERE old_title <> new_title ORDER BY observed_at"

ask 'Which bytes does the newest article come from?' \
"SELECT a.external_id, c.url, c.warc_file, c.warc_offset, c.warc_length, c.payload_digest
  FROM current_articles a JOIN captures c ON c.id = a.capture_id
 ORDER BY a.published_at DESC LIMIT 1"

printf '\nTry your own:\n  NEWSARCHIVE_DATA_DIR=demo/archive %s/newsarchive sql "SELECT …"\n' "$bin"
