"""An upgrade keeps a SQLite archive as it was; and backups of older schemas are of use."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from newsarchive.custody.upgrade import upgrade
from newsarchive.exceptions import SchemaError, StorageError
from newsarchive.storage import (
    SCHEMA,
    Archive,
    DatabaseCopy,
    FrozenArchive,
    find_differences,
    load_snapshot,
    try_snapshot,
)
from newsarchive.storage.engine import connect
from newsarchive.storage.upgrade import downgrade

NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)
OLDER = "0004"


def make_older(url: str) -> None:
    engine = connect(url)
    downgrade(engine, OLDER)
    engine.dispose()


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def copies_beside(url: str) -> list[str]:
    path = file_of(url)
    return sorted(p.name for p in path.parent.iterdir() if p.name.startswith(f"{path.name}.schema"))


def test_an_older_archive_is_copied_and_upgraded(kept):
    make_older(kept.url)
    done = upgrade(kept.url, NOW)

    assert (done.before, done.after) == (OLDER, SCHEMA)
    assert done.copy == file_of(kept.url).with_name("newsarchive.db.schema-0004-20261001T120000Z")
    assert copies_beside(kept.url) == [done.copy.name]
    assert Archive.find_schema(f"sqlite:///{done.copy}") == OLDER
    with Archive.read(kept.url) as archive:
        assert archive.count_rows()["revisions"] == 3
    shutil.copy(done.copy, file_of(kept.url))  # back to what it was
    assert Archive.find_schema(kept.url) == OLDER
    assert upgrade(kept.url, NOW.replace(hour=13)).before == OLDER


def test_an_archive_that_is_up_to_date_is_not_copied(kept):
    done = upgrade(kept.url, NOW)

    assert (done.before, done.after, done.copy) == (SCHEMA, SCHEMA, None)
    assert copies_beside(kept.url) == []


def test_postgresql_is_upgraded_without_a_copy(new_postgres):
    url = new_postgres()
    make_older(url)

    assert upgrade(url, NOW).copy is None
    assert Archive.find_schema(url) == SCHEMA


def test_without_room_nothing_is_changed(kept, monkeypatch):
    make_older(kept.url)
    usage = shutil.disk_usage(kept.data_dir)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(StorageError, match=r"no room to upgrade: .* 1,000 are free"):
        upgrade(kept.url, NOW)

    assert copies_beside(kept.url) == []
    assert Archive.find_schema(kept.url) == OLDER


def test_where_there_is_no_archive_it_says_so(tmp_path):
    with pytest.raises(StorageError, match="newsarchive init"):
        upgrade(f"sqlite:///{tmp_path}/none.db", NOW)


def test_an_archive_of_a_later_version_is_left_alone(kept):
    engine = connect(kept.url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(SchemaError, match="newer than"):
        upgrade(kept.url, NOW)

    assert copies_beside(kept.url) == []


@pytest.fixture
def older_copy(database_url, tmp_path):
    """Give the files of an archive at an older schema, as an older newsarchive left them."""
    make_older(database_url)
    folder = tmp_path / "older"
    folder.mkdir()
    engine = connect(database_url)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO sources (name, homepage_url) VALUES ('nos', 'x')"))
    engine.dispose()
    reader = connect(database_url, read_only=True)
    with reader.begin() as connection:
        copied = FrozenArchive(connection).write(folder, lambda *_: None)
    reader.dispose()
    return folder, DatabaseCopy(copied.kind, OLDER, copied.tables)


def test_a_backup_of_an_older_schema_is_tried_and_brought_to_this_one(older_copy, new_database):
    folder, database = older_copy
    with try_snapshot(folder, database, new_database()) as trial:
        assert find_differences(database.tables, trial.tables) == []
        assert trial.archive.find_homepages() == {"nos": "x"}


def test_a_backup_of_an_older_schema_is_loaded_as_it_is(older_copy, new_database, tmp_path):
    folder, database = older_copy
    if database.kind == "sqlite":
        url = f"sqlite:///{tmp_path}/loaded/newsarchive.db"
    else:
        url = new_database()
        engine = connect(url)
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        engine.dispose()
    load_snapshot(folder, database, url)

    assert Archive.find_schema(url) == OLDER
    assert upgrade(url, NOW).before == OLDER
    with Archive.read(url) as archive:
        assert archive.find_homepages() == {"nos": "x"}


def test_a_backup_of_a_later_schema_is_refused(older_copy, new_database):
    folder, database = older_copy
    later = DatabaseCopy(database.kind, "9999", database.tables)
    with (
        pytest.raises(SchemaError, match="install the newsarchive that made it"),
        try_snapshot(folder, later, new_database()),
    ):
        pass
