"""A crawl that cannot keep what it fetches, as on a full disk."""

import subprocess
import sys

from .conftest import ROOT, feed, item

PATH = "/nosnieuwsbuitenland"
PAGES = 40
CROWDED = """
import resource
from newsarchive.cli import main

# No file may grow beyond this, whoever writes it.
resource.setrlimit(resource.RLIMIT_FSIZE, (120_000, resource.RLIM_INFINITY))
main()
"""


def test_a_crawl_that_can_keep_nothing_asks_nobody_for_more(crawler, site):
    site.answers[PATH] = feed(*(item(2280100 + n) for n in range(PAGES)))
    assert crawler.crawl().returncode == 0
    site.log.clear()
    command = ("crawl", "-v", "-a", "categories=buitenland", "-s", "DOWNLOAD_DELAY=0")
    done = subprocess.run(
        [sys.executable, "-c", CROWDED, *command],
        env=crawler.environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 3, done.stderr
    assert "nothing can be kept any more: " in done.stderr.splitlines()[-1]
    assert len(site.asked()) < PAGES / 2
    assert crawler.crawl("buitenland", "-a", "pages=due").returncode == 0
    assert crawler.rows("SELECT count(DISTINCT article_id) FROM looks") == [(PAGES,)]


def test_where_no_bytes_can_be_kept_no_feed_is_to_blame(crawler, site):
    site.answers[PATH] = feed(item(2280100))
    (crawler.data_dir).mkdir(parents=True, exist_ok=True)
    (crawler.data_dir / "warc").write_bytes(b"in the way")
    done = crawler.crawl("buitenland")
    assert (done.returncode, "cannot be kept" in done.stderr) == (7, True)
    assert crawler.rows("SELECT outcome FROM crawl_runs") == [("failed",)]
    assert crawler.rows("SELECT * FROM feed_polls") == []
    assert crawler.rows("SELECT * FROM outages") == []
    (crawler.data_dir / "warc").unlink()
    assert crawler.crawl("buitenland").returncode == 0
    assert crawler.rows("SELECT count(*) FROM revisions") == [(1,)]
