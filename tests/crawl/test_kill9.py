"""`kill -9` at random moments of a crawl, then a crawl to the end: nothing lost, nothing doubled.

NEWSARCHIVE_KILLS sets how many crawls are killed on each database.
"""

import os
import random
import signal
import sqlite3
import subprocess
from contextlib import closing, suppress
from pathlib import Path

import pytest

from newsarchive.sources import get_source
from newsarchive.warc import iter_records

from .conftest import Crawler, feed, item

KILLS = int(os.environ.get("NEWSARCHIVE_KILLS", "5"))
CATEGORIES = "binnenland,buitenland,politiek,economie,tech,algemeen"
STATE = {
    "revisions": "SELECT a.external_id, r.origin, r.number, r.content_digest, r.title, r.html, "
    "r.text FROM revisions r JOIN articles a ON a.id = r.article_id ORDER BY 1, 2, 3",
    "entries": "SELECT f.slug, e.guid, e.link, e.content_digest, a.external_id FROM entries e "
    "JOIN feeds f ON f.id = e.feed_id JOIN articles a ON a.id = e.article_id ORDER BY 1, 2",
    "articles": "SELECT external_id, kind, url, published_at FROM articles ORDER BY 1",
    "validators": "SELECT slug, etag FROM feeds ORDER BY 1",
    "quarantine": "SELECT stage, url FROM quarantine ORDER BY 2",
}


@pytest.fixture
def slow_site(site):
    """Six feeds with shared articles, answered one after another."""
    feeds = get_source("nos").feeds_of(CATEGORIES.split(","))
    for position, of in enumerate(feeds):
        numbers = range(2280100 + 15 * position, 2280100 + 15 * position + 25)
        items = [item(n, f"Artikel {n}", f"<p>Tekst van {n}.</p>" * 9) for n in numbers]
        site.answers[f"/{of.slug}"] = feed(*items)
    return site


def state(crawler):
    return {name: crawler.rows(statement) for name, statement in STATE.items()}


def test_a_killed_crawl_is_made_good_by_the_next(new_database, tmp_path, slow_site):
    calm = Crawler(new_database(), tmp_path / "calm", slow_site.base)
    assert calm.crawl(CATEGORIES).returncode == 0
    want = state(calm)
    random_moments = random.Random(7)
    left_a_part = 0
    for kill in range(KILLS):
        killed = Crawler(new_database(), tmp_path / f"killed-{kill}", slow_site.base)
        slow_site.log.clear()
        after = random_moments.randrange(2, 7)  # sooner, Python is still starting
        process = killed.start("-a", f"categories={CATEGORIES}", "-s", "CONCURRENT_REQUESTS=1")
        with slow_site.answered:
            assert slow_site.answered.wait_for(
                lambda count=after: len(slow_site.asked()) >= count, timeout=30
            )
        with suppress(subprocess.TimeoutExpired):
            process.wait(random_moments.uniform(0, 0.1))
        process.send_signal(signal.SIGKILL)
        process.wait()
        slow_site.log.clear()
        done = killed.crawl(CATEGORIES)
        assert done.returncode == 0, done.stderr
        left_a_part += 0 < sum(status == 200 for _, status in slow_site.asked()) < 6
        assert state(killed) == want, f"kill {kill}, after {after} answers"
        check_places(killed)
    assert left_a_part > 0, "else none was killed between the first document and the last"


def test_a_crawl_whose_writer_is_killed_ends_and_the_next_makes_it_good(
    new_database, tmp_path, slow_site
):
    calm = Crawler(new_database(), tmp_path / "calm", slow_site.base)
    assert calm.crawl(CATEGORIES).returncode == 0
    slow_site.log.clear()
    bereft = Crawler(new_database(), tmp_path / "bereft", slow_site.base)
    process = bereft.start(
        *("-a", f"categories={CATEGORIES}", "-s", "CONCURRENT_REQUESTS=1"), stderr=subprocess.PIPE
    )
    with slow_site.answered:
        assert slow_site.answered.wait_for(lambda: len(slow_site.asked()) >= 2, timeout=30)
    os.kill(writer_of(process), signal.SIGKILL)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 3
    assert told.count("the process that writes this run has ended") >= 1
    assert len(slow_site.asked()) < 6, "nobody is asked for what cannot be kept"
    assert bereft.crawl(CATEGORIES).returncode == 0
    assert state(bereft) == state(calm)
    check_places(bereft)


def test_an_import_whose_writer_is_killed_ends_and_the_next_makes_it_good(
    new_database, tmp_path, site
):
    folder = tmp_path / "posts"
    folder.mkdir()
    for number in range(2280100, 2280400):
        link = f'externe_link: "https://nos.nl/l/{number}"\n' if number % 25 else ""
        post = f"---\ntitle: Artikel {number}\n{link}---\n\n<p>Tekst van {number}.</p>\n"
        (folder / f"{number}.html").write_text(post, encoding="utf-8")
    bereft = Crawler(new_database(), tmp_path / "bereft", site.base)
    process = bereft.launch("import", "jekyll", "-v", str(folder), stderr=subprocess.PIPE)
    while "Quarantined" not in (line := process.stderr.readline()):
        assert line, "it ended before it stored anything"
    os.kill(writer_of(process), signal.SIGKILL)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 3
    assert told.count("the process that writes this run has ended") >= 1
    assert bereft.run("import", "jekyll", str(folder)).returncode == 6  # some are in quarantine
    assert bereft.rows("SELECT count(*) FROM articles") == [(300 * 24 // 25,)]
    check_places(bereft)


@pytest.mark.parametrize("signalled", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_that_reaches_both_processes_is_written_down(
    new_database, tmp_path, slow_site, signalled
):
    stopped = Crawler(new_database(), tmp_path / "stopped", slow_site.base)
    process = stopped.start("-a", f"categories={CATEGORIES}", "-s", "CONCURRENT_REQUESTS=1")
    with slow_site.answered:
        assert slow_site.answered.wait_for(lambda: len(slow_site.asked()) >= 2, timeout=30)
    os.killpg(process.pid, signalled)
    assert process.wait(timeout=30) == 7
    assert stopped.rows("SELECT outcome FROM crawl_runs") == [("interrupted",)]
    assert len(slow_site.asked()) < 6
    assert stopped.crawl(CATEGORIES).returncode == 0
    check_places(stopped)


def test_a_crawl_that_is_stopped_twice_leaves_at_once_and_says_so(new_sqlite, tmp_path, slow_site):
    stopped = Crawler(new_sqlite(), tmp_path / "stopped", slow_site.base)
    process = stopped.start("-v", "-a", f"categories={CATEGORIES}", stderr=subprocess.PIPE)
    with slow_site.answered:
        assert slow_site.answered.wait_for(lambda: len(slow_site.asked()) >= 1, timeout=30)
    path = stopped.url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, timeout=20, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")  # so that it cannot end in peace
        for answer in ("shutting down gracefully", "forcing unclean shutdown"):
            process.send_signal(signal.SIGTERM)
            while answer not in (line := process.stderr.readline()):
                assert line, f"it ended before it said {answer!r}"
        other.execute("COMMIT")
    _, told = process.communicate(timeout=30)
    assert process.returncode == 7
    assert "Traceback" not in told
    assert told.splitlines()[-1].startswith("interrupted")
    assert stopped.crawl(CATEGORIES).returncode == 0
    check_places(stopped)


def writer_of(process):
    """Return the one process that a crawl or an import has started."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii")
    (writer,) = map(int, children.split())
    return writer


def check_places(crawler):
    """Every capture that a row names is a whole record of its file, torn tails or not."""
    whole = {
        (path.relative_to(crawler.data_dir).as_posix(), record.offset, record.length)
        for path in crawler.data_dir.rglob("*.warc.gz")
        for record in iter_records(path)
        if hasattr(record, "length")
    }
    places = crawler.rows("SELECT warc_file, warc_offset, warc_length FROM captures")
    assert set(places) <= whole
