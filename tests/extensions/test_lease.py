"""The heartbeat, beside an archive that somebody else holds for a while."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from scrapy.utils.test import get_crawler

from newsarchive.config import Config
from newsarchive.extensions import lease
from newsarchive.model import Outcome
from newsarchive.processes import is_alive, this_process
from newsarchive.recording import Recording, attach
from newsarchive.sources import get_source
from newsarchive.storage import NewRun, engine

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)
IMPATIENT_S = 0.02


@pytest.fixture
def path(new_sqlite, monkeypatch):
    monkeypatch.setattr(lease, "HEARTBEAT_S", IMPATIENT_S)
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_S", IMPATIENT_S)
    return Path(new_sqlite().removeprefix("sqlite:///"))


@pytest.fixture
def recording(path):
    minutes = count()
    config = Config(
        database_url=f"sqlite:///{path}",
        data_dir=path.parent,
        clock=lambda: NOON + timedelta(minutes=next(minutes)),
    )
    run = NewRun("nos", "nos", {}, "0", NOON, "nos", this_process())
    return Recording.begin(config, run, get_source("nos"), is_alive)


async def until(is_so):
    async with asyncio.timeout(20):
        while True:
            if is_so():
                return
            await asyncio.sleep(IMPATIENT_S)


def test_a_sign_of_life_that_could_not_be_given_is_not_the_last(path, recording, caplog):
    async def beat():
        crawler = get_crawler()
        attach(crawler, recording)
        heartbeat = lease.Heartbeat(crawler)
        heartbeat.start()
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            await until(lambda: "No sign of life could be given" in caplog.text)
            other.execute("COMMIT")
            signs = other.execute("SELECT heartbeat_at FROM leases").fetchall()
            await until(lambda: other.execute("SELECT heartbeat_at FROM leases").fetchall() > signs)
        await heartbeat.stop()
        await recording.finish(Outcome.FINISHED, {})

    asyncio.run(beat())
    assert "database is locked" in caplog.text
