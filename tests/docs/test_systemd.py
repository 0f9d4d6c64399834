"""The units of systemd: what they call exists, and systemd itself accepts them where it is."""

import shutil
import subprocess
from configparser import ConfigParser

import click
import pytest

from newsarchive.cli import commands
from newsarchive.scheduler.loop import GRACE

from .conftest import ROOT, read

FOLDER = ROOT / "docker" / "systemd"
UNITS = sorted(path.name for path in FOLDER.iterdir())
PROGRAM = "/srv/newsarchive/.venv/bin/newsarchive"
SECTIONS = {".service": {"Unit", "Service", "Install"}, ".timer": {"Unit", "Timer", "Install"}}


def parsed(name):
    # Strict: a key that is given twice is a slip.
    unit = ConfigParser(interpolation=None, delimiters=("=",), comment_prefixes=("#",))
    unit.optionxform = str
    unit.read_string((FOLDER / name).read_text("utf-8"))
    return unit


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_has_the_sections_of_its_kind(name):
    known = SECTIONS[f".{name.rpartition('.')[2]}"]
    assert set(parsed(name).sections()) <= known


@pytest.mark.parametrize("name", [name for name in UNITS if name.endswith(".service")])
def test_what_a_unit_starts_can_be_typed(name):
    program, command, *arguments = parsed(name)["Service"]["ExecStart"].split()
    assert program == PROGRAM
    context = click.Context(commands)
    commands.get_command(context, command).make_context(command, arguments, parent=context)


@pytest.mark.parametrize("name", [name for name in UNITS if name.endswith(".service")])
def test_a_unit_is_stopped_gently_and_for_long_enough(name):
    service = parsed(name)["Service"]
    assert service["KillMode"] == "mixed"
    assert int(service["TimeoutStopSec"].rstrip("s")) > GRACE.total_seconds()


def test_systemd_itself_accepts_them(tmp_path):
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        return  # the tests above have read them
    for name in UNITS:
        text = (FOLDER / name).read_text("utf-8")
        # What they start is looked for, and is not installed there.
        (tmp_path / name).write_text(text.replace(PROGRAM, "/bin/true"), encoding="utf-8")
    done = subprocess.run(
        [analyze, "verify", "--man=no", *(str(tmp_path / name) for name in UNITS)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    told = [line for line in done.stderr.splitlines() if "newsarchive" in line]
    assert told == []
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", UNITS)
def test_every_unit_is_documented(name):
    assert name in read("docs/operations.md")
