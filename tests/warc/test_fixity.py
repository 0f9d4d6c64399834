import tracemalloc
import zlib
from dataclasses import replace

import pytest
from isal import isal_zlib

from newsarchive.warc import verify_file
from newsarchive.warc.members import MAGIC
from newsarchive.warc.records import GZIP, GZIP_HEADER, GZIP_LEVEL

from .conftest import NOW, PAGE, TYPES

RESPONSE, REQUEST = 1, 2  # which records of the file


def damaged(path):
    return [checked for checked in verify_file(path) if checked.faults]


def unpacked(raw):
    """Return what all members of a file hold."""
    parts = []
    while raw:
        gzip = zlib.decompressobj(GZIP)
        parts.append(gzip.decompress(raw))
        raw = gzip.unused_data
    return parts


def packed(record):
    return isal_zlib.compress(record, GZIP_LEVEL, GZIP)


@pytest.fixture
def members(whole_file):
    """Return the file's members as bytes, one a record."""
    raw = whole_file.read_bytes()
    return [raw[c.offset : c.offset + c.length] for c in verify_file(whole_file)]


def test_a_file_as_it_was_written_is_sound(whole_file):
    found = list(verify_file(whole_file))
    assert [checked.type for checked in found] == TYPES
    assert [checked.faults for checked in found] == [()] * len(TYPES)
    assert found[RESPONSE].url == PAGE.url
    assert found[RESPONSE].captured_at == PAGE.captured_at
    assert found[RESPONSE].document == "page nos/2600001"


def test_stretches_have_no_gaps_and_reach_the_end(whole_file):
    found = list(verify_file(whole_file))
    ends = [checked.offset + checked.length for checked in found]
    assert [checked.offset for checked in found] == [0, *ends[:-1]]
    assert ends[-1] == whole_file.stat().st_size


@pytest.mark.parametrize(
    ("place", "fault"),
    [
        pytest.param(0, "cannot be read", id="in gzip's magic number"),
        pytest.param(3, "has not the gzip header", id="in gzip's flags"),
        pytest.param(5, "has not the gzip header", id="in gzip's time, which no checksum covers"),
        pytest.param(9, "has not the gzip header", id="in gzip's system"),
        pytest.param(60, "cannot be read", id="in compressed data"),
        pytest.param(-8, "incorrect data check", id="in the checksum"),
        pytest.param(-1, "incorrect length check", id="in the length behind it"),
    ],
)
def test_a_flipped_bit_is_named_with_its_place_and_the_others_stay_sound(
    whole_file, members, place, fault
):
    member = bytearray(members[RESPONSE])
    member[place] ^= 1
    whole_file.write_bytes(b"".join([members[0], member, *members[RESPONSE + 1 :]]))
    [found] = damaged(whole_file)
    assert (found.offset, found.length) == (len(members[0]), len(member))
    assert fault in "; ".join(found.faults)
    assert not found.is_torn


def test_what_stands_before_damage_is_still_told(whole_file, members):
    member = bytearray(members[RESPONSE])
    member[-6] ^= 1
    whole_file.write_bytes(b"".join([members[0], member, *members[RESPONSE + 1 :]]))
    [found] = damaged(whole_file)
    assert (found.type, found.url, found.document) == ("response", PAGE.url, PAGE.document)
    assert found.id.startswith("<urn:uuid:")


def test_every_flipped_bit_that_matters_is_noticed_in_its_place(whole_file, members):
    whole = b"".join(members[: REQUEST + 1])
    whole_file.write_bytes(whole)
    starts = [checked.offset for checked in verify_file(whole_file)]
    # From the end of one record, through the next one, into the one behind it.
    for position in range(starts[RESPONSE] - 20, starts[REQUEST] + 20):
        flipped = bytearray(whole)
        flipped[position] ^= 1 << position % 8
        whole_file.write_bytes(flipped)
        found = damaged(whole_file)
        if found:
            assert found[0].offset == max(start for start in starts if start <= position)
        else:
            assert unpacked(flipped) == unpacked(whole)


def test_a_file_cut_off_anywhere_in_its_last_record_is_torn(whole_file, members):
    *others, last = members
    for end in range(1, len(last)):
        whole_file.write_bytes(b"".join(others) + last[:end])
        [found] = damaged(whole_file)
        assert found.is_torn
        assert found.offset == len(b"".join(others))
        assert found.length == end


def test_a_file_cut_off_between_an_answer_and_its_request_is_torn(whole_file, members):
    whole_file.write_bytes(b"".join(members[:REQUEST]))
    [found] = damaged(whole_file)
    assert (found.faults, found.is_torn) == (("lacks the request of the last record",), True)
    assert (found.offset, found.length) == (whole_file.stat().st_size, 0)


def test_bytes_cut_out_of_a_record_are_damage_and_no_torn_end(whole_file, members):
    shortened = members[RESPONSE][:100] + members[RESPONSE][120:]
    whole_file.write_bytes(b"".join([members[0], shortened, *members[RESPONSE + 1 :]]))
    [found] = damaged(whole_file)
    assert (found.offset, found.length) == (len(members[0]), len(shortened))
    assert not found.is_torn


def test_a_record_that_swallows_all_others_is_damage_and_no_torn_end(whole_file, members):
    endless = GZIP_HEADER + b"\x00\xff\xff\x00\x00"  # a block that would be longer than the file
    whole_file.write_bytes(b"".join([members[0], endless, *members[1:]]))
    [found] = damaged(whole_file)
    assert (found.offset, found.length) == (len(members[0]), len(endless))
    assert "cut off" in found.faults[0]
    assert not found.is_torn


def test_a_torn_record_with_another_fault_is_damage(whole_file, members):
    *others, last = members
    whole_file.write_bytes(b"".join(others) + last[:5] + b"\x01" + last[6:-9])
    [found] = damaged(whole_file)
    assert len(found.faults) == 2
    assert not found.is_torn


def test_a_file_whose_records_are_gone_from_the_middle_on_can_end_soundly(whole_file, members):
    # Which is why captures are compared with records too.
    whole_file.write_bytes(b"".join(members[: REQUEST + 1]))
    assert damaged(whole_file) == []


@pytest.mark.parametrize(
    "removed",
    [
        pytest.param(RESPONSE, id="an answer"),
        pytest.param(REQUEST, id="a request"),
    ],
)
def test_a_removed_record_is_missed_by_its_neighbour(whole_file, members, removed):
    whole_file.write_bytes(b"".join(members[:removed] + members[removed + 1 :]))
    [found] = damaged(whole_file)
    assert found.offset == sum(map(len, members[:removed]))
    assert found.faults == ("stands where another record's request or answer is missing",)


def test_a_removed_warcinfo_is_missed(whole_file, members):
    whole_file.write_bytes(b"".join(members[1:]))
    [found] = damaged(whole_file)
    assert (found.offset, found.faults) == (0, ("stands where the file's warcinfo should be",))


@pytest.mark.parametrize(
    "inserted",
    [
        pytest.param(b"\0", id="one byte"),
        pytest.param(b"Een regel tekst.\n", id="text"),
        pytest.param(MAGIC + b" geen gzip", id="what looks like gzip"),
        pytest.param(packed(b"geen WARC"), id="a gzip member that is no record"),
        pytest.param((MAGIC + bytes(97)) * 900, id="more than is looked through at once"),
    ],
)
def test_bytes_between_records_are_named_and_what_follows_is_read(whole_file, members, inserted):
    whole_file.write_bytes(b"".join([*members[:1], inserted, *members[1:]]))
    [found] = damaged(whole_file)
    assert (found.offset, found.length) == (len(members[0]), len(inserted))
    assert [checked.type for checked in verify_file(whole_file) if checked.headers] == TYPES


def test_the_next_record_is_found_across_the_edge_of_what_is_looked_through(whole_file, members):
    for size in range(65530, 65540):
        whole_file.write_bytes(b"".join([*members[:1], bytes(size), *members[1:]]))
        [found] = damaged(whole_file)
        assert found.length == size


def test_a_file_under_another_name_is_named(whole_file):
    swapped = whole_file.rename(whole_file.with_name("nos-20200101.warc.gz"))
    [found] = damaged(swapped)
    assert (found.offset, found.faults) == (0, (f"begins the file {whole_file.name}",))


def test_a_record_of_another_file_is_named(whole_file, members, new_writer, tmp_path):
    other = new_writer("other")
    capture = other.write_resource("file:///anders.html", "text/html", b"Anders.", NOW)
    raw = (tmp_path / capture.warc_file).read_bytes()[capture.warc_offset :]
    whole_file.write_bytes(b"".join([*members, raw]))
    [found] = damaged(whole_file)
    assert (found.offset, found.faults) == (sum(map(len, members)), ("is of another file",))


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        pytest.param(
            b"Content-Length: 3",
            b"Content-Length: 2",
            "has not the Content-Length that it says, 2",
            id="a length that is too short",
        ),
        pytest.param(
            b"Content-Length: 3",
            b"Content-Length: 4",
            "has not the Content-Length that it says, 4",
            id="a length that is too long",
        ),
        pytest.param(
            b"Content-Length: 3",
            b"Content-Length: 300",
            "has not the Content-Length that it says, 300",
            id="a length behind the end of the record",
        ),
        pytest.param(
            b"Content-Length: 3",
            b"Content-Length: -3",
            "has the Content-Length '-3'",
            id="a length that is none",
        ),
        pytest.param(b"Content-Length: 3\r\n", b"", "has no Content-Length", id="no length at all"),
        pytest.param(
            b"WARC-Payload-Digest: sha256:ba7816bf",
            b"WARC-Payload-Digest: sha256:00000000",
            "has not the WARC-Payload-Digest that it says",
            id="another payload than its digest's, in a sound block",
        ),
        pytest.param(
            b"WARC-Block-Digest: sha256:ba7816bf",
            b"WARC-Block-Digest: sha256:00000000",
            "has not the WARC-Block-Digest that it says",
            id="another block than its digest's",
        ),
        pytest.param(
            b"WARC-Block-Digest: sha256:",
            b"WARC-Block-Digest: sha1:",
            "has not the WARC-Block-Digest that it says",
            id="a digest of another algorithm",
        ),
        pytest.param(b"WARC/1.1", b"WARC/0.9", "begins with 'WARC/0.9'", id="another version"),
        pytest.param(b"WARC-Type: resource", b"WARC-Type: brug", "has the type 'brug'", id="type"),
        pytest.param(b"WARC-Date", b"WARC-Data", "has no WARC-Date", id="no date"),
        pytest.param(b"Date: 2026-11", b"Date: 2026-13", "has the WARC-Date '2026-13", id="month"),
        pytest.param(
            b"000089Z", b"000089+01:00", "has the WARC-Date '2026", id="a date not in UTC"
        ),
        pytest.param(b"WARC-Target-URI:", b"WARC-Target-URI", "the line 'WARC-Target", id="syntax"),
        pytest.param(
            b"WARC-Type: resource\r\n",
            b"WARC-Type: resource\r\nWARC-Type: resource\r\n",
            "has in its WARC header the line 'WARC-Type",
            id="a field twice",
        ),
        pytest.param(b"urn:abc", b"urn:\xff", "has in its WARC header the line", id="not UTF-8"),
        pytest.param(b"\r\n\r\n", b"\r\n", "holds no WARC header", id="no end of the header"),
    ],
)
def test_a_record_that_was_written_wrongly_says_how(writer, tmp_path, old, new, fault):
    capture = writer.write_resource("urn:abc", "text/plain", b"abc", NOW)
    path = tmp_path / capture.warc_file
    raw = path.read_bytes()
    [record] = unpacked(raw[capture.warc_offset :])
    assert old in record
    path.write_bytes(raw[: capture.warc_offset] + packed(record.replace(old, new)))
    [found] = damaged(path)
    assert found.offset == capture.warc_offset
    assert fault in "; ".join(found.faults)


def test_an_http_block_must_have_an_http_header(writer, tmp_path):
    capture = writer.write_resource("urn:abc", "application/http", b"abc", NOW)
    [found] = damaged(tmp_path / capture.warc_file)
    assert found.faults == ("holds no HTTP header",)


def test_a_revisit_must_say_what_it_repeats(whole_file, members):
    [record] = unpacked(members[3])
    lines = [line for line in record.split(b"\r\n") if not line.startswith(b"WARC-Refers-To")]
    whole_file.write_bytes(b"".join([*members[:3], packed(b"\r\n".join(lines)), *members[4:]]))
    [found] = damaged(whole_file)
    assert found.faults == ("has no WARC-Refers-To-Target-URI", "has no WARC-Refers-To-Date")


def test_a_large_record_is_verified_in_little_memory(writer, tmp_path):
    capture = writer.write_exchange(replace(PAGE, body=bytes(20_000_000)))
    tracemalloc.start()
    try:
        assert damaged(tmp_path / capture.warc_file) == []
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()
