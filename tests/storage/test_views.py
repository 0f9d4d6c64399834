"""Views: what stood when, what is withheld, and words that mean the same on both databases."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, text

from newsarchive.model import Identity, Kind, LookOutcome, Origin
from newsarchive.storage.engine import connect
from newsarchive.storage.schema import sources
from newsarchive.storage.views import VIEWS
from newsarchive.storage.views.dialects import in_dialect

from .conftest import NOON, Bench
from .test_looks import Page

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
AS_OF = (
    "SELECT origin, title, text, withdrawn_at IS NOT NULL FROM articles_over_time"
    " WHERE stood_from <= '{0}' AND (stood_until > '{0}' OR stood_until IS NULL)"
    " ORDER BY external_id"
)


@pytest.fixture
def page(bench):
    return Page(bench)


@pytest.fixture
def lived(page):
    """Return the page of an article that was edited after a day, withdrawn, and returned."""
    page.look(1, title="Eerst", html="<p>Een.</p>")
    page.look(24, title="Daarna", html="<p>Twee.</p>")
    for hours in (100, 110, 150):
        page.look(hours, LookOutcome.GONE)
    page.look(200, title="Daarna", html="<p>Twee.</p>")
    return page


def at(hours):
    """Return the time so many hours after noon of 1 October, as SQL has it."""
    return f"{NOON + timedelta(hours=hours):%Y-%m-%d %H:%M:%S.%f}"


STOOD = {
    -1: [],  # before anything was seen
    0: [("feed", "Titel", "Tekst.", False)],
    1: [("page", "Eerst", "Een.", False)],
    23.9: [("page", "Eerst", "Een.", False)],
    24: [("page", "Daarna", "Twee.", False)],  # edited
    99: [("page", "Daarna", "Twee.", False)],  # as nobody knows yet what is to come
    100: [("page", "Daarna", "Twee.", True)],  # withdrawn
    199: [("page", "Daarna", "Twee.", True)],
    200: [("page", "Daarna", "Twee.", False)],  # returned
    9999: [("page", "Daarna", "Twee.", False)],
}


def test_the_archive_as_it_was_at_a_time(lived):
    asked = {hours: lived.bench.rows(AS_OF.format(at(hours))) for hours in STOOD}
    told = {hours: [tuple(map(_plain, row)) for row in rows] for hours, rows in asked.items()}
    assert told == STOOD


def _plain(value):
    return bool(value) if isinstance(value, int) else value


def test_what_stands_now_is_what_is_current(lived):
    bench = lived.bench
    late = bench.say("Nog later", "<p>Drie.</p>", hours=300)
    bench.record(late)
    bench.record(bench.say("Los", number=2280104, hours=5))
    columns = "external_id, origin, number, title, text, categories, withdrawn_at"
    now = f"SELECT {columns} FROM articles_over_time WHERE stood_until IS NULL ORDER BY 1"
    assert bench.rows(now) == bench.rows(f"SELECT {columns} FROM current_articles ORDER BY 1")


def test_a_late_observation_finds_its_place(lived):
    bench = lived.bench
    kept = bench.capture(bench.say(hours=12).captured_at)
    bench.record(bench.say("Tussen", hours=12, origin=Origin.PAGE, guid=None, capture=kept))
    assert [row[1] for row in bench.rows(AS_OF.format(at(13)))] == ["Tussen"]
    told = bench.rows("SELECT place, title FROM headlines WHERE origin = 'page' ORDER BY place")
    assert told == [(1, "Eerst"), (2, "Tussen"), (3, "Daarna")]


def test_postgresql_has_it_as_a_function(new_postgres):
    bench = Bench(new_postgres())
    bench.record(bench.say("Eerst"))
    bench.record(bench.say("Daarna", hours=2))
    for hours, title in ((1, "Eerst"), (2, "Daarna")):
        asked = f"SELECT title, number FROM articles_as_of('{at(hours)}')"
        assert bench.rows(asked) == [(title, hours)]
    bench.archive.close()


def test_withdrawals_are_those_that_the_crawl_saw(lived):
    bench = lived.bench
    gone = "SELECT withdrawn_at, confirmed_at, returned_at FROM withdrawals ORDER BY 1"
    told = [[str(value)[:19] for value in row] for row in bench.rows(gone)]
    assert told == [[at(hours)[:19] for hours in (100, 150, 200)]]
    for hours in (210, 230, 258):
        lived.look(hours, LookOutcome.HOME)
    assert bench.rows(f"{gone} DESC")[0][:1] == bench.rows("SELECT withdrawn_at FROM articles")[0]
    assert bench.rows(f"{gone} DESC")[0][2] is None


@pytest.mark.parametrize(
    "hours",
    [
        pytest.param((100, 110), id="two looks"),
        pytest.param((100, 110, 147.9), id="less than two days"),
    ],
)
def test_what_is_not_confirmed_is_no_withdrawal(page, hours):
    for hour in hours:
        page.look(hour, LookOutcome.GONE)
    assert page.bench.rows("SELECT * FROM withdrawals") == []


def test_what_is_cosmetic_is_no_change(bench):
    bench.record(bench.say("Titel", "<p>Dijk\xa0dicht.</p>"))
    bench.record(bench.say("Titel ", "<p>Dijk dicht.</p>\n", hours=1, image_url="https://x.nl/y"))
    assert bench.rows("SELECT * FROM changes") == []
    assert bench.rows("SELECT * FROM edits") == []


def test_no_view_shows_what_is_withheld(lived):
    bench = lived.bench
    bench.record(bench.say("Open", number=2280104, hours=1))
    bench.record(bench.say("Open!", number=2280104, hours=2))
    with bench.archive._transaction() as connection:
        connection.execute(text("UPDATE articles SET withheld_at = first_seen_at WHERE id = 1"))
        connection.execute(text("UPDATE articles SET near_duplicate_of = 1 WHERE id = 2"))
    seen = {view: bench.rows(f"SELECT * FROM {view}") for view in VIEWS}
    assert "2280103" not in repr(seen)
    assert bench.rows("SELECT near_duplicate_of FROM current_articles") == [(None,)]
    for view in ("changes", "edits", "headlines", "articles_over_time", "revision_captures"):
        assert seen[view], view


WORDS = """
SELECT LOCAL_DAY(t), LOCAL_WEEK(t), LOCAL_WEEKDAY(t), LOCAL_HOUR(t), SECONDS(t),
       DAYS_AFTER(t, 2) FROM moments ORDER BY t"""


def test_words_of_time_mean_the_same_on_both_databases(database_url):
    nights = [
        datetime(year, month, day, tzinfo=UTC) + timedelta(minutes=30 * half, microseconds=7)
        for year, month, day in [(1996, 3, 30), (1996, 10, 26), (2026, 3, 28), (2026, 10, 24)]
        for half in range(96)
    ]
    step = timedelta(hours=1013, minutes=7, seconds=59, microseconds=999_999)
    years = [datetime(2007, 1, 1, tzinfo=UTC) + step * number for number in range(250)]
    moments = sorted({*nights, *years})
    engine = connect(database_url)
    with engine.begin() as connection:
        kind = "timestamptz" if engine.dialect.name == "postgresql" else "text"
        connection.execute(text(f"CREATE TEMPORARY TABLE moments (t {kind})"))
        rows = [{"t": f"{moment:%Y-%m-%d %H:%M:%S.%f}"} for moment in moments]
        connection.execute(text("INSERT INTO moments VALUES (:t)"), rows)
        asked = connection.execute(text(in_dialect(WORDS, engine.dialect.name)))
        told = [tuple(map(str, row)) for row in asked]
    engine.dispose()
    assert [row[:5] for row in told] == [expected(moment) for moment in moments]
    later = [datetime.fromisoformat(row[5]).replace(tzinfo=UTC) for row in told]
    assert later == [moment + timedelta(days=2) for moment in moments]


def expected(moment):
    there = moment.astimezone(AMSTERDAM)
    monday = there.date() - timedelta(days=there.weekday())
    seconds = int(moment.replace(microsecond=0).timestamp())
    return tuple(map(str, (there.date(), monday, there.isoweekday(), there.hour, seconds)))


def test_of_categories_that_only_imports_know_the_first_is_first_by_code_point(bench):
    for category in ("apen", "Zaken"):
        bench.record(bench.say(feed=None, category=category, guid=None), poll=False)
    shown = "SELECT category, categories FROM current_articles"
    assert bench.rows(shown) == [("Zaken", "Zaken,apen")]
    assert bench.archive.find_categories()[-2:] == ["Zaken", "apen"]


@pytest.mark.parametrize("name", [name for name, sql in VIEWS.items() if "f.position" in sql])
def test_no_collation_of_the_database_chooses_a_category(name):
    # The PostgreSQL of these tests has none but C; that of others has en_US, and `apen` before.
    view = in_dialect(VIEWS[name], "postgresql")
    assert view.count("ORDER BY f.position") == view.count('f.position, f.category COLLATE "C"')


def test_articles_of_one_number_and_moment_have_an_order_whichever_came_first(bench):
    with bench.archive._engine.begin() as connection:
        connection.execute(insert(sources).values(name="eigen", homepage_url="https://eigen.nl"))
    for source in ("nos", "eigen"):
        identity = Identity(source, "2280103", Kind.ARTICLE, f"https://{source}.nl/l/2280103")
        bench.record(bench.say(identity=identity, feed=None, category=None), poll=False)
    found = [article.source for article in bench.archive.iter_articles()]
    assert found == ["eigen", "nos"]
