import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from newsarchive.storage.engine import connect
from newsarchive.storage.schema import revisions

from .conftest import Bench


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("UPDATE revisions SET title = 'x'", id="update"),
        pytest.param("DELETE FROM revisions", id="delete"),
    ],
)
def test_a_revision_cannot_be_touched(bench, statement):
    bench.record(bench.say())
    engine = connect(bench.url)
    with pytest.raises(DBAPIError, match="never"), engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


_OTHERS = ", ".join(column.name for column in revisions.c if column.name != "id")


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("REPLACE INTO revisions SELECT * FROM revisions", id="by its id"),
        pytest.param(
            f"INSERT OR REPLACE INTO revisions ({_OTHERS}) SELECT {_OTHERS} FROM revisions",
            id="by its article and number",
        ),
    ],
)
def test_sqlite_refuses_to_put_another_in_the_place_of_one(new_sqlite, statement):
    bench = Bench(new_sqlite())
    bench.record(bench.say())
    engine = connect(bench.url)
    with pytest.raises(DBAPIError, match="never replaced"), engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()
    bench.archive.close()


def test_postgresql_refuses_to_put_another_in_the_place_of_one(new_postgres):
    bench = Bench(new_postgres())
    bench.record(bench.say())
    statement = (
        "INSERT INTO revisions SELECT * FROM revisions ON CONFLICT (id) DO UPDATE SET title = 'x'"
    )
    engine = connect(bench.url)
    with pytest.raises(DBAPIError, match="never"), engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()
    bench.archive.close()


def test_postgresql_refuses_to_empty_the_table(new_postgres):
    engine = connect(new_postgres())
    with pytest.raises(DBAPIError, match="never"), engine.begin() as connection:
        connection.execute(text("TRUNCATE revisions CASCADE"))
    engine.dispose()
