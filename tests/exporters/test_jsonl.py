import json
from dataclasses import fields
from datetime import datetime
from zoneinfo import ZoneInfo

from newsarchive.exporters import export
from newsarchive.model import Article
from newsarchive.storage import ArticleRevision


def exported(articles, out):
    export(articles, "jsonl", out)
    return [json.loads(line) for line in out.read_text(encoding="utf-8").split("\n")[:-1]]


def test_a_line_has_every_field_in_order(tmp_path, make_article):
    [record] = exported([make_article()], tmp_path / "out.jsonl")
    assert list(record) == [field.name for field in fields(Article)]


def test_values_are_json_and_times_are_utc(tmp_path, make_article):
    local = datetime(2019, 4, 6, 0, 30, tzinfo=ZoneInfo("Europe/Amsterdam"))
    [record] = exported([make_article(published_at=local)], tmp_path / "out.jsonl")
    assert record["published_at"] == "2019-04-05T22:30:00+00:00"
    assert record["published_on"] == "2019-04-06"
    assert record["observed_at"] == "2019-04-05T23:00:00.250000+00:00"
    assert record["modified_at"] is None
    assert record["kind"] == "article"
    assert record["categories"] == ["algemeen", "binnenland"]


def test_an_article_of_no_feed_has_no_categories(tmp_path, make_article):
    [record] = exported([make_article(category=None, categories=None)], tmp_path / "out.jsonl")
    assert (record["category"], record["categories"]) == (None, [])


def test_letters_stay_letters_and_line_breaks_stay_inside(tmp_path, make_article):
    out = tmp_path / "out.jsonl"
    assert [r["text"] for r in exported([make_article(text="café\n\nzee\u2028")], out)] == [
        "café\n\nzee\u2028"
    ]
    assert "café".encode() in out.read_bytes()


def test_no_articles_are_an_empty_file(tmp_path):
    assert exported([], tmp_path / "out.jsonl") == []
    assert (tmp_path / "out.jsonl").read_bytes() == b""


def test_a_revision_has_its_own_fields_too(tmp_path, make_revision):
    export([make_revision()], "jsonl", tmp_path / "out.jsonl", record_type=ArticleRevision)
    record = json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8"))
    assert list(record) == [field.name for field in fields(ArticleRevision)]
    assert record["metadata"] == {"keywords": ["brug"]}
    assert record["imported_at"] == "2026-10-01T12:00:00+00:00"
