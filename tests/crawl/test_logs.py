"""The log, for people and for machines, of both commands that crawl."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from .conftest import FAST, ROOT, feed, item

PATH = "/nosnieuwsbuitenland"
ARGUMENTS = (*FAST, "-a", "categories=buitenland", "-a", "pages=none")
NEWSARCHIVE = (sys.executable, "-m", "newsarchive.cli", "crawl", *ARGUMENTS)
SCRAPY = (sys.executable, "-m", "scrapy", "crawl", "nos", *ARGUMENTS)

each_command = pytest.mark.parametrize(
    "command",
    [pytest.param(NEWSARCHIVE, id="newsarchive crawl"), pytest.param(SCRAPY, id="scrapy crawl")],
)


def crawl(crawler, command, *more, **environment):
    """Crawl; return the process, and the lines of its log."""
    done = subprocess.run(
        [*command, *more],
        env={**crawler.environment, **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout == ""
    return done, done.stderr.splitlines()


@each_command
def test_every_line_is_json(crawler, site, command):
    site.answers[PATH] = feed(item(), item(guid="https://nos.nl/l/1", link="https://nos.nl/l/2"))
    _, lines = crawl(crawler, command, NEWSARCHIVE_LOG_FORMAT="json")
    told = [json.loads(line) for line in lines]
    [quarantined] = [one for one in told if "Quarantined" in one["message"]]
    [ended] = [one for one in told if one["message"].startswith("Crawl run")]

    assert all({"time", "level", "logger", "message"} <= one.keys() for one in told)
    assert (quarantined["level"], quarantined["crawl_run_id"]) == ("WARNING", 1)
    assert quarantined["logger"] == "newsarchive.pipelines.store"
    assert "1 new" in ended["message"]
    moment = datetime.fromisoformat(ended["time"])
    assert moment.utcoffset() == timedelta(0)
    assert datetime.now(UTC) - moment < timedelta(minutes=2)


@each_command
def test_a_traceback_is_part_of_its_line(crawler, site, command):
    site.answers[PATH] = feed(item())
    broken = ("-s", 'ITEM_PIPELINES={"newsarchive.pipelines.store.Store": 900}')
    _, lines = crawl(crawler, command, *broken, NEWSARCHIVE_LOG_FORMAT="json")
    [failed] = [one for line in lines if "traceback" in (one := json.loads(line))]

    assert failed["message"] == "Error processing the feed nosnieuwsbuitenland"
    assert "Traceback (most recent call last)" in failed["traceback"]
    assert "\n" in failed["traceback"]


def test_an_error_of_the_command_line_is_json_too(crawler):
    _, lines = crawl(crawler, NEWSARCHIVE, "-a", "categories=weer", NEWSARCHIVE_LOG_FORMAT="json")
    last = json.loads(lines[-1])

    assert (last["level"], last["logger"]) == ("ERROR", "newsarchive")
    assert "weer" in last["message"]


def test_a_setting_of_scrapy_s_makes_it_json_as_well(crawler, site):
    site.answers[PATH] = feed(item())
    _, lines = crawl(crawler, SCRAPY, "-s", "NEWSARCHIVE_LOG_FORMAT=json")
    [ended] = [line for line in lines if "Crawl run finished" in line]

    assert json.loads(ended)["crawl_run_id"] == 1


def test_a_form_that_nobody_knows_is_refused(crawler, site):
    done, _ = crawl(crawler, NEWSARCHIVE, NEWSARCHIVE_LOG_FORMAT="xml")

    assert done.returncode == 2
    assert "NEWSARCHIVE_LOG_FORMAT: 'xml' is none of text, json" in done.stderr
    assert site.log == []


def test_people_read_text_that_names_documents_and_does_not_print_them(crawler, site):
    site.answers[PATH] = feed(item(body="<p>Heel veel tekst.</p>"))
    broken = ("-s", 'ITEM_PIPELINES={"newsarchive.pipelines.store.Store": 900}')
    done, _ = crawl(crawler, NEWSARCHIVE, *broken)

    assert "Error processing the feed nosnieuwsbuitenland" in done.stderr
    assert "Heel veel tekst" not in done.stderr


@pytest.mark.parametrize(
    ("robots", "reason"),
    [
        pytest.param(None, "refused", id="nobody there"),
        pytest.param((503, {}, b"stuk"), "robots.txt answered 503", id="out of order"),
    ],
)
def test_a_robots_txt_that_cannot_be_had_is_one_line_and_no_traceback(
    crawler, site, robots, reason
):
    if robots is None:
        crawler.environment["NEWSARCHIVE_FEEDS_URL"] = "http://127.0.0.1:9"
    else:
        site.answers["/robots.txt"] = robots
    done, lines = crawl(crawler, NEWSARCHIVE)

    assert done.returncode == 8
    assert len(lines) == 2, "the failure, and how the crawl ended"
    assert "nosnieuwsbuitenland: IgnoreRequest: robots.txt cannot be had" in lines[0]
    assert reason in lines[0]
    assert lines[1].startswith("unreachable")
