"""A whole day at the replica, crawled after every step: the truth, and the same on both."""

import subprocess
import sys

import pytest

from newsarchive.replica import Replica

from .conftest import FAST, FEEDS_ONLY, ROOT, Crawler

# Of two feeds that tell the same, the first to be read is the one whose bytes are named.
ONE_BY_ONE = ("-s", "CONCURRENT_REQUESTS=1")
TABLES = {
    "articles": "SELECT external_id, kind, url, title, html, text, word_count, category, "
    "categories, image_url, published_at, published_on, revision_count, origin, number "
    "FROM current_articles ORDER BY external_id",
    "revisions": "SELECT a.external_id, r.origin, r.number, r.title, r.html, r.content_digest, "
    "r.digest_rule, r.published_at, r.image_url, c.url, c.payload_digest FROM revisions r "
    "JOIN articles a ON a.id = r.article_id JOIN captures c ON c.id = r.capture_id "
    "ORDER BY a.external_id, r.origin, r.number",
    "changes": "SELECT external_id, origin, number, old_title, new_title, old_text, new_text, "
    "is_silent FROM changes ORDER BY external_id, number",
    "entries": "SELECT f.slug, e.guid, e.link, e.content_digest, a.external_id FROM entries e "
    "JOIN feeds f ON f.id = e.feed_id JOIN articles a ON a.id = e.article_id ORDER BY 1, 2",
    "feeds": "SELECT slug, category, position, title, etag, last_modified, conditional_polls, "
    "consecutive_failures, last_error FROM feeds ORDER BY slug",
    "polls": "SELECT p.crawl_run_id, f.slug, p.status, p.entries, p.error FROM feed_polls p "
    "JOIN feeds f ON f.id = p.feed_id ORDER BY 1, 2",
    "runs": "SELECT id, spider, outcome FROM crawl_runs ORDER BY id",
    "quarantine": "SELECT url, stage, error FROM quarantine ORDER BY 1",
}


def together(crawlers):
    """Run a crawl of every feed in each archive at the same time."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "newsarchive.cli", "crawl", *FAST, *FEEDS_ONLY, *ONE_BY_ONE],
            env=crawler.environment,
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
        )
        for crawler in crawlers
    ]
    for process in processes:
        _, talk = process.communicate(timeout=120)
        assert process.returncode == 0, talk


@pytest.fixture
def day(new_sqlite, new_postgres, tmp_path):
    with Replica(60, era="both") as replica:
        crawlers = [
            Crawler(make(), tmp_path / name, replica.base)
            for name, make in (("sqlite", new_sqlite), ("postgresql", new_postgres))
        ]
        together(crawlers)
        while replica.step() is not None:
            together(crawlers)
        yield replica, crawlers


def test_a_day_is_archived_as_it_was_and_the_same_on_both_databases(day):
    replica, (sqlite, postgresql) = day
    truth = {
        number: [(state.title, "\n\n".join(state.paragraphs)) for state in states]
        for number, states in replica.expected_revisions().items()
    }
    held: dict[str, list[tuple[str, str]]] = {}
    statement = (
        "SELECT a.external_id, r.title, r.text FROM revisions r "
        "JOIN articles a ON a.id = r.article_id ORDER BY r.article_id, r.number"
    )
    for number, title, text in sqlite.rows(statement):
        held.setdefault(number, []).append((title, text))
    assert held == truth
    for table, query in TABLES.items():
        one, other = sqlite.rows(query), postgresql.rows(query)
        assert bool(one) is (table != "quarantine"), table
        assert [readable(row) for row in one] == [readable(row) for row in other], table


def readable(row):
    """Return a row with times and days as text in UTC, as both databases mean them."""
    return tuple(str(value)[:19] if hasattr(value, "year") else _text(value) for value in row)


def _text(value):
    is_time = isinstance(value, str) and value[4:5] == "-" and value[19:20] == "."
    return value[:19] if is_time else value
