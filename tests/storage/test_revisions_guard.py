import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from newsarchive.storage.engine import connect


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


def test_postgresql_refuses_to_empty_the_table(new_postgres):
    engine = connect(new_postgres())
    with pytest.raises(DBAPIError, match="never"), engine.begin() as connection:
        connection.execute(text("TRUNCATE revisions CASCADE"))
    engine.dispose()
