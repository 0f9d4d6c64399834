"""`newsarchive import warc`: files that others recorded, written here by warcio."""

from io import BytesIO
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from newsarchive.warc import iter_records

from .conftest import feed, item
from .test_pages import page
from .test_rebuild import database, lose_database, whole

FEED = "http://feeds.nos.nl/nosnieuwsbuitenland"
PAGE = "https://nos.nl/artikel/2280103-dijk-bij-kampen-versterkt"


DIKE = page(2280103, "Dijk bij Kampen versterkt", "De dijk is klaar.")


@pytest.fixture
def write_warc(tmp_path):
    """Write answers, (URL, time, body) each, as another crawler would."""

    def write(name, *answers, status="200 OK", heads=()):
        path = tmp_path / "found" / name
        path.parent.mkdir(exist_ok=True)
        with path.open("wb") as file:
            writer = WARCWriter(file, gzip=name.endswith(".gz"))
            writer.write_record(writer.create_warcinfo_record(name, {"software": "another"}))
            for url, moment, body in answers:
                given = [("Content-Type", "text/html; charset=utf-8"), *heads]
                http = StatusAndHeaders(status, given, protocol="HTTP/1.1")
                record = writer.create_warc_record(
                    url,
                    "response",
                    payload=BytesIO(body),
                    http_headers=http,
                    warc_headers_dict={"WARC-Date": moment},
                )
                writer.write_record(record)
                record.raw_stream.close()
        return str(path)

    return write


OF_A_REVISION = "a.external_id, r.origin, r.number, r.title, CAST(r.observed_at AS text)"


def revisions(crawler):
    joined = "revisions r JOIN articles a ON a.id = r.article_id"
    found = crawler.rows(f"SELECT {OF_A_REVISION} FROM {joined} ORDER BY 1, 2, 3")
    return [(*row[:4], row[4][:19]) for row in found]


def held(crawler):
    """Return what an import leaves, without surrogate keys."""
    return revisions(crawler), *(
        crawler.rows(f"SELECT {columns} ORDER BY 1, 2")
        for columns in (
            "external_id, url, kind, published_at, first_seen_at, last_seen_at FROM articles",
            "guid, content_digest, first_seen_at, last_seen_at FROM entries",
            "warc_file, warc_offset, url, captured_at, payload_digest FROM captures",
            "stage, error, url, times FROM quarantine",
            "html, text, modified_at FROM revisions",
        )
    )


def test_feeds_and_pages_of_another_become_revisions_of_their_time(crawler_on_each, write_warc):
    path = write_warc(
        "2019.warc.gz",
        (FEED, "2019-04-12T09:00:00Z", feed(item(), item(2280104, "Brug dicht"))),
        (PAGE, "2019-04-12T10:00:00Z", DIKE),
        ("https://nos.nl/data/image/2019/1.jpg", "2019-04-12T10:00:01Z", b"\xff\xd8"),
        ("https://elders.example/", "2019-04-12T10:00:02Z", b"<p>anders</p>"),
        ("http://[email protected]/", "2019-04-12T10:00:03Z", b"<p>geen adres</p>"),
    )
    ran = crawler_on_each.run("import", "warc", path)
    assert ran.returncode == 0, ran.stderr
    assert "2 records read, 4 records passed over" in ran.stderr
    assert revisions(crawler_on_each) == [
        ("2280103", "feed", 1, "Dijk bij Kampen versterkt", "2019-04-12 09:00:00"),
        ("2280103", "page", 1, "Dijk bij Kampen versterkt", "2019-04-12 10:00:00"),
        ("2280104", "feed", 1, "Brug dicht", "2019-04-12 09:00:00"),
    ]


def test_it_is_no_poll_and_no_look_of_ours_and_adds_nothing_again(crawler, write_warc):
    answers = [(FEED, "2019-04-12T09:00:00Z", feed(item())), (PAGE, "2019-04-12T10:00:00Z", DIKE)]
    crawler.run("import", "warc", write_warc("a.warc.gz", *answers, heads=[("ETag", '"a"')]))
    for question in ("feed_polls", "looks", "feeds WHERE etag IS NOT NULL"):
        assert crawler.rows(f"SELECT count(*) FROM {question}") == [(0,)]
    before = held(crawler)
    again = crawler.run("import", "warc", write_warc("b.warc", *answers, heads=[("ETag", '"a"')]))
    assert "2 records known" in again.stderr
    assert held(crawler) == before


def test_bytes_are_copied_under_their_own_time_and_say_where_from(crawler, write_warc):
    path = write_warc("2019.warc.gz", (PAGE, "2019-04-12T10:00:00Z", DIKE))
    crawler.run("import", "warc", path)
    [own] = (crawler.data_dir / "warc").iterdir()
    answer = next(record for record in iter_records(own) if record.type == "response")
    assert (answer.url, answer.payload) == (PAGE, DIKE)
    assert f"{answer.captured_at}" == "2019-04-12 10:00:00+00:00"
    assert answer.headers["X-Newsarchive-Found"].endswith(" 2019.warc.gz")
    assert crawler.run("verify").returncode == 0


def test_several_captures_of_a_page_are_its_history(crawler, write_warc):
    edited = page(2280103, "Dijk bij Kampen bezweken", "De dijk is niet klaar.")
    crawler.run(
        "import",
        "warc",
        write_warc(
            "2019.warc.gz",
            (PAGE, "2019-04-14T10:00:00Z", edited),
            (PAGE, "2019-04-12T10:00:00Z", DIKE),
            (PAGE, "2019-04-13T10:00:00Z", DIKE),
        ),
    )
    changes = crawler.rows("SELECT old_title, new_title FROM changes")
    assert changes == [("Dijk bij Kampen versterkt", "Dijk bij Kampen bezweken")]


def test_what_cannot_be_used_is_told_and_the_rest_stands(crawler, write_warc):
    strange = b"<html><p>Vreemd.</p></html>"
    twice = feed(item(2280104, "Brug dicht"), item(2280104, "Brug open"))
    answers = [(PAGE, "2019-04-12T10:00:00Z", DIKE), (PAGE, "2019-04-13T10:00:00Z", strange)]
    answers.append((FEED, "2019-04-13T11:00:00Z", twice))
    torn = Path(write_warc("2019.warc.gz", *answers, (PAGE, "2019-04-14T10:00:00Z", DIKE)))
    torn.write_bytes(torn.read_bytes()[:-200])
    ran = crawler.run("import", "warc", str(torn.parent))
    assert ran.returncode == 6
    assert "3 records read, 1 records passed over, 1 records torn" in ran.stderr
    assert [row[3] for row in revisions(crawler)] == ["Dijk bij Kampen versterkt", "Brug dicht"]
    quarantined = crawler.rows(
        "SELECT stage, count(capture_id) FROM quarantine GROUP BY 1 ORDER BY 1"
    )
    assert quarantined == [("extract", 1), ("identify", 1)]


def test_a_release_of_ours_is_an_import_to_another(crawler, write_warc, new_sqlite, tmp_path):
    answers = [(FEED, "2019-04-12T09:00:00Z", feed(item())), (PAGE, "2019-04-12T10:00:00Z", DIKE)]
    crawler.run("import", "warc", write_warc("2019.warc.gz", *answers))
    told = revisions(crawler)
    out = tmp_path / "out.wacz"
    assert crawler.run("export", "wacz", str(out)).returncode == 0
    crawler.url, crawler.data_dir = new_sqlite(), tmp_path / "other"
    crawler.environment["NEWSARCHIVE_DATABASE_URL"] = crawler.url
    crawler.environment["NEWSARCHIVE_DATA_DIR"] = str(crawler.data_dir)
    assert crawler.run("import", "warc", str(out)).returncode == 0
    assert revisions(crawler) == told


def test_it_comes_back_with_a_rebuild(crawler, write_warc):
    answers = [
        (FEED, "2019-04-12T09:00:00Z", feed(item())),
        (PAGE, "2019-04-12T10:00:00Z", DIKE),
        (PAGE, "2019-04-13T10:00:00Z", b"<html><p>Vreemd.</p></html>"),
        (PAGE, "2019-04-14T10:00:00Z", DIKE.replace(b"klaar", b"af")),
    ]
    crawler.run("import", "warc", write_warc("2019.warc.gz", *answers))
    before = held(crawler)
    assert len(revisions(crawler)) == 3
    lose_database(crawler)
    done = crawler.run("rebuild")
    assert done.returncode == 0, done.stderr
    assert held(crawler) == before


def test_a_folder_without_such_files_is_told_what_is_wanted(crawler, tmp_path):
    ran = crawler.run("import", "warc", str(tmp_path))
    assert ran.returncode == 2
    assert ".warc.gz" in ran.stderr


def test_one_that_lies_among_ours_is_told_by_a_rebuild_and_harms_no_other(
    site, crawler, write_warc
):
    site.answers["/nosnieuwsbuitenland"] = feed(item())
    crawler.crawl("buitenland")
    before = whole(database(crawler))
    theirs = Path(write_warc("van-anderen.warc.gz", (PAGE, "2019-04-12T09:00:00Z", b"Anders.")))
    theirs.rename(crawler.data_dir / "warc" / "van-1-1-1.warc.gz")
    lose_database(crawler)
    done = crawler.run("rebuild")
    assert done.returncode == 5
    assert f"{PAGE}: not recorded by newsarchive" in done.stderr
    assert whole(database(crawler)) == before
