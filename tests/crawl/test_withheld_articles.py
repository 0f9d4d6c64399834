"""Withholding as it lasts: through crawls, in the WARC, after a rebuild, and to whoever replays."""

import json
from pathlib import Path

from newsarchive.warc import iter_records

from .conftest import feed, item
from .test_pages import DUE, page, redirect
from .test_rebuild import database, lose_database, whole

SECRET = "Geheime dijkdoorbraak"
DAY = "2026-10-0{}T12:00:00Z"


def publish(site, text="De dijk."):
    site.answers["/nosnieuwsbuitenland"] = feed(
        item(2280103, SECRET, f"<p>{text}</p>"), item(2280107, "Iets anders")
    )
    site.answers["/nosnieuwstech"] = feed(item(2280107, "Iets anders"))
    for number, title in ((2280103, SECRET), (2280107, "Iets anders")):
        site.answers[f"/l/{number}"] = redirect(f"/artikel/{number}-x")
        site.answers[f"/artikel/{number}-x"] = page(number, title, text)


def crawl(crawler, day):
    done = crawler.crawl("buitenland,tech", *DUE, NEWSARCHIVE_CLOCK=DAY.format(day))
    assert done.returncode == 0, done.stderr


def titles(crawler):
    lines = crawler.run("list", "--json").stdout.splitlines()
    return sorted(json.loads(line)["title"] for line in lines)


def decisions(data_dir: Path):
    """Return what the WARC files say was decided."""
    records = (one for path in (data_dir / "warc").iterdir() for one in iter_records(path))
    return [one.fields() for one in records if one.type == "metadata" and "withh" in one.document]


def test_a_withheld_article_stays_hidden_through_crawls_and_a_rebuild(site, crawler):
    publish(site)
    crawl(crawler, 1)
    reason = ("--reason", "een verzoek: van wie het aangaat")
    done = crawler.run("withhold", "2280103", *reason, NEWSARCHIVE_CLOCK=DAY.format(2))
    assert done.returncode == 0, done.stderr
    [said] = decisions(crawler.data_dir)
    assert said["withholding"] == "withhold"
    assert said["reason"] == "een verzoek: van wie het aangaat"
    assert "@" in said["decided-by"]

    publish(site, "De dijk brak door.")
    crawl(crawler, 3)
    assert titles(crawler) == ["Iets anders"]
    assert SECRET not in crawler.run("changes", "--json").stdout
    kept = crawler.rows("SELECT title, count(*) FROM revisions GROUP BY title ORDER BY title")
    assert kept[0] == (SECRET, 4)
    assert crawler.run("verify").returncode == 0

    before = whole(database(crawler))
    lose_database(crawler)
    done = crawler.run("rebuild")
    assert done.returncode == 0, done.stderr
    assert whole(database(crawler)) == before
    assert titles(crawler) == ["Iets anders"]

    done = crawler.run(
        *("withhold", "2280103", "--undo", "--reason", "ingetrokken"),
        NEWSARCHIVE_CLOCK=DAY.format(4),
    )
    assert done.returncode == 0, done.stderr
    assert titles(crawler) == [SECRET, "Iets anders"]
    before = whole(database(crawler))
    lose_database(crawler)
    assert crawler.run("rebuild").returncode == 0
    assert whole(database(crawler)) == before
    assert titles(crawler) == [SECRET, "Iets anders"]


def test_who_replays_the_files_does_not_find_it(site, crawler):
    publish(site)
    crawl(crawler, 1)
    index = crawler.data_dir / "warc" / "index.cdxj"
    crawler.run("index")
    assert "artikel/2280103" in index.read_text()
    assert "nosnieuwsbuitenland" in index.read_text()
    assert crawler.run("withhold", "2280103", "--reason", "een verzoek").returncode == 0
    crawler.run("index")
    found = index.read_text()
    assert "2280103" not in found
    assert "artikel/2280107" in found
    assert "nosnieuwstech" in found
    assert "nosnieuwsbuitenland" not in found  # it stood among its entries
