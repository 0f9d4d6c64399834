"""Charts as geometry: where each bar, line of the grid and label stands. Templates draw them.

Pure: numbers in, places out, in units of the drawing. What they look like is the style sheet's.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 560, 220
LEFT, RIGHT, TOP, BOTTOM = 44, 4, 10, 26
MOST_TICKS = 5
MOST_LABELS = 6
BAR_SHARE = 0.8  # of its column, the rest is space
WIDEST_BAR = 48
THOUSAND, LONG_NUMBER = 1000, 10_000
_STEPS = (1, 2, 5, 10)


@dataclass(frozen=True, slots=True)
class Series:
    """One value for each label."""

    name: str
    values: Sequence[float]


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle: of the label and series at these places in what was given."""

    x: float
    y: float
    width: float
    height: float
    label: int
    series: int


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Columns:
    """A chart of columns, each of one bar a series, stacked."""

    labels: Sequence[str]
    series: Sequence[Series]
    bars: Sequence[Bar]
    rows: Sequence[Tick]  # of the values
    marks: Sequence[Tick]  # of the labels, as many as have room
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    floor: int = HEIGHT - BOTTOM

    @property
    def totals(self) -> list[float]:
        """The sum of all series, by label."""
        return [sum(values) for values in zip(*(one.values for one in self.series), strict=True)]


def stack_columns(labels: Sequence[str], series: Sequence[Series]) -> Columns:
    """Return the chart of these series, each of which has a value, not negative, for each label."""
    sums = [sum(one.values[place] for one in series) for place in range(len(labels))]
    is_whole = all(value == int(value) for one in series for value in one.values)
    top, ticks = find_scale(max(sums, default=0), smallest=1 if is_whole else 0)
    bars = [
        bar
        for place in range(len(labels))
        for bar in _stack(place, len(labels), [one.values[place] for one in series], top)
    ]
    rows = [Tick(_height(value, top), _written(value)) for value in ticks]
    every = max(1, math.ceil(len(labels) / MOST_LABELS))
    marks = [
        Tick(_middle(place, len(labels)), label)
        for place, label in enumerate(labels)
        if place % every == 0
    ]
    return Columns(labels, series, bars, rows, marks)


def find_scale(largest: float, smallest: float = 0) -> tuple[float, list[float]]:
    """Return the end of an axis from 0 that holds `largest`, and round values to mark on it.

    From one to the next it is `smallest` at least.
    """
    if largest <= 0:
        return 1, [0, 1]
    rough = max(largest / (MOST_TICKS - 1), smallest)
    power = 10 ** math.floor(math.log10(rough))
    step = next(step * power for step in _STEPS if step * power >= rough)
    count = math.ceil(largest / step)
    return count * step, [place * step for place in range(count + 1)]


def _stack(place: int, count: int, values: Sequence[float], top: float) -> list[Bar]:
    width = min(BAR_SHARE * (WIDTH - LEFT - RIGHT) / count, WIDEST_BAR)
    x = _middle(place, count) - width / 2
    bars, below = [], 0.0
    for number, value in enumerate(values):
        if value:
            y, foot = _height(below + value, top), _height(below, top)
            bars.append(Bar(_round(x), y, _round(width), _round(foot - y), place, number))
        below += value
    return bars


def _height(value: float, top: float) -> float:
    return _round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top))


def _middle(place: int, count: int) -> float:
    return _round(LEFT + (place + 0.5) * (WIDTH - LEFT - RIGHT) / count)


def _round(value: float) -> float:
    return round(value, 1)


def _written(value: float) -> str:
    """Return a mark of an axis, which has little room."""
    if value >= LONG_NUMBER and value % THOUSAND == 0:
        return f"{value / THOUSAND:,.0f}k"
    return f"{value:,.0f}" if value == int(value) else f"{value:g}"
