"""Jobs of the schedule, and the figures by which alarms are found, on both databases."""

from datetime import timedelta

import pytest

from newsarchive.items import Document, Look, Poll
from newsarchive.model import Identity, Kind, LookOutcome, Origin, Outcome, Validators
from newsarchive.storage import Owner

from .conftest import NOON

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FIRST, SECOND = Owner("here", "1:1"), Owner("here", "2:2")


@pytest.fixture
def watch(bench):
    return bench.archive.watch


def begin(watch, owner=FIRST, hours=0, at_work=False):
    return watch.begin_job(
        "verify", "verify", owner, now=NOON + hours * HOUR, is_at_work=lambda _: at_work
    )


def test_a_job_begins_ends_and_begins_again(watch):
    assert begin(watch)
    watch.hand_job("verify", SECOND)
    [job] = watch.find_jobs()
    assert (job.owner, job.started_at, job.finished_at) == (SECOND, NOON, None)
    watch.finish_job("verify", 5, NOON + HOUR)
    [job] = watch.find_jobs()
    assert (job.exit_code, job.finished_at) == (5, NOON + HOUR)
    assert begin(watch, hours=2)
    [job] = watch.find_jobs()
    assert (job.exit_code, job.finished_at, job.started_at) == (None, None, NOON + 2 * HOUR)


def test_a_job_that_another_is_at_does_not_begin(watch):
    assert begin(watch)
    assert not begin(watch, SECOND, at_work=True)
    assert [job.owner for job in watch.find_jobs()] == [FIRST]


def test_what_is_due(bench, watch):
    bench.record(bench.say())
    due = watch.find_due("nos", ["nosnieuwsbuitenland", "nosnieuwstech", "nieuw"])
    assert due.planned == {
        "nosnieuwsbuitenland": NOON + HOUR,
        "nosnieuwstech": None,
        "nieuw": None,
    }
    assert due.pages_at == NOON
    assert watch.find_due("weekblad", ["x"]).pages_at is None


def test_progress_shows_in_the_mark_and_life_in_the_heartbeat(bench, watch):
    before = watch.find_mark()
    bench.record(bench.say())
    assert watch.find_mark() != before
    assert watch.find_heartbeat("nos") == NOON
    assert watch.find_heartbeat("weekblad") is None


def poll(bench, hours, status, *said, conditional=True):
    [state] = bench.archive.find_feed_states([bench.states["buitenland"].feed])
    at = NOON + hours * HOUR
    validators = Validators('"v"') if status == 200 else None
    asked = Poll(state, at, status, validators, conditional=conditional)
    captures = [bench.capture(at)] if status == 200 else []
    document = Document("nos", said, captures=captures, poll=asked)
    bench.archive.record_document(document, bench.run_id)


def test_a_frozen_validator_shows_in_the_polls(bench, watch):
    for day in range(3):
        numbers = range(2280103 + day, 2280105 + day)
        at = 24 * day
        said = [bench.say(number=n, hours=at, capture=bench.capture(NOON)) for n in numbers]
        poll(bench, at, 200, *said, conditional=False)
        for hour in range(1, 12):
            poll(bench, at + hour, 304)
    [feed] = watch.take_figures(NOON + 59 * HOUR).feeds
    # The first poll ever tells nothing of what was hidden.
    assert (feed.unmodified, feed.modified, feed.news_behind) == (33, 0, 2)
    assert feed.overlap == 1
    poll(bench, 60, 200, bench.say(number=2280105, hours=60), conditional=True)
    [feed] = watch.take_figures(NOON + 61 * HOUR).feeds
    assert (feed.modified, feed.overlap) == (1, 1)


def look(bench, number, hours, text=None, outcome=LookOutcome.READ):
    """Look at a page, which reads `text`."""
    identity = Identity("nos", str(number), Kind.ARTICLE, f"https://nos.nl/l/{number}")
    capture = bench.capture(NOON + hours * HOUR)
    html = f"<p>{text}</p>"
    said = bench.say(html=html, hours=hours, number=number, origin=Origin.PAGE, capture=capture)
    from dataclasses import replace

    from newsarchive.comparison.digest import content_digest

    words = len(text.split()) if text else 0
    said = replace(said, word_count=words, content_digest=content_digest("Titel", html), feed=None)
    said = replace(said, category=None)
    looked = Look(identity, capture.captured_at, outcome, identity.url, capture=capture)
    document = Document("nos", [said] if text else [], captures=[capture], looks=[looked])
    bench.archive.record_document(document, bench.run_id)


def next_run(bench, hours, looks):
    counters = {"pages_read": looks, "new": 3}
    at = NOON + hours * HOUR
    bench.archive.finish_run(bench.run_id, Outcome.FINISHED, counters, at)
    bench.run_id = bench.begin(now=at)


def test_lengths_of_today_stand_beside_those_of_the_month(bench, watch):
    bench.record(bench.say())  # a source is known by its polls
    for number in range(3):
        look(bench, 2280200 + number, -240 + number, "een twee drie vier")
    for number in range(2):
        look(bench, 2280300 + number, number, "een twee")
    look(bench, 2280200, 2, "later werd het een heel stuk langer dan het was")
    [source] = watch.take_figures(NOON + 3 * HOUR).sources
    assert (source.words, source.articles) == (2, 2)
    assert (source.usual_words, source.usual_articles) == (4, 3)


def test_pages_that_changed_at_once_are_counted_in_the_run_that_looked_at_many(bench, watch):
    bench.record(bench.say())
    numbers = range(2280200, 2280225)
    for number in numbers:
        look(bench, number, 1, "zo was het")
    next_run(bench, 2, len(numbers))
    for number in numbers:
        is_new_form = number < 2280203
        outcome = LookOutcome.UNKNOWN_FORM if is_new_form else LookOutcome.READ
        look(bench, number, 3, None if is_new_form else f"zo is het {number % 2}", outcome)
    for number in range(2280300, 2280304):
        look(bench, number, 3.5, "nieuw")
    next_run(bench, 4, len(numbers) + 4)
    look(bench, 2280203, 5, "en weer anders")
    next_run(bench, 6, 1)
    [source] = watch.take_figures(NOON + 7 * HOUR).sources
    assert (source.looks, source.looks_again, source.changed) == (29, 22, 22)
    assert source.unreadable == 3
    assert source.last_outcome == "finished"
