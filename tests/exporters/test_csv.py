import csv
from dataclasses import fields

from newsarchive.exporters import export
from newsarchive.model import Article
from newsarchive.storage import ArticleRevision


def exported(records, out, record_type=Article):
    export(records, "csv", out, record_type=record_type)
    return out.read_bytes()


def test_the_form_is_that_of_rfc_4180(tmp_path, make_article):
    written = exported(
        [make_article(title='De "brug", weer', text="Open.\n\nOok hier.")], tmp_path / "out.csv"
    )
    header, row = written.split(b"\r\n", 1)
    assert header.decode().split(",") == [field.name for field in fields(Article)]
    assert b',"De ""brug"", weer",' in row
    assert b',"Open.\n\nOok hier.",' in row
    assert row.endswith(b",https://nos.nl/l/2280100\r\n")


def test_values_are_as_the_archive_has_them(tmp_path, make_article):
    exported([make_article(image_url=None)], tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        [row] = csv.DictReader(file)
    assert row["published_at"] == "2019-04-05T22:30:00+00:00"
    assert row["published_on"] == "2019-04-06"
    assert row["categories"] == "algemeen,binnenland"
    assert (row["kind"], row["image_url"], row["word_count"]) == ("article", "", "9")
    assert row["text"] == "De brug is weer open.\n\nHet “café” ernaast ook."


def test_a_revision_has_its_own_columns_too(tmp_path, make_revision):
    exported([make_revision()], tmp_path / "out.csv", ArticleRevision)
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        [row] = csv.DictReader(file)
    assert list(row) == [field.name for field in fields(ArticleRevision)]
    assert (row["origin"], row["number"]) == ("import", "1")
    assert row["is_lossy"] == "true"
    assert row["metadata"] == '{"keywords": ["brug"]}'


def test_no_articles_are_a_header(tmp_path):
    assert exported([], tmp_path / "out.csv").count(b"\r\n") == 1
