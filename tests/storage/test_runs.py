from datetime import timedelta

import pytest

from newsarchive.exceptions import LeaseHeldError
from newsarchive.model import Outcome

from .conftest import NOON


def test_a_second_run_is_refused_while_the_first_lives(bench):
    with pytest.raises(LeaseHeldError, match="run 1 is at work on 'nos'"):
        bench.begin("2", alive=True)
    assert len(bench.archive.find_runs()) == 1


def test_a_dead_process_of_this_host_is_taken_over_at_once(bench):
    assert bench.begin("2", alive=False) == 2
    outcomes = [run["outcome"] for run in bench.archive.find_runs()]
    assert outcomes == [None, Outcome.ABANDONED]


@pytest.mark.parametrize(
    ("minutes", "taken"),
    [
        pytest.param(9, False, id="silent for nine minutes"),
        pytest.param(11, True, id="silent for eleven minutes"),
    ],
)
def test_another_host_is_taken_over_after_its_time_out_only(bench, minutes, taken):
    later = {"host": "elsewhere", "now": NOON + timedelta(minutes=minutes)}
    if taken:
        assert bench.begin("2", alive=False, **later) == 2
    else:
        with pytest.raises(LeaseHeldError):
            bench.begin("2", alive=False, **later)


def test_a_heartbeat_keeps_the_lease(bench):
    assert bench.archive.renew_lease(bench.run_id, NOON + timedelta(minutes=8))
    with pytest.raises(LeaseHeldError):
        bench.begin("2", host="elsewhere", now=NOON + timedelta(minutes=12))


def test_a_run_that_lost_its_lease_is_told(bench):
    bench.begin("2", alive=False)
    assert not bench.archive.renew_lease(bench.run_id, NOON)


def test_leases_of_other_names_do_not_matter(bench):
    assert bench.begin("2", alive=True, lease="import nos") == 2


def test_a_finished_run_gives_its_lease_back(bench):
    bench.archive.finish_run(bench.run_id, Outcome.FINISHED, {"new": 3}, NOON)
    bench.begin("2", alive=True)
    first = bench.archive.find_runs()[1]
    assert (first["outcome"], first["counters"]) == ("finished", {"new": 3})
