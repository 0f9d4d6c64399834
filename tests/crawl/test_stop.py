"""An import and a rebuild that are told to stop: they end soon, and say that they are not done."""

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress

import pytest

from .conftest import ROOT
from .test_rebuild import lose_database

MANY = 5_000


@pytest.fixture
def rows(tmp_path):
    path = tmp_path / "rows.jsonl"
    lines = (
        json.dumps({
            "title": f"Dijk {number}",
            "url": f"https://nos.nl/l/{number}",
            "body": f"<p>De dijk is klaar: {number}.</p>",
            "published": "2025-09-28T10:00:00+02:00",
        })
        for number in range(2280103, 2280103 + MANY)
    )  # fmt: skip
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def stop(crawler, signalled, *arguments):
    """Stop a command when something is stored; return its exit code and what it said."""
    with subprocess.Popen(
        [sys.executable, "-m", "newsarchive.cli", *arguments],
        env=crawler.environment,
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
    ) as process:
        try:
            while not crawler.rows("SELECT id FROM revisions LIMIT 1"):
                with suppress(subprocess.TimeoutExpired):
                    pytest.fail(f"it ended by itself, with {process.wait(timeout=0.02)}")
            os.killpg(process.pid, signalled)
            _, said = process.communicate(timeout=30)
        finally:
            process.kill()
    return process.returncode, said


@pytest.mark.parametrize("signalled", [signal.SIGINT, signal.SIGTERM])
def test_an_import_that_is_stopped_ends_and_the_next_does_the_rest(crawler, rows, signalled):
    code, said = stop(crawler, signalled, "import", "items", str(rows))
    assert (code, said.splitlines()[-1].partition(":")[0]) == (6, "interrupted")
    assert crawler.rows("SELECT outcome FROM crawl_runs") == [("interrupted",)]
    [(stored,)] = crawler.rows("SELECT count(*) FROM revisions")
    assert 0 < stored < MANY
    assert crawler.rows("SELECT name FROM leases") == []
    assert crawler.run("import", "items", str(rows)).returncode == 0
    assert crawler.rows("SELECT count(*) FROM revisions") == [(MANY,)]


def test_a_rebuild_that_is_stopped_says_that_the_archive_is_not_whole(crawler, rows):
    assert crawler.run("import", "items", str(rows)).returncode == 0
    lose_database(crawler)
    assert crawler.run("init").returncode == 0
    code, said = stop(crawler, signal.SIGTERM, "rebuild")
    assert (code, "The archive is not whole" in said) == (7, True)
    assert 0 < crawler.rows("SELECT count(*) FROM revisions")[0][0] < MANY
