"""Exported tables, opened in what researchers open them in: the archive's own values and types."""

import json
from dataclasses import astuple, fields

import duckdb
import pandas as pd
import polars as pl
import pytest

from newsarchive.model import Article
from newsarchive.storage import Archive, ArticleRevision

NAMES = [field.name for field in fields(Article)]
TIMES = [name for name in NAMES if name.endswith("_at")]
INTEGERS = ["article_id", "word_count", "revision_count", "number", "capture_id"]
MICROSECOND = 1_000_000


@pytest.fixture
def held(filled):
    """Give the rows of the archive, as `astuple` has an Article."""
    with Archive.read(filled) as archive:
        return [astuple(article) for article in archive.iter_articles()]


@pytest.fixture
def parquet(ask):
    assert ask("export", "parquet", "out.parquet").code == 0
    return "out.parquet"


@pytest.fixture
def sheet(ask):
    assert ask("export", "csv", "out.csv").code == 0
    return "out.csv"


def none_for_missing(frame):
    return [
        tuple(None if pd.isna(value) else value for value in row)
        for row in frame.itertuples(index=False)
    ]


def test_pandas_reads_parquet(parquet, held):
    frame = pd.read_parquet(parquet)

    assert list(frame.columns) == NAMES
    assert {str(frame[name].dtype) for name in TIMES} == {"datetime64[us, UTC]"}
    assert {str(frame[name].dtype) for name in INTEGERS} == {"int64"}
    assert none_for_missing(frame) == held


def test_polars_reads_parquet(parquet, held):
    frame = pl.read_parquet(parquet)

    assert {frame.schema[name] for name in TIMES} == {pl.Datetime("us", "UTC")}
    assert {frame.schema[name] for name in INTEGERS} == {pl.Int64}
    assert frame.schema["published_on"] == pl.Date
    assert frame.rows() == held


def test_duckdb_reads_parquet(parquet, held):
    moments = ", ".join(f"epoch_us({name})" for name in TIMES)
    rest = [name for name in NAMES if name not in TIMES]
    with duckdb.connect() as database:
        types = dict(database.sql(f"SELECT column_name, column_type FROM (DESCRIBE '{parquet}')")
                     .fetchall())  # fmt: skip
        rows = database.sql(f"SELECT {', '.join(rest)} FROM '{parquet}'").fetchall()
        times = database.sql(f"SELECT {moments} FROM '{parquet}'").fetchall()

    assert {types[name] for name in TIMES} == {"TIMESTAMP WITH TIME ZONE"}
    assert {types[name] for name in INTEGERS} == {"BIGINT"}
    assert types["published_on"] == "DATE"
    expected = [dict(zip(NAMES, row, strict=True)) for row in held]
    assert rows == [tuple(row[name] for name in rest) for row in expected]
    assert times == [tuple(epoch_us(row[name]) for name in TIMES) for row in expected]


def epoch_us(moment):
    return None if moment is None else round(moment.timestamp() * MICROSECOND)


def test_pandas_reads_csv(sheet, held):
    frame = pd.read_csv(sheet, dtype_backend="pyarrow", dtype={"external_id": "str"})

    texts = ["external_id", "title", "html", "text", "category", "categories", "word_count"]
    expected = [dict(zip(NAMES, row, strict=True)) for row in held]
    assert list(frame.columns) == NAMES
    assert none_for_missing(frame[texts]) == [tuple(row[n] for n in texts) for row in expected]
    assert list(pd.to_datetime(frame["published_at"], utc=True)) == [
        row["published_at"] for row in expected
    ]


def test_polars_reads_csv(sheet, held):
    frame = pl.read_csv(sheet, schema_overrides={"external_id": pl.String})

    assert frame["text"].to_list() == [row[NAMES.index("text")] for row in held]
    assert frame["published_at"].str.to_datetime(time_zone="UTC").to_list() == [
        row[NAMES.index("published_at")] for row in held
    ]


def test_duckdb_reads_csv(sheet, held):
    with duckdb.connect() as database:
        rows = database.sql(f"SELECT html, text FROM '{sheet}'").fetchall()
        [(kind,)] = database.sql(f"SELECT DISTINCT typeof(published_at) FROM '{sheet}'").fetchall()

    assert rows == [(row[NAMES.index("html")], row[NAMES.index("text")]) for row in held]
    assert kind == "TIMESTAMP WITH TIME ZONE"


@pytest.mark.parametrize("form", ["json", "csv", "parquet"])
def test_all_revisions_are_a_row_each(ask, filled, form, late_revision):
    ran = ask("export", form.replace("json", "jsonl"), "out", "--revisions", "all")
    with Archive.read(filled) as archive:
        held = list(archive.iter_revisions())
    columns = "external_id::text, origin, number, title, text, content_digest"
    with duckdb.connect() as database:
        rows = database.sql(f"SELECT {columns} FROM read_{form}('out')").fetchall()

    assert "7 revisions written to out" in ran.err
    assert [row[:3] for row in rows] == [
        ("2280100", "import", 1),
        ("2633001", "feed", 1),
        ("2633001", "page", 1),
        ("2633001", "page", 2),
        ("2633002", "feed", 1),
        ("2633002", "feed", 2),
        ("2633002", "feed", 3),
    ]
    assert rows == [
        (r.external_id, r.origin, r.number, r.title, r.text, r.content_digest) for r in held
    ]


def test_a_revision_says_when_it_stood_so_and_where_it_came_from(ask, tmp_path):
    ask("export", "jsonl", "out", "--revisions", "all")
    rows = [json.loads(line) for line in (tmp_path / "out").read_text("utf-8").splitlines()]

    assert set(rows[0]) == {field.name for field in fields(ArticleRevision)}
    assert rows[0]["observed_at"] == "2019-04-12T08:44:57+00:00"
    assert rows[0]["imported_at"] == "2026-10-03T08:00:00+00:00"
    assert rows[0]["metadata"] == {"keywords": ["orgel"]}
    edited = [row for row in rows if row["external_id"] == "2633002"]
    assert [row["observed_at"] for row in edited] == [
        "2026-10-01T08:00:00+00:00",
        "2026-10-01T09:00:00+00:00",
    ]
    assert [row["revision_count"] for row in edited] == [2, 2]


def test_revisions_of_a_selection(ask):
    ran = ask("export", "csv", "out", "--revisions", "all", "--category", "muziek")

    assert (ran.code, "1 revisions written" in ran.err) == (0, True)


def test_posts_have_no_place_for_all_revisions(ask, tmp_path):
    ran = ask("export", "jekyll", "out", "--revisions", "all")

    assert ran.code == 2
    assert "use jsonl, csv, parquet" in ran.err
    assert not (tmp_path / "out").exists()
