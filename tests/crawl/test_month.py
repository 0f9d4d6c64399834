"""A month at the replica: pages that are edited, withdrawn and return, walls, outages, a liveblog.

One crawl a step, each at the step's own time. What the archive then holds is compared with the
scenario's own account of it, which knows nothing of the crawler's code.
"""

from datetime import UTC, datetime, timedelta

import pytest

from newsarchive.replica import Replica

from .conftest import FAST, Crawler
from .test_rebuild import database, lose_database, whole

PAGES = (
    "SELECT a.external_id, r.title, r.text FROM revisions r"
    " JOIN articles a ON a.id = r.article_id WHERE r.origin = 'page'"
    " ORDER BY a.external_id, r.number"
)
UPDATES = (
    "SELECT a.external_id, r.number, u.update_id, u.title, u.text FROM liveblog_updates u"
    " JOIN revisions r ON r.id = u.revision_id JOIN articles a ON a.id = r.article_id"
    " ORDER BY a.external_id, r.number, u.position"
)
# The failures that the month has in it make its crawls failed ones.
ENDINGS = {0, 7}
LATE = timedelta(minutes=10)


def moment(text):
    return text and datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture(scope="module")
def month(tmp_path_factory):
    folder = tmp_path_factory.mktemp("month")
    with Replica(scenario="month") as replica:
        crawler = Crawler(f"sqlite:///{folder}/month.db", folder / "data", replica.base)
        at = replica.state()["at"]
        while at is not None:
            done = crawler.run("crawl", *FAST, NEWSARCHIVE_CLOCK=at)
            assert done.returncode in ENDINGS, done.stderr
            happened = replica.step()
            at = happened and happened.at
        yield replica.expected_pages(), crawler


def test_every_page_has_exactly_the_revisions_that_it_had(month):
    truth, crawler = month
    held = {}
    for number, title, text in crawler.rows(PAGES):
        held.setdefault(number, []).append((title, text))
    expected = {
        number: [(page.title, page.text) for page in article.revisions]
        for number, article in truth.items()
        if article.revisions
    }
    assert held == expected


def test_what_was_withdrawn_is_and_nothing_else(month):
    truth, crawler = month
    held = dict(crawler.rows("SELECT external_id, withdrawn_at FROM articles ORDER BY 1"))
    assert held.keys() == truth.keys()
    assert sum(article.withdrawn_at is not None for article in truth.values()) >= 3
    for number, article in truth.items():
        withdrawn_at = moment(held[number])
        assert (withdrawn_at is None) is (article.withdrawn_at is None), number
        if withdrawn_at is not None:
            assert timedelta() <= withdrawn_at - article.withdrawn_at < LATE, number


def test_the_liveblog_grew_update_by_update(month):
    truth, crawler = month
    held = {}
    for number, revision, *update in crawler.rows(UPDATES):
        held.setdefault((number, revision), []).append(tuple(update))
    expected = {
        (number, revision): list(page.updates)
        for number, article in truth.items()
        for revision, page in enumerate(article.revisions, start=1)
        if page.updates
    }
    assert expected
    assert held == expected


def test_silent_edits_are_told_from_announced_ones(month):
    _, crawler = month
    told = dict(
        crawler.rows("SELECT is_silent, count(*) FROM changes WHERE origin = 'page' GROUP BY 1")
    )
    assert told[0] >= 1
    assert told[1] >= 1


def test_the_month_verifies_clean_and_comes_back_from_its_files(month):
    _, crawler = month
    verified = crawler.run("verify")
    assert verified.returncode == 0, verified.stdout
    before, first = whole(database(crawler)), crawler.data_dir / "before.jsonl"
    crawler.run("export", "jsonl", str(first))
    lose_database(crawler)
    assert crawler.run("rebuild").returncode == 0
    assert whole(database(crawler)) == before
    second = crawler.data_dir / "after.jsonl"
    crawler.run("export", "jsonl", str(second))
    assert first.read_bytes() == second.read_bytes()
