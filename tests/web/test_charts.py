import pytest

from newsarchive.web.charts import HEIGHT, LEFT, WIDTH, Series, find_scale, stack_columns


@pytest.mark.parametrize(
    ("largest", "end", "ticks"),
    [
        pytest.param(0, 1, [0, 1], id="nothing"),
        pytest.param(4, 4, [0, 1, 2, 3, 4], id="few"),
        pytest.param(131, 150, [0, 50, 100, 150], id="round steps"),
        pytest.param(100_000, 100_000, [0, 50_000, 100_000], id="many"),
        pytest.param(0.3, 0.3, [0, 0.1, 0.2, 0.3], id="parts of one"),
    ],
)
def test_a_scale_has_round_marks_and_holds_the_largest(largest, end, ticks):
    found = find_scale(largest)

    assert found[0] == pytest.approx(end)
    assert found[1] == pytest.approx(ticks)


def test_bars_stand_upon_each_other_within_the_drawing():
    chart = stack_columns(["ma", "di"], [Series("a", [3, 0]), Series("b", [1, 4])])
    [low, high, alone] = chart.bars

    assert (low.label, low.series, high.series, alone.label) == (0, 0, 1, 1)
    assert low.y == pytest.approx(high.y + high.height, abs=0.11)
    assert low.height == pytest.approx(3 * high.height, abs=0.3)
    assert low.y + low.height == chart.floor
    assert high.y == alone.y
    assert chart.totals == [4, 4]
    assert all(bar.x >= LEFT and bar.x + bar.width <= WIDTH for bar in chart.bars)
    assert all(bar.y >= 0 and bar.y + bar.height <= HEIGHT for bar in chart.bars)


def test_a_chart_of_nothing_has_no_bars():
    assert stack_columns([], []).bars == []
    assert stack_columns(["ma"], [Series("a", [0])]).bars == []


def test_labels_are_as_many_as_have_room():
    chart = stack_columns([str(day) for day in range(30)], [Series("a", [1] * 30)])

    assert [mark.label for mark in chart.marks] == ["0", "5", "10", "15", "20", "25"]
