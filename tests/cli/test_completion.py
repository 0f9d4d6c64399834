"""Completion, as a shell asks for it: by Click's protocol, of a process of its own."""

import os
import subprocess
import sys

import pytest

from newsarchive.cli import COMMANDS
from newsarchive.sources import get_source

COMMAND = [sys.executable, "-m", "newsarchive.cli"]


def complete(*words: str) -> list[str]:
    """Return what bash would be given for the last of `words`."""
    asked = {
        "_NEWSARCHIVE_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(("newsarchive", *words)),
        "COMP_CWORD": str(len(words)),
    }
    done = subprocess.run(
        COMMAND, env={**os.environ, **asked}, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    return [line.partition(",")[2] for line in done.stdout.splitlines() if line]


def test_every_command_is_completed():
    assert complete("") == list(COMMANDS)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param(["stat"], ["status"], id="a command"),
        pytest.param(["list", "--cat"], ["--category"], id="an option"),
        pytest.param(
            ["show", "2280103", "--origin", ""], ["feed", "page", "import"], id="a choice"
        ),
        pytest.param(
            ["list", "--category", "b"], ["binnenland", "buitenland"], id="a category, begun"
        ),
        pytest.param(
            ["changes", "--category", ""], list(get_source("nos").categories), id="a category"
        ),
        pytest.param(["completion", ""], ["bash", "zsh", "fish"], id="a shell"),
        pytest.param(["list", "--limit", ""], [], id="nothing that can be known"),
    ],
)
def test_completion(words, expected):
    assert complete(*words) == expected


def test_behind_a_command_that_does_not_exist_a_shell_gets_no_traceback():
    complete("lisst", "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_asks_by_the_same_protocol(shell):
    done = subprocess.run(
        [*COMMAND, "completion", shell], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert f"_NEWSARCHIVE_COMPLETE={shell}_complete" in done.stdout


def test_the_script_is_one_that_bash_can_read():
    script = subprocess.run(
        [*COMMAND, "completion", "bash"], capture_output=True, text=True, check=True
    ).stdout
    ran = subprocess.run(
        ["bash", "-ec", f"{script}\ncomplete -p newsarchive"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    assert "_newsarchive_completion" in ran.stdout
