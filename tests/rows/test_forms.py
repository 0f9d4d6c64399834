import pytest

from newsarchive.rows.forms import Described, Form, content_type, find_form

COLUMNS = {"title": "kop", "url": 'adres; "kort" & goed'}


@pytest.mark.parametrize(
    ("form", "columns", "expected"),
    [
        pytest.param(Form.ITEMS, {}, "application/x-ndjson", id="JSON lines"),
        pytest.param(Form.CSV, {}, "text/csv; header=present", id="CSV"),
        pytest.param(
            Form.CSV,
            {"url": "adres", "title": "kop"},
            'text/csv; header=present; fields="title=kop&url=adres"',
            id="columns that the operator named, in one order",
        ),
    ],
)
def test_a_chunk_says_what_it_is(form, columns, expected):
    assert content_type(form, columns) == expected


@pytest.mark.parametrize("form", Form)
@pytest.mark.parametrize("columns", [{}, COLUMNS])
def test_what_it_says_is_understood(form, columns):
    assert find_form(content_type(form, columns)) == Described(form, columns)


@pytest.mark.parametrize("written", [None, "", "text/plain; charset=utf-8", "text/csv"])
def test_other_files_are_no_chunks(written):
    assert find_form(written) is None
