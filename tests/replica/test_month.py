"""The truth of the scripted month: what an archive must hold of its pages."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from functools import cache
from itertools import pairwise

import pytest

from newsarchive.model import Kind
from newsarchive.replica import Replica
from newsarchive.replica.documents import external_id
from newsarchive.replica.looks import expected_pages
from newsarchive.replica.scenario import expected_revisions, open_newsroom, play
from newsarchive.replica.script import get_scenario

REVISIONS = {
    -12: 2,
    -10: 2,
    -5: 3,
    -4: 2,
    -3: 3,
    -2: 3,
    -1: 4,
    5: 6,
    9: 2,
    14: 2,
    15: 2,
    17: 2,
    20: 2,
    23: 2,
}
GONE = {-8, -7, -6, 18, 19}


@cache
def states(seed=1):
    month = get_scenario("month")
    opening = open_newsroom(month.articles, seed=seed, interval=month.interval)
    return list(play(opening, month.steps))


@pytest.fixture(scope="module")
def month():
    return states()


@pytest.fixture(scope="module")
def truth(month):
    by_id = expected_pages(month)
    desk = month[-1].desk
    return {number: by_id[external_id(desk, number)] for number in month[-1].drafts}


def test_the_ground(month, truth):
    assert len(month) == 61
    assert sorted(truth) == list(range(-12, 28))
    assert month[-1].at - month[0].at > timedelta(days=30)
    assert Counter(page.kind for page in truth.values()) == {
        Kind.ARTICLE: 37,
        Kind.VIDEO: 2,
        Kind.LIVEBLOG: 1,
    }


def test_how_many_revisions_each_page_has(truth):
    found = {number: len(page.revisions) for number, page in truth.items()}
    assert found == dict.fromkeys(range(-12, 28), 1) | REVISIONS
    for page in truth.values():
        assert all(a != b for a, b in pairwise(page.revisions))


def test_what_is_withdrawn_in_the_end(truth):
    assert {number for number, page in truth.items() if page.withdrawn_at} == GONE
    assert {number for number, page in truth.items() if page.gone_at} == GONE
    assert all(truth[number].gone_at <= truth[number].withdrawn_at for number in GONE)


@pytest.mark.parametrize(
    ("number", "differs"),
    [
        pytest.param(-3, ["title", "title"], id="title only, and back"),
        pytest.param(-5, ["blocks", "blocks"], id="edit undone"),
        pytest.param(-2, ["blocks", "blocks"], id="silent edits"),
        pytest.param(-4, ["title blocks"], id="title and body"),
        pytest.param(17, ["blocks"], id="a video described"),
        pytest.param(20, ["title"], id="headline in feed and page"),
        pytest.param(15, ["blocks"], id="a figure corrected"),
    ],
)
def test_what_differs_between_revisions(truth, number, differs):
    found = [
        " ".join(name for name in ("title", "blocks") if getattr(a, name) != getattr(b, name))
        for a, b in pairwise(truth[number].revisions)
    ]
    assert found == differs


def test_what_comes_back_is_the_first_again(truth):
    for number in (-3, -5):
        first, other, last = truth[number].revisions
        assert first == last != other


def test_the_liveblog_grows_and_is_corrected(truth):
    revisions = truth[5].revisions
    assert [len(text.updates) for text in revisions] == [2, 3, 4, 5, 5, 5]
    for before, after in pairwise(revisions[:4]):
        assert after.updates[1:] == before.updates
    for before, after in pairwise(revisions[3:]):
        changed = [a for a, b in zip(before.updates, after.updates, strict=True) if a != b]
        assert len(changed) == 1


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(
    "crawler",
    [
        pytest.param({"retry_after": timedelta(minutes=1)}, id="tries again at once"),
        pytest.param({"retry_after": None}, id="waits for its next turn"),
        pytest.param({"retry_after": timedelta(days=1)}, id="tries again a day later"),
    ],
)
def test_the_truth_does_not_hang_on_when_a_failed_look_is_tried_again(seed, crawler):
    history = states(seed)
    assert expected_pages(history) == expected_pages(history, **crawler)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_looking_only_when_due_misses_no_state_of_a_page(seed):
    history = states(seed)
    due, every = expected_pages(history), expected_pages(history, is_every_page_read=True)
    for number, page in due.items():
        assert page.revisions == every[number].revisions
        assert bool(page.withdrawn_at) is bool(every[number].withdrawn_at)
        assert page.gone_at == every[number].gone_at


def test_no_look_hangs_on_minutes(month):
    """A crawl takes a while, and what it saw is a little later than its step."""
    late = [state if n % 2 else _later(state) for n, state in enumerate(month)]
    found, expected = expected_pages(late), expected_pages(month)
    for number, page in expected.items():
        assert found[number].revisions == page.revisions
        if page.withdrawn_at:
            assert abs(found[number].withdrawn_at - page.withdrawn_at) < timedelta(hours=1)


def _later(state):
    return replace(state, at=state.at + timedelta(minutes=20))


def test_feeds_tell_of_every_article_of_the_month(month, truth):
    revisions = expected_revisions(month)
    assert len(revisions) == 40
    desk = month[-1].desk
    edited = {number for number in truth if len(revisions[external_id(desk, number)]) > 1}
    assert edited == {14, 15, 20}


def test_steps_carry_their_time():
    with Replica(scenario="month") as replica:
        assert replica.state()["at"] == "2026-10-01T12:00:00+02:00"
        first, second = replica.step(), replica.step()
        assert (first.name, first.at) == ("announced edit", "2026-10-01T14:00:00+02:00")
        assert second.at == replica.state()["at"] == "2026-10-01T21:00:00+02:00"
        assert len(first.pages) == 1
        assert replica.expected_pages().keys() == replica.expected_revisions().keys()
