import subprocess
import sys
from dataclasses import fields

import pytest
from pyarrow import parquet

from newsarchive.exporters import export
from newsarchive.exporters import parquet as exporter
from newsarchive.model import Article
from newsarchive.storage import ArticleRevision


def exported(records, out, record_type=Article):
    export(records, "parquet", out, record_type=record_type)
    return parquet.ParquetFile(out)


def test_columns_are_those_of_a_record_and_typed(tmp_path, make_article):
    schema = exported([make_article()], tmp_path / "out.parquet").schema_arrow
    assert schema.names == [field.name for field in fields(Article)]
    types = {name: str(schema.field(name).type) for name in schema.names}
    assert {types[name] for name in types if name.endswith("_at")} == {"timestamp[us, tz=UTC]"}
    assert types["published_on"] == "date32[day]"
    assert {types[name] for name in ("article_id", "word_count", "number")} == {"int64"}
    assert {types[name] for name in ("title", "categories", "kind", "origin")} == {"string"}


def test_values_come_back_as_they_were(tmp_path, make_revision):
    revision = make_revision(modified_at=None, text="café\n\nzee\u2028")
    file = exported([revision], tmp_path / "out.parquet", ArticleRevision)
    [row] = file.read().to_pylist()
    expected = {field.name: getattr(revision, field.name) for field in fields(ArticleRevision)}
    assert row == expected | {"metadata": '{"keywords": ["brug"]}'}


@pytest.mark.parametrize(
    ("limit", "value"),
    [
        pytest.param("ROW_GROUP_ROWS", 3, id="by rows"),
        pytest.param("ROW_GROUP_CHARACTERS", 450, id="by characters"),
    ],
)
def test_row_groups_are_bounded(tmp_path, make_article, monkeypatch, limit, value):
    monkeypatch.setattr(exporter, limit, value)
    articles = [make_article(str(2280100 + n)) for n in range(7)]
    file = exported(articles, tmp_path / "out.parquet")
    groups = [file.metadata.row_group(n).num_rows for n in range(file.metadata.num_row_groups)]
    assert groups == [3, 3, 1]
    assert file.read()["external_id"].to_pylist() == [article.external_id for article in articles]


def test_no_articles_are_a_table_without_rows(tmp_path):
    file = exported([], tmp_path / "out.parquet")
    assert (file.metadata.num_rows, file.metadata.num_columns) == (0, len(fields(Article)))


WITHOUT_PYARROW = """
import sys
from pathlib import Path
sys.modules["pyarrow"] = None
from newsarchive.exceptions import UsageError
from newsarchive.exporters import export
try:
    export([], "parquet", Path(sys.argv[1]))
except UsageError as error:
    print(error)
"""


def test_without_pyarrow_the_extra_is_named_and_nothing_is_written(tmp_path):
    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT_PYARROW, str(tmp_path / "out")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "pip install 'newsarchive[parquet]'" in ran.stdout
    assert list(tmp_path.iterdir()) == []
