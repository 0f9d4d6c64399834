"""What a crawl run writes with: what is on the disk before what, and when articles are compared."""

import asyncio
import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsarchive import recording as module
from newsarchive.comparison.digest import content_digest
from newsarchive.config import Config
from newsarchive.exceptions import StorageError
from newsarchive.items import Document, Poll
from newsarchive.model import (
    Identity,
    Kind,
    Observation,
    Origin,
    Outcome,
    Validators,
    Withholding,
    WithholdingAction,
)
from newsarchive.recording import COMPARED_AT_ONCE, Recording
from newsarchive.replica import documents
from newsarchive.replica.documents import Desk
from newsarchive.sources import get_source
from newsarchive.storage import Archive, NewRun, Owner
from newsarchive.warc import Exchange

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)
NOS = get_source("nos")
FEED = NOS.feeds[0]
STORY = "\n".join(documents.body(Desk(("binnenland",)), -40))


@pytest.fixture
def config(new_sqlite):
    url = new_sqlite()
    return Config(Path(url.removeprefix("sqlite:///")).parent, url, clock=lambda: NOON)


def run(config, work, outcome=Outcome.FINISHED):
    """Do `work` with what a crawl run writes with, and end it."""

    async def running():
        begun = NewRun("nos", "nos", {}, "0", NOON, "nos", Owner("here", "1:1"))
        recording = Recording.begin(config, begun, NOS, lambda _: False)
        try:
            await work(recording)
        finally:
            await recording.finish(outcome, {})

    asyncio.run(running())


def rows(config, statement):
    path = config.database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement).fetchall()


async def fetch(recording, numbers, html=STORY, *, is_poll=True):
    """Return what a feed, or a page, says of these articles, its bytes recorded."""
    exchange = Exchange("https://nos.nl/x", [], 200, [], b"<rss/>", NOON)
    capture = await recording.record_exchange(exchange, None)
    said = [
        Observation(
            Origin.FEED if is_poll else Origin.PAGE,
            NOON,
            f"Bericht {chr(number % 100 + 97)}",
            html,
            guid=f"https://nos.nl/l/{number}",
            feed=FEED.slug if is_poll else None,
            text=html,
            content_digest=content_digest(str(number), html),
            capture=capture,
            identity=Identity("nos", str(number), Kind.ARTICLE, f"https://nos.nl/l/{number}"),
        )
        for number in numbers
    ]
    [state] = await recording.find_feed_states([FEED])
    poll = Poll(state, NOON, 200, Validators('"v"')) if is_poll else None
    return Document("nos", said, captures=[capture], poll=poll)


def test_near_duplicates_are_found_while_the_crawl_reads(config):
    async def crawl(recording):
        new = range(2280100, 2280100 + COMPARED_AT_ONCE - 2)
        await recording.store(await fetch(recording, new, "<p>Kort.</p>"))
        await recording.store(await fetch(recording, [2280201, 2280202]))
        await recording.store(await fetch(recording, [2280203], "<p>Kort.</p>"))

    run(config, crawl, Outcome.INTERRUPTED)
    assert len(rows(config, "SELECT * FROM near_duplicates")) == 1
    assert len(rows(config, "SELECT * FROM comparisons_due")) == 1, "for the next run to do"


@pytest.mark.parametrize("outcome", [Outcome.FINISHED, Outcome.FAILED])
def test_a_run_that_ends_by_itself_leaves_nothing_to_compare(config, outcome):
    async def crawl(recording):
        await recording.store(await fetch(recording, [2280201, 2280202]))

    run(config, crawl, outcome)
    assert len(rows(config, "SELECT * FROM near_duplicates")) == 1
    assert rows(config, "SELECT * FROM comparisons_due") == []


@pytest.fixture
def held_at_each_sync(config, tmp_path, monkeypatch):
    """Return how many rows of a table there were each time that a WARC file reached the disk."""
    found, sync = tmp_path / "synced", os.fsync

    def note(number):
        if Path(f"/proc/self/fd/{number}").readlink().suffix == ".gz":
            tables = ("articles", "withholdings")
            held = [rows(config, f"SELECT count(*) FROM {table}")[0][0] for table in tables]
            with found.open("a", encoding="ascii") as file:
                file.write(f"{held[0]} {held[1]}\n")
        sync(number)

    monkeypatch.setattr(os, "fsync", note)  # the process that writes is forked from this one
    return lambda: [tuple(map(int, line.split())) for line in found.read_text("ascii").splitlines()]


@pytest.mark.parametrize(
    ("is_poll", "expected"),
    [
        pytest.param(True, [(0, 0), (1, 0)], id="a feed, whose 304 would hide the loss"),
        pytest.param(False, [(1, 0)], id="a page, which would be due again"),
    ],
)
def test_the_bytes_of_a_feed_are_on_the_disk_before_its_rows(
    config, held_at_each_sync, is_poll, expected
):
    async def crawl(recording):
        await recording.store(await fetch(recording, [2280201], is_poll=is_poll))

    run(config, crawl)
    assert held_at_each_sync() == expected


def test_a_decision_is_on_the_disk_before_the_database_knows_it(config, held_at_each_sync):
    decision = Withholding(
        "nos", "2280201", WithholdingAction.WITHHOLD, "Op verzoek", NOON, "redactie"
    )

    async def decide(recording):
        await recording.store(await fetch(recording, [2280201], is_poll=False))
        await recording.withhold(decision, "https://nos.nl/l/2280201")

    run(config, decide)
    assert held_at_each_sync() == [(1, 0), (1, 1)]


def test_a_run_for_which_no_process_can_be_started_has_failed_and_holds_no_lease(
    config, monkeypatch
):
    def refuse():
        raise BlockingIOError(11, "Resource temporarily unavailable")

    begun = NewRun("nos", "nos", {}, "0", NOON, "nos", Owner("here", "1:1"))
    monkeypatch.setattr(os, "fork", refuse)
    with pytest.raises(StorageError, match=r"Resource temporarily unavailable \(is memory short"):
        Recording.begin(config, begun, NOS, lambda _: False)

    with Archive.read(config.database_url) as archive:
        assert [run["outcome"] for run in archive.find_runs()] == ["failed"]
        assert not archive.find_leases()


def test_a_document_is_stored_though_near_duplicates_cannot_be_looked_for(
    config, monkeypatch, caplog
):
    def compare_due(_archive):
        raise StorageError("the database is locked")

    async def crawl(recording):
        await recording.store(await fetch(recording, [2280201]))

    monkeypatch.setattr(module, "COMPARED_AT_ONCE", 0)  # after each document
    monkeypatch.setattr(Archive, "compare_due", compare_due)
    run(config, crawl)

    assert caplog.text.count("Nobody could look for near-duplicates: the database is locked") == 2
    assert rows(config, "SELECT count(*) FROM articles") == [(1,)]
    assert rows(config, "SELECT outcome FROM crawl_runs") == [("finished",)]
