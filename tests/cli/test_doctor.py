"""`newsarchive doctor` as a person runs it, beside the replica and where there is nobody."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from newsarchive.replica import Replica


@pytest.fixture(scope="module")
def replica():
    with Replica(5, feeds=1) as replica:
        yield replica


@pytest.fixture
def consult(new_sqlite, tmp_path, replica):
    """Run the doctor on a fresh archive; give its exit code and its findings by check."""
    settings = {
        "NEWSARCHIVE_DATABASE_URL": new_sqlite(),
        "NEWSARCHIVE_DATA_DIR": str(tmp_path),
        "NEWSARCHIVE_FEEDS_URL": replica.base,
        "NEWSARCHIVE_SITE_URL": replica.base,
        "NEWSARCHIVE_CONTACT": "test@newsarchive.example",
    }

    def consult(*options, **environment):
        done = subprocess.run(
            [sys.executable, "-m", "newsarchive.cli", "doctor", "--json", *options],
            env={**os.environ, **settings, **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert "Traceback" not in done.stderr
        assert done.stdout, done.stderr
        found = json.loads(done.stdout)
        assert all(finding.keys() == {"check", "level", "found", "remedy"} for finding in found)
        return done.returncode, {finding["check"]: finding for finding in found}

    return consult


def kept(folder):
    """Return all files but those by which SQLite's readers and writers know of each other."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path: path.read_bytes() for path in files if not path.name.endswith(("-shm", "-wal"))}


def levels(findings):
    return {finding["level"] for finding in findings.values()}


def test_all_is_well_and_nothing_is_written(consult, replica, tmp_path):
    before = kept(tmp_path)
    asked = len(replica.requests)
    code, found = consult()

    assert (code, levels(found)) == (0, {"ok"})
    assert replica.requests[asked:] == [("/robots.txt", 200)], "one polite request a host"
    assert found["reach"]["found"] == f"{replica.base}/robots.txt: HTTP 200"
    assert "schema" in found["database"]["found"]
    assert kept(tmp_path) == before


def test_offline_asks_nobody(consult, replica):
    asked = len(replica.requests)
    code, found = consult("--offline")

    assert code == 0
    assert "reach" not in found
    assert replica.requests[asked:] == []


NO_ARCHIVE = {"NEWSARCHIVE_DATABASE_URL": "sqlite:////dev/null"}
NOBODY = {"NEWSARCHIVE_FEEDS_URL": "http://127.0.0.1:9"}


@pytest.mark.parametrize(
    ("environment", "code", "check", "words"),
    [
        pytest.param(
            {"NEWSARCHIVE_FEEDS_URL": "feeds.nos.nl"}, 2, "configuration", "http", id="no address"
        ),
        pytest.param(NO_ARCHIVE, 3, "database", "init", id="no archive"),
        pytest.param(NOBODY, 8, "reach", "refused", id="nobody there"),
        pytest.param(NO_ARCHIVE | NOBODY, 3, "database", "init", id="the first failure decides"),
    ],
)
def test_a_failure_has_its_exit_code(consult, environment, code, check, words):
    ended, found = consult(**environment)

    assert ended == code
    assert found[check]["level"] == "failure"
    assert words in found[check]["found"]
    assert found[check]["remedy"]


def test_robots_txt_leads_nowhere_inside(consult):
    """As in a crawl, the guard lets through what the operator named, and no redirect of it."""
    with inside_leading_to("http://127.0.0.2:9/robots.txt") as base:
        code, found = consult(NEWSARCHIVE_FEEDS_URL=base, NEWSARCHIVE_SITE_URL=base)

    assert code == 8
    assert "127.0.0.2 is an address inside" in found["reach"]["found"]


@contextmanager
def inside_leading_to(url):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(302)
            self.send_header("Location", url)
            self.end_headers()

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_clock_that_is_wrong_is_a_warning(consult):
    later = datetime.now(UTC) + timedelta(hours=1)
    code, found = consult(NEWSARCHIVE_CLOCK=later.isoformat())

    assert code == 0
    assert found["clock"]["level"] == "warning"
    assert "ahead of" in found["clock"]["found"]


def test_an_option_wins_and_says_so(consult, tmp_path):
    _, found = consult("--offline", "-s", f"NEWSARCHIVE_DATA_DIR={tmp_path}/other")

    assert found["NEWSARCHIVE_DATA_DIR"]["found"] == f"{tmp_path}/other (option)"
    assert "(environment)" in found["NEWSARCHIVE_CONTACT"]["found"]
    assert not Path(tmp_path, "other").exists()


def test_people_get_a_line_for_each(run, new_sqlite):
    ran = run("doctor", "--offline", database=new_sqlite())
    lines = {" ".join(line.split()) for line in ran.out.splitlines()}

    assert ran.code == 0
    assert "ok lease nobody is at work" in lines
    assert "ok NEWSARCHIVE_SITE_URL default" in lines
    assert any(line.startswith("warning NEWSARCHIVE_CONTACT") for line in lines)
