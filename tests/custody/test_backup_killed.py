"""`kill -9` at any moment of a backup: the backup before stays whole, the next one is whole.

NEWSARCHIVE_KILLS sets how many backups are killed on each database.
"""

import os
import random
import subprocess
import sys
from datetime import timedelta

import pytest

from newsarchive.config import Config
from newsarchive.custody.backup import back_up
from newsarchive.custody.generations import find_latest, list_names
from newsarchive.custody.restore import verify_backup

from .conftest import NOON, fill, new_warc, page

KILLS = int(os.environ.get("NEWSARCHIVE_KILLS", "5"))

# Whatever a backup does to the file system is an event that Python tells of: at one of them the
# process is killed, as `kill -9` does.
SCRIPT = """
import os, signal, sys
from datetime import datetime, UTC
from pathlib import Path
from newsarchive.config import Config
from newsarchive.custody.backup import back_up

database, data_dir, to, events = sys.argv[1:]
left = int(events)

def count(event, arguments):
    global left
    if event in {"open", "os.mkdir", "os.rename", "os.remove", "shutil.rmtree", "os.rmdir"}:
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

config = Config(Path(data_dir), database)
sys.addaudithook(count)
back_up(config, Path(to), 1)
print(int(events) - left)
"""


def run(config: Config, to, events: int) -> subprocess.CompletedProcess:
    """Back up in a process that is killed at the event of that number."""
    arguments = (config.database_url, str(config.data_dir), str(to), str(events))
    return subprocess.run(
        [sys.executable, "-c", SCRIPT, *arguments], capture_output=True, text=True, check=False
    )


@pytest.fixture
def config(database_url, tmp_path) -> Config:
    fill(database_url, tmp_path / "data")
    return Config(tmp_path / "data", database_url, clock=lambda: NOON)


def test_a_killed_backup_harms_nothing(config, tmp_path):
    to = tmp_path / "copy"
    back_up(config, to, 7)
    done = run(config, tmp_path / "counted", 10**6)
    assert done.returncode == 0, done.stderr
    events = int(done.stdout)
    chance = random.Random(3)
    unfinished = 0
    for kill in range(KILLS):
        grow(config, kill)
        known = list_names(to)
        # From each stretch of the backup one event.
        event = 1 + (kill * events + chance.randrange(events)) // KILLS
        run(config, to, event)
        unfinished += list_names(to) == known
        assert verify_backup(config, to).findings == (), f"killed at event {event} of {events}"
    back_up(config, to, 7)

    assert unfinished > KILLS // 2, "most were killed before the end"
    assert not list((to / "generations").glob(".*"))
    assert not list(to.rglob("*.part"))
    assert find_latest(to).manifest.warc[-1].size_bytes > 0
    assert verify_backup(config, to).findings == ()


def grow(config: Config, number: int) -> None:
    """Add a file to the archive, so that there is something to copy."""
    warc = new_warc(config.data_dir, f"more-{number}")
    warc.write_exchange(page(2800000 + number, NOON + timedelta(days=1), "Nieuw." * number))
    warc.close()
