"""WARC files of others, written here by warcio or by hand."""

import gzip
import io
import zipfile

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from newsarchive.exceptions import ParseError
from newsarchive.warc import Unreadable, foreign, iter_foreign_records

URLS = ["https://nos.nl/l/2600001", "https://nos.nl/l/2600002"]
BODY = b"<p>De brug over de Lek is weer open.</p>"


def written(*bodies, gzipped=False, heads=()):
    """Return a file with an answer for each body, as another crawler writes it."""
    file = io.BytesIO()
    writer = WARCWriter(file, gzip=gzipped)
    writer.write_record(writer.create_warcinfo_record("x.warc", {"software": "another"}))
    for url, body in zip(URLS, bodies, strict=False):
        given = [("Content-Type", "text/html"), *heads]
        http = StatusAndHeaders("200 OK", given, protocol="HTTP/1.1")
        payload = io.BytesIO(body)
        record = writer.create_warc_record(url, "response", payload=payload, http_headers=http)
        writer.write_record(record)
        record.raw_stream.close()
    return file.getvalue()


PLAIN = written(BODY, BODY)
PACKED = written(BODY, BODY, gzipped=True)


@pytest.fixture
def read(tmp_path):
    def read(content, name="x.warc.gz"):
        (tmp_path / name).write_bytes(content)
        return list(iter_foreign_records(tmp_path / name))

    return read


def wacz(**files):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        for name, content in files.items():
            package.writestr(f"archive/{name}.warc.gz", content)
        package.writestr("pages/pages.jsonl", "{}")
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        pytest.param(PACKED, "x.warc.gz", id="gzip by record"),
        pytest.param(gzip.compress(PLAIN), "x.warc.gz", id="gzip as a whole"),
        pytest.param(PLAIN, "x.warc", id="plain"),
        pytest.param(PACKED, "x.warc", id="gzip under a plain name"),
        pytest.param(
            PLAIN.replace(b"WARC/1.0", b"\r\n\r\nWARC/1.0"), "x.warc", id="more blank lines"
        ),
        pytest.param(wacz(a=PACKED), "x.wacz", id="WACZ"),
    ],
)
def test_the_forms_of_a_file(read, content, name):
    info, *answers = read(content, name)
    assert info.type == "warcinfo"
    assert [(answer.url, answer.status, answer.payload) for answer in answers] == [
        (url, 200, BODY) for url in URLS
    ]


def test_every_file_of_a_wacz_is_read(read):
    assert len(read(wacz(a=PACKED, b=PACKED), "x.wacz")) == 6


def test_no_step_back_within_a_wacz_reads_it_from_its_front_again(read, monkeypatch):
    def refuse(*_):
        pytest.fail("each record would cost all that are before it")

    monkeypatch.setattr(zipfile.ZipExtFile, "seek", refuse)
    assert len(read(wacz(a=PACKED), "x.wacz")) == 3


def test_damage_of_an_entry_of_a_wacz_is_told_and_the_next_is_read(read):
    content = wacz(a=PACKED, b=PACKED)
    at = content.index(PACKED) + len(PACKED) - 1
    told, *others = read(content[:at] + b"\xff" + content[at + 1 :], "x.wacz")
    assert told.reason.startswith("archive/a.warc.gz: Bad CRC-32")
    assert [record.url for record in others] == [None, *URLS]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        pytest.param(PLAIN[:-60], "x.warc", id="plain, within a body"),
        pytest.param(PLAIN[: PLAIN.rindex(b"WARC-Target")], "x.warc", id="plain, within a head"),
        pytest.param(PACKED[:-60], "x.warc.gz", id="gzip"),
    ],
)
def test_a_torn_end_is_told_and_what_is_before_it_stands(read, content, name):
    *whole, last = read(content, name)
    assert [record.url for record in whole] == [None, URLS[0]]
    assert isinstance(last, Unreadable)
    assert last.is_torn


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(PLAIN.replace(b"WARC/1.0", b"warc/9.9"), "no WARC record", id="no record"),
        pytest.param(PACKED[:-6] + b"\0" * 6, "not a sound gzip member", id="a broken member"),
        pytest.param(gzip.compress(PLAIN)[:-6] + b"\0" * 6, "CRC", id="broken as a whole"),
        pytest.param(b"x" * (3 << 20), "no end", id="no lines"),
    ],
)
def test_damage_is_told_and_ends_the_file(read, content, reason):
    last = read(content)[-1]
    assert isinstance(last, Unreadable)
    assert not last.is_torn
    assert reason in last.reason


def test_behind_damage_gzip_by_record_goes_on(read):
    middle = PACKED.index(b"\x1f\x8b", 20) + 30
    broken = PACKED[:middle] + bytes([PACKED[middle] ^ 0xFF]) + PACKED[middle + 1 :]
    _, damage, last = read(broken)
    assert isinstance(damage, Unreadable)
    assert last.url == URLS[1]


def test_a_record_that_is_too_large_is_passed_over(read, monkeypatch):
    monkeypatch.setattr(foreign, "MAX_CONTENT_BYTES", 500)
    _, large, small = read(written(b"x" * 800, BODY))
    assert isinstance(large, Unreadable)
    assert small.url == URLS[1]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"5\r\n<p>De\r\n23;x=1\r\n" + BODY[5:] + b"\r\n0\r\n\r\n", id="in chunks"),
        pytest.param(BODY, id="without the chunks that it claims"),
    ],
)
def test_a_body_is_given_without_chunking(read, body):
    _, answer = read(written(body, heads=[("Transfer-Encoding", "chunked")]))
    assert answer.payload == BODY


def test_a_wacz_that_is_no_zip_file_is_told(read):
    with pytest.raises(ParseError, match=r"x\.wacz"):
        read(PLAIN, "x.wacz")
