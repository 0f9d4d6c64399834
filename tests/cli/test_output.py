"""Where answers go: old terminals, programs, full disks, nowhere."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

LATIN_1 = {"PYTHONIOENCODING": "latin-1"}


@pytest.fixture
def start(filled):
    """Run a command in a process of its own; give how it ended, with stdout as bytes."""

    def start(*arguments, stdout=subprocess.PIPE, **environment):
        return subprocess.run(
            [sys.executable, "-m", "newsarchive.cli", *arguments],
            env={**os.environ, "NEWSARCHIVE_DATABASE_URL": filled, **environment},
            stdout=stdout,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )

    return start


def test_what_an_old_terminal_cannot_show_is_a_question_mark(start):
    ran = start("list", **LATIN_1)
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert "Muziek ?[31mterug?" in ran.stdout.decode("latin-1")


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["list", "--json"], id="objects, one a line"),
        pytest.param(["show", "2280100", "--as", "json"], id="one object"),
        pytest.param(["search", "orgel", "--csv"], id="CSV"),
        pytest.param(["sql", "--json", "SELECT '…' AS a"], id="SQL"),
    ],
)
def test_programs_get_utf_8_whatever_the_terminal_speaks(start, write_sql, arguments):
    write_sql("UPDATE articles SET url = 'https://nos.nl/l/…' WHERE external_id = '2280100'")
    ran = start(*arguments, **LATIN_1)
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert "…" in ran.stdout.decode()


@pytest.mark.parametrize("form", ["--json", "--csv", "--limit=1"])
def test_a_disk_that_is_full_is_told_in_a_sentence(start, form):
    with Path("/dev/full").open("wb") as full:
        ran = start("sql", form, "SELECT 1 AS a", stdout=full)
    assert ran.returncode == 6
    assert ran.stderr == b"Error: No space left on device; make room, and run it again\n"


def test_show_takes_json_as_the_other_commands_do(ask):
    assert json.loads(ask("show", "2280100", "--json").out)["external_id"] == "2280100"
    assert ask("show", "2280100", "--json").out == ask("show", "2280100", "--as", "json").out
    assert ask("show", "2280100", "--json", "--as", "html").code == 2
