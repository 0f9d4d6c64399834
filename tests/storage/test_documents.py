from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.exc import StatementError

from newsarchive.exceptions import StorageError
from newsarchive.items import Document, Poll, Quarantined
from newsarchive.model import Origin, Stage, Validators

from .conftest import TOO_LONG, Bench

REVISIONS = "SELECT origin, number, title FROM revisions ORDER BY article_id, origin, number"


def test_a_first_sighting_is_a_revision(bench):
    assert bench.record(bench.say())["new"] == 1
    assert bench.rows(REVISIONS) == [("feed", 1, "Titel")]


def test_the_same_content_later_is_no_revision(bench):
    bench.record(bench.say())
    assert bench.record(bench.say(hours=1))["repeated"] == 1
    assert len(bench.rows(REVISIONS)) == 1


def test_another_content_is_a_revision_though_the_publisher_names_the_same_time(bench):
    published = bench.say().captured_at
    bench.record(bench.say(published_at=published))
    assert bench.record(bench.say("Andere titel", hours=1, published_at=published))["changed"] == 1
    assert bench.rows("SELECT old_title, new_title, is_silent FROM changes") == [
        ("Titel", "Andere titel", None)
    ]


def test_an_edit_undone_is_a_revision_too(bench):
    for hour, title in enumerate(["Eerst", "Toen", "Eerst"]):
        bench.record(bench.say(title, hours=hour))
    assert [row[2] for row in bench.rows(REVISIONS)] == ["Eerst", "Toen", "Eerst"]


def test_another_time_of_publication_alone_is_no_revision_but_is_known(bench):
    at = bench.say().captured_at
    bench.record(bench.say(published_at=at))
    bench.record(bench.say(published_at=at + timedelta(minutes=10), hours=1))
    assert len(bench.rows(REVISIONS)) == 1
    article = bench.archive.get_article("nos", "2280103")
    assert article.published_at == at + timedelta(minutes=10)


def test_one_article_in_two_feeds_is_one_article_with_two_entries(bench):
    bench.record(bench.say())
    counts = bench.record(
        bench.say(feed="nosnieuwstech", category="tech", hours=1), category="tech"
    )
    assert (counts["new"], counts["changed"], counts["unchanged"]) == (0, 0, 1)
    assert bench.rows("SELECT category, categories FROM current_articles") == [
        ("buitenland", "buitenland,tech")
    ]
    assert bench.archive.count_rows()["entries"] == 2


def test_the_category_is_the_first_of_the_catalogue_whatever_came_first(bench):
    bench.record(bench.say(feed="nosnieuwsalgemeen", category="algemeen"), category="algemeen")
    bench.record(bench.say(feed="nosnieuwstech", category="tech", hours=1), category="tech")
    assert bench.rows("SELECT category, categories FROM current_articles") == [
        ("tech", "algemeen,tech")
    ]


def test_a_stale_feed_that_repeats_itself_is_neither_an_edit_nor_an_undo(bench):
    stale = {"feed": "nosnieuwsalgemeen", "category": "algemeen"}
    bench.record(bench.say("Oud"))
    bench.record(bench.say("Oud", **stale), category="algemeen")
    bench.record(bench.say("Nieuw", hours=1))
    assert bench.record(bench.say("Oud", hours=2, **stale), category="algemeen")["repeated"] == 1
    assert bench.record(bench.say("Nieuw", hours=3, **stale), category="algemeen")["unchanged"] == 1
    assert [row[2] for row in bench.rows(REVISIONS)] == ["Oud", "Nieuw"]


def test_a_late_observation_is_compared_with_what_was_in_force_then(bench):
    bench.record(bench.say("Een", hours=1))
    bench.record(bench.say("Twee", hours=5))
    late = {"feed": "nosnieuwstech", "category": "tech"}
    assert bench.record(bench.say("Een", hours=3, **late), category="tech")["unchanged"] == 1
    assert bench.record(bench.say("Een", hours=0, **late), category="tech")["repeated"] == 1
    assert len(bench.rows(REVISIONS)) == 2


def test_a_late_observation_leaves_what_the_feed_said_last(bench):
    bench.record(bench.say("Een", hours=1))
    bench.record(bench.say("Twee", hours=5))
    assert bench.record(bench.say("Een", hours=3))["unchanged"] == 1
    assert bench.record(bench.say("Een", hours=0, link="http://oud"))["unchanged"] == 1
    assert bench.record(bench.say("Twee", hours=4))["repeated"] == 1
    [entry] = bench.rows("SELECT link, first_seen_at, last_seen_at FROM entries")
    assert [str(value)[:13] for value in entry[1:]] == ["2026-10-01 12", "2026-10-01 17"]
    assert entry[0] == "https://nos.nl/l/2280103"


def test_observations_of_one_document_need_no_order(bench):
    def said(title, hours):
        return bench.say(title, hours=hours, origin=Origin.IMPORT, feed=None)

    counts = bench.record(said("Twee", 5), said("Een", 1), said("Twee", 3), poll=False)
    assert (counts["new"], counts["unchanged"]) == (2, 1), "it stood there sooner"


def test_an_earlier_sighting_of_known_content_invents_no_edit(bench):
    bench.record(bench.say("Een", hours=5))
    early = {"feed": "nosnieuwstech", "category": "tech"}
    assert bench.record(bench.say("Een", hours=1, **early), category="tech")["unchanged"] == 1
    article = bench.archive.get_article("nos", "2280103")
    assert article.first_seen_at == bench.say(hours=1).captured_at


def test_origins_are_numbered_and_compared_apart(bench):
    bench.record(bench.say("Feed"))
    bench.record(bench.say("Feed, ingevoerd", hours=1, origin=Origin.IMPORT), poll=False)
    assert bench.rows(REVISIONS) == [("feed", 1, "Feed"), ("import", 1, "Feed, ingevoerd")]
    assert bench.archive.get_article("nos", "2280103").origin is Origin.FEED


def test_an_import_that_comes_again_adds_nothing_whatever_else_has_its_date(bench):
    both = [
        bench.say(title, origin=Origin.IMPORT, feed=None, guid=None) for title in ("Een", "Twee")
    ]
    bench.record(*both, poll=False)
    assert bench.record(*both, poll=False)["unchanged"] == 2
    assert len(bench.rows(REVISIONS)) == 2


def test_an_import_is_not_what_the_feed_said_last(bench):
    bench.record(bench.say("Feed"))
    bench.record(bench.say("Anders", hours=1, origin=Origin.IMPORT, link="http://oud"), poll=False)
    assert bench.rows("SELECT link FROM entries") == [("https://nos.nl/l/2280103",)]
    assert bench.record(bench.say("Feed", hours=2))["repeated"] == 1


def test_a_digest_of_another_rule_repeats_nothing(bench):
    bench.record(bench.say())
    with bench.archive._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE entries SET digest_rule = 0")
    assert bench.record(bench.say(hours=1))["unchanged"] == 1
    assert bench.record(bench.say(hours=2))["repeated"] == 1


def test_an_entry_is_of_the_article_that_it_named_last(bench):
    bench.record(bench.say(guid="een"))
    bench.record(bench.say(guid="een", number=2280104, hours=1))
    assert bench.rows(
        "SELECT a.external_id FROM entries e JOIN articles a ON a.id = e.article_id"
    ) == [("2280104",)]


def test_an_imported_entry_is_the_one_that_a_crawl_finds_later(bench):
    bench.record(
        bench.say(origin=Origin.IMPORT, feed=None, guid=None, link="http://oud"), poll=False
    )
    bench.record(bench.say(hours=1))
    assert bench.rows("SELECT guid, link FROM entries") == [
        ("https://nos.nl/l/2280103", "https://nos.nl/l/2280103")
    ]


def test_a_category_that_only_imports_know_gets_a_feed_that_is_never_polled(bench):
    bench.record(
        bench.say(origin=Origin.IMPORT, feed=None, category="regionaal nieuws"), poll=False
    )
    assert bench.rows("SELECT slug, category, url FROM feeds WHERE position = 1000") == [
        ("regionaal nieuws", "regionaal nieuws", None)
    ]
    assert bench.rows("SELECT category FROM current_articles") == [("regionaal nieuws",)]


def test_a_category_that_is_a_feeds_slug_is_that_feeds(bench):
    said = bench.say(feed=None, category="nosnieuwsbuitenland")
    assert bench.record(said, poll=False)["quarantined"] == 0
    assert bench.rows("SELECT category FROM current_articles") == [("buitenland",)]


def test_one_entry_that_the_database_refuses_goes_to_quarantine_alone(bench):
    bad = bench.say("Slecht", number=2280104, word_count="geen getal")
    if bench.url.startswith("sqlite"):
        bad = replace(bad, title="Slecht \ud800")  # SQLite takes any type but no lone surrogate
    counts = bench.record(bench.say(), bad, bench.say("Goed", number=2280105))
    assert (counts["entries"], counts["new"], counts["quarantined"]) == (3, 2, 1)
    assert bench.rows("SELECT stage, url FROM quarantine") == [
        ("store", "https://nos.nl/l/2280104")
    ]
    assert bench.rows("SELECT count(*) FROM articles") == [(2,)]


def test_a_full_disk_is_no_fault_of_an_entry(new_sqlite):
    bench = Bench(new_sqlite())
    long = bench.say(html=f"<p>{'Tekst. ' * 100_000}</p>")
    engine = bench.archive._engine
    engine.dispose()

    @event.listens_for(engine, "connect")
    def fill_the_disk(connection, _):
        connection.execute("PRAGMA max_page_count = 1")  # no more pages than there are

    with pytest.raises(StorageError, match="the disk is full"):
        bench.record(long)
    assert bench.archive.count_rows() == dict.fromkeys(bench.archive.count_rows(), 0)
    assert bench.rows("SELECT etag FROM feeds WHERE etag IS NOT NULL") == []
    bench.archive.close()


def test_an_entry_with_an_endless_guid_goes_by_its_articles_url(bench):
    endless = bench.say("Lang", number=2280104, guid=f"https://nos.nl/l/2280104?{TOO_LONG}")
    counts = bench.record(bench.say(), endless, bench.say("Goed", number=2280105))
    assert (counts["new"], counts["quarantined"]) == (3, 0)
    assert bench.record(replace(endless, title="Langer"))["repeated"] == 1
    assert bench.rows("SELECT guid FROM entries ORDER BY guid") == [
        (f"https://nos.nl/l/{number}",) for number in (2280103, 2280104, 2280105)
    ]


def test_what_is_too_large_for_the_database_holds_back_no_other(bench):
    huge = bench.say("Lang", number=2280104, feed=None, guid=None, category=TOO_LONG)
    counts = bench.record(bench.say(), huge, bench.say("Goed", number=2280105))
    is_bounded = not bench.url.startswith("sqlite")
    assert (counts["new"], counts["quarantined"]) == ((2, 1) if is_bounded else (3, 0))


def test_the_same_input_failing_the_same_way_is_one_row_that_counts(bench):
    failed = Quarantined(
        Stage.PARSE, "ParseError: HTML", "http://x", "\x00\ud800", bench.say().captured_at
    )
    for _ in range(3):
        bench.record(poll=False, quarantined=[failed])
    assert bench.rows("SELECT times, stage, payload FROM quarantine") == [
        (3, "parse", "\\x00\\ud800")
    ]


def test_validators_are_written_with_the_entries_or_not_at_all(bench):
    capture = bench.capture(bench.say().captured_at)
    state = bench.states["buitenland"]
    broken = replace(bench.say(), capture=replace(capture, warc_offset=99))
    document = Document(
        "nos",
        [broken],
        captures=[capture],
        poll=Poll(state, bench.say().captured_at.replace(tzinfo=None), 200, Validators('"new"')),
    )
    with pytest.raises(StatementError, match="no time zone"):
        bench.archive.record_document(document, bench.run_id)
    assert bench.rows("SELECT etag FROM feeds WHERE etag IS NOT NULL") == []
    assert bench.archive.count_rows()["articles"] == 0


def test_a_304_writes_its_poll_row_and_its_feed_row_only(bench):
    bench.record(bench.say())
    before = bench.archive.count_rows()
    poll = Poll(bench.states["buitenland"], bench.say(hours=1).captured_at, 304, conditional=True)
    bench.archive.record_document(Document("nos", poll=poll), bench.run_id)
    assert bench.archive.count_rows() == before
    assert bench.rows("SELECT status, entries FROM feed_polls ORDER BY id") == [(200, 1), (304, 0)]
    assert bench.rows(
        "SELECT etag, conditional_polls FROM feeds WHERE slug = 'nosnieuwsbuitenland'"
    ) == [('"v"', 1)]


def test_a_failed_poll_counts_and_keeps_the_validators(bench):
    bench.record(bench.say())
    for hour in (1, 2):
        failed = Poll(
            bench.states["buitenland"], bench.say(hours=hour).captured_at, 500, error="HTTP 500"
        )
        bench.archive.record_document(Document("nos", poll=failed), bench.run_id)
    assert bench.rows(
        "SELECT etag, consecutive_failures, last_error FROM feeds WHERE last_error IS NOT NULL"
    ) == [('"v"', 2, "HTTP 500")]
    bench.record(bench.say(hours=3))
    assert bench.rows("SELECT max(consecutive_failures) FROM feeds") == [(0,)]


def test_every_entry_is_counted_once(bench):
    bench.record(bench.say("A"), bench.say("B", number=2280104))
    failed = Quarantined(Stage.PARSE, "no title", "http://x", None, bench.say().captured_at)
    counts = bench.record(
        bench.say("A2", hours=1),
        bench.say("B", number=2280104, hours=1),
        bench.say("C", number=2280105, hours=1),
        quarantined=[failed],
    )
    parts = ("new", "changed", "unchanged", "repeated", "quarantined")
    assert [counts[part] for part in parts] == [1, 1, 0, 1, 1]
    assert sum(counts[part] for part in parts) == counts["entries"] == 4


def test_a_feed_that_cannot_be_read_has_no_entries(bench):
    at = bench.say().captured_at
    failed = Quarantined(Stage.PARSE, "ParseError: HTML", "http://x", None, at)
    poll = Poll(bench.states["buitenland"], at, 200, error="ParseError: HTML")
    document = Document("nos", quarantined=[failed], poll=poll)
    counts = bench.archive.record_document(document, bench.run_id)
    assert (counts["entries"], counts["quarantined"]) == (0, 1)
