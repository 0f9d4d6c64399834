"""What the pages ask, beside what the views say, on both databases."""

from collections import Counter
from datetime import date, timedelta

import pytest

from newsarchive.exceptions import NotFoundError, WithheldError
from newsarchive.model import Identity, Kind, Origin, Withholding, WithholdingAction
from newsarchive.storage import EditQuestion, Shelf, browsing

from .conftest import NOON


@pytest.fixture
def shelves(bench):
    """Give an archive of articles over three days, some without a time, in two categories."""
    for number in range(12):
        moment = None if number % 5 == 4 else NOON - timedelta(hours=7 * number)
        category = "tech" if number % 3 else "buitenland"
        feed = "nosnieuwstech" if number % 3 else "nosnieuwsbuitenland"
        bench.record(
            bench.say(
                *(f"Titel {number}", f"<p>Tekst {number}.</p>"),
                number=2280200 + number,
                published_at=moment,
                category=category,
                feed=feed,
                hours=number,
            ),
            category=category,
        )
    return bench.archive.browsing


def ids(found):
    return [int(one.external_id) - 2280200 for one in found]


def withhold(bench, number):
    url = f"https://nos.nl/l/{number}"
    decision = Withholding(
        "nos", str(number), WithholdingAction.WITHHOLD, "een verzoek", NOON, "iemand@hier"
    )
    identity = Identity("nos", str(number), Kind.ARTICLE, url)
    bench.archive.withholding.record(decision, identity, bench.capture(NOON), bench.run_id)


def in_parts(door, shelf, size):
    found = door.find_summaries(shelf, size)
    while found and (more := door.find_summaries(shelf, size, found[-1].place)):
        found += more
    return found


def test_the_latest_comes_first_and_what_has_no_time_last(shelves):
    assert ids(shelves.find_summaries(Shelf(), 100)) == [0, 1, 2, 3, 5, 6, 7, 8, 10, 11, 9, 4]


@pytest.mark.parametrize("few", [0, 2000], ids=["a walk along the days", "a category sorted whole"])
def test_a_list_in_parts_is_the_whole_list(shelves, monkeypatch, few):
    monkeypatch.setattr(browsing, "FEW_ENTRIES", few)
    whole = [0, 1, 2, 3, 5, 6, 7, 8, 10, 11, 9, 4]
    lists = {
        None: whole,
        "buitenland": [number for number in whole if number % 3 == 0],
        "tech": [number for number in whole if number % 3],
    }

    for category, wanted in lists.items():
        for size in (1, 3, 100):
            assert ids(in_parts(shelves, Shelf(category=category), size)) == wanted


def test_a_period_has_the_articles_of_its_days(shelves):
    shelf = Shelf(since=date(2026, 9, 30), until=date(2026, 10, 1))

    assert ids(shelves.find_summaries(shelf, 100)) == [3, 5]


def test_days_are_counted_without_what_is_withheld(shelves, bench):
    days = (date(2026, 9, 1), date(2026, 11, 1))
    counts = {
        date(2026, 9, 28): 2,
        date(2026, 9, 29): 3,
        date(2026, 9, 30): 2,
        date(2026, 10, 1): 3,
    }

    assert shelves.count_days(*days) == counts
    withhold(bench, 2280200)
    assert shelves.count_days(*days) == counts | {date(2026, 10, 1): 2}
    assert shelves.find_span() == (date(2026, 9, 28), date(2026, 10, 1))
    assert shelves.find_neighbours(date(2026, 9, 29)) == (date(2026, 9, 28), date(2026, 9, 30))


def test_a_summary_is_what_the_view_says(shelves, bench):
    [summary] = shelves.find_summaries(Shelf(), 1)
    row = bench.archive.get_article("nos", summary.external_id)

    for name in ("title", "category", "revision_count", "published_on", "first_seen_at", "number"):
        assert getattr(summary, name) == getattr(row, name)
    assert (summary.lead, summary.categories) == (row.text, (row.categories,))


def test_edits_are_those_of_the_view(bench):
    page = {"origin": Origin.PAGE, "feed": None, "category": None}
    bench.record(bench.say("Een", hours=0))
    bench.record(bench.say("Twee", hours=2))
    bench.record(bench.say("Drie", hours=1))  # came late
    for hours, modified in ((0, 0), (3, 0), (4, 4), (5, None)):
        moment = None if modified is None else NOON + timedelta(hours=modified)
        said = bench.say(f"Pagina {hours}", hours=hours, modified_at=moment, **page)
        bench.record(said, poll=False)
    found = bench.archive.browsing.find_edits(EditQuestion(), 100)
    views = list(bench.archive.iter_changes())

    def told(one):
        return (one.origin, one.number, one.old_title, one.new_title, one.is_silent)

    assert sorted(map(told, found)) == sorted(map(told, views))
    assert [one.observed_at for one in found] == sorted(
        (o.observed_at for o in found), reverse=True
    )
    in_parts = bench.archive.browsing.find_edits(EditQuestion(), 2)
    while more := bench.archive.browsing.find_edits(EditQuestion(), 2, in_parts[-1].place):
        in_parts += more
    assert in_parts == found


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        pytest.param(EditQuestion(silent=True), ["Pagina 3"], id="silent ones"),
        pytest.param(EditQuestion(origin=Origin.FEED), ["Twee"], id="of the feed"),
        pytest.param(EditQuestion(category="tech"), [], id="of another category"),
        pytest.param(
            EditQuestion(category="buitenland", origin=Origin.FEED), ["Twee"], id="of its"
        ),
        pytest.param(
            EditQuestion(since=NOON + timedelta(hours=3)), ["Pagina 4", "Pagina 3"], id="since"
        ),
        pytest.param(EditQuestion(until=NOON + timedelta(hours=3)), ["Twee"], id="until"),
        pytest.param(
            EditQuestion(of_headlines=True), ["Pagina 4", "Pagina 3", "Twee"], id="of headlines"
        ),
    ],
)
def test_edits_can_be_narrowed(bench, question, expected):
    page = {"origin": Origin.PAGE, "feed": None, "category": None}
    bench.record(bench.say("Een", hours=0))
    bench.record(bench.say("Twee", hours=2))
    for hours, modified in ((1, 0), (3, 0), (4, 4)):
        moment = NOON + timedelta(hours=modified)
        said = bench.say(f"Pagina {hours}", hours=hours, modified_at=moment, **page)
        bench.record(said, poll=False)

    found = bench.archive.browsing.find_edits(question, 100)

    assert [one.new_title for one in found] == expected


def test_what_is_not_there_is_told_apart_from_what_is_withheld(bench, shelves):
    withhold(bench, 2280201)

    with pytest.raises(WithheldError):
        shelves.get_summary("nos", "2280201")
    with pytest.raises(NotFoundError, match="not in this archive"):
        shelves.get_summary("nos", "1")
    assert 1 not in ids(shelves.find_summaries(Shelf(), 100))
    assert 1 not in ids(shelves.find_arrivals("tech", 100))


def test_polls_are_measured_by_what_they_had_in_common_with_what_was_known(bench):
    bench.record(bench.say("Een", number=1000001, hours=0))
    bench.record(
        bench.say("Een", number=1000001, hours=1), bench.say("Twee", number=1000002, hours=1)
    )
    bench.record(bench.say("Drie", number=1000003, hours=2))
    [figures] = bench.archive.browsing.measure_polls(NOON - timedelta(days=1)).values()

    assert (figures.polls, figures.failed, figures.changed, figures.gaps) == (3, 0, 3, 1)
    assert figures.overlap == pytest.approx(0.25)


def test_days_are_counted_by_the_category_that_the_view_says(bench):
    import_only = {"origin": Origin.IMPORT, "feed": None, "published_at": NOON}
    for number, category in enumerate(("zwemmen", "zwemmen", "atletiek", "tech", "schaken")):
        said = bench.say(number=2280200 + number, category=category, **import_only)
        bench.record(said, poll=False)
    both = bench.say(number=2280200, published_at=NOON)  # in buitenland too
    bench.record(both)
    counts = bench.archive.browsing.count_by_category(date(2026, 10, 1), date(2026, 10, 2))

    assert {category: many for (_, category), many in counts.items()} == Counter(
        article.category for article in bench.archive.iter_articles()
    )
    assert counts[date(2026, 10, 1), "zwemmen"] == 1


def test_articles_are_counted_by_the_category_that_the_view_shows(bench):
    said = [
        bench.say(number=n, published_at=NOON, feed=None, guid=None, category=category)
        for n, category in ((1, "apen"), (1, "Zaken"), (2, "apen"), (3, "tech"), (3, "apen"))
    ]
    bench.record(*said, poll=False)
    day = NOON.date()
    counts = bench.archive.browsing.count_by_category(day, day + timedelta(days=1))
    assert counts == {(day, "Zaken"): 1, (day, "apen"): 1, (day, "tech"): 1}
    shown = bench.rows("SELECT category, articles FROM articles_per_day")
    assert {(day, category): many for category, many in shown} == counts
