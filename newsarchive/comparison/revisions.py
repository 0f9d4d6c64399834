"""What an observation of an article means: nothing new, or a new revision."""

from dataclasses import dataclass
from enum import StrEnum

from newsarchive.comparison.digest import DIGEST_RULE


class Verdict(StrEnum):
    """What an observation says about its article's content."""

    NEW = "new"  # nothing was known of the article, in this origin, at that time
    UNCHANGED = "unchanged"
    REVISED = "revised"


@dataclass(frozen=True, slots=True)
class Known:
    """The content of a revision that the archive holds, as far as comparing needs it."""

    content_digest: str
    digest_rule: int = DIGEST_RULE


def decide(
    observed: Known, in_force: Known | None = None, following: Known | None = None
) -> Verdict:
    """Compare an observation with its neighbours in time, within one article and origin.

    `in_force` is the revision in force when the observation was captured, None if it is older
    than all; `following` is the first revision observed after it, None if there is none.
    Raises ValueError for digests of different rules: bring the observation under the other's
    rule first, with `content_digest(title, html, rule)`.
    """
    for known in (in_force, following):
        if known is not None and known.digest_rule != observed.digest_rule:
            raise ValueError(
                f"digests of rules {observed.digest_rule} and {known.digest_rule} "
                "say nothing about each other"
            )
    # An observation filled in before a revision of the same content tells only that it stood
    # there sooner; recorded, it would make of that revision an edit that changed nothing.
    if observed in {in_force, following}:
        return Verdict.UNCHANGED
    # An article that changes back is a new revision too: the archive records
    # what was published when, not the set of texts that ever existed.
    return Verdict.NEW if in_force is None else Verdict.REVISED
