"""`newsarchive import` from the outside: files in, revisions with their bytes, and quarantine."""

import pytest

from newsarchive.warc import read_record

from .test_rebuild import database, lose_database, whole

POST = """---
layout: post
title: "Dijk bij Kampen versterkt"
date: Fri, 12 Apr 2019 10:44:57 +0200
category: binnenland
externe_link: "http://feeds.nos.nl/~r/nosnieuwsbinnenland/~3/hW7LRmYwxaE/2280103"
feature_image: "https://nos.nl/data/image/2019/04/12/1/1008x567.jpg"
---

<p>De financiÃ«le gevolgen zijn groot. </p>
<h2>Kosten</h2>
<p>Het werk duurt een jaar.</p>PIXEL
""".replace(
    "PIXEL",
    '<img src="http://feeds.feedburner.com/~r/x/~4/y" height="1" width="1" alt=""/>',
)
HTML = """<p>De financiële gevolgen zijn groot. </p>
<h2>Kosten</h2>
<p>Het werk duurt een jaar.</p>"""
TEXT = "De financiële gevolgen zijn groot.\n\nKosten\n\nHet werk duurt een jaar."


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "collectie"
    folder.mkdir()
    (folder / "2019-04-12-dijk.html").write_text(POST, encoding="utf-8")
    return folder


def test_a_post_becomes_a_revision_with_its_bytes(crawler_on_each, folder):
    crawler = crawler_on_each
    done = crawler.run("import", "jekyll", str(folder))
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    [row] = crawler.rows(
        "SELECT external_id, category, origin, title, text, html, image_url FROM current_articles"
    )
    assert row == (
        "2280103",
        "binnenland",
        "import",
        "Dijk bij Kampen versterkt",
        TEXT,
        HTML,
        "https://nos.nl/data/image/2019/04/12/1/1008x567.jpg",
    )
    assert crawler.rows("SELECT guid, link FROM entries") == [
        (
            "https://nos.nl/l/2280103",
            "http://feeds.nos.nl/~r/nosnieuwsbinnenland/~3/hW7LRmYwxaE/2280103",
        )
    ]
    [place] = crawler.rows(
        "SELECT warc_file, warc_offset, warc_length FROM captures c "
        "JOIN revisions r ON r.capture_id = c.id"
    )
    record = read_record(crawler.data_dir, *place)
    assert (record.type, record.payload) == ("resource", POST.encode())


def test_observed_is_the_files_own_date_and_imported_is_now(crawler, folder):
    crawler.run("import", "jekyll", str(folder), NEWSARCHIVE_CLOCK="2026-10-01T12:00:00Z")
    [(observed, imported)] = crawler.rows("SELECT observed_at, imported_at FROM revisions")
    assert observed.startswith("2019-04-12 08:44:57")
    assert imported.startswith("2026-10-01 12:00:")


def test_importing_again_adds_nothing_from_wherever(crawler, folder, tmp_path):
    crawler.run("import", "jekyll", str(folder))
    before = crawler.rows("SELECT count(*) FROM captures"), crawler.rows("SELECT * FROM revisions")
    moved = folder.rename(tmp_path / "elders")
    assert crawler.run("import", "jekyll", str(moved)).returncode == 0
    assert before == (
        crawler.rows("SELECT count(*) FROM captures"),
        crawler.rows("SELECT * FROM revisions"),
    )


@pytest.mark.parametrize(
    ("name", "text", "code", "counted"),
    [
        pytest.param("2019-04-12-dijk.txt", TEXT, 0, "same", id="the same text"),
        pytest.param(
            "2019-04-12-dijk.txt", TEXT.replace("ë", "ƫ"), 0, "text_damaged", id="a damaged text"
        ),
        pytest.param(
            "2019-04-12-2280103.txt", TEXT, 0, "same", id="known by the number in its name"
        ),
        pytest.param("2019-04-12-dijk.txt", "Iets anders.", 6, "contradicted", id="another text"),
        pytest.param("2019-04-12-2280999.txt", TEXT, 6, None, id="a number nobody has"),
        pytest.param("brief.txt", TEXT, 6, None, id="a text without a post"),
    ],
)
def test_a_text_beside_its_post(crawler, folder, name, text, code, counted):  # noqa: PLR0917 - a table
    (folder / name).write_text(text, encoding="utf-8")
    assert crawler.run("import", "text", str(folder)).returncode == code
    assert crawler.rows("SELECT text FROM revisions") == [(TEXT,)]
    quarantined = crawler.rows("SELECT stage, payload FROM quarantine")
    assert quarantined == ([("parse", text)] if code else [])
    if counted:
        [(counters,)] = crawler.rows("SELECT counters FROM crawl_runs")
        assert f'"texts_{counted}": 1' in str(counters)


def test_a_damaged_post_is_mended_by_its_text(crawler, folder):
    damaged = POST.replace("financiÃ«le", "financiƫle")
    (folder / "2019-04-12-dijk.html").write_text(damaged, encoding="utf-8")
    (folder / "2019-04-12-dijk.txt").write_text(TEXT, encoding="utf-8")
    assert crawler.run("import", "text", str(folder)).returncode == 0
    assert crawler.rows("SELECT text FROM revisions") == [(TEXT,)]


def test_what_cannot_be_read_is_in_quarantine_with_its_bytes(crawler, folder):
    (folder / "kapot.html").write_text("---\ntitle: zonder einde\n", encoding="utf-8")
    (folder / "foto.bin").write_bytes(b"\x00\x01")
    assert crawler.run("import", "jekyll", str(folder)).returncode == 6
    rows = crawler.rows("SELECT error, capture_id IS NOT NULL FROM quarantine ORDER BY error")
    assert [bool(kept) for _, kept in rows] == [True, True]
    assert "NUL" in rows[0][0]
    assert "front matter" in rows[1][0]
    assert len(crawler.rows("SELECT id FROM articles")) == 1


def test_what_is_hidden_in_a_folder_is_passed_over(crawler, folder):
    (folder / ".DS_Store").write_bytes(b"\x00")
    (folder / ".git" / "objects").mkdir(parents=True)
    (folder / ".git" / "objects" / "4c42807").write_bytes(b"\x00\x01")
    assert crawler.run("import", "jekyll", str(folder)).returncode == 0
    assert crawler.rows("SELECT count(*) FROM captures") == [(1,)]


def test_a_folder_that_is_hidden_itself_is_read_when_it_is_named(crawler, folder):
    hidden = folder.rename(folder.with_name(".collectie"))
    assert crawler.run("import", "jekyll", str(hidden)).returncode == 0
    assert crawler.rows("SELECT count(*) FROM revisions") == [(1,)]


def test_a_file_that_cannot_be_read_is_told_and_holds_back_no_other(crawler, folder):
    broken = folder / "0-kapot.html"
    broken.symlink_to("/proc/self/mem")  # opens, and gives an error where it is read
    done = crawler.run("import", "jekyll", str(folder))
    assert (done.returncode, "Traceback" in done.stderr) == (6, False)
    assert f"{broken}: cannot be read: Input/output error" in done.stderr
    assert crawler.rows("SELECT count(*) FROM revisions") == [(1,)]


def test_a_file_too_large_for_a_post_is_told_and_neither_held_nor_recorded(crawler, folder):
    film = folder / "film.mp4"
    with film.open("wb") as file:
        file.truncate((16 << 20) + 1)
    done = crawler.run("import", "jekyll", str(folder))
    assert (done.returncode, crawler.rows("SELECT count(*) FROM captures")) == (6, [(1,)])
    assert f"{film}: cannot be read: it has more than 16 MiB, and is no post" in done.stderr


def test_a_text_that_came_later_is_paired_with_its_post_by_a_rebuild_too(crawler, folder):
    post = folder / "2019-04-12-dijk.html"
    post.write_text(POST.replace("financiÃ«le", "financiƫle"), encoding="utf-8")
    assert crawler.run("import", "jekyll", str(folder)).returncode == 0
    post.with_suffix(".txt").write_text(TEXT, encoding="utf-8")
    assert crawler.run("import", "text", str(folder)).returncode == 0
    before = whole(database(crawler))
    assert (len(before["revisions"]), before["quarantine"]) == (2, [])
    assert crawler.run("import", "text", str(folder)).returncode == 0
    assert whole(database(crawler)) == before, "the same files again add nothing"
    lose_database(crawler)
    assert crawler.run("rebuild").returncode == 0
    assert whole(database(crawler)) == before


def test_a_text_that_belongs_to_another_post_is_named_by_its_own_name(crawler, folder):
    post = folder / "2019-04-12-dijk.html"
    post.with_suffix(".txt").write_text(TEXT, encoding="utf-8")
    other = folder / "2019-04-13-brug.html"
    other.write_text(POST.replace("2280103", "2280104").replace("Het werk", "De brug"))
    other.with_suffix(".txt").write_text(TEXT, encoding="utf-8")
    assert crawler.run("import", "text", str(folder)).returncode == 6
    [(error,)] = crawler.rows("SELECT error FROM quarantine")
    assert error.startswith(f"{other.with_suffix('.txt')}: says something else than its post")


def test_more_files_than_one_chunk_holds(crawler, folder):
    for number in range(2280200, 2280350):
        post = POST.replace("2280103", str(number))
        (folder / f"2019-04-12-{number}.html").write_text(post, encoding="utf-8")
    assert crawler.run("import", "jekyll", str(folder)).returncode == 0
    assert crawler.rows("SELECT count(*) FROM revisions") == [(151,)]


def test_an_imported_article_is_the_one_that_a_crawl_finds(crawler, folder, site):
    from .conftest import feed, item

    crawler.run("import", "jekyll", str(folder))
    site.answers["/nosnieuwsbinnenland"] = feed(item(2280103, "Dijk versterkt"))
    assert crawler.crawl("binnenland").returncode == 0
    assert crawler.rows("SELECT origin, title, revision_count FROM current_articles") == [
        ("feed", "Dijk versterkt", 1)
    ]
    assert crawler.rows("SELECT count(*) FROM entries") == [(1,)]
    assert crawler.rows("SELECT origin FROM revisions ORDER BY id") == [("import",), ("feed",)]


def test_a_path_that_does_not_exist_is_an_error_of_usage(crawler):
    assert crawler.run("import", "jekyll", "nergens").returncode == 2
