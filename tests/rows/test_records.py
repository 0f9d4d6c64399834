import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.exceptions import ParseError
from newsarchive.rows import records
from newsarchive.rows.forms import Form
from newsarchive.rows.records import Chunk, iter_chunks, iter_records, read_header

HEADER = b"title,url\r\n"


def lines(payload):
    return io.BytesIO(payload)


def read(payload, form=Form.CSV, first_line=2):
    return [(r.line, r.values or r.error) for r in iter_records(payload, form, first_line)]


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(records, "CHUNK_RECORDS", 2)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param(b'{"title": "caf\xc3\xa9"}\n', {"title": "café"}, id="UTF-8"),
        pytest.param(b'{"title": "caf\xe9"}\n', {"title": "café"}, id="Windows"),
        pytest.param('\ufeff{"title": "a"}\n'.encode(), {"title": "a"}, id="with its mark"),
        pytest.param(b'{"title": "a"}', {"title": "a"}, id="the last without a line end"),
        pytest.param(b'{"title": "a"}\r\n', {"title": "a"}, id="CRLF"),
    ],
)
def test_a_json_line_is_a_record(line, expected):
    assert read(line, Form.ITEMS, 7) == [(7, expected)]


@pytest.mark.parametrize(
    ("line", "error"),
    [
        pytest.param(b'{"title": "a"\n', "not JSON: ", id="cut off"),
        pytest.param(b"\0\1\n", "not JSON: not a text file: it has NUL bytes", id="no text"),
        pytest.param(b'["a"]\n', "JSON, but no object", id="a list"),
        pytest.param(b"null\n", "JSON, but no object", id="null"),
        pytest.param(b"[" * 100_000 + b"\n", "not JSON: ", id="a bomb"),
    ],
)
def test_a_broken_json_line_is_told_and_the_next_is_read(line, error):
    [first, second] = read(line + b'{"title": "b"}\n', Form.ITEMS, 1)
    assert (first[0], str(first[1])[: len(error)]) == (1, error)
    assert second == (2, {"title": "b"})


def test_blank_lines_are_no_records_but_are_counted():
    assert read(b'\n{"a": "1"}\n  \n{"a": "2"}\n', Form.ITEMS, 1) == [
        (2, {"a": "1"}),
        (4, {"a": "2"}),
    ]


def test_line_breaks_within_a_cell_stay_and_are_counted():
    payload = HEADER + b'"a\nb\r\nc",x\r\n\r\nd,y\r\n'
    assert read(payload) == [
        (2, {"title": "a\nb\r\nc", "url": "x"}),
        (6, {"title": "d", "url": "y"}),
    ]


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(b"a;b\n1;2,5\n", id="semicolons, as Dutch Excel has it"),
        pytest.param(b"a\tb\n1\t2,5\n", id="tabs"),
        pytest.param('\ufeffa,b\n1,"2,5"\n'.encode(), id="commas, and a mark"),
    ],
)
def test_the_header_tells_the_delimiter(payload):
    assert read(payload) == [(2, {"a": "1", "b": "2,5"})]


@pytest.mark.parametrize(
    ("broken", "error"),
    [
        pytest.param(b'"a,x\r\n', "not CSV: ", id="a quote never closed"),
        pytest.param(b'"a"b,x\r\n', "not CSV: ", id="a quote closed too soon"),
        pytest.param(b"a\r\n", "1 cells, where there are 2 columns", id="too few cells"),
        pytest.param(b"a,b,c\r\n", "3 cells, where there are 2 columns", id="too many cells"),
        pytest.param(b"\0,x\r\n", "not CSV: not a text file", id="no text"),
    ],
)
@pytest.mark.parametrize("behind", [b"b,y\r\n", b'"b",y\r\n', b'"b\r\nb",y\r\n'])
def test_a_broken_record_costs_its_first_line_only(broken, error, behind):
    first, *rest = read(HEADER + broken + behind + b"c,z\r\n")
    assert (first[0], str(first[1])[: len(error)]) == (2, error)
    assert rest[-1][1] == {"title": "c", "url": "z"}
    assert [values["url"] for _, values in rest if isinstance(values, dict)] == ["y", "z"]


def test_a_cell_without_end_is_given_up_before_it_fills_memory(monkeypatch):
    monkeypatch.setattr(records, "LONGEST_CELL", 100)
    taken = []

    def endless():
        yield HEADER
        yield b'"open,x\r\n'
        for _ in range(1000):
            taken.append(1)
            yield b"a,b\r\n"

    first = next(iter(iter_chunks(endless(), Form.CSV)))
    assert first.first_line == 2
    assert len(taken) < 600


@pytest.mark.parametrize(
    ("payload", "complaint"),
    [
        pytest.param(b"", "no header", id="an empty file"),
        pytest.param(b"\r\n", "no header", id="a blank line"),
        pytest.param(b'"a,b\r\n', "header that is not CSV", id="a quote never closed"),
    ],
)
def test_a_file_without_a_header_is_an_error(payload, complaint):
    with pytest.raises(ParseError, match=complaint):
        read_header(payload)
    with pytest.raises(ParseError, match=complaint):
        list(iter_chunks(lines(payload), Form.CSV))


def test_chunks_are_so_many_lines_each(small_chunks):
    payload = b'{"a": "1"}\n\n{"a": "2"}\n'
    assert list(iter_chunks(lines(payload), Form.ITEMS)) == [
        Chunk(1, 2, b'{"a": "1"}\n\n'),
        Chunk(3, 3, b'{"a": "2"}\n'),
    ]


def test_a_chunk_of_csv_repeats_the_header_and_is_never_cut_within_a_record(small_chunks):
    payload = HEADER + b'b,y\r\n"a\r\n1",x\r\nc,z\r\n'
    assert list(iter_chunks(lines(payload), Form.CSV)) == [
        Chunk(2, 4, HEADER + b'b,y\r\n"a\r\n1",x\r\n'),
        Chunk(5, 5, HEADER + b"c,z\r\n"),
    ]


def test_large_records_make_small_chunks(monkeypatch):
    monkeypatch.setattr(records, "CHUNK_BYTES", 20)
    payload = b'{"a": "123456789"}\n' * 4
    assert [c.first_line for c in iter_chunks(lines(payload), Form.ITEMS)] == [1, 3]


def test_a_file_of_nothing_has_no_chunks():
    assert list(iter_chunks(lines(b""), Form.ITEMS)) == []
    assert list(iter_chunks(lines(HEADER), Form.CSV)) == []


cells = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)


@given(rows=st.lists(st.tuples(cells, cells), max_size=12), size=st.integers(1, 5))
def test_chunks_read_alone_give_what_the_whole_file_gives(rows, size):
    sheet = io.StringIO(newline="")
    csv.writer(sheet).writerows([("title", "url"), *rows])
    payload = sheet.getvalue().encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(records, "CHUNK_RECORDS", size)
        chunks = list(iter_chunks(lines(payload), Form.CSV))
    expected = [dict(zip(("title", "url"), row, strict=True)) for row in rows]
    found = [r for c in chunks for r in iter_records(c.payload, Form.CSV, c.first_line)]
    assert [record.values for record in found] == expected
    whole = payload.split(b"\n")
    assert [whole[record.line - 1] + b"\n" for record in found] == [r.raw[0] for r in found]


@given(junk=st.lists(st.sampled_from([b'"', b",", b"\n", b"a", b"\xe9", b"\0"]), max_size=60))
def test_whatever_comes_every_line_is_in_one_chunk(junk):
    payload = b"".join(junk)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(records, "CHUNK_RECORDS", 3)
        chunks = list(iter_chunks(lines(HEADER + payload), Form.CSV))
    assert b"".join(c.payload.removeprefix(HEADER) for c in chunks) == payload
    ends = [1, *(c.last_line for c in chunks)]
    assert [c.first_line for c in chunks] == [end + 1 for end in ends[:-1]]
