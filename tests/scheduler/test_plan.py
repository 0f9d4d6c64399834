"""The plan as operators write it."""

import tomllib
from datetime import time, timedelta
from pathlib import Path

import pytest

from newsarchive.exceptions import ConfigError
from newsarchive.model import Feed
from newsarchive.scheduler import read_plan
from newsarchive.sources import SOURCES, Source

FILE = Path("newsarchive.toml")
OWN = Source(
    "weekblad",
    "https://weekblad.example",
    (Feed("weekblad", "nieuws", "nieuws", "https://weekblad.example/feed", 1),),
)
COMMANDS = {"backup", "verify", "index", "export"}


def plan(text="", sources=SOURCES):
    table = tomllib.loads(text).get("schedule", {})
    return {job.name: job for job in read_plan(table, FILE, sources, COMMANDS)}


def test_without_a_table_every_source_is_crawled_and_all_verified_once_a_month():
    jobs = plan(sources={**SOURCES, "weekblad": OWN})
    assert [(job.name, " ".join(job.command)) for job in jobs.values()] == [
        ("nos", "crawl nos -a feeds=due"),
        ("weekblad", "crawl feeds -a source=weekblad -a feeds=due"),
        ("verify", "verify"),
    ]
    assert (jobs["verify"].every, jobs["verify"].at) == (timedelta(days=30), time(3, 30))
    assert jobs["weekblad"].slugs == ("nieuws",)
    assert "nosnieuwstech" in jobs["nos"].slugs
    assert "nosop3" not in jobs["nos"].slugs


def test_a_table_changes_and_completes_it():
    jobs = plan(
        """
        [schedule]
        verify = false
        [schedule.nos]
        categories = "tech, op3"
        pages = "none"
        options = "-s DOWNLOAD_DELAY=2"
        every = "10m"
        patience = "1h"
        [schedule.backup]
        run = "backup 'naar hier'"
        every = "7d"
        at = "04:30"
        """
    )
    assert list(jobs) == ["nos", "backup"]
    nos, backup = jobs.values()
    assert nos.command == (
        *("crawl", "nos", "-a", "feeds=due", "-a", "categories=tech, op3"),
        *("-a", "pages=none", "-s", "DOWNLOAD_DELAY=2"),
    )
    assert nos.slugs == ("nosnieuwstech", "nosop3")
    assert (nos.every, nos.patience) == (timedelta(minutes=10), timedelta(hours=1))
    assert backup.command == ("backup", "naar hier")
    assert (backup.every, backup.at, backup.source) == (timedelta(days=7), time(4, 30), None)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("schedule = 3", "schedule is no table", id="no table"),
        pytest.param("[schedule]\nback = false", r"\[schedule.back\]: there is no", id="no job"),
        pytest.param("[schedule]\nnos = true", "neither a table nor false", id="true"),
        pytest.param("[schedule.x]\nevery = '1d'", "names no command", id="no command"),
        pytest.param("[schedule.x]\nrun = 'sereve'", "it may be backup", id="a slip"),
        pytest.param('[schedule.x]\nrun = "verify \'"', "cannot be read", id="an open quote"),
        pytest.param("[schedule.x]\nrun = 3", "run: 3 is no text", id="a number"),
        pytest.param("[schedule.x]\nrun='verify'\nevry='1d'", "unknown key 'evry'", id="a key"),
        pytest.param("[schedule.x]\nrun='verify'\nevery='1 day'", "such as 30m", id="a duration"),
        pytest.param("[schedule.x]\nrun='verify'\nevery='0d'", "such as 30m", id="no duration"),
        pytest.param("[schedule.x]\nrun='verify'\nevery=3", "every: 3 is no text", id="bare"),
        pytest.param("[schedule.x]\nrun='verify'\nat='25:00'", "such as 04:30", id="a time"),
        pytest.param(
            "[schedule.x]\nrun='verify'\nevery='36h'\nat='04:30'", "number of days", id="no days"
        ),
        pytest.param("[schedule.nos]\nrun='verify'", "Known keys: categories", id="of a crawl"),
        pytest.param("[schedule.nos]\ncategories='techh'", "Unknown category", id="a category"),
    ],
)
def test_what_cannot_be_used_is_named_with_its_place(text, message):
    with pytest.raises(Exception, match=message) as raised:
        plan(text)
    assert raised.value.exit_code == ConfigError.exit_code
