"""The README is run: the demo, its screens, and its questions in SQL on both databases."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

from newsarchive.cli import commands

from .conftest import ROOT, blocks, read, untrue

BIN = Path(sys.executable).parent
README = blocks(read("README.md"))
QUESTIONS = [(one.text, other.text) for one, other in pairwise(README) if one.language == "sql"]


def run(command: list[str], folder: Path, **environment: str) -> str:
    """Run a command in `folder`; return all that it prints."""
    ran = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=170,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout
    return ran.stdout


def screens(name: str) -> Iterator[tuple[str, str]]:
    """Yield each command of a document's consoles, with what it is said to print."""
    for block in blocks(read(name)):
        if block.language == "console":
            for found in re.finditer(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block.text, re.MULTILINE):
                yield found[1], found[2]


def wrong_answers(database_url: str) -> dict[str, str]:
    """Ask an archive every question of the README; return how its answers differ."""
    environment = {"NEWSARCHIVE_DATABASE_URL": database_url}
    answers = {
        question: CliRunner().invoke(commands, ["sql", question], env=environment).output
        for question, _ in QUESTIONS
    }
    differences = {question: untrue(shown, answers[question]) for question, shown in QUESTIONS}
    return {question: how for question, how in differences.items() if how}


@pytest.mark.parametrize(
    ("shown", "printed", "is_true"),
    [
        pytest.param("a  b\n───\n1\n", "a   b\n─────\n1\n", True, id="columns of another width"),
        pytest.param("run … of 3\n", "run 2 of 3\n", True, id="a word left out"),
        pytest.param("a\n…\nd\n", "a\nb\nc\nd\n", True, id="lines left out"),
        pytest.param("a\n…\nd\n", "a\nd\n", True, id="no line left out"),
        pytest.param("a\nc\n", "a\nb\nc\n", False, id="a line that is not shown"),
        pytest.param("a\nb\n", "a\n", False, id="a line that is not printed"),
        pytest.param("a 46\n", "a 47\n", False, id="another answer"),
        pytest.param("run …\n3\n", "run 2\n\n3\n", False, id="a word does not stand for a line"),
    ],
)
def test_screens_are_compared(shown, printed, is_true):
    assert (untrue(shown, printed) == "") is is_true


def test_there_are_ten_questions_and_those_of_the_demo_are_among_them():
    asked = re.findall(r'^"(SELECT .*?)"', read("docs/demo.sh"), re.MULTILINE | re.DOTALL)

    assert len(QUESTIONS) == 10
    assert asked
    assert {f"{question}\n" for question in asked} <= {question for question, _ in QUESTIONS}


def test_the_demo_and_the_archive_it_leaves_are_as_shown(tmp_path):
    own = {"NEWSARCHIVE_METRICS_FILE": "own.prom", "NEWSARCHIVE_REDIS_URL": "redis://own.example"}
    printed = run(["sh", str(ROOT / "docs" / "demo.sh")], tmp_path, BIN=str(BIN), **own)
    assert not (tmp_path / "own.prom").exists()
    [shown, *_] = (block.text for block in README if block.language == "text")

    assert untrue(shown, printed) == ""
    assert wrong_answers(f"sqlite:///{tmp_path}/demo/archive/newsarchive.db") == {}
    for document in ("docs/operations.md", "README.md"):
        for command, shown in screens(document):
            printed = run(["sh", "-c", command], tmp_path, NEWSARCHIVE_DATA_DIR="demo/archive")
            assert untrue(shown, printed) == "", command


def test_postgresql_gives_the_same_answers(new_postgres, tmp_path):
    database_url = new_postgres()
    run(
        [sys.executable, str(Path(__file__).with_name("poll_a_day.py"))],
        tmp_path,
        NEWSARCHIVE_DATABASE_URL=database_url,
        NEWSARCHIVE_DATA_DIR=str(tmp_path),
    )

    assert wrong_answers(database_url) == {}
