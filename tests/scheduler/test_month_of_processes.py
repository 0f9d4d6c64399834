"""Weeks of `newsarchive schedule --once`, as cron would start it: real processes, a real replica.

Every three hours one starts, at a time that it is told, and does what is due: crawls, a backup a
day, a verification a week. Once a day it is killed with all that it started. The network goes, a
feed turns into a web page, the site breaks, the machine sleeps; a byte of a WARC file turns; a
night has an hour more. Four days in the suite; `NEWSARCHIVE_DAYS=30` makes it a month, of a quarter
of an hour.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from urllib.request import urlopen

import pytest

from newsarchive.replica import Replica
from newsarchive.sources import get_source
from newsarchive.storage import Archive

from .world import DAY, HOUR, Span, join_outages

DAYS = int(os.environ.get("NEWSARCHIVE_DAYS", "4"))
BEGAN = datetime(2026, 10, 23, 0, tzinfo=UTC)  # the night with an hour more is that of the 25th
FLOOR = 6 * HOUR
TICK = 3 * HOUR
FEED = "nosnieuwstech"
NOWHERE = "http://127.0.0.1:9"
PLAN = """\
[schedule.nos]
options = "-s DOWNLOAD_DELAY=0 -s CONCURRENT_REQUESTS_PER_DOMAIN=8 -s RETRY_TIMES=0"

[schedule.backup]
run = "backup {folder}/backup"
every = "1d"
at = "04:30"

[schedule.verify]
run = "verify"
every = "1d"
at = "03:30"
"""


def week(first):
    """Return what befalls in a week that begins on day `first`."""
    at = BEGAN + first * DAY
    return (
        Span(at + 9 * HOUR, at + 21 * HOUR, "offline"),
        Span(at + DAY + 6 * HOUR, at + 2 * DAY, "html", FEED),
        Span(at + 2 * DAY + HOUR, at + 2 * DAY + 22 * HOUR, "500"),
        Span(at + 2 * DAY + 22 * HOUR, at + 3 * DAY + 13 * HOUR, "suspended"),
    )


SPANS = tuple(
    span
    for first in range(0, DAYS, 7)
    for span in week(first)
    if span.ended_at <= BEGAN + (DAYS - 1) * DAY or span.what == "suspended"
)
DAMAGED = Span(BEGAN + DAY, BEGAN + 2 * DAY, "damaged")
ENDINGS = {0, 5, 7, 8}
"""Exit codes of a scheduler whose jobs met what is told here."""

SEEN = {"read", "not modified"}
"""Outcomes of a look at an article; the others are walls, errors, and pages that are gone."""


@dataclass
class Machine:
    """Where the processes run, and what is known of it without the archive."""

    folder: Path
    replica: Replica
    steps: list[datetime]  # when the replica takes each of its steps
    now: datetime = BEGAN
    killed: list[datetime] = field(default_factory=list)
    endings: list[int] = field(default_factory=list)
    damaged: Path | None = None  # a WARC file, below the data folder

    def __post_init__(self):
        self.url = f"sqlite:///{self.folder}/newsarchive.db"
        (self.folder / "newsarchive.toml").write_text(PLAN.format(folder=self.folder))
        self.dice = random.Random(1)

    def befalls(self, what):
        return any(span.what == what and span.has(self.now) for span in (*SPANS, DAMAGED))

    def run(self, *arguments, is_killed=False):
        base = NOWHERE if self.befalls("offline") else self.replica.base
        process = subprocess.Popen(
            [sys.executable, "-m", "newsarchive.cli", *arguments],
            cwd=self.folder,
            start_new_session=True,
            stderr=subprocess.PIPE,
            text=True,
            env={
                **os.environ,
                "NEWSARCHIVE_DATABASE_URL": self.url,
                "NEWSARCHIVE_DATA_DIR": str(self.folder / "data"),
                "NEWSARCHIVE_FEEDS_URL": base,
                "NEWSARCHIVE_SITE_URL": base,
                "NEWSARCHIVE_POLL_EVERY": "6h",
                "NEWSARCHIVE_CLOCK": self.now.isoformat(),
            },
        )
        if is_killed:
            with suppress(subprocess.TimeoutExpired):
                process.wait(self.dice.uniform(1.2, 2.4))
            kill_all(process.pid)
            self.killed.append(self.now)
        _, said = process.communicate(timeout=120)
        if not is_killed:
            self.endings.append(process.returncode)
            assert process.returncode in ENDINGS, f"{self.now}: {said}"

    def pass_time(self):
        """Let it be later, and the world go on."""
        self.now += TICK
        while self.befalls("suspended"):
            self.now += TICK
        while self.steps and self.steps[0] <= self.now:
            self.steps.pop(0)
            self.replica.step()
        self.replica.misbehaviour.end()
        for span in SPANS:
            if span.what in {"html", "500"} and span.has(self.now):
                named = f"&feed={span.feed}" if span.feed else ""
                lever = f"{self.replica.base}/replica/misbehave?name={span.what}{named}"
                urlopen(lever, data=b"").close()

    def rows(self, statement):
        with Archive.read(self.url) as archive, archive.query(statement) as (_, found):
            return [tuple(row) for row in found]


def kill_all(pid):
    """Kill a process and all that it started, without warning."""
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    )
    for child in listed.stdout.split():
        kill_all(int(child))
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def steps_of(scenario):
    """Return when each step of a scenario is."""
    replica = Replica(scenario=scenario, moment=BEGAN)
    found = []
    while (happened := replica.step()) is not None:
        found.append(datetime.fromisoformat(str(happened.at)).astimezone(UTC))
    return found


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    folder = tmp_path_factory.mktemp("machine")
    with Replica(scenario="month", moment=BEGAN) as replica:
        machine = Machine(folder, replica, steps_of("month"))
        warc = None
        while machine.now < BEGAN + DAYS * DAY:
            if warc is None and machine.befalls("damaged"):
                warc = min((folder / "data").rglob("*.warc.gz"))
                machine.damaged = warc.relative_to(folder / "data")
                shutil.copy(warc, folder / "whole")
                turned = bytearray(warc.read_bytes())
                turned[len(turned) // 2] ^= 1
                warc.write_bytes(turned)
            if warc is not None and not machine.befalls("damaged") and (folder / "whole").exists():
                shutil.move(folder / "whole", warc)
            is_killed = (machine.now - BEGAN) % DAY == 18 * HOUR
            machine.run("schedule", "--once", is_killed=is_killed)
            machine.pass_time()
        machine.run("crawl", "-a", "pages=all", "-a", "full=1", "-s", "DOWNLOAD_DELAY=0")
        yield machine


def polls(machine, feed):
    """Return when a feed was asked, and whether its answer could be good then."""
    asked = machine.rows(
        "SELECT p.polled_at FROM feed_polls p JOIN feeds f ON f.id = p.feed_id"
        f" WHERE f.slug = '{feed}' ORDER BY p.polled_at"
    )
    for (text,) in asked:
        at = datetime.fromisoformat(text).replace(tzinfo=UTC)
        yield at, not any(span.has(at) and span.feed in {None, feed} for span in SPANS)


def test_it_was_killed_every_day(machine):
    assert len(machine.killed) == DAYS
    outcomes = dict(machine.rows("SELECT outcome, count(*) FROM crawl_runs GROUP BY outcome"))
    assert outcomes.get("running", 0) == 0  # what was killed is known to be dead


def test_the_archive_is_complete(machine):
    truth = machine.replica.expected_pages(is_every_page_read=True)
    held = {}
    for number, title, text in machine.rows(
        "SELECT a.external_id, r.title, r.text FROM revisions r JOIN articles a"
        " ON a.id = r.article_id WHERE r.origin = 'page' ORDER BY a.external_id, r.number"
    ):
        held.setdefault(number, []).append((title, text))
    looks = machine.rows(
        "SELECT a.external_id, l.outcome FROM looks l JOIN articles a ON a.id = l.article_id"
        " ORDER BY l.captured_at"
    )
    seen = {number for number, outcome in dict(looks).items() if outcome in SEEN}
    articles = {number for (number,) in machine.rows("SELECT external_id FROM articles")}
    assert articles == set(truth)
    assert len(seen) > len(truth) / 2
    for number, article in truth.items():
        said = [(page.title, page.text) for page in article.revisions]
        found = held.get(number, [])
        assert set(found) <= set(said), number
        if number in seen:
            assert found[-1] == said[-1], number


def test_no_withdrawal_is_false(machine):
    truth = machine.replica.expected_pages(is_every_page_read=True)
    withdrawn = machine.rows("SELECT external_id FROM articles WHERE withdrawn_at IS NOT NULL")
    assert all(truth[number].gone_at is not None for (number,) in withdrawn)


@pytest.mark.parametrize("feed", [FEED, "nosnieuwsbinnenland"])
def test_every_blind_period_is_in_the_ledger_and_no_other(machine, feed):
    asked = list(polls(machine, feed))
    good = [at for at, is_good in asked if is_good]
    blind = [
        (before, after)
        for before, after in pairwise(good)
        if after - before > 1.5 * FLOOR
        or any(before < at < after for at, is_good in asked if not is_good)
    ]
    told = [
        tuple(datetime.fromisoformat(text).replace(tzinfo=UTC) for text in row)
        for row in machine.rows(
            "SELECT o.began_at, o.ended_at FROM outages o JOIN feeds f ON f.id = o.feed_id"
            f" WHERE f.slug = '{feed}' AND o.ended_at IS NOT NULL ORDER BY o.began_at, o.id"
        )
    ]
    assert blind
    assert join_outages(told, good) == blind


def test_each_alarm_was_raised_once_for_what_befell(machine):
    """What a kill came before is overdue at once, or when the next one starts: that is chance."""

    def follows_kill(raised_at):
        at = datetime.fromisoformat(raised_at).replace(tzinfo=UTC)
        return any(timedelta(0) <= at - killed < TICK + HOUR for killed in machine.killed)

    told = machine.rows("SELECT kind, subject, raised_at, cleared_at FROM alarms ORDER BY id")
    slugs = [feed.slug for feed in get_source("nos").feeds if feed.enabled]
    expected = [("damage", "verify")]
    for span in SPANS:
        expected += {
            "offline": [("source unreachable", "nos")],
            "html": [("html for feed", f"nos/{FEED}")],
            "500": [("feed failing", f"nos/{slug}") for slug in slugs],
            "suspended": [],
        }[span.what]
    counted = [
        (kind, subject)
        for kind, subject, raised_at, _ in told
        if kind != "feed quiet" and not (kind == "crawl overdue" and follows_kill(raised_at))
    ]
    assert sorted(counted) == sorted(expected)
    assert all(cleared is not None for kind, *_, cleared in told if kind != "feed quiet")


def test_a_feed_that_is_called_quiet_was(machine):
    """The replica publishes little: in a month many a feed has a week without anything new.

    What is new in the very crawl that follows does not count.
    """
    quiet = machine.rows(
        "SELECT substr(subject, 5), raised_at FROM alarms WHERE kind = 'feed quiet'"
    )
    for slug, raised_at in quiet:
        [(news,)] = machine.rows(
            "SELECT count(*) FROM entries e JOIN feeds f ON f.id = e.feed_id"
            f" WHERE f.slug = '{slug}' AND e.first_seen_at < datetime('{raised_at}', '-1 minute')"
            f" AND e.first_seen_at > datetime('{raised_at}', '-1 day')"
        )
        assert news == 0, (slug, raised_at)


def test_the_backup_is_whole_once_what_was_damaged_is_copied_anew(machine):
    """The damage may be in the backup too: what came to the file that day was copied on it."""
    (machine.folder / "backup" / machine.damaged).unlink()
    machine.run("backup", str(machine.folder / "backup"))
    assert machine.endings[-1] == 0
    machine.run("backup", "--verify", str(machine.folder / "backup"))
    assert machine.endings[-1] == 0


def test_it_verifies_clean(machine):
    machine.run("verify")
    assert machine.endings[-1] == 0
