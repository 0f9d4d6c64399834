"""Two texts side by side: what stood in one row stands in one row still."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from newsarchive.comparison.diff import Op, Segment

_BREAK = re.compile(r"\n\n+")


@dataclass(slots=True)
class Row:
    """The same stretch of both texts, in segments."""

    old: list[Segment] = field(default_factory=list)
    new: list[Segment] = field(default_factory=list)

    @property
    def is_changed(self) -> bool:
        """Whether anything in the row came or went."""
        return any(one.op is not Op.EQUAL for one in (*self.old, *self.new))


def pair_rows(segments: Iterable[Segment]) -> Sequence[Row]:
    """Return a difference in rows, each of which ends where both texts have a blank line."""
    rows = [Row()]
    for segment in segments:
        if segment.op is Op.DELETE:
            rows[-1].old.append(segment)
        elif segment.op is Op.INSERT:
            rows[-1].new.append(segment)
        else:
            if _is_at_end(rows[-1].old) and _is_at_end(rows[-1].new):
                rows.append(Row())
            for place, part in enumerate(_BREAK.split(segment.text)):
                if place:
                    rows.append(Row())
                if part:
                    rows[-1].old.append(Segment(Op.EQUAL, part))
                    rows[-1].new.append(Segment(Op.EQUAL, part))
    return [row for row in rows if row.old or row.new]


def _is_at_end(side: Sequence[Segment]) -> bool:
    """Tell whether a block has just ended on this side of a row."""
    return not side or side[-1].text.endswith("\n\n")
