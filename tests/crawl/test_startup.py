"""What a crawl imports: what it does not need would be paid for at every poll, day and night."""

import subprocess
import sys

import pytest

from .conftest import FAST, FEEDS_ONLY, ROOT, feed, item

PATH = "/nosnieuwsbuitenland"
HEAVY = {
    "alembic",  # only a migration needs it
    "feedparser",  # only what is no plain RSS
    "ftfy",  # only what looks like mojibake
    "newsarchive.extraction",  # only where a page is due
    "newsarchive.spiders.posts",  # only an import
    "psycopg",  # only PostgreSQL
    "rich",  # only a terminal
    "sqlalchemy.dialects.postgresql",
    "trafilatura",  # only pages of other publishers
    "yaml",  # only posts
}
CRAWL = """
import atexit, sys
from scrapy.cmdline import execute
atexit.register(lambda: print(*sys.modules))
execute(["scrapy", "crawl", "nos", "-a", "categories=buitenland", *sys.argv[1:]])
"""


@pytest.fixture
def imported(crawler):
    """Crawl, and return which of the heavy modules were imported."""

    def crawl():
        done = subprocess.run(
            [sys.executable, "-c", CRAWL, *FAST, *FEEDS_ONLY],
            env=crawler.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        loaded = done.stdout.split()
        assert "sqlalchemy.engine" in loaded, done.stderr
        return HEAVY.intersection(loaded)

    return crawl


def test_a_poll_imports_nothing_heavy_whether_there_is_news_or_not(imported, site):
    site.answers[PATH] = feed(item())
    assert imported() == set()
    assert imported() == set()
    assert site.asked() == [(PATH, 200), (PATH, 304)]


def test_a_parser_that_is_needed_is_imported(imported, site):
    site.answers[PATH] = feed(item()).replace(b"<title>NOS</title>", b"<title>NOS & meer</title>")
    assert imported() == {"feedparser"}
