"""`newsarchive import items` and `csv` from the outside."""

import csv
import json
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest

from newsarchive.cleaning.markup import render
from newsarchive.storage import Archive
from newsarchive.warc import read_record

from .conftest import feed, item

ITEM = {
    "feed": "NOS Binnenland",
    "title": "Dijk bij Kampen versterkt",
    "url": "https://nos.nl/l/2280103",
    "published": "Fri, 12 Apr 2019 10:44:57 +0200",
    "summary": "<p>De financiÃ«le gevolgen zijn groot. </p>\n        <h2>Kosten</h2>\n",
    "scraped_at": "2019-04-13T06:00:00Z",
}
HTML = "<p>De financiële gevolgen zijn groot. </p>\n<h2>Kosten</h2>"
ROW = {
    "datetime": "2010-01-01 00:49:00",
    "title": "Vuurwerk in de polder",
    "content": "Het was druk, overal. Er was vuurwerk.",
    "category": "Binnenland",
    "url": "https://nos.nl/artikel/126231-vuurwerk.html",
}


@pytest.fixture
def write_items(tmp_path):
    def write(*items, name="items.jsonl"):
        path = tmp_path / name
        lines = (one if isinstance(one, str) else json.dumps(one) for one in items)
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return str(path)

    return write


@pytest.fixture
def write_rows(tmp_path):
    def write(*rows):
        path = tmp_path / "artikelen.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            sheet = csv.DictWriter(file, list(rows[0]))
            sheet.writeheader()
            sheet.writerows(rows)
        return str(path)

    return write


def numbered(count, **changes):
    return [ITEM | {"url": f"https://nos.nl/l/{2280200 + n}"} | changes for n in range(count)]


def everything_in(folder: Path):
    return {path: sha256(path.read_bytes()).digest() for path in folder.rglob("*.*")}


def test_an_item_becomes_a_revision_with_its_bytes(crawler_on_each, write_items):
    crawler, path = crawler_on_each, write_items(ITEM)
    done = crawler.run("import", "items", path, NEWSARCHIVE_CLOCK="2026-10-01T12:00:00Z")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert "1 rows read, 1 new" in done.stderr
    [row] = crawler.rows("SELECT external_id, category, origin, title, html FROM current_articles")
    assert row == ("2280103", "binnenland", "import", ITEM["title"], HTML)
    [(kind, url, *place)] = crawler.rows(
        "SELECT content_type, url, warc_file, warc_offset, warc_length FROM captures c "
        "JOIN revisions r ON r.capture_id = c.id AND r.imported_at = c.captured_at"
    )
    assert (kind, url) == ("application/x-ndjson", f"{Path(path).as_uri()}#lines=1-1")
    record = read_record(crawler.data_dir, *place)
    assert (record.type, record.payload) == ("resource", Path(path).read_bytes())


def test_observed_is_when_the_row_was_read_and_imported_is_when_it_was_recorded(
    crawler, write_items
):
    crawler.run("import", "items", write_items(ITEM), NEWSARCHIVE_CLOCK="2026-10-01T12:00:00Z")
    [(observed, imported)] = crawler.rows("SELECT observed_at, imported_at FROM revisions")
    assert observed.startswith("2019-04-13 06:00:00")
    assert imported.startswith("2026-10-01 12:00:")


def test_a_row_of_csv_is_known_to_lack_structure(crawler_on_each, write_rows):
    crawler = crawler_on_each
    done = crawler.run("import", "csv", write_rows(ROW))
    assert done.returncode == 0, done.stderr
    [row] = crawler.rows(
        "SELECT a.external_id, a.category, r.html, r.is_lossy FROM articles b "
        "JOIN current_articles a ON a.article_id = b.id JOIN revisions r ON r.article_id = b.id"
    )
    html = "<p>Het was druk, overal. Er was vuurwerk.</p>"
    assert (*row[:3], bool(row[3])) == ("126231", "binnenland", html, True)
    [(published,)] = crawler.rows("SELECT published_at FROM articles")
    assert str(published).startswith("2009-12-31 23:49:00")


def test_importing_again_adds_nothing_from_wherever(crawler, write_items, tmp_path):
    path = write_items(*numbered(3), {"title": "zonder adres"})
    crawler.run("import", "items", path)
    before = [
        crawler.rows(f"SELECT * FROM {table}") for table in ("revisions", "captures", "articles")
    ]
    moved = Path(path).rename(tmp_path / "elders.jsonl")
    crawler.run("import", "items", str(moved))
    assert before == [
        crawler.rows(f"SELECT * FROM {table}") for table in ("revisions", "captures", "articles")
    ]
    assert crawler.rows("SELECT times FROM quarantine") == [(1,)]
    assert len(list((crawler.data_dir / "warc").iterdir())) == 1


def test_a_file_that_has_grown_adds_what_is_new(crawler, write_items):
    items = numbered(501)
    crawler.run("import", "items", write_items(*items[:500]))
    crawler.run("import", "items", write_items(*items))
    assert crawler.rows("SELECT count(*) FROM revisions") == [(501,)]
    urls = [url for (url,) in crawler.rows("SELECT url FROM captures ORDER BY id")]
    assert [url.partition("#")[2] for url in urls] == ["lines=1-500", "lines=501-501"]


def test_an_edit_between_two_collections_is_a_revision(crawler, write_items):
    later = ITEM | {"title": "Dijk toch niet versterkt", "scraped_at": "2019-04-14T06:00:00Z"}
    crawler.run("import", "items", write_items(ITEM, later))
    assert crawler.rows("SELECT title, revision_count FROM current_articles") == [
        (later["title"], 2)
    ]
    assert crawler.rows("SELECT old_title, new_title FROM changes") == [
        (ITEM["title"], later["title"])
    ]


def test_what_cannot_be_used_is_in_quarantine_and_the_rest_is_in(crawler, write_items):
    path = write_items(
        '{"title": "kapot"',
        ITEM,
        ITEM | {"url": "https://krant.example/artikel/2280104"},
        ITEM | {"url": ""},
    )
    done = crawler.run("import", "items", path)
    assert done.returncode == 6
    assert "1 rows read, 1 new, 3 quarantined" in done.stderr
    rows = crawler.rows("SELECT stage, error, capture_id FROM quarantine ORDER BY error")
    assert [error.partition(": ")[0] for _, error, _ in rows] == [
        f"{path}, line {line}" for line in (1, 3, 4)
    ]
    assert [stage for stage, _, _ in rows] == ["parse", "identify", "parse"]
    assert {capture for _, _, capture in rows} == {1}


def test_columns_of_other_names(crawler, write_rows):
    row = {"kop": ROW["title"], "adres": ROW["url"], "datum": ROW["datetime"]}
    fields = [f"--field={f}={c}" for f, c in (("title", "kop"), ("url", "adres"))]
    done = crawler.run("import", "csv", write_rows(row), "--field", "published=datum", *fields)
    assert done.returncode == 0, done.stderr
    assert crawler.rows("SELECT title FROM current_articles") == [(ROW["title"],)]
    assert crawler.rows("SELECT content_type FROM captures") == [
        ('text/csv; header=present; fields="published=datum&title=kop&url=adres"',)
    ]


def test_the_same_bytes_read_otherwise_are_recorded_as_that(crawler, write_items):
    path = write_items({"kop": "Dijk af", **ITEM})
    crawler.run("import", "items", path)
    crawler.run("import", "items", path, "--field", "title=kop")
    assert crawler.rows("SELECT count(*) FROM captures") == [(2,)]
    crawler.run("import", "items", path)
    crawler.run("import", "items", path, "--field", "title=kop")
    assert crawler.rows("SELECT count(*) FROM captures") == [(2,)]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param(["csv", "--field", "kop=title"], "there are title, url", id="an odd field"),
        pytest.param(["csv", "--field", "title"], "not NAME=VALUE", id="no column"),
        pytest.param(["csv", "--field", "title=kop"], "no column is the title", id="no such one"),
        pytest.param(["jekyll", "--dry-run"], "neither --field nor --dry-run", id="posts"),
    ],
)
def test_what_cannot_be_meant_is_an_error_before_anything_is_written(
    crawler, write_rows, options, said
):
    form, *more = options
    done = crawler.run("import", form, write_rows(ROW), *more)
    assert (done.returncode, said in done.stderr) == (2, True), done.stderr
    assert crawler.rows("SELECT * FROM crawl_runs") == []


def test_a_csv_file_without_the_columns_is_an_error_of_usage(crawler, write_rows):
    done = crawler.run("import", "csv", write_rows({"kop": "a", "url": "b"}))
    assert done.returncode == 2
    assert "no column is the title; there are kop, url. Name it: --field" in done.stderr


def test_a_dry_run_counts_what_the_import_then_does(crawler_on_each, write_items):
    crawler = crawler_on_each
    crawler.run("import", "items", write_items(*numbered(3)))
    later = {"scraped_at": "2019-04-14T06:00:00Z"}
    path = write_items(
        *numbered(2),
        *numbered(1, title="Toch anders", **later),
        ITEM,
        ITEM | {"title": "Dijk af"} | later,
        {"title": "zonder adres"},
    )
    tables = ("crawl_runs", "captures", "articles", "entries", "revisions", "quarantine", "leases")
    before = {table: crawler.rows(f"SELECT * FROM {table}") for table in tables}
    files = everything_in(crawler.data_dir)

    done = crawler.run("import", "items", path, "--dry-run")

    assert "it would be: 1 new articles, 3 revisions, 2 unchanged, 1 quarantined" in done.stderr, (
        done.stderr
    )
    assert done.returncode == 6
    assert before == {table: crawler.rows(f"SELECT * FROM {table}") for table in tables}
    assert everything_in(crawler.data_dir) == files
    done = crawler.run("import", "items", path)
    assert "2 new, 1 changed, 1 quarantined" not in done.stderr  # the new one was changed, too
    assert len(crawler.rows("SELECT id FROM articles")) == len(before["articles"]) + 1
    assert len(crawler.rows("SELECT id FROM revisions")) == len(before["revisions"]) + 3
    assert len(crawler.rows("SELECT id FROM quarantine")) == 1


def test_a_dry_run_makes_no_archive(crawler, write_items, tmp_path):
    elsewhere = tmp_path / "nieuw"
    done = crawler.run(
        "import",
        "items",
        write_items(*numbered(501)),
        "--dry-run",
        NEWSARCHIVE_DATABASE_URL=f"sqlite:///{elsewhere}/a.db",
        NEWSARCHIVE_DATA_DIR=str(elsewhere),
    )
    assert done.returncode == 0, done.stderr
    assert "501 new articles, 501 revisions" in done.stderr
    assert not elsewhere.exists()


def test_an_imported_article_is_the_one_that_a_crawl_finds(crawler, write_rows, site):
    crawler.run("import", "csv", write_rows(ROW | {"url": "https://nos.nl/artikel/2280103-dijk"}))
    site.answers["/nosnieuwsbinnenland"] = feed(item(2280103, "Dijk versterkt"))
    assert crawler.crawl("binnenland", "-a", "pages=none").returncode == 0
    assert crawler.rows("SELECT origin, title FROM current_articles") == [
        ("feed", "Dijk versterkt")
    ]
    assert crawler.rows("SELECT count(*) FROM entries") == [(1,)]
    assert crawler.rows("SELECT origin FROM revisions ORDER BY id") == [("import",), ("feed",)]


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_what_is_exported_can_be_imported(crawler, write_items, tmp_path, form):
    crawler.run("import", "items", write_items(*numbered(3)))
    out = tmp_path / "uit"
    crawler.run("export", form, str(out))
    before = crawler.rows("SELECT title, html, published_at, category FROM current_articles")
    done = crawler.run("import", form.replace("jsonl", "items"), str(out))
    assert done.returncode == 0, done.stderr
    assert len(crawler.rows("SELECT id FROM revisions")) == 3
    second = f"sqlite:///{tmp_path}/tweede.db"
    crawler.run("import", form.replace("jsonl", "items"), str(out), NEWSARCHIVE_DATABASE_URL=second)
    with (
        Archive.read(second) as archive,
        archive.query("SELECT title, html, published_at, category FROM current_articles") as (
            _,
            rows,
        ),
    ):
        assert [tuple(row) for row in rows] == before


@pytest.mark.samples
def test_a_real_collection_goes_in_and_comes_out_whole(crawler, samples, tmp_path):
    path = samples / "items-2025-09-28.jsonl"
    items = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert crawler.run("import", "items", str(path)).returncode == 0
    assert crawler.run("export", "parquet", str(tmp_path / "uit.parquet")).returncode == 0
    with duckdb.connect() as database:
        rows = database.sql(
            f"SELECT external_id, title, text, html FROM '{tmp_path}/uit.parquet'"
        ).fetchall()
    held = crawler.rows("SELECT external_id, title, text, html FROM current_articles")
    assert sorted(rows) == sorted(held)
    expected = {}
    for one in items:
        rendered = render(one["summary"], "https://nos.nl")
        number = one["url"].rpartition("/")[2]
        expected[number] = (one["title"], rendered.text, rendered.html)
    assert {number: tuple(rest) for number, *rest in rows} == expected
    assert len(rows) == 216


@pytest.mark.samples
def test_what_is_crawled_after_an_import_is_the_same_article_and_becomes_current(
    crawler, site, samples
):
    path = samples / "items-2025-09-28.jsonl"
    items = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert crawler.run("import", "items", str(path)).returncode == 0
    site.answers["/nosnieuwsalgemeen"] = feed(
        *(item(one["url"].rpartition("/")[2], one["title"], one["summary"]) for one in items)
    )
    assert crawler.crawl("algemeen").returncode == 0
    assert crawler.rows("SELECT origin, count(*) FROM current_articles GROUP BY origin") == [
        ("feed", len(items))
    ]
    assert crawler.rows("SELECT origin, max(number), count(*) FROM revisions GROUP BY origin") == [
        ("feed", 1, len(items)),
        ("import", 1, len(items)),
    ]
    # Title, text and HTML are the same, whichever way they came.
    assert crawler.rows(
        "SELECT count(*) FROM revisions f JOIN revisions i ON i.article_id = f.article_id"
        " WHERE f.origin = 'feed' AND i.origin = 'import' AND f.content_digest = i.content_digest"
    ) == [(len(items),)]


def test_a_file_that_cannot_be_read_is_told_and_holds_back_no_other(crawler, write_items, tmp_path):
    broken = tmp_path / "0-kapot.jsonl"
    broken.symlink_to("/proc/self/mem")  # opens, and gives an error where it is read
    done = crawler.run("import", "items", str(broken), write_items(ITEM))
    assert (done.returncode, "Traceback" in done.stderr) == (6, False)
    assert f"{broken}: cannot be read: Input/output error" in done.stderr
    assert crawler.rows("SELECT count(*) FROM revisions") == [(1,)]
    done = crawler.run("import", "csv", str(broken))
    assert (done.returncode, "cannot be read" in done.stderr) == (2, True)
