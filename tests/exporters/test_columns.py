from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

import pytest

from newsarchive.exporters.columns import ColumnType, columns_of, written


class Colour(StrEnum):
    RED = "red"


def record_of(kind):
    return dataclass(type("Record", (), {"__annotations__": {"field": kind}}))


@pytest.mark.parametrize(
    ("hint", "expected"),
    [
        pytest.param(str, ColumnType.TEXT, id="a text"),
        pytest.param(str | None, ColumnType.TEXT, id="a text or nothing"),
        pytest.param(Colour, ColumnType.TEXT, id="an enumeration"),
        pytest.param(int | None, ColumnType.INTEGER, id="a number"),
        pytest.param(bool, ColumnType.BOOLEAN, id="true or false is no number"),
        pytest.param(datetime | None, ColumnType.TIME, id="a time is no day"),
        pytest.param(date, ColumnType.DAY, id="a day"),
        pytest.param(Mapping[str, object], ColumnType.DOCUMENT, id="JSON"),
    ],
)
def test_a_column_has_the_type_of_its_field(hint, expected):
    assert columns_of(record_of(hint)) == {"field": expected}


def test_a_type_that_no_column_has_is_an_error_before_anything_is_written():
    with pytest.raises(TypeError, match="complex"):
        columns_of(record_of(complex))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(None, None, id="nothing"),
        pytest.param("zee", "zee", id="a text"),
        pytest.param(Colour.RED, "red", id="an enumeration"),
        pytest.param(12, "12", id="a number"),
        pytest.param(True, "true", id="a truth"),
        pytest.param(
            datetime(2019, 4, 6, 0, 30, tzinfo=ZoneInfo("Europe/Amsterdam")),
            "2019-04-05T22:30:00+00:00",
            id="a time, in UTC",
        ),
        pytest.param(
            datetime(2019, 4, 5, 22, 30, 0, 250000, tzinfo=UTC),
            "2019-04-05T22:30:00.250000+00:00",
            id="a time with its microseconds",
        ),
        pytest.param(date(2019, 4, 6), "2019-04-06", id="a day"),
        pytest.param({"b": "é", "a": [1]}, '{"a": [1], "b": "é"}', id="JSON, its keys in order"),
    ],
)
def test_values_as_text(value, expected):
    assert written(value) == expected
