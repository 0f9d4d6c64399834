"""Looks at pages in the archive: what is due, what a look means, what it leaves behind."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from newsarchive.items import Document, Look, Quarantined
from newsarchive.model import LookOutcome, Origin, Stage, Update

NUMBER = 2280103


def moment_of(value):
    """Return a value of either database, of which SQLite has times as text."""
    if isinstance(value, str):
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    return value


class Page:
    """One article's page as the bench looks at it, hour by hour."""

    def __init__(self, bench):
        self.bench = bench
        bench.record(bench.say())
        self.start = bench.say().captured_at

    def look(self, hours, outcome=LookOutcome.READ, *, quarantined=(), more=None, **said):
        bench, at = self.bench, self.start + timedelta(hours=hours)
        capture = bench.capture(at)
        seen = bench.say(hours=hours, origin=Origin.PAGE, capture=capture, guid=None, **said)
        look = Look(seen.identity, at, outcome, capture.url, 2, 200, capture, '"e1"')
        read = [seen] if outcome is LookOutcome.READ and not quarantined else []
        document = Document(
            "nos", read, quarantined, [capture], looks=[replace(look, **(more or {}))]
        )
        return bench.archive.record_document(document, bench.run_id)

    def due(self, hours, **more):
        return self.bench.archive.find_due(
            "nos", self.start + timedelta(hours=hours), more.pop("limit", 10), **more
        )

    def row(self, columns):
        statement = f"SELECT {columns} FROM articles a LEFT JOIN pages p ON p.article_id = a.id"
        return tuple(moment_of(value) for value in self.bench.rows(statement)[0])

    def check_in_hours(self):
        (check,) = self.row("a.next_check_at")
        return None if check is None else (check - self.start).total_seconds() / 3600


@pytest.fixture
def page(bench):
    return Page(bench)


def test_what_a_feed_tells_anew_makes_the_page_due(page):
    assert page.due(0) == [1]
    page.look(0)
    assert page.due(0.9) == []
    page.bench.record(page.bench.say("Andere titel", hours=0.5))
    assert page.due(0.5) == [1]


def test_what_a_feed_repeats_does_not(page):
    page.look(0)
    page.bench.record(page.bench.say(hours=0.5))
    assert page.check_in_hours() == 1


def test_a_feed_without_pages_makes_none_due(bench):
    state = bench.states["buitenland"]
    bench.states["buitenland"] = replace(state, feed=replace(state.feed, has_pages=False))
    bench.record(bench.say())
    assert bench.archive.find_due("nos", bench.say(hours=9).captured_at, 10) == []


def test_an_import_makes_none_due(bench):
    bench.record(bench.say(origin=Origin.IMPORT), poll=False)
    assert bench.archive.find_due("nos", bench.say(hours=9).captured_at, 10) == []
    assert bench.archive.find_due("nos", bench.say(hours=9).captured_at, 10, every=True) == [1]


def test_where_every_page_is_asked_for_those_that_are_not_due_come_last(bench):
    bench.record(bench.say(origin=Origin.IMPORT), poll=False)
    bench.record(bench.say(number=2280104))
    assert bench.archive.find_due("nos", bench.say().captured_at, 1, every=True) == [2]


def test_pages_never_looked_at_come_first_then_those_due_longest(bench):
    page = Page(bench)
    page.look(0)
    bench.record(bench.say(number=2280104, hours=2), bench.say(number=2280105, hours=2))
    assert page.due(3) == [2, 3, 1]
    assert page.due(3, limit=2) == [2, 3]


def test_a_page_is_a_revision_of_its_own_and_the_current_one(page):
    counts = page.look(0, title="Titel", html="<p>De pagina.</p>")
    assert counts["new"] == 1
    article = page.bench.archive.get_article("nos", str(NUMBER))
    assert (article.origin, article.html) == (Origin.PAGE, "<p>De pagina.</p>")


def test_the_page_tells_when_it_was_published_and_modified(page):
    at = page.start
    page.look(0, published_at=at - timedelta(hours=2), modified_at=at - timedelta(hours=1))
    page.look(1, published_at=at - timedelta(hours=2), modified_at=at)
    article = page.bench.archive.get_article("nos", str(NUMBER))
    assert (article.published_at, article.modified_at) == (at - timedelta(hours=2), at)


def test_a_silent_edit_is_told_from_an_announced_one(page):
    at = page.start
    page.look(0, html="<p>Een.</p>", modified_at=at)
    page.look(1, html="<p>Twee.</p>", modified_at=at)
    page.look(2, html="<p>Drie.</p>", modified_at=at + timedelta(hours=2))
    page.look(3, html="<p>Vier.</p>")
    told = page.bench.rows("SELECT is_silent FROM changes WHERE origin = 'page' ORDER BY number")
    assert [None if one is None else bool(one) for (one,) in told] == [True, False, None]


def test_a_change_brings_the_next_look_near(page):
    page.look(0)
    page.look(30)
    assert page.check_in_hours() == 72
    page.look(72, html="<p>Anders.</p>")
    assert page.check_in_hours() == 73


def test_an_unchanged_page_is_asked_for_by_its_validator(page):
    page.look(0)
    (state,) = page.bench.archive.find_pages([1])
    assert (state.etag, state.conditional_looks) == ('"e1"', 0)
    first = state.last_capture
    page.look(1, LookOutcome.NOT_MODIFIED, more={"capture": None, "status": 304, "etag": None})
    (state,) = page.bench.archive.find_pages([1])
    assert (state.etag, state.conditional_looks, state.last_capture) == ('"e1"', 1, first)
    assert page.row("a.last_seen_at")[0] == page.start + timedelta(hours=1)
    assert page.check_in_hours() == 6


@pytest.mark.parametrize(
    "outcome", [LookOutcome.GONE, LookOutcome.FAILED, LookOutcome.CONSENT, LookOutcome.OTHER]
)
def test_a_look_that_did_not_read_the_page_forgets_its_validator(page, outcome):
    page.look(0)
    page.look(1, outcome)
    assert page.bench.archive.find_pages([1])[0].etag is None


def test_a_withdrawal_is_confirmed_over_days_and_undone_by_a_return(page):
    page.look(0)
    for hours in (1, 7, 31):
        page.look(hours, LookOutcome.GONE)
        assert page.row("a.withdrawn_at") == (None,)
    page.look(55, LookOutcome.HOME)
    assert page.row("a.withdrawn_at") == (page.start + timedelta(hours=1),)
    article = page.bench.archive.get_article("nos", str(NUMBER))
    assert article.withdrawn_at is not None
    page.look(79)
    assert page.row("a.withdrawn_at, p.gone_at, p.gone_looks") == (None, None, 0)


def test_every_look_is_a_row_and_the_same_look_again_is_none(page):
    page.look(0)
    page.look(1, LookOutcome.SOFT_404)
    page.look(1, LookOutcome.SOFT_404)
    assert page.bench.rows("SELECT outcome, requests FROM looks ORDER BY captured_at") == [
        ("read", 2),
        ("soft 404", 2),
    ]


def test_a_look_filled_in_late_changes_nothing_but_the_list(page):
    page.look(5)
    before = page.row("a.next_check_at, a.withdrawn_at, p.looked_at, p.gone_looks")
    page.look(-1, LookOutcome.GONE)
    assert page.row("a.next_check_at, a.withdrawn_at, p.looked_at, p.gone_looks") == before
    assert len(page.bench.rows("SELECT id FROM looks")) == 2


def test_a_clock_that_was_ahead_once_does_not_keep_a_page_due(page):
    page.look(48)  # two days ahead
    page.bench.record(page.bench.say("Andere titel", hours=1))
    assert page.due(1) == [1]
    page.look(1)
    assert page.due(1.9) == []
    assert page.due(2) == [1]
    page.look(2, LookOutcome.NOT_MODIFIED)
    assert page.check_in_hours() == 7


def test_a_page_that_is_refused_on_its_road_was_not_read_whole(page):
    at = page.start
    failed = Quarantined(Stage.SANITISE, "CleaningError: te diep", None, None, at)
    page.look(0, quarantined=[failed])
    assert page.bench.rows("SELECT outcome FROM looks") == [("incomplete",)]
    assert page.check_in_hours() == 1


def test_failures_are_counted_and_a_good_look_ends_them(page):
    page.look(0, LookOutcome.FAILED, more={"status": 503})
    page.look(0.25, LookOutcome.FAILED, more={"status": None, "capture": None})
    assert page.row("p.consecutive_failures") == (2,)
    assert page.check_in_hours() == 1.25
    page.look(1.25)
    assert page.row("p.consecutive_failures") == (0,)


def test_a_look_at_an_article_that_is_not_known_yet_makes_it_known(bench):
    seen = bench.say(origin=Origin.PAGE)
    look = Look(seen.identity, seen.captured_at, LookOutcome.GONE, "http://x/", status=404)
    bench.archive.record_document(Document("nos", looks=[look]), bench.run_id)
    assert bench.rows("SELECT external_id, outcome FROM articles, looks") == [(str(NUMBER), "gone")]


def test_the_updates_of_a_liveblog_stand_in_their_order_beside_the_revision(page):
    updates = [
        Update("2", "Tweede", "<p>B</p>", page.start, "B"),
        Update("1", "Eerste", "<p>A</p>", None, "A"),
    ]
    page.look(0, updates=updates)
    page.look(1, html="<p>Meer.</p>", updates=[Update("3", "Derde", "<p>C</p>"), *updates])
    assert page.bench.rows(
        "SELECT r.number, u.position, u.update_id, u.title FROM liveblog_updates u"
        " JOIN revisions r ON r.id = u.revision_id ORDER BY r.number, u.position"
    ) == [
        (1, 1, "2", "Tweede"),
        (1, 2, "1", "Eerste"),
        (2, 1, "3", "Derde"),
        (2, 2, "2", "Tweede"),
        (2, 3, "1", "Eerste"),
    ]


def test_what_politeness_asks_is_kept_with_the_source(page):
    until = page.start + timedelta(hours=9)
    page.look(0)
    page.look(1, LookOutcome.FAILED, more={"retry_after_at": until})
    manners = page.bench.archive.find_manners("nos", page.start + timedelta(hours=0.5))
    assert (manners.requests, manners.retry_after_at) == (2, until)
    assert page.bench.archive.find_manners("nos", page.start).requests == 4


def test_a_lossy_import_is_never_current_where_something_better_exists(bench):
    for hours, lossy in ((0, True), (-5, False), (3, True)):
        said = bench.say(hours=hours, html=f"<p>{hours}</p>", origin=Origin.IMPORT, is_lossy=lossy)
        bench.record(said, poll=False)
    assert bench.rows("SELECT html FROM current_articles") == [("<p>-5</p>",)]
    bench.record(bench.say(hours=-9, html="<p>feed</p>"))
    assert bench.rows("SELECT html FROM current_articles") == [("<p>feed</p>",)]
