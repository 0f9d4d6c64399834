import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.comparison.revisions import Known, Verdict, decide

A, B, C = Known("sha256:a"), Known("sha256:b"), Known("sha256:c")


@pytest.mark.parametrize(
    ("in_force", "following", "verdict"),
    [
        pytest.param(None, None, Verdict.NEW, id="first sighting"),
        pytest.param(A, None, Verdict.UNCHANGED, id="same content"),
        pytest.param(B, None, Verdict.REVISED, id="other content"),
        pytest.param(None, A, Verdict.UNCHANGED, id="filled in before a revision that says so too"),
        pytest.param(None, B, Verdict.NEW, id="filled in before all that is known"),
        pytest.param(A, B, Verdict.UNCHANGED, id="late, while it was in force"),
        pytest.param(B, A, Verdict.UNCHANGED, id="late, and found afterwards anyway"),
        pytest.param(B, B, Verdict.REVISED, id="late, an edit that was undone"),
        pytest.param(B, C, Verdict.REVISED, id="late, a state nobody saw"),
    ],
)
def test_decide(in_force, following, verdict):
    assert decide(A, in_force, following) is verdict


def test_an_article_that_changes_back_is_revised():
    said, verdicts = [], []
    for observed in (A, A, B, A):
        verdicts.append(decide(observed, said[-1] if said else None))
        said.append(observed)
    assert verdicts == ["new", "unchanged", "revised", "revised"]


@pytest.mark.parametrize("place", ["in_force", "following"])
def test_digests_of_different_rules_are_not_compared(place):
    with pytest.raises(ValueError, match="rules 1 and 2"):
        decide(A, **{place: Known(A.content_digest, digest_rule=2)})


KNOWN = st.sampled_from([None, A, B, C])


@given(st.sampled_from([A, B, C]), KNOWN, KNOWN)
def test_nothing_known_is_told_twice(observed, in_force, following):
    verdict = decide(observed, in_force, following)
    assert (verdict is Verdict.UNCHANGED) == (observed in (in_force, following))
    assert verdict is not Verdict.NEW or in_force is None
