"""Near-duplicates as a person meets them: crawled, shown, undone, and undone still after a rebuild.

The stories are of the replica; the second is the first, issued again under another number.
"""

import json

from newsarchive.replica import documents
from newsarchive.replica.documents import Desk

from .conftest import feed, item
from .test_rebuild import database, lose_database, whole

DESK = Desk(("binnenland", "buitenland"))
STORY = documents.body(DESK, -40)
OTHER = documents.body(DESK, -51)
DAY = "2026-10-0{}T12:00:00Z"


def body(*blocks):
    return "\n".join(blocks)


def links(crawler):
    return crawler.rows(
        "SELECT a.external_id, b.external_id FROM articles a"
        " JOIN articles b ON b.id = a.near_duplicate_of ORDER BY 1"
    )


def publish(site, *more):
    site.answers["/nosnieuwsbuitenland"] = feed(
        item(2280103, "Storm", body(*STORY)),
        item(2280107, "Zware storm trekt voorbij", body(*STORY, "<p>Later meer.</p>")),
        item(2280109, "Iets anders", body(*OTHER)),
        *more,
    )


def test_a_story_issued_again_is_linked_shown_and_unlinked_for_good(site, crawler):
    publish(site)
    done = crawler.crawl("buitenland", NEWSARCHIVE_CLOCK=DAY.format(1))
    assert done.returncode == 0, done.stderr
    assert [tuple(row) for row in links(crawler)] == [("2280107", "2280103")]
    told = json.loads(crawler.run("duplicates", "2280107", "--json").stdout)
    assert [member["id"] for member in told["members"]] == ["2280103", "2280107"]
    assert told["links"][0]["similarity"] > 0.9
    assert "% like 2280103" in crawler.run("duplicates").stdout
    assert crawler.run("duplicates", "2280109").stdout == ""

    done = crawler.run("unlink", "2280103", NEWSARCHIVE_CLOCK=DAY.format(2))
    assert done.returncode == 0, done.stderr
    assert links(crawler) == []
    assert crawler.run("unlink", "2280103").returncode == 4
    publish(site, item(2280111, "Nog een keer", body(*STORY)))
    crawler.crawl("buitenland", NEWSARCHIVE_CLOCK=DAY.format(3))
    assert [tuple(row) for row in links(crawler)] == [("2280111", "2280103")]

    before = whole(database(crawler))
    assert len(before["near_duplicates"]) == 3
    assert crawler.run("verify").returncode == 0
    lose_database(crawler)
    done = crawler.run("rebuild")
    assert done.returncode == 0, done.stderr
    assert whole(database(crawler)) == before
