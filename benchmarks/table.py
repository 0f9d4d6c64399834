"""What was measured, as rows of one Markdown table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

HEADER = ("what", "measured", "beside it", "ratio", "demanded", "")


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement beside another; `is_met` is None where nothing is demanded."""

    what: str
    measured: str
    beside: str = ""
    ratio: str = ""
    demanded: str = ""
    is_met: bool | None = None


def render(rows: Iterable[Row]) -> str:
    """Return the rows as a table."""
    marks = {None: "", True: "met", False: "**missed**"}
    cells = [
        (row.what, row.measured, row.beside, row.ratio, row.demanded, marks[row.is_met])
        for row in rows
    ]
    lines = [HEADER, ("---",) * len(HEADER), *cells]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def spread(values: Sequence[float], form: str) -> str:
    """Return the median of `values`, and between which they lie."""
    low, middle, high = (form.format(v) for v in (min(values), median(values), max(values)))
    return f"{middle} ({low} to {high})"


def ratio(measured: Sequence[float], beside: Sequence[float]) -> float:
    """Return the median of the ratios of what was measured in pairs."""
    return median(one / other for one, other in zip(measured, beside, strict=True))
