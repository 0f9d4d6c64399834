"""The scenarios by name."""

from collections.abc import Mapping

from newsarchive.exceptions import UsageError
from newsarchive.replica.deeds import change, publish, recategorise, together
from newsarchive.replica.month import MONTH
from newsarchive.replica.scenario import Scenario, Step

_DAY = (
    Step("publish", publish(3)),
    Step("edit body", change(0, 3, updates=1)),
    Step("edit headline", change(1, headline=1)),
    Step(
        "cosmetic change",
        together(
            change(2, has_hard_spaces=True),
            change(4, has_residue=True),
            change(5, is_cropped=True),
        ),
    ),
    Step("undo body edit", change(0, updates=0)),
    Step("recategorise", recategorise(6)),
    Step("publish", publish(2)),
    Step("correct figure", change(7, is_corrected=True)),
    Step("edit headline and body", change(3, headline=1, updates=2)),
    Step("edit headline again", change(1, headline=2)),
)

SCENARIOS: Mapping[str, Scenario] = {
    "quiet": Scenario(()),
    "day": Scenario(_DAY),
    "month": MONTH,
}


def get_scenario(name: str) -> Scenario:
    """Return the scenario called `name`; raises UsageError, listing the known."""
    try:
        return SCENARIOS[name]
    except KeyError:
        known = ", ".join(SCENARIOS)
        raise UsageError(f"Unknown scenario {name!r}. Known scenarios: {known}.") from None
