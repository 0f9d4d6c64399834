"""The import contracts of `.importlinter` are kept, and each of them catches a breach."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from importlinter.api import read_configuration

ROOT = Path(__file__).parents[2]
LINT_IMPORTS = """
import sys
from importlinter.cli import lint_imports
sys.exit(lint_imports(no_cache=True, no_logo=True))
"""

BREACHES = [
    pytest.param(
        "model.py",
        "import newsarchive.items",
        "Imports go downwards",
        id="a lower layer imports a higher one",
    ),
    pytest.param(
        "sources/planted.py",
        "import newsarchive.cleaning",
        "Imports go downwards",
        id="a module imports its neighbour in the layer",
    ),
    pytest.param(
        "planted.py",
        '"""A module without a layer."""',
        "Imports go downwards",
        id="a new top-level module has no layer",
    ),
    pytest.param(
        "feeds/planted.py",
        "import socket",
        "The core does no I/O and knows no framework",
        id="the core opens a socket",
    ),
    pytest.param(
        "cleaning/planted.py",
        "def repair():\n    from scrapy import Selector",
        "The core does no I/O and knows no framework",
        id="the core imports the framework inside a function",
    ),
    pytest.param(
        "items.py",
        "from newsarchive.config import Config",
        "The core does no I/O and knows no framework",
        id="the core reads the configuration",
    ),
    pytest.param(
        "exporters/planted.py",
        "import sqlite3",
        "Only storage speaks SQL",
        id="an exporter opens the database itself",
    ),
    pytest.param(
        "pipelines/planted.py",
        "from sqlalchemy import select",
        "Only storage speaks SQL",
        id="a pipeline writes a query",
    ),
    pytest.param(
        "pipelines/planted.py",
        "from newsarchive.storage.inside import something",
        "Storage is entered by its front door",
        id="a pipeline reaches into storage",
    ),
    pytest.param(
        "spiders/planted.py",
        "from fastwarc.warc import ArchiveIterator",
        "Only warc reads and writes WARC",
        id="a spider reads a WARC itself",
    ),
    pytest.param(
        "spiders/planted.py",
        "from scrapy_redis.spiders import RedisSpider",
        "Only distributed knows Valkey and scrapy-redis",
        id="a spider reads a shared queue itself",
    ),
    pytest.param(
        "exporters/planted.py",
        "import click",
        "Only the command line speaks to a terminal",
        id="an exporter prints to the terminal",
    ),
    pytest.param(
        "exporters/planted.py",
        "from scrapy.utils.python import to_unicode",
        "The archive is kept and read without Scrapy",
        id="an exporter needs Scrapy",
    ),
]


def broken_contracts(project: Path) -> set[str]:
    """Return the names of the contracts that the package in `project` breaks.

    In a process of its own: import-linter looks a package up as Python does, and here that
    finds the real one. A process started in `project` finds what stands there first.
    """
    done = subprocess.run(
        [sys.executable, "-c", LINT_IMPORTS],
        cwd=project,
        env={"COLUMNS": "200", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    verdicts = dict(re.findall(r"^(\S.*) (KEPT|BROKEN)\b", done.stdout, flags=re.MULTILINE))
    assert verdicts, done.stdout + done.stderr
    broken = {name for name, verdict in verdicts.items() if verdict == "BROKEN"}
    assert done.returncode == bool(broken), done.stdout + done.stderr
    return broken


@pytest.fixture
def copy(tmp_path):
    """Give a copy of the package with its contracts, to plant a breach in."""
    shutil.copy(ROOT / ".importlinter", tmp_path)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "newsarchive", tmp_path / "newsarchive", ignore=ignored)
    return tmp_path


def test_the_package_keeps_every_contract():
    assert broken_contracts(ROOT) == set()


def test_every_contract_has_a_breach_to_catch():
    configured = read_configuration(str(ROOT / ".importlinter"))["contracts_options"]

    assert {contract["name"] for contract in configured} == {
        breach.values[2] for breach in BREACHES
    }


@pytest.mark.parametrize(("module", "line", "contract"), BREACHES)
def test_a_breach_breaks_its_contract_and_no_other(copy, module, line, contract):
    (copy / "newsarchive/storage/inside.py").write_text("something = 1\n", encoding="utf-8")
    with (copy / "newsarchive" / module).open("a", encoding="utf-8") as planted:
        planted.write(f"\n{line}\n")

    assert broken_contracts(copy) == {contract}
