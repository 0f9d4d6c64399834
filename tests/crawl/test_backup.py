"""A crawl of the replica is backed up while it writes, again and again."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from newsarchive.config import Config
from newsarchive.custody.backup import back_up
from newsarchive.custody.generations import list_names
from newsarchive.custody.restore import restore, verify_backup
from newsarchive.replica import Replica
from newsarchive.storage.engine import connect

from .conftest import FAST, ROOT, Crawler

STATE = (
    "SELECT a.external_id, r.origin, r.number, r.content_digest, r.html FROM revisions r "
    "JOIN articles a ON a.id = r.article_id ORDER BY 1, 2, 3"
)


@pytest.fixture
def replica():
    with Replica(articles=120) as replica:
        yield replica


@pytest.fixture
def empty(new_database, tmp_path):
    """Give the URL of a database in which there is nothing."""
    url = new_database()
    if url.startswith("sqlite"):
        return f"sqlite:///{tmp_path}/restored/newsarchive.db"
    engine = connect(url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return url


def back_up_amid(crawler: Crawler, to: Path) -> list:
    """Crawl; back up from the first page on until the crawl ends, and once more."""
    config = Config(crawler.data_dir, crawler.url)
    program = [sys.executable, "-m", "newsarchive.cli", "crawl", *FAST]
    amid = []
    with subprocess.Popen(program, env=crawler.environment, cwd=ROOT, stderr=-1) as crawl:
        while not crawler.rows("SELECT 1 FROM looks LIMIT 1"):
            assert crawl.poll() is None
        while crawl.poll() is None:
            amid.append(back_up(config, to, 99))
        assert crawl.returncode == 0, crawl.stderr.read()
    return [*amid, back_up(config, to, 99)]


def test_what_is_backed_up_amid_a_crawl_is_whole(new_database, empty, tmp_path, replica):
    crawler = Crawler(new_database(), tmp_path / "data", replica.base)
    to = tmp_path / "copy"
    made = back_up_amid(crawler, to)
    rows = [sum(t.rows for t in one.generation.manifest.database.tables) for one in made]

    assert len(set(rows)) > 1, "the archive grew from one to the next"
    assert [one.findings for one in made] == [()] * len(made)
    copied = sum(one.bytes_copied for one in made)
    assert copied == sum(p.stat().st_size for p in (to / "warc").iterdir()), "none was copied twice"
    for name in {list_names(to)[0], list_names(to)[-1]}:
        assert verify_backup(Config(crawler.data_dir, crawler.url), to, name).findings == ()

    # What the first backup does not have yet, the next crawl of what is restored fetches.
    again = Crawler(empty, tmp_path / "restored", replica.base)
    restore(Config(again.data_dir, again.url), to, made[0].generation.name)
    done = again.run("crawl", *FAST)
    assert done.returncode == 0, done.stderr
    assert again.rows(STATE) == crawler.rows(STATE)
