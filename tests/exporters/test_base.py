"""What holds for every format: one traversal, no half files, errors that name the path."""

import os
import tracemalloc

import pytest

from newsarchive.exceptions import TransferError, UsageError
from newsarchive.exporters import FOLDERS, FORMATS, TABLES, Exported, export, parquet
from newsarchive.storage import ArticleRevision

every_format = pytest.mark.parametrize("name", FORMATS)
folder_formats = pytest.mark.parametrize("name", FOLDERS)
tables = pytest.mark.parametrize("name", TABLES)


def files(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.*")}


@every_format
def test_the_same_articles_give_the_same_bytes(name, tmp_path, make_article):
    articles = [make_article("2280100"), make_article("2280101")]
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        assert export(articles, name, tmp_path / folder) == Exported(count=2, written=2)
    assert files(tmp_path / "a")
    assert files(tmp_path / "a") == files(tmp_path / "b")


@every_format
def test_progress_counts_the_articles(name, tmp_path, make_article):
    told = []
    export([make_article("2280100"), make_article("2280101")], name, tmp_path, told.append)
    assert told == [1, 2]


@every_format
def test_missing_folders_are_made(name, tmp_path, make_article):
    export([make_article()], name, tmp_path / "new" / "deeper")
    assert list((tmp_path / "new").rglob("deeper*"))


@every_format
def test_a_source_that_fails_leaves_no_half_file(name, tmp_path, make_article):
    def articles():
        yield make_article("2280100")
        raise KeyboardInterrupt

    out = tmp_path / "out" if name in TABLES else tmp_path
    with pytest.raises(KeyboardInterrupt):
        export(articles(), name, out)
    whole = set() if name in TABLES else {"2019-04-06-2280100-brug-weer-open"}
    assert {path.stem for path in tmp_path.iterdir()} == whole


@every_format
def test_memory_is_that_of_one_article(name, tmp_path, make_article, monkeypatch):
    size, count = 200_000, 60
    monkeypatch.setattr(parquet, "ROW_GROUP_CHARACTERS", size)  # else that of a row group
    articles = (
        make_article(str(2280100 + n), text="a" * size, html="b" * size) for n in range(count)
    )
    tracemalloc.start()
    export(articles, name, tmp_path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 16 * size  # the csv module takes four bytes a character


@every_format
def test_a_place_that_cannot_be_written_is_named(name, tmp_path, make_article):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with pytest.raises(TransferError, match=r"file/deeper.*cannot be written.*name a place"):
        export([make_article()], name, blocked / "deeper")


@pytest.mark.parametrize(
    ("name", "file"),
    [
        pytest.param("jekyll", "2019-04-06-2280100-brug-weer-open.html", id="a post"),
        pytest.param("text", "2019-04-06-2280100-brug-weer-open.txt", id="a text"),
        pytest.param("jsonl", "articles.jsonl", id="lines"),
        pytest.param("csv", "articles.csv", id="a sheet"),
        pytest.param("parquet", "articles.parquet", id="row groups"),
    ],
)
def test_a_disk_that_fills_up_leaves_nothing(name, file, tmp_path, make_article):
    # /dev/full takes every open and fails every write with "No space left on device".
    (tmp_path / f"{file}.part").symlink_to("/dev/full")
    with pytest.raises(TransferError, match=f"{file}: cannot be written: No space left"):
        export([make_article()], name, tmp_path)
    assert list(tmp_path.iterdir()) == []


@tables
def test_two_exports_to_one_file_never_mix(name, tmp_path, make_article):
    def articles():
        yield make_article("2280100")
        with pytest.raises(TransferError, match="another export is at work there"):
            export([make_article("2280101")], name, tmp_path / "out")
        yield make_article("2280102")

    (tmp_path / "out.part").write_bytes(b"left of one that was killed" * 10_000)
    export(articles(), name, tmp_path / "out")
    export([make_article("2280100"), make_article("2280102")], name, tmp_path / "alone")
    assert (tmp_path / "out").read_bytes() == (tmp_path / "alone").read_bytes()
    assert {path.name for path in tmp_path.iterdir()} == {"out", "alone"}


@tables
def test_what_is_no_file_is_never_replaced_by_one(name, tmp_path, make_article):
    os.mkfifo(tmp_path / "device")
    (tmp_path / "stdout").symlink_to("device")
    for place in ("device", "stdout"):
        with pytest.raises(TransferError, match=f"{place}: is no file"):
            export([make_article()], name, tmp_path / place)
    assert {path.name for path in tmp_path.iterdir()} == {"device", "stdout"}
    assert (tmp_path / "stdout").is_symlink()
    assert (tmp_path / "device").is_fifo()


@tables
def test_a_link_stays_and_what_it_leads_to_is_written(name, tmp_path, make_article):
    (tmp_path / "latest").symlink_to("today")
    export([make_article()], name, tmp_path / "latest")
    assert (tmp_path / "latest").is_symlink()
    assert (tmp_path / "today").read_bytes()


def test_an_unknown_format_is_told_with_the_known_ones(tmp_path):
    with pytest.raises(UsageError, match=r"'pdf'.*jekyll, text, jsonl, csv, parquet"):
        export([], "pdf", tmp_path)


@folder_formats
def test_a_file_that_is_the_same_already_is_left_alone(name, tmp_path, make_article):
    articles = [make_article("2280100"), make_article("2280101")]
    export(articles, name, tmp_path)
    before = {path: path.stat().st_ino for path in tmp_path.iterdir()}
    articles[1] = make_article("2280101", html="<p>Toch dicht.</p>", text="Toch dicht.")
    assert export(articles, name, tmp_path) == Exported(count=2, written=1)
    after = {path: path.stat().st_ino for path in tmp_path.iterdir()}
    assert [path.name[11:18] for path in after if after[path] != before[path]] == ["2280101"]


@folder_formats
def test_files_of_other_articles_stay(name, tmp_path, make_article):
    export([make_article("2280100")], name, tmp_path)
    export([make_article("2280101")], name, tmp_path)
    assert len(files(tmp_path)) == 2


@folder_formats
def test_articles_with_one_title_and_day_have_files_of_their_own(name, tmp_path, make_article):
    export([make_article("2280100"), make_article("2280101")], name, tmp_path)
    assert len(files(tmp_path)) == 2


@folder_formats
def test_other_sources_stand_in_folders_of_their_own(name, tmp_path, make_article):
    export([make_article(), make_article(source="dorpskrant")], name, tmp_path)
    assert {path.split("/")[0] for path in files(tmp_path) if "/" in path} == {"dorpskrant"}


@tables
def test_a_folder_gets_the_one_file(name, tmp_path, make_article):
    export([make_article()], name, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [f"articles.{name}"]


@tables
def test_a_failed_export_keeps_the_file_of_the_last_one(name, tmp_path, make_article):
    export([make_article("2280100")], name, tmp_path)
    before = files(tmp_path)

    def articles():
        yield make_article("2280101")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        export(articles(), name, tmp_path)
    assert files(tmp_path) == before


@folder_formats
def test_a_file_an_article_has_no_place_for_all_revisions(name, tmp_path):
    with pytest.raises(UsageError, match="no place for all revisions; use jsonl, csv, parquet"):
        export([], name, tmp_path / "out", record_type=ArticleRevision)
    assert not (tmp_path / "out").exists()
