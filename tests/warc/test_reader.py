import gzip
import zlib
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import brotli
import pytest
from fastwarc.stream_io import ZstdWriter

from newsarchive.exceptions import ParseError
from newsarchive.warc import Exchange, Record, Unreadable, iter_records, read_record

from .conftest import NOW, PAGE

BODY = b"<p>De brug over de Lek is weer open voor verkeer.</p>\n" * 50
EXCHANGE = Exchange(
    url="https://nos.nl/artikel/2600001-brug-weer-open",
    request_headers=[(b"Accept", b"*/*")],
    status=200,
    response_headers=[(b"Content-Type", b"text/html"), (b"Content-Encoding", b"gzip")],
    body=gzip.compress(BODY),
    captured_at=NOW,
)


def read(data_dir, capture):
    return read_record(data_dir, capture.warc_file, capture.warc_offset, capture.warc_length)


def with_encoding(coding, payload):
    headers = ((b"content-encoding", coding),)
    return Record("response", {}, payload, 0, 0, status=200, http_headers=headers)


def zstd(data):
    buffer = BytesIO()
    stream = ZstdWriter(buffer)
    stream.write(data)
    stream.finish()
    stream.flush()
    return buffer.getvalue()


def bare_deflate(data):
    return zlib.compress(data, wbits=-zlib.MAX_WBITS)


def test_a_capture_leads_back_to_what_was_received(writer, tmp_path):
    capture = writer.write_exchange(EXCHANGE)
    record = read(tmp_path, capture)
    assert record.type == "response"
    assert record.headers["WARC-Target-URI"] == EXCHANGE.url
    assert record.status == 200
    assert record.http_headers[:2] == tuple(EXCHANGE.response_headers)
    assert record.payload == EXCHANGE.body
    assert record.content() == BODY
    assert (record.offset, record.length) == (capture.warc_offset, capture.warc_length)


def test_an_imported_file_has_no_http(writer, tmp_path):
    record = read(
        tmp_path, writer.write_resource("file:///a.txt", "text/plain", b"a\r\n\r\nb", NOW)
    )
    assert record.type == "resource"
    assert (record.status, record.http_headers) == (None, ())
    assert record.payload == record.content() == b"a\r\n\r\nb"


def test_a_revisit_has_headers_and_no_payload(writer, tmp_path):
    first = writer.write_exchange(EXCHANGE)
    record = read(tmp_path, writer.write_exchange(EXCHANGE, repeats=first))
    assert record.type == "revisit"
    assert record.status == 200
    assert record.payload == record.content() == b""
    assert record.headers["WARC-Refers-To-Target-URI"] == EXCHANGE.url


def test_headers_may_be_long(writer, tmp_path):
    policy = (b"Content-Security-Policy", b"default-src 'none'; " * 5000)
    capture = writer.write_exchange(replace(EXCHANGE, response_headers=[policy]))
    assert len(read(tmp_path, capture).http_headers[0][1]) == len(policy[1].strip())


@pytest.mark.parametrize(
    ("coding", "payload"),
    [
        pytest.param(b"identity", BODY, id="identity"),
        pytest.param(b"", BODY, id="an empty value"),
        pytest.param(b"gzip", gzip.compress(BODY), id="gzip"),
        pytest.param(b"X-GZIP", gzip.compress(BODY), id="gzip under its old name"),
        pytest.param(b"gzip", gzip.compress(BODY[:9]) + gzip.compress(BODY[9:]), id="two members"),
        pytest.param(b"gzip", gzip.compress(BODY) + b"\0\0", id="gzip, padded"),
        pytest.param(b"deflate", zlib.compress(BODY), id="deflate"),
        pytest.param(b"deflate", bare_deflate(BODY), id="deflate without the wrapping of zlib"),
        pytest.param(b"deflate, gzip", gzip.compress(zlib.compress(BODY)), id="one upon the other"),
        pytest.param(b"br", brotli.compress(BODY), id="brotli"),
        pytest.param(b"zstd", zstd(BODY), id="zstandard"),
    ],
)
def test_content_is_the_payload_without_its_codings(coding, payload):
    assert with_encoding(coding, payload).content() == BODY


@pytest.mark.parametrize("coding", [b"gzip", b"deflate", b"br", b"zstd"])
def test_no_payload_has_no_content_whatever_its_coding(coding):
    assert with_encoding(coding, b"").content() == b""


@pytest.mark.parametrize(
    ("coding", "payload", "message"),
    [
        pytest.param(b"compress", BODY, "'compress' is not known", id="an unknown coding"),
        pytest.param(b"gzip", BODY, "not a sound gzip body", id="not gzip at all"),
        pytest.param(b"gzip", gzip.compress(BODY)[:-9], "cut off", id="gzip, cut off"),
        pytest.param(b"deflate", zlib.compress(BODY)[:-9], "deflate body", id="deflate, cut off"),
        pytest.param(b"br", brotli.compress(BODY)[:-9], "br body", id="brotli, cut off"),
        pytest.param(b"zstd", zstd(BODY)[:-9], "zstd body", id="zstd, cut off"),
    ],
)
def test_content_that_cannot_be_decoded_says_so(coding, payload, message):
    with pytest.raises(ParseError, match=message):
        with_encoding(coding, payload).content()


@pytest.mark.parametrize(
    ("coding", "compress"),
    [
        pytest.param(b"gzip", gzip.compress, id="gzip"),
        pytest.param(b"gzip", lambda data: gzip.compress(data[1:]) * 2, id="gzip in two members"),
        pytest.param(b"deflate", zlib.compress, id="deflate"),
        pytest.param(b"deflate", bare_deflate, id="bare deflate"),
        pytest.param(b"br", brotli.compress, id="brotli"),
        pytest.param(b"zstd", zstd, id="zstandard"),
    ],
)
def test_a_bomb_does_not_unfold(coding, compress):
    record = with_encoding(coding, compress(bytes(1_000_001)))
    with pytest.raises(ParseError, match="more than 1000000 bytes"):
        record.content(max_bytes=1_000_000)


@pytest.mark.parametrize(
    ("move", "message"),
    [
        pytest.param({"warc_file": "warc/gone.warc.gz"}, "cannot be read", id="no such file"),
        pytest.param({"warc_file": "warc"}, "cannot be read", id="a folder"),
        pytest.param({"warc_offset": 7}, "not a sound gzip member", id="no record begins there"),
        pytest.param({"warc_offset": 1 << 30}, "cut off after 0 bytes", id="behind the end"),
        pytest.param({"warc_length": 40}, "bytes, not 40", id="another length"),
    ],
)
def test_a_place_without_a_record_is_named(writer, tmp_path, move, message):
    capture = writer.write_exchange(EXCHANGE)
    with pytest.raises(ParseError, match=message) as raised:
        read(tmp_path, replace(capture, **move))
    assert replace(capture, **move).warc_file in str(raised.value)


def test_every_flipped_bit_of_a_member_is_noticed(writer, tmp_path):
    capture = writer.write_exchange(EXCHANGE)
    path = tmp_path / capture.warc_file
    sound = path.read_bytes()
    whole = read(tmp_path, capture)
    for position in range(capture.warc_offset, capture.warc_offset + capture.warc_length):
        damaged = bytearray(sound)
        damaged[position] ^= 1
        path.write_bytes(damaged)
        try:
            record = read(tmp_path, capture)
        except ParseError:
            continue
        # gzip's own header has bytes without meaning: its time, its system.
        assert position - capture.warc_offset < 10
        assert record == whole


@pytest.mark.parametrize(
    ("member", "message"),
    [
        pytest.param(b"no WARC", "not a WARC record", id="not WARC"),
        pytest.param(b"", "not a WARC record", id="nothing"),
        pytest.param(
            b"WARC/1.1\r\nWARC-Type: resource\r\nContent-Length: 9\r\n\r\nabc\r\n\r\n",
            "not exactly one record",
            id="a block shorter than it says",
        ),
        pytest.param(
            b"WARC/1.1\r\nWARC-Type: resource\r\nContent-Length: 3\r\n\r\nabc\r\n\r\n" * 2,
            "not exactly one record",
            id="two records",
        ),
    ],
)
def test_a_member_that_is_not_one_record_is_refused(tmp_path, member, message):
    raw = gzip.compress(member)
    (tmp_path / "a.warc.gz").write_bytes(raw)
    with pytest.raises(ParseError, match=message):
        read_record(tmp_path, "a.warc.gz", 0, len(raw))


def test_a_revisit_of_others_may_have_no_block(tmp_path):
    member = (
        b"WARC/1.0\r\nWARC-Type: revisit\r\nContent-Type: application/http;msgtype=response\r\n"
        b"Content-Length: 0\r\n\r\n\r\n\r\n"
    )
    (tmp_path / "a.warc.gz").write_bytes(gzip.compress(member))
    (record,) = iter_records(tmp_path / "a.warc.gz")
    assert (record.type, record.status, record.payload) == ("revisit", None, b"")


def test_records_come_in_order_each_at_its_place(writer, tmp_path):
    captures = [writer.write_exchange(replace(EXCHANGE, status=200 + n)) for n in range(5)]
    records = list(iter_records(tmp_path / captures[0].warc_file))
    assert [r.type for r in records] == ["warcinfo", *["response", "request"] * 5]
    assert records[1::2] == [read(tmp_path, capture) for capture in captures]
    ends = [r.offset + r.length for r in records]
    assert [r.offset for r in records] == [0, *ends[:-1]]
    assert ends[-1] == (tmp_path / captures[0].warc_file).stat().st_size


def test_a_record_larger_than_one_read_is_whole(writer, tmp_path):
    large = bytes(n * n % 251 for n in range(300_000))
    capture = writer.write_resource("urn:large", "text/plain", large, NOW)
    writer.write_resource("urn:next", "text/plain", b"next", NOW)
    _, record, following = iter_records(tmp_path / capture.warc_file)
    assert record.payload == large
    assert following.payload == b"next"


def test_an_empty_file_has_no_records(tmp_path):
    (tmp_path / "a.warc.gz").touch()
    assert list(iter_records(tmp_path / "a.warc.gz")) == []


def test_a_file_torn_anywhere_in_its_last_record_keeps_the_others(writer, tmp_path):
    writer.write_resource("urn:kept", "text/plain", BODY, NOW)
    capture = writer.write_resource("urn:torn", "text/plain", BODY, NOW)
    path = tmp_path / capture.warc_file
    whole = path.read_bytes()
    *kept, _ = iter_records(path)
    assert len(kept) == 2
    for end in range(capture.warc_offset + 1, len(whole)):
        path.write_bytes(whole[:end])
        *records, tail = iter_records(path)
        assert records == kept
        size = end - capture.warc_offset
        reason = f"cut off after {size} bytes of a record"
        assert tail == Unreadable(capture.warc_offset, size, reason, is_torn=True)
    path.write_bytes(whole[: capture.warc_offset])
    assert list(iter_records(path)) == kept


def test_damage_in_the_middle_is_reported_and_what_follows_is_read(writer, tmp_path):
    first = writer.write_resource("urn:first", "text/plain", BODY, NOW)
    second = writer.write_resource("urn:second", "text/plain", BODY, NOW)
    path = tmp_path / first.warc_file
    damaged = bytearray(path.read_bytes())
    damaged[first.warc_offset + 30] ^= 255
    path.write_bytes(damaged)
    warcinfo, gap, record = iter_records(path)
    assert warcinfo.type == "warcinfo"
    assert (gap.offset, gap.size_bytes) == (first.warc_offset, first.warc_length)
    assert "not a sound gzip member" in gap.reason
    assert not gap.is_torn
    assert record == read(tmp_path, second)


def test_a_record_tells_what_a_rebuild_asks_of_it(whole_file):
    records = [r for r in iter_records(whole_file) if r.type not in {"warcinfo", "request"}]
    response, repeated, unchanged, resource, metadata = records
    hour = timedelta(hours=1)
    assert [r.captured_at for r in records] == [NOW, NOW + hour, NOW + 2 * hour, NOW, NOW]
    assert {r.document for r in (response, repeated, unchanged)} == {"page nos/2600001"}
    assert {r.url for r in (response, repeated, unchanged)} == {PAGE.url}
    assert [r.status for r in records] == [200, 200, 304, None, None]
    assert response.payload_digest == repeated.payload_digest
    for revisit in (repeated, unchanged):
        assert (revisit.refers_to_url, revisit.refers_to_at) == (PAGE.url, NOW)
        assert (b"ETag", b'"a1"') in revisit.http_headers
    assert (resource.document, resource.payload) == ("post oud", b"<p>Oud.</p>")
    assert (resource.refers_to_url, resource.refers_to_at) == (None, None)
    assert metadata.fields() == {"decision": "unlink"}
    assert metadata.id == metadata.headers["WARC-Record-ID"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("2026-11-22T05:06:07Z", NOW.replace(microsecond=0), id="to the second"),
        pytest.param("2026-11-22T05:06:07.000089Z", NOW, id="to the microsecond"),
        pytest.param("2026-11-22T05:06:07.000089123Z", NOW, id="to the nanosecond"),
        pytest.param("2026-11-22", None, id="a day only"),
        pytest.param("2026-11-31T05:06:07Z", None, id="a day that is none"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_dates_are_read_as_others_write_them(value, expected):
    assert Record("resource", {"WARC-Date": value}, b"", 0, 0).captured_at == expected
