"""Connections: where a URL leads to, and what it may say."""

from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from newsarchive.config import Config
from newsarchive.exceptions import StorageError
from newsarchive.storage import Archive
from newsarchive.storage.engine import connect, sqlite_path


@pytest.mark.parametrize("name", ["nieuws #1", "100%25 nieuws", "nieuws?mode=rw", "nieuws"])
def test_a_folder_may_have_any_name(tmp_path, name):
    folder = tmp_path / name
    url = Config.load({"NEWSARCHIVE_DATA_DIR": str(folder)}, {}, Path("none")).database_url
    Archive.create(url)
    for opened in (Archive.open, Archive.read):
        with opened(url) as archive:
            assert archive.count_rows()["articles"] == 0
    assert sqlite_path(url) == folder / "newsarchive.db"
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_who_has_no_rights_is_told_so(new_postgres):
    url = new_postgres()
    role = f"{make_url(url).database}_reader"
    engine = connect(url)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE ROLE {role} LOGIN"))
    reader = make_url(url).set(username=role).render_as_string(hide_password=False)
    for do in (Archive.read, Archive.open, Archive.create):
        with pytest.raises(StorageError, match="grant it the right"):
            do(reader)
    with engine.begin() as connection:
        connection.execute(text(f"DROP ROLE {role}"))
    engine.dispose()


def test_options_in_the_url_of_postgresql_count(new_postgres):
    url = new_postgres()
    engine = connect(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA news"))
    engine.dispose()
    other = f"{url}{'&' if '?' in url else '?'}options=-csearch_path%3Dnews&connect_timeout=7"
    assert Archive.find_schema(other) is None
    Archive.create(other)
    with Archive.read(other) as archive, archive.query("SHOW timezone") as (_, rows):
        assert [tuple(row) for row in rows] == [("UTC",)]
    engine = connect(url)
    with engine.begin() as connection:
        asked = text("SELECT schemaname FROM pg_tables WHERE tablename = 'revisions'")
        assert "news" in connection.execute(asked).scalars().all()
    engine.dispose()
