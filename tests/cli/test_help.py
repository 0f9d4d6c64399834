import subprocess
import sys

import pytest

from newsarchive.cli import COMMANDS, commands

# Each takes longer to import than all of `--help` may take.
HEAVY = {"alembic", "feedparser", "ftfy", "lxml", "psycopg", "rich", "scrapy", "sqlalchemy"}


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["--help"], id="the help of all"),
        pytest.param(["--version"], id="the version"),
        pytest.param(["list", "--help"], id="the help of a reading command"),
        pytest.param(["status", "--help"], id="the help of a command on the database"),
        pytest.param(["sql", "--help"], id="the help of sql"),
        pytest.param(["export", "--help"], id="the help of export"),
        pytest.param(["diff", "--help"], id="the help of diff"),
    ],
)
def test_help_imports_nothing_heavy(arguments):
    script = f"""
import atexit, sys
atexit.register(lambda: print("imported:", *sorted({HEAVY} & sys.modules.keys())))
sys.argv = ["newsarchive", *{arguments}]
from newsarchive.cli import main
main()
"""
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False
    )

    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines()[-1] == "imported:"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_table_exists_and_has_help(name):
    context = commands.make_context("newsarchive", ["--help"], resilient_parsing=True)
    command = commands.get_command(context, name)

    assert command is not None
    assert command.name == name
    assert command.help
    assert all(
        getattr(option, "help", None)
        for option in command.params
        if option.param_type_name == "option"
    )


def test_the_help_shows_every_command(run):
    shown = run("--help").out

    assert all(f"\n  {name} " in shown and line in shown for name, (_, line) in COMMANDS.items())


def test_an_unknown_command_is_told_which_there_are(run):
    ran = run("lst")

    assert ran.code == 2
    assert "'lst'" in ran.err
    assert ", ".join(COMMANDS) in ran.err
