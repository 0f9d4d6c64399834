"""A bag: that others' rules and tools accept it, and that it is always the same."""

import json
import sys
from datetime import date
from hashlib import sha256

import bagit
import duckdb
import pytest

from newsarchive.exceptions import UsageError
from newsarchive.exporters.columns import columns_of
from newsarchive.exporters.descriptions import DESCRIPTIONS
from newsarchive.model import Article
from newsarchive.storage import ArticleRevision, Selection

TECH = Selection(category="tech")


def files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def made(kept_on_each, tmp_path):
    """Make a bag and give its folder."""

    def make(name="bag", selection=None):
        kept_on_each.release("bag", tmp_path / name, selection)
        return tmp_path / name

    return make


def test_the_library_of_congress_accepts_it(kept, tmp_path):
    kept.release("bag", tmp_path / "bag")
    bag = bagit.Bag(str(tmp_path / "bag"))
    bag.validate()
    assert bag.version_info == (1, 0)
    assert bag.info["Bagging-Date"] == "2026-10-03"
    assert bag.info["External-Description"] == "NOS news, all articles: 3 articles, 7 revisions"


def test_a_changed_byte_is_noticed(kept, tmp_path):
    kept.release("bag", tmp_path / "bag")
    with (tmp_path / "bag" / "data" / "articles.jsonl").open("r+b") as file:
        file.write(b"[")
    with pytest.raises(bagit.BagValidationError):
        bagit.Bag(str(tmp_path / "bag")).validate()


def test_it_has_these_files_and_no_others(kept, tmp_path):
    kept.release("bag", tmp_path / "bag")
    assert sorted(files(tmp_path / "bag")) == [
        "bag-info.txt",
        "bagit.txt",
        "data/LICENCE.txt",
        "data/README.md",
        "data/articles.jsonl",
        "data/articles.parquet",
        "data/query.json",
        "data/revisions.jsonl",
        "data/revisions.parquet",
        "data/schema.json",
        "manifest-sha256.txt",
        "manifest-sha512.txt",
        "tagmanifest-sha256.txt",
        "tagmanifest-sha512.txt",
    ]


@pytest.mark.parametrize(("name", "count"), [("articles", 3), ("revisions", 7)])
def test_both_forms_of_a_table_have_the_same_rows(made, name, count):
    data = made() / "data"
    columns = ("external_id", "origin", "number", "title", "text", "html")
    lines = [json.loads(line) for line in (data / f"{name}.jsonl").read_text().splitlines()]
    rows = duckdb.sql(f"SELECT {', '.join(columns)} FROM '{data}/{name}.parquet'").fetchall()
    assert rows == [tuple(line[column] for column in columns) for line in lines]
    assert len(rows) == count


def test_the_same_archive_and_selection_give_the_same_bytes(made):
    assert files(made("a")) == files(made("b"))


def test_it_is_cited_by_the_digest_of_its_tag_manifest(kept, tmp_path):
    released = kept.release("bag", tmp_path / "bag", TECH)
    tags = (tmp_path / "bag" / "tagmanifest-sha256.txt").read_bytes()
    assert released.digest == f"sha256:{sha256(tags).hexdigest()}"
    assert released.counts == {"articles": 1, "revisions": 2}


def test_another_question_gives_another_digest(kept, tmp_path):
    questions = (Selection(), TECH, Selection(since=date(2026, 10, 1)))
    digests = {
        kept.release("bag", tmp_path / str(number), question).digest
        for number, question in enumerate(questions)
    }
    assert len(digests) == len(questions)


def test_it_says_what_was_asked_of_which_archive(made):
    data = made(selection=Selection(category="tech", until=date(2027, 1, 1))) / "data"
    told = json.loads((data / "query.json").read_text())
    assert told["selection"] == {"category": "tech", "until": "2027-01-01"}
    assert told["as_of"] == "2026-10-03T09:01:00Z"
    assert told["counts"] == {"articles": 1, "revisions": 2}
    assert len(told["files"]) == 4
    for file in told["files"]:
        content = (data / file["path"]).read_bytes()
        assert (file["bytes"], file["sha256"]) == (len(content), sha256(content).hexdigest())
    assert "| asked for | category tech, until 2027-01-01 |" in (data / "README.md").read_text()


@pytest.mark.parametrize(
    ("name", "record_type"), [("articles", Article), ("revisions", ArticleRevision)]
)
def test_its_schema_describes_the_columns_as_the_tables_have_them(
    kept, tmp_path, name, record_type
):
    kept.release("bag", tmp_path / "bag")
    data = tmp_path / "bag" / "data"
    described = json.loads((data / "schema.json").read_text())[name]
    assert [column["name"] for column in described] == list(columns_of(record_type))
    stored = {"string": "VARCHAR", "int64": "BIGINT", "bool": "BOOLEAN", "date32": "DATE"}
    stored["timestamp[us, tz=UTC]"] = "TIMESTAMP WITH TIME ZONE"
    asked = duckdb.sql(f"DESCRIBE SELECT * FROM '{data}/{name}.parquet'").fetchall()
    assert {row[0]: row[1] for row in asked} == {
        column["name"]: stored[column["parquet"]] for column in described
    }


def test_every_column_is_described_and_nothing_else():
    assert DESCRIPTIONS.keys() == columns_of(Article).keys() | columns_of(ArticleRevision).keys()


def test_a_withheld_article_is_in_no_table(kept_on_each, made):
    kept_on_each.withhold(2633001)
    folder = made()
    lines = (folder / "data" / "revisions.jsonl").read_text().splitlines()
    assert {json.loads(line)["external_id"] for line in lines} == {"2633002", "2633003"}
    assert not any(b"2633001" in content for content in files(folder).values())


def test_without_pyarrow_nothing_is_left(kept, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError, match="pip install"):
        kept.release("bag", tmp_path / "bag")
    assert not list(tmp_path.glob("bag*"))
