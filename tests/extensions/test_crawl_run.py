import pytest

from newsarchive.extensions.crawl_run import decide_outcome
from newsarchive.model import Outcome


@pytest.mark.parametrize(
    ("reason", "counters", "expected"),
    [
        pytest.param("finished", {"documents_answered": 3}, Outcome.FINISHED, id="all well"),
        pytest.param("finished", {}, Outcome.FINISHED, id="nothing to do"),
        pytest.param(
            "finished",
            {"documents_answered": 3, "documents_failed": 1},
            Outcome.FAILED,
            id="one feed failed",
        ),
        pytest.param(
            "finished", {"documents_answered": 1, "quarantined": 1}, Outcome.FAILED, id="quarantine"
        ),
        pytest.param("finished", {"errors": 1}, Outcome.FAILED, id="an error nobody expected"),
        pytest.param(
            "finished", {"documents_not_stored": 1}, Outcome.FAILED, id="a document not stored"
        ),
        pytest.param(
            "finished",
            {"documents_unanswered": 2, "documents_failed": 2},
            Outcome.UNREACHABLE,
            id="no answer at all",
        ),
        pytest.param(
            "finished",
            {"documents_unanswered": 2, "documents_failed": 2, "documents_answered": 1},
            Outcome.FAILED,
            id="some answered",
        ),
        pytest.param("shutdown", {}, Outcome.INTERRUPTED, id="stopped by a signal"),
        pytest.param("lease_lost", {}, Outcome.INTERRUPTED, id="lost its lease"),
        pytest.param("start_error", {}, Outcome.FAILED, id="could not begin"),
    ],
)
def test_decide_outcome(reason, counters, expected):
    assert decide_outcome(reason, counters) is expected
