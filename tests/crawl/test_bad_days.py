"""Bad days: each misbehaviour of the replica, what the archive then holds, and how it recovers.

Each feed misbehaves in a way of its own, all of them in one crawl: so each is shown to be the
worse for its own misbehaviour only.
"""

import json
import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from click.testing import CliRunner

from newsarchive.cli import commands
from newsarchive.feeds.entries import MAX_ENTRIES
from newsarchive.feeds.polling import UNCONDITIONAL_EVERY
from newsarchive.replica import Replica
from newsarchive.replica.misbehaviour import HUGE, MISBEHAVIOURS
from newsarchive.storage import Archive

from .conftest import Crawler

BOUNDS = ("-s", "DOWNLOAD_TIMEOUT=6", "-s", "DOWNLOAD_MAXSIZE=999999")
FULL = ("-a", "full=1")  # else the first poll that fails might be one that asks nothing
A_YEAR_LATER = "2027"
GOOD = "nosvoetbal"
WITHOUT_NEWS = {"nosnieuwscultuurenmedia", "nossportwielrennen", "nossporttennis"}
"""Feeds of which the scenario changes nothing that a reader sees."""


@dataclass(frozen=True)
class Failing:
    """A misbehaviour that makes its feed count as failing, and what `status` says of it."""

    name: str
    feed: str
    error: str
    wait_m: int = 15  # until the feed is due again
    is_quarantined: bool = False


FAILING = {
    "the server breaks down": Failing("500", "nosnieuwsbinnenland", "HTTP 500"),
    "it asks to come back in an hour": Failing("429", "nosnieuwsbuitenland", "HTTP 429", 60),
    "it asks to come back at a time": Failing("429-until", "nosnieuwspolitiek", "HTTP 429", 60),
    "its answer trickles": Failing("slow", "nosnieuwseconomie", "longer than 6"),
    "its answer never ends": Failing(
        "endless", "nosnieuwskoningshuis", "request download was cancelled"
    ),
    "its connection breaks off": Failing("truncated", "nosnieuwstech", "DataLoss"),
    "it announces half a feed as all": Failing(
        "half", "nossportwielrennen", "a truncated feed", is_quarantined=True
    ),
    "it serves HTML for XML": Failing(
        "html", "nossportschaatsen", "an HTML page titled 'Even geduld'", is_quarantined=True
    ),
    "it expands a billion laughs": Failing(
        "entity-bomb", "nossporttennis", "no parser should expand", is_quarantined=True
    ),
    "it compresses nothing by a thousand": Failing(
        "gzip-bomb", "nossportformule1", "during decompression"
    ),
    "it says 304 to one who knows nothing": Failing(
        "unasked-304", "nosnieuwscultuurenmedia", "HTTP 304"
    ),
}
ODD = {
    "it calls Windows-1252 UTF-8": ("wrong-charset", "nosnieuwsbinnenland"),
    "it changes its guids": ("changed-guids", "nosnieuwsbuitenland"),
    "its entries have neither guid nor date": ("bare-entries", "nosnieuwspolitiek"),
    "its entries are of next year": ("future-dates", "nosnieuwseconomie"),
    "it lists every entry twice": ("duplicates", "nosnieuwskoningshuis"),
    "it has NUL in titles and texts": ("nul-bytes", "nossportformule1"),
}
ELSEWHERE = {"lying-304", "frozen-etag", "wandering-entry", "contradictions", "huge"}


def cases(table):
    return [pytest.param(case, id=sentence) for sentence, case in table.items()]


@dataclass(frozen=True)
class Look:
    """An archive as it stands after a crawl, for those who read `status` or ask in SQL."""

    code: int
    talk: str
    told: dict[str, Any]
    table: str
    entries: dict[str, list[tuple]]  # by feed: what each entry says
    texts: dict[str, dict[str, list[tuple[str, str]]]]  # by feed and article: every revision
    published: dict[str, str] = field(default_factory=dict)

    def feed(self, slug):
        return next(feed for feed in self.told["feeds"] if feed["slug"] == slug)

    def line(self, slug):
        """Return the line of a feed in the table of `status`, its columns apart."""
        [line] = [line for line in self.table.splitlines() if f" {slug} " in line]
        return [cell.strip() for cell in line.split("  ") if cell]


class Day:
    """An archive beside a replica."""

    def __init__(self, replica: Replica, url: str, folder) -> None:
        self.replica = replica
        self.crawler = Crawler(url, folder, replica.base)

    def crawl(self, *arguments, **environment):
        done = self.crawler.crawl("", "-a", "pages=none", *arguments, **environment)
        assert "Traceback" not in done.stderr
        return Look(
            done.returncode,
            done.stderr,
            json.loads(self.status("--json")),
            self.status(),
            self._by_feed("SELECT f.slug, e.guid, e.link, e.content_digest FROM {} ORDER BY 1, 2"),
            self._texts(),
            dict(self.crawler.rows("SELECT external_id, published_at FROM articles")),
        )

    def crawl_later(self):
        """Crawl when every Retry-After has passed."""
        later = datetime.now(UTC) + timedelta(hours=2)
        return self.crawl(NEWSARCHIVE_CLOCK=later.isoformat())

    def step_to_the_end(self):
        while self.replica.step():
            pass

    def status(self, *options):
        shown = CliRunner().invoke(commands, ["status", *options], env=self.crawler.environment)
        assert shown.exit_code == 0, shown.output
        return shown.stdout

    def _by_feed(self, statement):
        found: dict[str, list[tuple]] = {}
        joined = "entries e JOIN feeds f ON f.id = e.feed_id"
        for slug, *row in self.crawler.rows(statement.format(joined)):
            found.setdefault(slug, []).append(tuple(row))
        return found

    def _texts(self):
        found: dict[str, dict[str, list[tuple[str, str]]]] = {}
        rows = self._by_feed(
            "SELECT DISTINCT f.slug, a.external_id, r.title, r.text, r.id FROM {} JOIN articles a "
            "ON a.id = e.article_id JOIN revisions r ON r.article_id = a.id ORDER BY r.id"
        )
        for slug, revisions in rows.items():
            for number, title, text, _ in revisions:
                found.setdefault(slug, {}).setdefault(number, []).append((title, text))
        return found

    def states(self):
        """Return every state of each article, as the archive would hold it."""
        return {
            number: [(state.title, "\n\n".join(state.paragraphs)) for state in states]
            for number, states in self.replica.expected_revisions().items()
        }


def is_true(texts, states):
    """Return whether the revisions of each article are states of it, in their order."""
    return all(is_within(held, states[number]) for number, held in texts.items())


def is_within(some, all_of_them):
    remaining = iter(all_of_them)
    return all(one in remaining for one in some)


def is_fresh(texts, states):
    """Return whether each article is held as it stands now."""
    return all(held[-1] == states[number][-1] for number, held in texts.items())


@pytest.fixture(scope="module")
def new_day(sqlite_template, tmp_path_factory):
    def make(replica):
        folder = tmp_path_factory.mktemp("day")
        shutil.copy(sqlite_template, folder / "newsarchive.db")
        return Day(replica, f"sqlite:///{folder}/newsarchive.db", folder)

    return make


@dataclass(frozen=True)
class Days:
    """What three crawls left behind: before, on the bad day, and when it was over."""

    states: dict[str, list[tuple[str, str]]]
    before: Look
    bad: Look
    after: Look


@pytest.fixture(scope="module")
def failing(new_day):
    """Let every feed fail in its own way, but one."""
    with Replica(130, feeds=13) as replica:
        day = new_day(replica)
        before = day.crawl()
        day.step_to_the_end()
        for case in FAILING.values():
            replica.misbehaviour.begin(case.name, case.feed)
        bad = day.crawl(*BOUNDS, *FULL)
        replica.misbehaviour.end()
        return Days(day.states(), before, bad, day.crawl_later())


@pytest.fixture(scope="module")
def odd(new_day):
    """Let feeds be odd from the beginning, and while there is news."""
    with Replica(130, feeds=13) as replica:
        day = new_day(replica)
        for name, slug in ODD.values():
            replica.misbehaviour.begin(name, slug)
        before = day.crawl()
        day.step_to_the_end()
        bad = day.crawl()
        replica.misbehaviour.end()
        return Days(day.states(), before, bad, day.crawl())


@pytest.mark.parametrize("case", cases(FAILING))
def test_a_feed_that_fails_keeps_what_the_archive_has_of_it(failing, case):
    assert failing.bad.entries[case.feed] == failing.before.entries[case.feed]
    assert failing.bad.texts[case.feed] == failing.before.texts[case.feed]


@pytest.mark.parametrize("case", cases(FAILING))
def test_status_tells_that_a_feed_fails_why_and_until_when(failing, case):
    feed = failing.bad.feed(case.feed)
    last_polled_at = datetime.fromisoformat(feed["last_polled_at"])
    wait = datetime.fromisoformat(feed["next_poll_at"]) - last_polled_at

    assert (feed["health"], feed["consecutive_failures"]) == ("failing", 1)
    assert case.error in feed["last_error"]
    assert abs(wait - timedelta(minutes=case.wait_m)) < timedelta(seconds=20)
    assert feed["last_success_at"] == failing.before.feed(case.feed)["last_success_at"]
    cells = failing.bad.line(case.feed)
    assert cells[1:3] == [case.feed, "failing"]
    assert case.error in cells[-1]


@pytest.mark.parametrize("case", cases(FAILING))
def test_a_feed_that_behaves_again_is_made_good(failing, case):
    feed = failing.after.feed(case.feed)

    assert (feed["health"], feed["consecutive_failures"], feed["last_error"]) == ("well", 0, None)
    assert failing.after.line(case.feed)[2] == "well"
    texts = failing.after.texts[case.feed]
    assert is_true(texts, failing.states)
    assert is_fresh(texts, failing.states)
    assert (texts == failing.bad.texts[case.feed]) is (case.feed in WITHOUT_NEWS)


def test_a_feed_beside_those_that_fail_is_the_newest(failing):
    assert failing.bad.feed(GOOD)["health"] == "well"
    assert failing.bad.texts[GOOD] != failing.before.texts[GOOD]
    assert is_fresh(failing.bad.texts[GOOD], failing.states)


def test_a_crawl_counts_what_failed_and_says_so_when_it_ends(failing):
    run = failing.bad.told["runs"][0]
    quarantined = sum(case.is_quarantined for case in FAILING.values())

    assert [look.code for look in (failing.before, failing.bad, failing.after)] == [0, 7, 0]
    assert (run["outcome"], run["counters"]["documents_failed"]) == ("failed", len(FAILING))
    assert f"{len(FAILING)} documents failed" in failing.bad.talk
    assert failing.bad.told["quarantine"] == {
        "parse": {"total": quarantined, "last_day": quarantined}
    }
    assert failing.after.told["runs"][0]["outcome"] == "finished"


@pytest.mark.parametrize("case", cases(ODD))
def test_an_odd_feed_is_read_as_what_it_means(odd, case):
    _, slug = case
    for look in (odd.before, odd.bad, odd.after):
        assert (look.feed(slug)["health"], look.feed(slug)["last_error"]) == ("well", None)
        assert look.line(slug)[2] == "well"
        assert is_true(look.texts[slug], odd.states)
    assert is_fresh(odd.bad.texts[slug], odd.states)
    assert odd.bad.texts[slug] == odd.after.texts[slug]
    assert odd.bad.texts[slug] != odd.before.texts[slug], "there was news"
    assert all(odd.after.published[number] < A_YEAR_LATER for number in odd.after.texts[slug])


def test_odd_feeds_are_no_failure(odd):
    for look in (odd.before, odd.bad, odd.after):
        assert look.code == 0
        assert look.told["counts"]["quarantine"] == 0
    assert [run["outcome"] for run in odd.after.told["runs"]] == ["finished"] * 3


def test_a_lie_lasts_until_the_next_unconditional_poll(new_day):
    slugs = {"lying-304": "nosnieuwsbinnenland", "frozen-etag": "nosnieuwsbuitenland"}
    with Replica(24, feeds=2) as replica:
        day = new_day(replica)
        for name, slug in slugs.items():
            replica.misbehaviour.begin(name, slug)
        before = day.crawl()
        day.step_to_the_end()
        bad = day.crawl()
        assert (bad.entries, bad.texts) == (before.entries, before.texts)
        assert [bad.feed(slug)["health"] for slug in slugs.values()] == ["well", "well"]

        with Archive.open(day.crawler.url) as archive, archive._transaction() as connection:
            connection.exec_driver_sql(f"UPDATE feeds SET conditional_polls={UNCONDITIONAL_EVERY}")
        found_out = day.crawl()
        for slug in slugs.values():
            assert found_out.texts[slug] != bad.texts[slug]
            assert is_fresh(found_out.texts[slug], day.states())
        replica.misbehaviour.end()
        assert day.crawl().texts == found_out.texts


def test_an_entry_that_wanders_is_one_article_in_both_categories(new_day):
    statement = "SELECT count(*) FROM current_articles WHERE categories LIKE '%,%'"
    with Replica(24, feeds=2) as replica:
        day = new_day(replica)
        replica.misbehaviour.begin("wandering-entry", "nosnieuwsbinnenland")
        assert day.crawl().code == 0
        assert day.crawler.rows(statement) == [(0,)]
        bad = day.crawl()
        assert day.crawler.rows(statement) == [(1,)]
        assert bad.code == 0
        assert bad.told["counts"]["articles"] == bad.told["counts"]["revisions"] == 24
        replica.misbehaviour.end()
        assert day.crawl().texts == bad.texts


def test_contradictions_go_to_quarantine_and_make_no_edits(new_day):
    with Replica(24, feeds=2) as replica:
        day = new_day(replica)
        replica.misbehaviour.begin("contradictions", "nosnieuwsbinnenland")
        for _ in range(2):
            bad = day.crawl(*FULL)
            assert bad.code == 7
            assert bad.feed("nosnieuwsbinnenland")["health"] == "well"
            assert bad.told["quarantine"] == {"identify": {"total": 1, "last_day": 1}}
            assert "identify" in bad.table
            assert bad.texts["nosnieuwsbinnenland"].keys() <= day.states().keys()
            assert is_fresh(bad.texts["nosnieuwsbinnenland"], day.states())
        assert day.crawler.rows("SELECT times FROM quarantine") == [(2,)]
        replica.misbehaviour.end()
        after = day.crawl()
        assert (after.code, after.texts) == (0, bad.texts)


def test_of_a_feed_that_is_too_long_the_first_entries_are_read_and_the_rest_is_told(new_day):
    with Replica(24, feeds=1) as replica:
        day = new_day(replica)
        slug = "nosnieuwsbinnenland"
        replica.misbehaviour.begin("huge", slug)
        bad = day.crawl()
        assert bad.code == 7
        assert len(bad.entries[slug]) == MAX_ENTRIES
        assert f"{HUGE - MAX_ENTRIES:,} entries behind" in bad.feed(slug)["last_error"]
        assert bad.line(slug)[2] == "failing"
        # What was not read is not hidden behind a 304.
        assert day.crawler.rows(f"SELECT etag FROM feeds WHERE slug = '{slug}'") == [(None,)]
        replica.misbehaviour.end()
        after = day.crawl()
        assert (after.code, after.line(slug)[2]) == (0, "well")
        assert after.texts == bad.texts


def test_the_lever_of_a_replica_that_runs():
    def pull(query):
        request = Request(f"{replica.base}/replica/misbehave{query}", method="POST")
        with urlopen(request) as answer:
            return json.load(answer)

    with Replica(5, feeds=1) as replica:
        feed = f"{replica.base}/nosnieuwsbinnenland"
        assert pull("?name=500&feed=nosnieuwsbinnenland") == {"nosnieuwsbinnenland": "500"}
        with pytest.raises(HTTPError, match="500"):
            urlopen(feed)
        assert pull("") == {}
        with urlopen(feed) as answer:
            assert answer.status == 200
        with pytest.raises(HTTPError, match="400"):
            pull("?name=boos")


def test_every_misbehaviour_is_tried():
    failing = {case.name for case in FAILING.values()}

    assert {*failing, *(name for name, _ in ODD.values()), *ELSEWHERE} == set(MISBEHAVIOURS)
