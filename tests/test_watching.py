"""An article's later life, look by look."""

from datetime import UTC, datetime, timedelta

import pytest

from newsarchive.model import LookOutcome as Seen
from newsarchive.watching import Plan, Watch

START = datetime(2026, 10, 1, 12, tzinfo=UTC)
PLAN = Plan()


def after(*looks: tuple[float, Seen], changed: bool = False) -> Watch:
    """Return the watch after looks, each so many hours after the first."""
    watch = Watch(START)
    for hours, outcome in looks:
        watch = watch.look(outcome, START + timedelta(hours=hours), PLAN, changed=changed)
    return watch


def next_in_hours(watch: Watch, hours: float) -> float | None:
    """Return the hours between a look and the next."""
    at = START + timedelta(hours=hours)
    check = watch.next_check(at, PLAN)
    return None if check is None else (check - at).total_seconds() / 3600


@pytest.mark.parametrize(
    ("looks", "hours"),
    [
        pytest.param([(0, Seen.READ)], 1, id="a new page again after an hour"),
        pytest.param([(1, Seen.READ)], 5, id="then at the age of six hours"),
        pytest.param([(6, Seen.NOT_MODIFIED)], 18, id="then at the age of a day"),
        pytest.param([(24, Seen.READ)], 48, id="then of three days"),
        pytest.param([(72, Seen.READ)], 96, id="then of a week"),
        pytest.param([(168, Seen.READ)], 23 * 24, id="then of thirty days"),
        pytest.param([(720, Seen.READ)], None, id="then not by itself"),
        pytest.param([(50, Seen.READ)], 22, id="ages that were slept through are one look"),
        pytest.param([(0, Seen.GONE)], 6, id="a page that is gone sooner"),
        pytest.param([(0, Seen.GONE), (6, Seen.HOME)], 24, id="and then each day"),
        pytest.param([(0, Seen.FAILED)], 0.25, id="a failure after a quarter of an hour"),
        pytest.param([(0, Seen.FAILED), (0.25, Seen.CAPTCHA)], 1, id="the second after an hour"),
        pytest.param([(0, Seen.FAILED)] * 8, 1, id="after too many, with the next age only"),
        pytest.param([(800, Seen.FAILED)] * 8, None, id="and after the last age not at all"),
        pytest.param([(1, Seen.SOFT_404)], 5, id="what proves nothing keeps to the plan"),
        pytest.param([(1, Seen.FAILED), (1.25, Seen.READ)], 4.75, id="a good look ends failures"),
    ],
)
def test_when_a_page_is_looked_at_again(looks, hours):
    assert next_in_hours(after(*looks), looks[-1][0]) == hours


def test_a_change_that_a_clock_ahead_has_seen_is_not_before_us_for_ever():
    ahead = after((100, Seen.READ), changed=True)
    assert ahead.look(Seen.READ, START, PLAN, changed=False).changed_at == START


def test_a_change_begins_the_plan_anew():
    assert next_in_hours(after((100, Seen.READ), changed=True), 100) == 1


@pytest.mark.parametrize(
    ("looks", "withdrawn_after_hours"),
    [
        pytest.param([(0, Seen.GONE)], None, id="one look proves nothing"),
        pytest.param([(0, Seen.GONE), (1, Seen.GONE), (2, Seen.GONE)], None, id="nor do hours"),
        pytest.param([(0, Seen.GONE), (48, Seen.GONE)], None, id="nor do two looks"),
        pytest.param(
            [(5, Seen.GONE), (11, Seen.HOME), (53, Seen.GONE)], 5, id="three over two days do"
        ),
        pytest.param(
            [(0, Seen.GONE), (6, Seen.READ), (30, Seen.GONE), (54, Seen.GONE)],
            None,
            id="a look that reads it begins the count anew",
        ),
        pytest.param(
            [(0, Seen.GONE), (6, Seen.FAILED), (30, Seen.GONE), (54, Seen.GONE)],
            0,
            id="a look that failed does not",
        ),
        pytest.param(
            [(0, Seen.GONE), (6, Seen.FAILED), (54, Seen.CONSENT)],
            None,
            id="nor does it count",
        ),
        pytest.param(
            [(0, Seen.GONE), (6, Seen.GONE), (54, Seen.GONE), (78, Seen.GONE)],
            0,
            id="the moment stays that of the first",
        ),
        pytest.param(
            [(0, Seen.GONE), (6, Seen.GONE), (54, Seen.GONE), (78, Seen.READ)],
            None,
            id="one that returns is not withdrawn",
        ),
    ],
)
def test_withdrawal(looks, withdrawn_after_hours):
    expected = (
        None if withdrawn_after_hours is None else START + timedelta(hours=withdrawn_after_hours)
    )
    assert after(*looks).withdrawn_at == expected


def test_a_withdrawn_page_is_watched_for_its_return():
    withdrawn = after((0, Seen.GONE), (6, Seen.GONE), (54, Seen.GONE))
    assert next_in_hours(withdrawn, 54) == 18
    assert next_in_hours(withdrawn, 72) == 96
    assert next_in_hours(withdrawn, 721) is None


def test_one_that_returned_is_watched_as_closely_as_a_new_one():
    returned = after((0, Seen.GONE), (6, Seen.GONE), (54, Seen.GONE), (78, Seen.READ))
    assert next_in_hours(returned, 78) == 1
