"""`newsarchive rebuild`: the database is lost, and made again from the bytes."""

import gzip
import json
import re
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsarchive.warc import RUN_FIELD, WarcWriter, iter_records

from .conftest import Crawler, feed, item
from .test_pages import ALL, DUE, many, page, redirect

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)

# What no WARC file tells: runs, leases, polls without an answer of their own.
LEFT_OUT = {"crawl_runs", "leases", "feed_polls", "outages", "jobs", "alarms", "alembic_version"}
OF_POLLS = {
    "last_polled_at", "next_poll_at", "conditional_polls", "consecutive_failures", "last_error",
    "retry_after_at", "poll_interval_s",
}  # fmt: skip


def whole(path):
    """Return every row of every table, with what its surrogate keys stand for in their place."""
    with sqlite3.connect(path) as connection:
        connection.row_factory = sqlite3.Row
        tables = [
            row[0]
            for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        named = {
            "article_id": "SELECT id, source || ':' || external_id FROM articles",
            "of_article_id": "SELECT id, source || ':' || external_id FROM articles",
            "correction_id": "SELECT id, source || ':' || external_id FROM articles",
            "near_duplicate_of": "SELECT id, source || ':' || external_id FROM articles",
            "feed_id": "SELECT id, source || ':' || slug FROM feeds",
            "capture_id": "SELECT id, warc_file || '@' || warc_offset FROM captures",
            "last_capture_id": "SELECT id, warc_file || '@' || warc_offset FROM captures",
            "picture_id": "SELECT id, picture || ' ' || crop FROM pictures",
            "revision_id": "SELECT r.id, a.external_id || r.origin || r.number FROM revisions r"
            " JOIN articles a ON a.id = r.article_id",
        }
        names = {key: dict(connection.execute(q).fetchall()) for key, q in named.items()}
        return {
            table: sorted(
                repr(
                    [
                        (key, names[key].get(row[key]) if key in names else row[key])
                        for key in dict(row)
                        if key
                        not in {"id", "crawl_run_id"} | (OF_POLLS if table == "feeds" else set())
                    ]
                )
                for row in connection.execute(f"SELECT * FROM {table}")
            )
            for table in tables
            # The words of the search index are derived from the rows, and have tests of their own.
            if table not in LEFT_OUT and not table.startswith("search")
        }


def database(crawler):
    return Path(crawler.url.removeprefix("sqlite:///"))


def lose_database(crawler):
    for path in database(crawler).parent.glob(f"{database(crawler).name}*"):
        path.unlink()


@pytest.fixture
def lived(site, crawler):
    """Return the crawler of an archive to which much has happened."""
    numbers = range(2280103, 2280109)
    items = [item(number, f"Titel {number}") for number in numbers]
    site.answers["/nosnieuwsbuitenland"] = feed(*items, item(1, guid="kapot"))
    site.answers["/nosnieuwstech"] = feed(items[0])
    site.answers["/nosvoetbal"] = (200, {}, b"<html>geen feed</html>")
    for number in numbers:
        site.answers[f"/l/{number}"] = redirect(f"/artikel/{number}-x")
        site.answers[f"/artikel/{number}-x"] = page(number, f"Titel {number}", "Een.")
    site.answers["/artikel/2280104-x"] = (404, {}, b"weg")
    site.answers["/artikel/2280105-x"] = page(2280105, without="title")
    robots = b"User-agent: *\nDisallow: /artikel/2280106\n"
    site.answers["/robots.txt"] = (200, {}, robots)
    site.answers["/l/2280107"] = redirect(f"{site.base}/nieuws")
    times = iter(f"2026-10-0{day}T12:00:00Z" for day in range(1, 9))

    def crawl(*more):
        return crawler.crawl("buitenland,tech,voetbal", *more, NEWSARCHIVE_CLOCK=next(times))

    crawl(*DUE)
    site.answers["/artikel/2280103-x"] = page(2280103, "Titel anders", "Twee.")
    site.answers["/nosnieuwsbuitenland"] = feed(item(2280103, "Titel anders"), *items[1:])
    crawl(*ALL)
    crawl(*ALL)
    crawl(*ALL)
    return crawler


def test_a_lost_archive_comes_back_row_for_row(lived):
    before = whole(database(lived))
    assert all(before[table] for table in ("revisions", "looks", "quarantine", "entries", "pages"))
    outcomes = {row[0] for row in lived.rows("SELECT outcome FROM looks")}
    assert {"read", "not modified", "gone", "incomplete", "home", "failed"} <= outcomes
    exported = lived.run("export", "jsonl", str(lived.data_dir / "before.jsonl"))
    assert exported.returncode == 0
    lose_database(lived)
    done = lived.run("rebuild")
    assert done.returncode == 0, done.stderr
    assert whole(database(lived)) == before
    lived.run("export", "jsonl", str(lived.data_dir / "after.jsonl"))
    first, second = (
        (lived.data_dir / f"{name}.jsonl").read_bytes() for name in ("before", "after")
    )
    assert first == second


def test_an_archive_is_never_rebuilt_over(lived):
    before = whole(database(lived))
    done = lived.run("rebuild")
    assert done.returncode == 2
    assert "--check" in done.stderr
    assert whole(database(lived)) == before


def test_a_check_finds_nothing_where_the_code_is_the_same(lived):
    before = whole(database(lived))
    done = lived.run("rebuild", "--check", "--json")
    assert (done.returncode, json.loads(done.stdout)["differences"]) == (0, []), done.stderr
    assert json.loads(done.stdout)["compared"] == 10
    assert whole(database(lived)) == before


def test_a_check_names_what_would_be_otherwise(lived):
    with sqlite3.connect(database(lived)) as connection:
        connection.execute("DROP TRIGGER revisions_refuse_update")
        connection.execute("UPDATE revisions SET title = 'X' WHERE origin = 'page' AND number = 2")
    done = lived.run("rebuild", "--check", "--json")
    assert json.loads(done.stdout)["differences"] == [
        {"form": "next-data", "what": "title", "revisions": 1, "examples": ["nos:2280103"]}
    ]
    assert "title" in lived.run("rebuild", "--check").stdout


def test_an_import_comes_back_too(new_sqlite, tmp_path, site):
    crawler = Crawler(new_sqlite(), tmp_path / "data", site.base)
    posts = tmp_path / "posts"
    posts.mkdir()
    (posts / "2019-04-12-2280103-dijk.html").write_text(
        '---\nlayout: post\ntitle: "Dijk"\ndate: Fri, 12 Apr 2019 10:44:57 +0200\n'
        'category: buitenland\nexterne_link: "https://nos.nl/l/2280103"\n---\n\n<p>Klaar.</p>\n'
    )
    (posts / "2019-04-12-2280103-dijk.txt").write_text("Klaar.")
    (posts / "los.txt").write_text("Een tekst zonder bericht.")
    (posts / "2280199.txt").write_text("Een tekst bij een onbekend bericht.")
    rows = tmp_path / "rows.jsonl"
    rows.write_text(
        '{"title": "Brug", "url": "https://nos.nl/l/2280104", "body": "<p>Dicht.</p>",'
        ' "published": "2025-09-28T10:00:00+02:00", "category": "tech"}\n{kapot\n'
    )
    assert crawler.run("import", "jekyll", str(posts)).returncode == 6
    assert crawler.run("import", "text", str(posts)).returncode == 6
    assert crawler.run("import", "items", str(rows)).returncode == 6
    before = whole(database(crawler))
    assert len(before["revisions"]) == 2
    lose_database(crawler)
    assert crawler.run("rebuild").returncode == 0
    assert whole(database(crawler)) == before


def test_what_a_killed_crawl_recorded_and_did_not_store_is_there_too(site, crawler):
    many(site, (404, {}, b""), count=5)
    crawler.crawl("buitenland", *DUE)
    held = whole(database(crawler))
    for path in (crawler.data_dir / "warc").iterdir():
        torn = path.read_bytes()[:-60]
        path.write_bytes(torn)
    lose_database(crawler)
    done = crawler.run("rebuild")
    assert done.returncode == 0
    assert "1 torn ends of files" in done.stderr
    assert len(whole(database(crawler))["revisions"]) == len(held["revisions"])


@pytest.mark.parametrize(
    ("coding", "change", "stored"),
    [
        pytest.param("utf-8", bytes, 1, id="no coding, it says"),
        pytest.param("gzip", lambda body: gzip.compress(body)[:-9], 1, id="cut off at its end"),
        pytest.param("gzip", bytes, 0, id="another one"),
    ],
)
def test_a_body_with_a_wrong_coding_is_read_again_as_it_was(site, crawler, coding, change, stored):
    body = change(feed(item()))
    site.answers["/nosnieuwsbuitenland"] = (200, {"Content-Encoding": coding}, body)
    assert crawler.crawl("buitenland").returncode == (0 if stored else 7)
    before = whole(database(crawler))
    assert (len(before["revisions"]), len(before["captures"])) == (stored, 1)
    lose_database(crawler)
    assert crawler.run("rebuild").returncode == 0
    assert whole(database(crawler)) == before


def test_a_document_that_stands_in_two_files_of_one_process_is_whole(site, crawler):
    site.answers["/nosnieuwsbuitenland"] = feed(item())
    site.answers["/l/2280103"] = redirect("/artikel/2280103-x")
    site.answers["/artikel/2280103-x"] = page(2280103, "Dijk", "Klaar.")
    crawler.crawl("buitenland", *DUE)
    told = "SELECT requests, outcome FROM looks", "SELECT url, status FROM captures ORDER BY id"
    before = [crawler.rows(statement) for statement in told]
    assert before[0] == [(2, "read")]
    [path] = (crawler.data_dir / "warc").iterdir()
    raw, (info, *_, answer, _) = path.read_bytes(), list(iter_records(path))
    name, time, process, _ = path.name.split("-")
    path.with_name(f"{name}-{int(time) + 1}-{process}-00001.warc.gz").write_bytes(
        raw[: info.length] + raw[answer.offset :]
    )
    path.write_bytes(raw[: answer.offset])
    lose_database(crawler)
    done = crawler.run("rebuild")
    assert (done.returncode, "cut off" in done.stderr) == (0, False)
    assert [crawler.rows(statement) for statement in told] == before


def test_a_document_that_our_code_fails_on_costs_no_other(site, crawler):
    writer = WarcWriter(crawler.data_dir, "a", software="newsarchive/1", clock=lambda: NOON)
    writer.write_metadata("https://nos.nl/l/1", {"wat": "?"}, NOON, "unlink nos/1")
    writer.close()
    site.answers["/nosnieuwsbuitenland"] = feed(item())
    crawler.crawl("buitenland")
    lose_database(crawler)
    done = crawler.run("rebuild")
    assert (done.returncode, "The archive is not whole" in done.stderr) == (7, True)
    assert "unlink nos/1, in warc/a-" in done.stderr
    assert crawler.rows("SELECT count(*) FROM revisions") == [(1,)]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        pytest.param(
            {"run": {"source": "weg"}}, "Unknown source 'weg'", id="a source that is gone"
        ),
        pytest.param({"run": {"of_later": 1}}, "of_later", id="a later version's warcinfo"),
        pytest.param({"outcome": "of later"}, "'of later' is not a valid", id="its outcome"),
    ],
)
def test_a_file_that_this_version_cannot_read_costs_no_other(site, crawler, fields, told):
    extra = {RUN_FIELD: json.dumps(fields.get("run", {}))}
    writer = WarcWriter(
        crawler.data_dir, "a", software="newsarchive/9", clock=lambda: NOON, extra=extra
    )
    silence = {"error": "?", **{name: said for name, said in fields.items() if name != "run"}}
    writer.write_metadata("https://nos.nl/l/1", silence, NOON, "page nos/1")
    writer.close()
    site.answers["/nosnieuwsbuitenland"] = feed(item())
    crawler.crawl("buitenland")
    lose_database(crawler)
    done = crawler.run("rebuild")
    assert (done.returncode, "1 WARC files that could not be read" in done.stderr) == (7, True)
    assert re.search(rf"warc/a-\S+: .*{told}", done.stderr)
    assert crawler.rows("SELECT count(*) FROM revisions") == [(1,)]


def test_without_files_there_is_nothing_to_rebuild(crawler):
    done = crawler.run("rebuild")
    assert done.returncode == 4
    assert "no WARC files" in done.stderr
