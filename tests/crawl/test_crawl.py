"""`newsarchive crawl` from the outside: what it asks, what it stores, how it ends."""

import time

import pytest

from newsarchive.storage import Archive
from newsarchive.warc import read_record

from .conftest import feed, item

PATH = "/nosnieuwsbuitenland"


def test_a_crawl_stores_and_the_next_one_is_free(crawler_on_each, site):
    crawler = crawler_on_each
    site.answers[PATH] = feed(item(), item(2280104, "Brug bij Zwolle dicht"))
    done = crawler.crawl()
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert "2 new" in done.stderr
    assert crawler.crawl().returncode == 0
    assert site.asked() == [(PATH, 200), (PATH, 304)]
    assert crawler.rows("SELECT external_id, category, html FROM current_articles ORDER BY 1") == [
        ("2280103", "buitenland", "<p>De dijk is klaar.</p>"),
        ("2280104", "buitenland", "<p>De dijk is klaar.</p>"),
    ]
    assert crawler.rows("SELECT status, entries, new FROM feed_polls ORDER BY id") == [
        (200, 2, 2),
        (304, 0, 0),
    ]
    assert crawler.rows("SELECT outcome FROM crawl_runs") == [("finished",), ("finished",)]


def test_full_asks_unconditionally_and_repeated_bytes_are_a_revisit(crawler, site):
    site.answers[PATH] = feed(item())
    for arguments in ((), ("-a", "full=1")):
        assert crawler.crawl("buitenland", *arguments).returncode == 0
    assert site.asked() == [(PATH, 200), (PATH, 200)]
    places = crawler.rows("SELECT warc_file, warc_offset, warc_length FROM captures ORDER BY id")
    kinds = [read_record(crawler.data_dir, *place).type for place in places]
    assert kinds == ["response", "revisit"]
    assert crawler.rows("SELECT count(*) FROM revisions") == [(1,)]


def test_an_edit_is_a_revision_and_a_cosmetic_change_is_none(crawler, site):
    bodies = [
        "<p>De dijk is klaar.</p>",
        "<p>De dijk\u00a0is  klaar.</p>",
        '<p class="x">De dijk is klaar.</p>\n',
        "<p>De dijk is bijna klaar.</p>",
        "<p>De dijk is klaar.</p>",
    ]
    for body in bodies:
        site.answers[PATH] = feed(item(body=body))
        crawler.crawl()
    assert crawler.rows("SELECT number, text FROM revisions ORDER BY number") == [
        (1, "De dijk is klaar."),
        (2, "De dijk is bijna klaar."),
        (3, "De dijk is klaar."),
    ]


def test_every_revision_leads_to_the_bytes_it_came_from(crawler, site):
    site.answers[PATH] = (200, {"Content-Type": "application/rss+xml"}, feed(item()))
    crawler.crawl()
    [(url, *place)] = crawler.rows(
        "SELECT c.url, c.warc_file, c.warc_offset, c.warc_length FROM revisions r "
        "JOIN captures c ON c.id = r.capture_id"
    )
    record = read_record(crawler.data_dir, *place)
    assert (record.type, record.status, url) == ("response", 200, site.base + PATH)
    assert record.content() == feed(item())


def test_one_article_in_two_feeds_is_one_article(crawler, site):
    site.answers |= {PATH: feed(item()), "/nosnieuwstech": feed(item())}
    crawler.crawl("buitenland,tech")
    assert crawler.rows("SELECT category, categories, revision_count FROM current_articles") == [
        ("buitenland", "buitenland,tech", 1)
    ]
    assert crawler.rows("SELECT count(*) FROM entries") == [(2,)]


@pytest.mark.parametrize(
    ("answer", "status", "error"),
    [
        pytest.param((200, {}, b"<html><body>Even geduld</body></html>"), 200, "HTML", id="HTML"),
        pytest.param((200, {}, feed(item())[:-30]), 200, "", id="truncated"),
        pytest.param((200, {}, b""), 200, "empty", id="empty"),
        pytest.param((404, {}, b"weg"), 404, "HTTP 404", id="404"),
        pytest.param((500, {}, b"stuk"), 500, "HTTP 500", id="500"),
    ],
)
def test_one_feeds_failure_is_its_own(crawler, site, answer, status, error):
    site.answers |= {PATH: answer, "/nosnieuwstech": feed(item())}
    done = crawler.crawl("buitenland,tech")
    assert done.returncode == 7, done.stderr
    [(told, reason, capture)] = crawler.rows(
        "SELECT p.status, p.error, p.capture_id FROM feed_polls p JOIN feeds f ON f.id = p.feed_id "
        "WHERE f.slug = 'nosnieuwsbuitenland'"
    )
    assert told == status
    assert error.lower() in reason.lower()
    assert capture is not None
    assert crawler.rows("SELECT count(*) FROM current_articles") == [(1,)]
    assert crawler.rows("SELECT outcome FROM crawl_runs") == [("failed",)]
    assert crawler.rows("SELECT sum(consecutive_failures) FROM feeds") == [(1,)]


def test_a_feed_that_recovers_is_read_whole(crawler, site):
    site.answers[PATH] = feed(item())
    crawler.crawl()
    site.answers[PATH] = (500, {}, b"stuk")
    crawler.crawl()
    site.answers[PATH] = feed(item(), item(2280104))
    assert crawler.crawl().returncode == 0
    assert crawler.rows("SELECT sum(consecutive_failures), max(last_error) FROM feeds") == [
        (0, None)
    ]
    assert crawler.rows("SELECT count(*) FROM current_articles") == [(2,)]


def test_one_bad_entry_goes_to_quarantine_and_the_exit_code_tells(crawler, site):
    site.answers[PATH] = feed(
        item(), item(guid="https://nos.nl/l/2280104", link="https://nos.nl/l/2280105")
    )
    assert crawler.crawl().returncode == 7
    assert crawler.rows("SELECT stage FROM quarantine") == [("identify",)]
    assert crawler.rows("SELECT external_id FROM articles") == [("2280103",)]


def test_nothing_reachable_has_an_exit_code_of_its_own(crawler):
    done = crawler.crawl(NEWSARCHIVE_FEEDS_URL="http://127.0.0.1:9")
    assert done.returncode == 8, done.stderr
    assert crawler.rows("SELECT outcome FROM crawl_runs") == [("unreachable",)]


def test_a_held_lease_ends_a_second_crawl_at_once(crawler, site):
    from datetime import UTC, datetime

    from newsarchive.processes import this_process
    from newsarchive.sources import get_source
    from newsarchive.storage import NewRun

    with Archive.open(crawler.url) as archive:
        run = NewRun("nos", "nos", {}, "0", datetime.now(UTC), "nos", this_process())
        archive.begin_run(run, get_source("nos"), lambda _: True)
    done = crawler.crawl()
    assert done.returncode == 9
    assert "run 1 is at work" in done.stderr
    assert "Traceback" not in done.stderr
    assert site.log == []


def test_an_unknown_category_lists_the_known_ones(crawler, site):
    done = crawler.crawl("weerbericht")
    assert done.returncode == 2
    assert "binnenland, buitenland" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_argument_lists_the_known_ones(crawler, site):
    done = crawler.crawl("buitenland", "-a", "categorie=tech")
    assert done.returncode == 2
    assert "categories" in done.stderr


def test_robots_are_obeyed(crawler, site):
    site.answers |= {
        "/robots.txt": (200, {}, b"User-agent: *\nDisallow: /nosnieuwsbuitenland\n"),
        PATH: feed(item()),
        "/nosnieuwstech": feed(item()),
    }
    crawler.crawl("buitenland,tech")
    assert site.asked() == [("/nosnieuwstech", 200)]
    assert "robots.txt" in crawler.rows("SELECT error FROM feed_polls WHERE status IS NULL")[0][0]


def test_many_feeds_waiting_for_robots_are_all_fetched(crawler, site):
    for name in ("nosnieuwsbinnenland", "nosnieuwsbuitenland", "nosnieuwspolitiek"):
        site.answers[f"/{name}"] = feed(item())
    assert crawler.crawl("binnenland,buitenland,politiek").returncode == 0
    assert len(site.asked()) == 3


def test_robots_that_cannot_be_had_disallow_everything(crawler, site):
    site.answers |= {"/robots.txt": (503, {}, b"stuk"), PATH: feed(item())}
    crawler.crawl()
    assert site.asked() == []
    assert "robots.txt" in crawler.rows("SELECT error FROM feed_polls")[0][0]


def test_a_crawl_delay_is_kept(crawler, site):
    site.answers |= {
        "/robots.txt": (200, {}, b"User-agent: *\nCrawl-delay: 2\n"),
        PATH: feed(item()),
        "/nosnieuwstech": feed(item()),
    }
    start = time.monotonic()
    crawler.crawl("buitenland,tech")
    assert len(site.asked()) == 2
    assert time.monotonic() - start > 1  # two seconds, half of it jitter


def test_the_user_agent_says_whom_to_ask(crawler, site):
    site.answers[PATH] = feed(item())
    crawler.crawl()
    agents = {headers["User-Agent"] for _, _, headers in site.log}
    assert len(agents) == 1
    assert "(+test@newsarchive.example)" in agents.pop()


def test_retry_after_holds_the_next_crawl_back(crawler, site):
    site.answers |= {PATH: (429, {"Retry-After": "3600"}, b""), "/nosnieuwstech": feed(item())}
    crawler.crawl("buitenland,tech")
    crawler.crawl("buitenland,tech")
    assert site.asked(PATH) == [(PATH, 429)]
    later = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 4000))
    crawler.crawl(NEWSARCHIVE_CLOCK=later)
    assert len(site.asked(PATH)) == 2


def test_a_redirect_is_followed_and_every_hop_is_kept(crawler, site):
    site.answers |= {PATH: (301, {"Location": "/elders"}, b""), "/elders": feed(item())}
    assert crawler.crawl().returncode == 0
    assert crawler.rows("SELECT status FROM captures ORDER BY id") == [(301,), (200,)]
    assert crawler.rows("SELECT count(*) FROM revisions") == [(1,)]


def test_every_nth_poll_is_unconditional(crawler, site):
    from newsarchive.feeds.polling import UNCONDITIONAL_EVERY

    site.answers[PATH] = feed(item())
    crawler.crawl()
    with Archive.open(crawler.url) as archive, archive._transaction() as connection:
        connection.exec_driver_sql(
            f"UPDATE feeds SET conditional_polls = {UNCONDITIONAL_EVERY - 1}"
        )
    crawler.crawl()
    crawler.crawl()
    assert site.asked() == [(PATH, 200), (PATH, 200), (PATH, 304)]


def test_a_cache_in_place_of_the_publisher_is_refused(crawler, site):
    done = crawler.crawl("buitenland", "-s", "HTTPCACHE_ENABLED=1")
    assert done.returncode == 2
    assert "HTTPCACHE_ENABLED" in done.stderr
    assert site.log == []


def test_an_older_schema_names_the_remedy(crawler, site):
    with Archive.open(crawler.url) as archive, archive._transaction() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    done = crawler.crawl()
    assert done.returncode == 3
    assert "newsarchive upgrade" in done.stderr


def test_scrapys_own_command_crawls_too_and_creates_the_archive(crawler, site, tmp_path):
    import subprocess
    import sys

    site.answers[PATH] = feed(item())
    new = f"sqlite:///{tmp_path}/new/newsarchive.db"
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "crawl", "nos", "-s", "DOWNLOAD_DELAY=0",
         "-a", "categories=buitenland", "-a", "pages=none"],
        env={**crawler.environment, "NEWSARCHIVE_DATABASE_URL": new},
        cwd=crawler_root(), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    crawler.url = new
    assert crawler.rows("SELECT outcome FROM crawl_runs") == [("finished",)]


def crawler_root():
    from .conftest import ROOT

    return ROOT
