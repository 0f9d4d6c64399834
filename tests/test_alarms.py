"""Which figures are reason for an alarm, and which are not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from newsarchive.alarms import (
    DAMAGE,
    GIBIBYTE,
    Alarm,
    AlarmKind,
    FeedFigures,
    Figures,
    JobFigures,
    SourceFigures,
    find_alarms,
    split,
)
from newsarchive.exceptions import ExitCode, ParseError
from newsarchive.feeds.parser import parse_feed
from newsarchive.feeds.polling import Health

NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
FEED = FeedFigures("nos", "nosnieuwstech", last_changed_at=NOW)
SOURCE = SourceFigures("nos")
JOB = JobFigures("verify", "verify", NOW, NOW, 0)


def kinds(**figures):
    return [alarm.kind for alarm in find_alarms(Figures(NOW, **figures))]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param({}, [], id="well"),
        pytest.param({"health": Health.QUIET}, [AlarmKind.FEED_QUIET], id="quiet"),
        pytest.param({"consecutive_failures": 2, "last_error": "x"}, [], id="two failures"),
        pytest.param(
            {"consecutive_failures": 3, "last_error": "HTTP 500"},
            [AlarmKind.FEED_FAILING],
            id="three failures",
        ),
        pytest.param(
            {"unmodified": 46, "news_behind": 2}, [AlarmKind.FEED_FROZEN], id="304, and it lies"
        ),
        pytest.param(
            {"unmodified": 46, "news_behind": 2, "modified": 1}, [], id="304, and sometimes not"
        ),
        pytest.param({"unmodified": 46, "news_behind": 1}, [], id="news once: chance"),
        pytest.param({"unmodified": 19, "news_behind": 2}, [], id="too few polls to tell"),
    ],
)
def test_a_feed(values, expected):
    assert kinds(feeds=[replace(FEED, **values)]) == expected


def test_a_web_page_for_a_feed_is_known_by_what_the_parser_says_and_told_at_once():
    with pytest.raises(ParseError) as raised:
        parse_feed(b"<!DOCTYPE html><html><head><title>Storing</title></head></html>")
    feed = replace(FEED, consecutive_failures=1, last_error=str(raised.value))
    assert kinds(feeds=[feed]) == [AlarmKind.HTML_FOR_FEED]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param({}, [], id="well"),
        pytest.param({"is_offline": True}, [AlarmKind.SOURCE_UNREACHABLE], id="offline"),
        pytest.param({"due_at": NOW - 2 * HOUR}, [], id="two hours late"),
        pytest.param({"due_at": NOW - 2.1 * HOUR}, [AlarmKind.CRAWL_OVERDUE], id="later"),
        pytest.param(
            {"words": 140, "articles": 40, "usual_words": 300, "usual_articles": 3000},
            [AlarmKind.TEXTS_SHORT],
            id="less than half of each text is found",
        ),
        pytest.param(
            {"words": 160, "articles": 40, "usual_words": 300, "usual_articles": 3000},
            [],
            id="a day of short news",
        ),
        pytest.param(
            {"words": 9, "articles": 19, "usual_words": 300, "usual_articles": 3000},
            [],
            id="too few articles today",
        ),
        pytest.param(
            {"words": 9, "articles": 40, "usual_words": 300, "usual_articles": 99},
            [],
            id="too few articles before",
        ),
        pytest.param(
            {"looks_again": 100, "changed": 31}, [AlarmKind.MASS_CHANGE], id="31 of 100 changed"
        ),
        pytest.param({"looks_again": 100, "changed": 30}, [], id="30 of 100 changed"),
        pytest.param({"looks_again": 19, "changed": 19}, [], id="19 of 19 changed"),
        pytest.param(
            {"looks": 20, "unreadable": 7}, [AlarmKind.PAGES_UNREADABLE], id="7 of 20 unreadable"
        ),
        pytest.param({"looks": 20, "unreadable": 6}, [], id="6 of 20 unreadable"),
    ],
)
def test_a_source(values, expected):
    assert kinds(sources=[replace(SOURCE, **values)]) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param({}, [], id="well"),
        pytest.param({"exit_code": DAMAGE}, [AlarmKind.DAMAGE], id="damage"),
        pytest.param({"exit_code": 6}, [], id="failed: it is tried again"),
        pytest.param({"due_at": NOW - 24 * HOUR}, [], id="a day late"),
        pytest.param({"due_at": NOW - 25 * HOUR}, [AlarmKind.JOB_OVERDUE], id="later"),
    ],
)
def test_a_job(values, expected):
    assert kinds(jobs=[replace(JOB, **values)]) == expected
    assert DAMAGE == ExitCode.DAMAGE


@pytest.mark.parametrize(
    ("gibibytes", "standing", "expected"),
    [
        pytest.param(None, [], [], id="unknown"),
        pytest.param(2.5, [], [], id="not yet low"),
        pytest.param(1.9, [], [AlarmKind.DISK_FULL], id="low"),
        pytest.param(2.5, [("disk full", "")], [AlarmKind.DISK_FULL], id="not yet enough"),
        pytest.param(3, [("disk full", "")], [], id="enough again"),
    ],
)
def test_the_disk_has_two_limits(gibibytes, standing, expected):
    free = gibibytes and int(gibibytes * GIBIBYTE)
    found = find_alarms(Figures(NOW, free_bytes=free), standing)
    assert [alarm.kind for alarm in found] == expected


def test_only_what_changed_is_told():
    quiet, full = Alarm(AlarmKind.FEED_QUIET, "nos/x", "…"), Alarm(AlarmKind.DISK_FULL, "", "…")
    raised, over = split([quiet, full], {quiet.key, ("damage", "verify")})
    assert raised == [full]
    assert over == {("damage", "verify")}
