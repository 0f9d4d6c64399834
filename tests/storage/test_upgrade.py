"""Migrations on both databases: up, down and up again, and the same as the tables in code."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from newsarchive.exceptions import SchemaError, StorageError
from newsarchive.model import Update
from newsarchive.storage import Archive
from newsarchive.storage.engine import connect
from newsarchive.storage.schema import metadata
from newsarchive.storage.search_schema import is_in_metadata
from newsarchive.storage.upgrade import (
    HEAD,
    alembic_config,
    downgrade,
    migrate,
    migrations_folder,
    upgrade,
)

from .test_looks import Page


@pytest.fixture
def engine(database_url):
    engine = connect(database_url)
    yield engine
    engine.dispose()


def constraints(engine):
    """Return every constraint's and index's name with what it is on, which Alembic leaves out."""
    found = inspect(engine)
    names = set()
    for table in metadata.tables:
        names.add((table, found.get_pk_constraint(table)["name"]))
        for get in (
            found.get_unique_constraints,
            found.get_check_constraints,
            found.get_foreign_keys,
            found.get_indexes,
        ):
            names |= {(table, one["name"]) for one in get(table)}
    return names


def test_there_is_one_head_and_the_code_is_written_for_it(engine):
    with engine.connect() as connection:
        script = ScriptDirectory.from_config(alembic_config(connection))
    assert script.get_heads() == [HEAD]


def test_models_and_migrations_agree(engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "compare_server_default": True,
                "include_name": is_in_metadata,
            },
        )
        assert [d for d in compare_metadata(context, metadata) if "view" not in str(d)] == []


def test_constraint_names_agree(engine, new_database, tmp_path, postgres_server):
    migrated = constraints(engine)
    if engine.dialect.name == "sqlite":
        created = connect(f"sqlite:///{tmp_path}/created.db")
        metadata.create_all(created)
    else:
        url = new_database()
        created = connect(url)
        with created.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
            metadata.create_all(connection)
    assert constraints(created) == migrated
    created.dispose()


def test_down_to_nothing_and_up_again(engine):
    downgrade(engine, "base")
    left = set(inspect(engine).get_table_names()) | set(inspect(engine).get_view_names())
    assert left == {"alembic_version"}
    upgrade(engine)
    assert {"articles", "revisions"} <= set(inspect(engine).get_table_names())
    assert {"current_articles", "changes"} <= set(inspect(engine).get_view_names())


def test_every_schema_keeps_its_data_on_the_way_down_and_up(bench):
    page = Page(bench)
    for hours, title in enumerate(["Eerst", "Toen"]):
        page.look(hours, title=title, corrects=["2280104"], updates=[Update("1", "Nieuws", "<p>")])
    bench.record(bench.say(number=2280104), bench.say("Ander stuk", number=2280104, hours=1))
    bench.archive.compare_due()
    before = bench.rows("SELECT * FROM article_revisions ORDER BY revision_id")
    engine = connect(bench.url)
    script = ScriptDirectory(str(migrations_folder()))
    older = [revision.revision for revision in script.walk_revisions()][1:]
    for schema in older:
        downgrade(engine, schema)
        upgrade(engine)
        assert bench.rows("SELECT * FROM article_revisions ORDER BY revision_id") == before, schema
    engine.dispose()
    assert older[-1] == "0001"


def test_who_comes_second_waits_and_finds_the_archive_made(new_postgres):
    url = new_postgres()
    engine = connect(url)
    downgrade(engine, "base")
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    with ThreadPoolExecutor(1) as pool:
        with engine.begin() as first, engine.connect() as other:
            migrate(first)
            second = pool.submit(Archive.create, url)
            while not other.execute(waiting).scalar():
                other.rollback()
        second.result(timeout=60)
    engine.dispose()
    with Archive.read(url) as archive:
        assert archive.count_rows()["articles"] == 0


def test_an_upgrade_keeps_the_data(bench):
    bench.record(bench.say())
    Archive.create(bench.url)
    assert bench.archive.count_rows()["revisions"] == 1


@pytest.mark.parametrize(
    ("found", "message"),
    [
        pytest.param("0000", "run `newsarchive upgrade`", id="an older schema"),
        pytest.param("9999", "newer than", id="a newer schema"),
    ],
)
def test_a_database_at_another_schema_says_what_to_do(database_url, engine, found, message):
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE alembic_version SET version_num = '{found}'"))
    with pytest.raises(SchemaError, match=message):
        Archive.read(database_url)


def test_a_database_without_a_schema_says_what_to_do(engine, database_url):
    downgrade(engine, "base")
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    with pytest.raises(SchemaError, match="newsarchive init"):
        Archive.open(database_url)


def test_a_missing_sqlite_archive_says_what_to_do(tmp_path):
    with pytest.raises(StorageError, match="newsarchive init"):
        Archive.open(f"sqlite:///{tmp_path}/none.db")
    with pytest.raises(StorageError, match="newsarchive init"):
        Archive.read(f"sqlite:///{tmp_path}/none.db")


@pytest.mark.parametrize("do", [Archive.open, Archive.read, Archive.create])
def test_a_file_that_is_no_database_says_so(tmp_path, do):
    path = tmp_path / "letter.db"
    path.write_text("Beste lezer, dit is geen archief. " * 200)
    with pytest.raises(StorageError, match="no archive"):
        do(f"sqlite:///{path}")


def test_a_crawl_makes_the_sqlite_archive_that_is_missing(tmp_path):
    url = f"sqlite:///{tmp_path}/new/newsarchive.db"
    Archive.open_or_create(url).close()
    Archive.open(url).close()


def test_the_wheel_carries_the_migrations():
    assert list(migrations_folder().glob("versions/*.py"))
