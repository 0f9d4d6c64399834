"""A crawl whose lease another run took, as after a machine's long sleep."""

import sqlite3
import subprocess
import sys
from contextlib import closing

from newsarchive.sources import get_source

from .conftest import FEEDS_ONLY, ROOT, feed, item

CATEGORIES = "binnenland,buitenland,politiek,economie,tech,algemeen"
IMPATIENT = """
from newsarchive.cli import main
from newsarchive.extensions import lease

lease.HEARTBEAT_S = 0.05
main()
"""


def test_a_crawl_that_lost_its_lease_ends_itself(crawler, site):
    for of in get_source("nos").feeds_of(CATEGORIES.split(",")):
        site.answers[f"/{of.slug}"] = feed(item())
    arguments = ("-v", "-a", f"categories={CATEGORIES}", "-s", "DOWNLOAD_DELAY=0.5")
    process = subprocess.Popen(
        [sys.executable, "-c", IMPATIENT, "crawl", *FEEDS_ONLY, *arguments],
        env=crawler.environment,
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        with site.answered:
            assert site.answered.wait_for(lambda: len(site.asked()) >= 2, timeout=30)
        path = crawler.url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(path, timeout=20)) as other, other:
            other.execute("DELETE FROM leases")
        _, told = process.communicate(timeout=30)
    finally:
        process.kill()

    assert process.returncode == 7, told
    assert told.count("Another run took this run's lease") == 1
    assert crawler.rows("SELECT outcome FROM crawl_runs") == [("interrupted",)]
    assert len(site.asked()) < 6
