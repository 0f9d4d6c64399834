"""`newsarchive schedule` and `alarms` as a person runs them, against a real server."""

import json
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from newsarchive.spiders.nos import NosSpider

from .conftest import ROOT, feed, item

FEEDS = ("nosnieuwsbuitenland", "nosnieuwstech")
PLAN = """
[schedule]
verify = false
[schedule.nos]
categories = "buitenland,tech"
pages = "none"
options = "-s DOWNLOAD_DELAY=0 -s RETRY_TIMES=0"
"""


@pytest.fixture
def service(site, crawler, tmp_path):
    """Return a crawler whose commands are run in a folder with a plan, and that reaches feeds."""
    for slug in FEEDS:
        site.answers[f"/{slug}"] = feed(item())
    (tmp_path / "newsarchive.toml").write_text(PLAN, encoding="utf-8")
    crawler.folder = tmp_path
    crawler.environment["PYTHONPATH"] = str(ROOT)
    return crawler


def run(service, *arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "newsarchive.cli", *arguments],
        env={**service.environment, **environment},
        cwd=service.folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_once_does_what_is_due_and_then_nothing(service, site):
    first = run(service, "schedule", "--once")
    assert first.returncode == 0, first.stderr
    assert "nos begins: newsarchive crawl nos -a feeds=due" in first.stderr
    assert sorted(path for path, _ in site.asked()) == [f"/{slug}" for slug in FEEDS]
    second = run(service, "schedule", "--once")
    assert second.returncode == 0, second.stderr
    assert len(site.asked()) == 2
    [job] = json.loads(run(service, "schedule", "--json").stdout)
    assert (job["name"], job["exit_code"], job["source"]) == ("nos", 0, "nos")


def test_once_ends_as_its_job_did_and_the_alarm_stands(service, site):
    for slug in FEEDS:
        site.answers[f"/{slug}"] = (200, {}, b"<html><title>Storing</title></html>")
    metrics = service.folder / "newsarchive.prom"
    done = run(service, "schedule", "--once", NEWSARCHIVE_METRICS_FILE=str(metrics))
    assert done.returncode == 7, done.stderr
    listed = run(service, "alarms", "--json")
    assert listed.returncode == 7
    assert {(one["kind"], one["subject"]) for one in json.loads(listed.stdout)} == {
        ("html for feed", f"nos/{slug}") for slug in FEEDS
    }
    assert "newsarchive_alarms 2.0" in metrics.read_text("utf-8")


def test_a_plan_that_cannot_be_used_is_an_error(service):
    (service.folder / "newsarchive.toml").write_text("[schedule.x]\nrun='sleep 3'\n", "utf-8")
    done = run(service, "schedule")
    assert done.returncode == 2
    assert "[schedule.x] run: names no command" in done.stderr


def test_a_signal_ends_the_crawl_and_then_the_schedule(service, site):
    # An answer that never comes keeps the crawl at work.
    site.server.RequestHandlerClass = hanging(site, f"/{FEEDS[1]}")
    process = subprocess.Popen(
        [sys.executable, "-m", "newsarchive.cli", "schedule"],
        env=service.environment,
        cwd=service.folder,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        with site.answered:
            assert site.answered.wait_for(lambda: site.hangs, timeout=60)
        process.send_signal(signal.SIGTERM)
        site.released.set()
        _, told = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 0, told
    outcomes = service.rows("SELECT outcome FROM crawl_runs")
    assert outcomes == [("interrupted",)]
    assert service.rows("SELECT exit_code FROM jobs") == [(7,)]
    assert service.rows("SELECT count(*) FROM leases") == [(0,)]


def hanging(site, path):
    """Return a handler that answers all but `path`, which waits for `site.released`."""
    import threading

    base = site.server.RequestHandlerClass
    site.hangs, site.released = False, threading.Event()

    class Hanging(base):
        def do_GET(self):  # noqa: N802 - as the base has it
            if self.path == path:
                with site.answered:
                    site.hangs = True
                    site.answered.notify_all()
                site.released.wait(60)
            super().do_GET()

    return Hanging


def test_only_feeds_that_are_due_are_asked(crawler, site):
    for slug in FEEDS:
        site.answers[f"/{slug}"] = feed(item())
    due = ("-a", "feeds=due")
    at = "2026-10-01T12:{:02d}:00+02:00".format
    crawler.crawl("buitenland", NEWSARCHIVE_CLOCK=at(0))
    done = crawler.crawl("buitenland,tech", *due, NEWSARCHIVE_CLOCK=at(30))
    assert done.returncode == 0, done.stderr
    assert [path for path, _ in site.asked()] == [f"/{slug}" for slug in FEEDS]
    crawler.crawl("buitenland,tech", *due, NEWSARCHIVE_CLOCK=at(56))
    assert [path for path, _ in site.asked()][2:] == [f"/{FEEDS[0]}"]
    [(counters,)] = crawler.rows("SELECT counters FROM crawl_runs WHERE id = 3")
    assert json.loads(counters)["feeds_not_due"] == 1


@pytest.mark.parametrize(
    ("arguments", "minutes", "expected"),
    [
        pytest.param({"feeds": "due"}, 59, False, id="none is due yet"),
        pytest.param({"feeds": "due"}, 60, True, id="one is"),
        pytest.param({}, 60, False, id="a person's crawl asks every feed once, and ends in peace"),
    ],
)
def test_pages_make_way_for_a_feed_that_is_due(arguments, minutes, expected):
    at = datetime(2026, 10, 1, 12, tzinfo=UTC)
    spider = NosSpider(**arguments)
    spider.polls_at = at + timedelta(hours=1) if spider.by_plan else None
    assert spider._must_make_way(lambda: at + timedelta(minutes=minutes)) is expected
