"""A month of the scheduler in a world of its own, on a real archive.

Feeds that are slow and fast, an evening of much news, a site that is down, a network that is, a
machine that sleeps, a feed that turns into a web page, damage, a crawl that hangs, the night that
has an hour more, and a kill -9 every day.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from newsarchive.cleaning.dates import AMSTERDAM
from newsarchive.model import OutageKind
from newsarchive.storage import Archive

from .world import DAY, HOUR, MINUTE, PLAN, Killed, Span, World, join_outages

BEGAN = datetime(2026, 10, 10, 6, tzinfo=UTC)
DAYS = 30
BUSY, SLOW = "nosnieuwsbinnenland", "nosnieuwskoningshuis"


def day(number, hour=0.0):
    return BEGAN.replace(hour=0) + number * DAY + hour * HOUR


SPANS = (
    Span(day(3, 22), day(4, 7), "suspended"),  # a night
    Span(day(6, 10), day(6, 15), "broken"),  # the site is down: 502
    Span(day(8, 9), day(8, 21), "offline"),  # our network is
    Span(day(11, 8), day(12, 8), "html", BUSY),
    Span(day(14, 12), day(14, 13), "hangs"),
    Span(day(17, 20), day(19, 9), "suspended"),  # a weekend
)


def publications():
    """Return when each feed has something new: by day much, by night little."""
    busy, slow = [], []
    for number in range(DAYS + 1):
        for minute in range(0, 24 * 60, 10):
            hour = minute / 60
            # From 7 to 23 one in 100 minutes; on the evening of day 20 one in 10.
            if (7 <= hour < 23 and minute % 100 == 0) or (number == 20 and 18 <= hour < 22):
                busy.append(day(number, hour))
        if number % 4 == 0:
            slow.append(day(number, 9.5))
    return {BUSY: busy, SLOW: slow}


@pytest.fixture(scope="module")
def month(sqlite_template, tmp_path_factory):
    import shutil

    path = tmp_path_factory.mktemp("month") / "newsarchive.db"
    shutil.copy(sqlite_template, path)
    kills = [day(number, 13.26) for number in range(1, DAYS)]
    world = World(f"sqlite:///{path}", BEGAN, (BUSY, SLOW), SPANS, kills, day(9, 1))
    world.publications = publications()
    plan = (replace(PLAN[0], slugs=world.feeds), *PLAN[1:])
    while world.now < day(DAYS):
        scheduler = world.scheduler(plan)
        world.at_the_end = (day(DAYS), scheduler.stop)
        try:
            scheduler.run()
        except Killed:
            world.now += MINUTE  # systemd starts it again
    world.archive.close()
    return world


def rows(world, statement):
    with Archive.read(world.url) as archive, archive.query(statement) as (_, found):
        return [tuple(row) for row in found]


def moment(text):
    return text and datetime.fromisoformat(text).replace(tzinfo=UTC)


def ledger(world, feed):
    """Return the outages of a feed: kind, from, to, and whether anything can have been missed."""
    return [
        (kind, moment(began), moment(ended), overlap)
        for kind, began, ended, overlap in rows(
            world,
            "SELECT o.kind, o.began_at, o.ended_at, o.has_overlap FROM outages o"
            f" JOIN feeds f ON f.id = o.feed_id WHERE f.slug = '{feed}' ORDER BY o.began_at, o.id",
        )
    ]


@pytest.mark.parametrize("feed", [BUSY, SLOW])
def test_every_blind_period_is_in_the_ledger_and_no_other(month, feed):
    good, bad = month.good[feed], month.bad[feed]
    blind = [
        (before, after)
        for before, after in pairwise(good)
        if after - before > 1.5 * HOUR
        or any(before < at < after for at in bad)
        or ((shown := set(month.shown(feed, before))) and not shown & set(month.shown(feed, after)))
    ]
    told = [(began, ended) for _, began, ended, _ in ledger(month, feed)]
    assert blind
    assert join_outages(told, good) == blind


def test_what_may_have_been_missed_is_what_was_missed(month):
    held = {int(number[-6:]) for (number,) in rows(month, _held(BUSY))}
    last = month.good[BUSY][-1]
    missed = {n for n, at in enumerate(month.publications[BUSY]) if at <= last} - held
    lossy = [(began, ended) for *_, began, ended, overlap in ledger(month, BUSY) if not overlap]
    assert missed  # the weekend took more than the feed shows
    for number in missed:
        at = month.publications[BUSY][number]
        assert any(began < at < ended for began, ended in lossy), at
    slow = {int(number[-6:]) for (number,) in rows(month, _held(SLOW))}
    last = month.good[SLOW][-1]
    assert slow == {n for n, at in enumerate(month.publications[SLOW]) if at <= last}


def _held(feed):
    return (
        "SELECT a.external_id FROM articles a JOIN entries e ON e.article_id = a.id"
        f" JOIN feeds f ON f.id = e.feed_id WHERE f.slug = '{feed}'"
    )


def test_the_kinds_tell_ours_from_theirs(month):
    kinds = {}
    for kind, began, _, _ in ledger(month, BUSY):
        kinds.setdefault(kind, []).append((began - BEGAN.replace(hour=0)) // DAY)
    assert kinds[OutageKind.OFFLINE] == [8]
    assert kinds[OutageKind.UNREACHABLE] == [6, 11]
    assert kinds[OutageKind.NOT_POLLED] == [3, 14, 17]  # the second for the crawl that hung


def test_each_alarm_was_raised_once_and_cleared_once(month):
    told = rows(month, "SELECT kind, subject, raised_at, cleared_at FROM alarms ORDER BY id")
    names = [(kind, subject) for kind, subject, *_ in told]
    assert sorted(names) == [
        ("damage", "verify"),
        ("feed failing", f"nos/{BUSY}"),
        ("feed failing", f"nos/{SLOW}"),
        ("html for feed", f"nos/{BUSY}"),
        ("source unreachable", "nos"),
    ]
    assert all(cleared is not None for *_, cleared in told)


def test_nothing_ran_twice_at_once(month):
    assert month.most_at_once == 1


def test_a_busy_evening_is_asked_more_often_and_a_quiet_night_is_not(month):
    evening = [at for at in month.good[BUSY] if day(20, 18) < at < day(20, 22)]
    night = [at for at in month.good[BUSY] if day(21, 0) < at < day(21, 5)]
    assert len(evening) > 4
    assert len(night) <= 6
    assert all(overlap for _, began, _, overlap in ledger(month, BUSY) if began > day(20))


@pytest.mark.parametrize("span", [span for span in SPANS if span.what == "suspended"])
def test_after_a_sleep_everything_is_done_once(month, span):
    soon = [name for at, name in month.started if span.ended_at <= at < span.ended_at + 20 * MINUTE]
    assert soon.count("nos") == 1
    assert soon.count("backup") <= 1


def test_the_backup_is_at_its_time_on_both_sides_of_the_night_with_an_hour_more(month):
    local = [at.astimezone(AMSTERDAM) for at, name in month.started if name == "backup"]
    around = [at for at in local if at.day in {24, 25, 26} and at.month == 10]
    assert [(at.day, at.hour, at.minute // 30) for at in around] == [
        (24, 4, 1),
        (25, 4, 1),
        (26, 4, 1),
    ]


def test_a_crawl_that_hung_was_stopped_and_the_next_one_did_its_work(month):
    soon = [at for at in month.good[BUSY] if day(14, 13) <= at < day(14, 14.5)]
    assert soon
    outcomes = dict(rows(month, "SELECT outcome, count(*) FROM crawl_runs GROUP BY outcome"))
    assert outcomes["abandoned"] >= 1


def test_the_floor_was_kept(month):
    spans = [after - before for before, after in pairwise(month.good[SLOW])]
    usual = [span for span in spans if span <= 1.5 * HOUR]
    assert len(usual) / len(spans) > 0.97
    assert max(usual) <= timedelta(hours=1, minutes=31)
