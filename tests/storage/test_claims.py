"""Claims and shared leases: each thing is handed out once, and what the dead held comes back."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from newsarchive.exceptions import LeaseHeldError
from newsarchive.items import Document, Look
from newsarchive.model import Identity, Kind, LookOutcome
from newsarchive.sources import get_source
from newsarchive.storage import Allowance, Archive, NewRun, Owner, Wanted

from .conftest import NOON, Bench

NUMBERS = range(2280100, 2280110)
PLENTY = Allowance(budget=1000, day=NOON, each=2)
LATER = NOON + timedelta(minutes=1)
WANTED = Wanted("nos", now=LATER, since=LATER)


class Worker:
    """One of several processes that share a crawl."""

    def __init__(self, url, process, host="here", now=LATER, source=None):
        self.archive = Archive.open(url)
        self.owner = Owner(host, process)
        source = source or get_source("nos")
        run = NewRun("nos", source.name, {}, "0", now, source.name, self.owner, is_shared=True)
        self.run_id = self.archive.begin_run(run, source, lambda _: True)

    def find(self):
        return [key for key, _ in self.archive.claims.find_free(WANTED, 100)]

    def take(self, keys, allowance=PLENTY, wanted=WANTED):
        return self.archive.claims.take(self.run_id, wanted, keys, allowance)

    def sees_others(self, now=LATER, alive=True):
        return self.archive.claims.is_anyone_at_work(self.run_id, self.owner, now, lambda _: alive)


@pytest.fixture
def url(new_postgres):
    """An archive of ten articles whose pages are due."""
    url = new_postgres()
    bench = Bench(url)
    bench.record(*(bench.say(f"Titel {number}", number=number) for number in NUMBERS))
    bench.archive.finish_run(bench.run_id, "finished", {}, NOON)
    bench.archive.close()
    return url


@pytest.fixture
def workers(url):
    workers = [Worker(url, process) for process in ("1", "2", "3")]
    yield workers
    for worker in workers:
        worker.archive.close()


def test_each_page_is_handed_out_once_however_many_ask(workers):
    keys = workers[0].find()
    assert len(keys) == 10

    with ThreadPoolExecutor(3) as pool:
        taken = list(pool.map(lambda worker: worker.take(keys), workers))

    assert sorted(key for some in taken for key in some) == sorted(keys)
    assert workers[0].find() == []


def test_what_is_stored_is_given_back_in_the_same_transaction(workers):
    first, second, _ = workers
    keys = first.find()
    first.take(keys[:2])
    bench = first.archive
    [state] = bench.find_pages([int(keys[0])])
    look = Look(state.identity, LATER, LookOutcome.FAILED, state.identity.url, error="HTTP 500")
    bench.record_document(Document("nos", looks=[look]), first.run_id)
    assert second.sees_others()
    assert keys[0] not in second.find()  # it was looked at, and is not due again so soon
    assert second.take(keys[:2]) == []


def test_what_the_dead_held_is_due_again(workers):
    first, second, _ = workers
    keys = first.find()
    first.take(keys)
    assert second.find() == []
    assert not second.sees_others(alive=False)
    assert second.find() == keys
    assert not first.archive.renew_lease(first.run_id, LATER)


@pytest.mark.parametrize(
    ("minutes", "left"),
    [
        pytest.param(9, 0, id="silent for nine minutes"),
        pytest.param(11, 10, id="silent for eleven minutes"),
    ],
)
def test_a_worker_elsewhere_is_dead_after_its_time_out(url, minutes, left):
    elsewhere, here = Worker(url, "1", host="elsewhere"), Worker(url, "2")
    elsewhere.take(elsewhere.find())
    now = LATER + timedelta(minutes=minutes)
    assert here.sees_others(now, alive=True) == (left == 0)
    assert len(here.find()) == left
    for worker in (elsewhere, here):
        worker.archive.close()


def test_the_budget_is_that_of_all_workers(workers):
    first, second, third = workers
    keys = first.find()
    scarce = replace(PLENTY, budget=13)
    assert len(first.take(keys, scarce)) == 6
    assert second.take(keys, scarce) is None
    assert third.take([], PLENTY) == []


def test_the_budget_is_not_that_of_another_source(url, workers):
    assert len(workers[0].take(workers[0].find())) == 10
    other = Worker(url, "4", source=replace(get_source("nos"), name="regio", feeds=()))
    article = Identity("regio", "77001", Kind.ARTICLE, "https://regio.example/77001")
    failed = Look(article, NOON, LookOutcome.FAILED, article.url)
    other.archive.record_document(Document("regio", looks=[failed]), other.run_id)
    later = NOON + timedelta(hours=1)
    wanted = Wanted("regio", now=later, since=later)
    keys = [key for key, _ in other.archive.claims.find_free(wanted, 100)]

    assert other.take(keys, replace(PLENTY, budget=3), wanted) == keys
    other.archive.close()


def test_a_site_that_wants_to_be_left_alone_is_left_alone_by_all(workers):
    first, second, _ = workers
    keys = first.find()
    first.take(keys[:1])
    [state] = first.archive.find_pages([int(keys[0])])
    look = Look(
        state.identity,
        LATER,
        LookOutcome.FAILED,
        state.identity.url,
        error="HTTP 503",
        retry_after_at=LATER + timedelta(minutes=5),
    )
    first.archive.record_document(Document("nos", looks=[look]), first.run_id)
    assert second.take(keys[1:]) is None
    past = replace(WANTED, now=LATER + timedelta(minutes=6))
    assert len(second.take(keys[1:], wanted=past)) == 9


def test_a_feed_is_polled_by_one_worker_a_round(workers):
    first, second, _ = workers
    states = first.archive.find_feed_states(get_source("nos").feeds)
    known = {state.id: state.last_polled_at for state in states}
    began_at = second.archive.claims.find_round(second.run_id)
    ask = {"now": LATER, "limit": 100}
    taken, _ = first.archive.claims.take_feeds(first.run_id, known, began_at, **ask)
    assert sorted(taken) == sorted(known)
    assert second.archive.claims.take_feeds(second.run_id, known, began_at, **ask) == ([], [])
    first.archive.finish_run(first.run_id, "finished", {}, LATER)
    stale = {key: NOON - timedelta(days=1) for key in known}
    taken, polled = second.archive.claims.take_feeds(second.run_id, stale, began_at, **ask)
    assert taken == []
    assert sorted(polled) == sorted(known)  # all were polled meanwhile, or never as it believes


def test_who_joins_is_of_the_round_of_those_who_are_at_work(url, workers):
    later = LATER + timedelta(minutes=20)
    for worker in workers:
        worker.archive.renew_lease(worker.run_id, later)
    joined = Worker(url, "4", now=later)
    assert joined.archive.claims.find_round(joined.run_id) == LATER
    much_later = LATER + timedelta(hours=3)
    for worker in (*workers, joined):
        worker.archive.renew_lease(worker.run_id, much_later)
    last = Worker(url, "5", now=much_later)
    assert last.archive.claims.find_round(last.run_id) == much_later - timedelta(hours=1)
    for worker in (joined, last):
        worker.archive.close()


def test_who_shares_a_lease_keeps_out_who_does_not(workers, url):
    run = NewRun("nos", "nos", {}, "0", LATER, "nos", Owner("here", "9"))
    with Archive.open(url) as alone, pytest.raises(LeaseHeldError, match="is at work on 'nos'"):
        alone.begin_run(run, get_source("nos"), lambda _: True)


def test_who_holds_a_lease_alone_keeps_out_who_would_share_it(new_postgres):
    url = new_postgres()
    bench = Bench(url)
    run = NewRun("nos", "nos", {}, "0", LATER, "nos", Owner("here", "9"), is_shared=True)
    with Archive.open(url) as other, pytest.raises(LeaseHeldError, match="is at work on 'nos'"):
        other.begin_run(run, get_source("nos"), lambda _: True)
    bench.archive.close()


def test_workers_may_begin_together_in_an_empty_archive(new_postgres):
    url = new_postgres()
    with ThreadPoolExecutor(4) as pool:
        workers = list(pool.map(lambda process: Worker(url, process), "1234"))
    assert len({worker.run_id for worker in workers}) == 4
    for worker in workers:
        worker.archive.close()
