from datetime import UTC, datetime

import pytest

from newsarchive.warc import Exchange, WarcWriter, find_capture_end

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)


@pytest.fixture
def writer(tmp_path):
    writer = WarcWriter(tmp_path, "nos", software="newsarchive/1", clock=lambda: NOON)
    yield writer
    writer.close()


def write_page(writer):
    return writer.write_exchange(
        Exchange("https://nos.nl/l/1", [], 200, [], b"<p>De brug is open.</p>", NOON)
    )


def end_of(capture):
    return capture.warc_offset + capture.warc_length


def test_a_request_behind_its_answer_is_part_of_the_capture(writer, tmp_path):
    capture = write_page(writer)
    path = tmp_path / capture.warc_file
    size = path.stat().st_size
    write_page(writer)

    assert end_of(capture) < size
    assert find_capture_end(path, end_of(capture)) == size


def test_what_follows_a_file_is_not(writer, tmp_path):
    capture = writer.write_resource("file:///oud.html", "text/html", b"<p>Oud.</p>", NOON)
    write_page(writer)

    assert find_capture_end(tmp_path / capture.warc_file, end_of(capture)) == end_of(capture)


@pytest.mark.parametrize("cut", [1, 60, None], ids=["torn", "torn in its head", "gone"])
def test_a_request_that_is_not_whole_is_not(writer, tmp_path, cut):
    capture = write_page(writer)
    path = tmp_path / capture.warc_file
    raw = path.read_bytes()
    path.write_bytes(raw[: end_of(capture)] if cut is None else raw[:-cut])

    assert find_capture_end(path, end_of(capture)) == end_of(capture)
