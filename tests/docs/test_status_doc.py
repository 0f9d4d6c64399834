"""What docs/operations.md says of `status --json`, compared with what it prints."""

import json
import re
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from newsarchive.cli import commands
from newsarchive.feeds.polling import Health
from newsarchive.items import Document, Poll, Quarantined
from newsarchive.model import Stage
from newsarchive.sources import get_source
from newsarchive.storage import Archive, NewRun, Owner

from .conftest import named, read, rows, section

AT = datetime(2026, 10, 1, 12, tzinfo=UTC)


@pytest.fixture
def told(database_url):
    """Return what is told of an archive that has one of everything."""
    with Archive.open(database_url) as archive:
        source = get_source("nos")
        run = NewRun("nos", "nos", {}, "0", AT, "nos", Owner("here", "1:1"))
        run_id = archive.begin_run(run, source, lambda _: True)
        [state] = archive.find_feed_states(source.feeds[:1])
        bad = Quarantined(Stage.PARSE, "no feed", "x", None, AT)
        poll = Poll(state, AT, 200, error="no feed")
        archive.record_document(Document("nos", quarantined=[bad], poll=poll), run_id)
    environment = {"NEWSARCHIVE_DATABASE_URL": database_url}
    return json.loads(CliRunner().invoke(commands, ["status", "--json"], env=environment).stdout)


def documented() -> dict[str, list[str]]:
    """Return what each key is said to hold, by key."""
    _, *found = rows(section(read("docs/operations.md"), "Monitoring"))
    # What is named within parentheses explains a key, and is none.
    return {key.strip("`"): named(re.sub(r"\(.*?\)", "", meaning)) for key, meaning in found}


def test_every_key_is_documented_in_its_order(told):
    assert list(told) == list(documented())


@pytest.mark.parametrize("key", ["leases", "feeds", "runs"])
def test_every_key_of_a_list_is_documented(told, key):
    assert set(told[key][0]) == set(documented()[key])


@pytest.mark.parametrize("key", ["counts", "quarantine"])
def test_every_count_is_documented(told, key):
    counted = told[key] if key == "counts" else told[key]["parse"]
    assert list(counted) == documented()[key]


def test_every_health_is_explained():
    shown = rows(section(read("docs/operations.md"), "The health of a feed"))
    _, *explained = [cells[0].strip("`") for cells in shown]

    assert explained == list(Health)
