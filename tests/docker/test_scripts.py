"""The scripts that the image runs, in empty folders; `try_image.py` installs as the image does."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from newsarchive.replica import Replica
from newsarchive.storage import SCHEMA, Archive
from newsarchive.storage.engine import connect
from newsarchive.storage.upgrade import downgrade

ROOT = Path(__file__).parents[2]
NEWSARCHIVE = f"""#!/bin/sh
exec {sys.executable} -m newsarchive.cli "$@"
"""


@pytest.fixture
def installed(tmp_path) -> Path:
    """Give a folder of the commands that the image has."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "newsarchive").write_text(NEWSARCHIVE)
    (folder / "newsarchive").chmod(0o755)
    (folder / "python").symlink_to(sys.executable)
    return folder


@pytest.fixture
def container(installed, tmp_path):
    """Run a script of the image as a container would: with its own settings and no others."""
    environment = {
        "PATH": f"{installed}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "NEWSARCHIVE_DATA_DIR": str(tmp_path / "archive"),
        "NEWSARCHIVE_CONTACT": "test@newsarchive.example",
    }

    def run(script: str, *arguments: str, **more: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [ROOT / "docker" / script, *arguments],
            env={**environment, **more},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


def test_a_container_prepares_its_archive_and_is_well(container):
    made = container("entrypoint.sh", "prepare")
    again = container("entrypoint.sh", "prepare")
    told = container("entrypoint.sh", "status")
    well = container("healthcheck.sh")

    assert (made.returncode, again.returncode, told.returncode) == (0, 0, 0), made.stderr
    assert "Created an archive" in made.stderr
    assert "There is an archive already" in again.stderr
    assert well.returncode == 0, well.stdout


def test_a_container_upgrades_the_archive_of_an_older_image(container, new_sqlite):
    url = new_sqlite()
    engine = connect(url)
    downgrade(engine, "0004")
    engine.dispose()
    done = container("entrypoint.sh", "prepare", NEWSARCHIVE_DATABASE_URL=url)

    assert done.returncode == 0, done.stderr
    assert f"Upgraded from schema 0004 to {SCHEMA}" in done.stderr
    assert Archive.find_schema(url) == SCHEMA


def test_a_container_without_its_database_is_not_well(container):
    nowhere = {"NEWSARCHIVE_DATABASE_URL": "postgresql://127.0.0.1:9/none"}

    assert container("entrypoint.sh", "prepare", **nowhere).returncode == 3
    assert container("healthcheck.sh", **nowhere).returncode == 3


def test_a_service_is_well_while_it_answers(container):
    with Replica(articles=1) as replica:
        assert container("healthcheck.sh", f"{replica.base}/robots.txt").returncode == 0
        assert container("healthcheck.sh", f"{replica.base}/nothing").returncode == 1
    assert container("healthcheck.sh", f"{replica.base}/robots.txt").returncode == 1
