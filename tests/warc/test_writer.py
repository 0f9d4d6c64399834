import gzip
import os
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from hashlib import sha256

import pytest
from fastwarc.warc import ArchiveIterator as FastWarcIterator
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator as WarcioIterator

from newsarchive.warc import Exchange, iter_records
from newsarchive.warc.messages import response_head
from newsarchive.warc.records import SPECIFICATION, NewRecord

from .conftest import NOW, TYPES

FEED_URL = "https://feeds.nos.nl/nosnieuwsalgemeen"
BODY = b"<rss><channel><title>NOS Nieuws</title><item>Brug weer open</item></channel></rss>"

EXCHANGE = Exchange(
    url=FEED_URL,
    request_headers=[(b"User-Agent", b"newsarchive"), (b"Accept", b"*/*")],
    status=200,
    reason="OK",
    response_headers=[(b"Content-Type", b"application/rss+xml; charset=utf-8"), (b"ETag", b'"a1"')],
    body=BODY,
    captured_at=datetime(2026, 11, 22, 6, 6, 7, 123456, tzinfo=timezone(timedelta(hours=1))),
    ip_address="192.0.2.7",
)


def files(data_dir):
    return sorted((data_dir / "warc").iterdir()) if (data_dir / "warc").exists() else []


def cut_out(data_dir, capture):
    """Return the bytes of a record by nothing but the standard library's gzip."""
    raw = (data_dir / capture.warc_file).read_bytes()
    return gzip.decompress(raw[capture.warc_offset : capture.warc_offset + capture.warc_length])


def split(record):
    head, _, rest = record.partition(b"\r\n\r\n")
    version, *lines = head.decode().split("\r\n")
    return version, dict(line.split(": ", 1) for line in lines), rest


def digest(data):
    return "sha256:" + sha256(data).hexdigest()


def test_an_exchange_is_kept_byte_for_byte_with_true_lengths_and_digests(writer, tmp_path):
    capture = writer.write_exchange(EXCHANGE)
    version, headers, rest = split(cut_out(tmp_path, capture))
    block = (
        b"HTTP/1.1 200 OK\r\n"
        b"Content-Type: application/rss+xml; charset=utf-8\r\n"
        b'ETag: "a1"\r\n'
        b"Content-Length: %d\r\n"
        b"\r\n" % len(BODY)
    ) + BODY
    assert version == "WARC/1.1"
    assert rest == block + b"\r\n\r\n"
    assert {name: headers[name] for name in headers if name not in GENERATED} == {
        "WARC-Type": "response",
        "WARC-Target-URI": FEED_URL,
        "WARC-Date": "2026-11-22T05:06:07.123456Z",
        "WARC-IP-Address": "192.0.2.7",
        "WARC-Payload-Digest": digest(BODY),
        "WARC-Block-Digest": digest(block),
        "Content-Type": "application/http;msgtype=response",
        "Content-Length": str(len(block)),
    }


GENERATED = {"WARC-Record-ID", "WARC-Warcinfo-ID"}


def test_the_capture_says_what_was_fetched_and_where_it_stands(writer):
    capture = writer.write_exchange(EXCHANGE)
    assert capture.url == FEED_URL
    assert capture.captured_at == EXCHANGE.captured_at
    assert capture.payload_digest == digest(BODY)
    assert capture.status == 200
    assert capture.content_type == "application/rss+xml; charset=utf-8"
    assert capture.warc_file == f"warc/nos-20261122050607000089-{os.getpid()}-00000.warc.gz"


def test_a_content_type_with_what_no_database_holds_is_the_one_in_the_record(writer, tmp_path):
    fields = [(b"Content-Type", b"text/\0xml")]
    capture = writer.write_exchange(replace(EXCHANGE, response_headers=fields))
    assert capture.content_type == "text/ xml"
    assert b"Content-Type: text/ xml\r\n" in cut_out(tmp_path, capture)


def test_the_request_follows_and_names_its_response(writer, tmp_path):
    capture = writer.write_exchange(
        replace(EXCHANGE, url="https://lezer:geheim@nos.nl/zoeken?q=brug#top")
    )
    raw = (tmp_path / capture.warc_file).read_bytes()
    _, response, _ = split(cut_out(tmp_path, capture))
    _, request, rest = split(gzip.decompress(raw[capture.warc_offset + capture.warc_length :]))
    assert request["WARC-Type"] == "request"
    assert request["WARC-Concurrent-To"] == response["WARC-Record-ID"]
    assert request["WARC-Date"] == response["WARC-Date"]
    assert rest == (
        b"GET /zoeken?q=brug HTTP/1.1\r\n"
        b"Host: nos.nl\r\nUser-Agent: newsarchive\r\nAccept: */*\r\n\r\n"
        b"\r\n\r\n"
    )


def test_a_host_that_was_sent_is_not_sent_again(writer, tmp_path):
    headers = [(b"host", b"feeds.nos.nl"), (b"Accept", b"*/*")]
    writer.write_exchange(replace(EXCHANGE, url="https://nos.nl", request_headers=headers))
    _, _, request = iter_records(files(tmp_path)[0])
    assert request.http_headers == tuple(headers)


def test_every_file_begins_with_a_warcinfo_that_every_record_names(new_writer, tmp_path):
    writer = new_writer(extra={"robots": "obey", "http-header-user-agent": "news\r\narchive"})
    writer.write_exchange(EXCHANGE)
    writer.write_resource("file:///a.txt", "text/plain", b"a", NOW)
    warcinfo, *others = iter_records(files(tmp_path)[0])
    assert warcinfo.type == "warcinfo"
    assert warcinfo.headers["WARC-Filename"] == files(tmp_path)[0].name
    assert warcinfo.payload.decode().split("\r\n") == [
        "software: newsarchive/1",
        "format: WARC File Format 1.1",
        f"conformsTo: {SPECIFICATION}",
        "robots: obey",
        "http-header-user-agent: news archive",
        "",
    ]
    assert {r.headers["WARC-Warcinfo-ID"] for r in others} == {warcinfo.headers["WARC-Record-ID"]}


@pytest.mark.parametrize(
    ("received", "stored"),
    [
        pytest.param([], [(b"Content-Length", b"3")], id="a missing length is added"),
        pytest.param(
            [(b"content-length", b"3"), (b"Vary", b"Accept")],
            [(b"content-length", b"3"), (b"Vary", b"Accept")],
            id="a true length stays as and where it is",
        ),
        pytest.param(
            [(b"Transfer-Encoding", b"chunked"), (b"Vary", b"Accept")],
            [
                (b"X-Crawl-Transfer-Encoding", b"chunked"),
                (b"Vary", b"Accept"),
                (b"Content-Length", b"3"),
            ],
            id="chunking is named but no longer claimed",
        ),
        pytest.param(
            [(b"Content-Length", b"99")],
            [(b"X-Crawl-Content-Length", b"99"), (b"Content-Length", b"3")],
            id="a length that is not true is kept under another name",
        ),
        pytest.param(
            [(b"Set-Cookie", b"a=1"), (b"Set-Cookie", b"b=2"), (b"Content-Length", b"3")],
            [(b"Set-Cookie", b"a=1"), (b"Set-Cookie", b"b=2"), (b"Content-Length", b"3")],
            id="repeated headers stay apart",
        ),
    ],
)
def test_headers_describe_the_stored_body(writer, tmp_path, received, stored):
    writer.write_exchange(replace(EXCHANGE, response_headers=received, body=b"abc"))
    _, response, _ = iter_records(files(tmp_path)[0])
    assert response.http_headers == tuple(stored)


def test_a_compressed_body_is_stored_as_received(writer, tmp_path):
    body = gzip.compress(BODY)
    headers = [(b"Content-Encoding", b"gzip")]
    capture = writer.write_exchange(replace(EXCHANGE, response_headers=headers, body=body))
    assert cut_out(tmp_path, capture).endswith(b"\r\n\r\n" + body + b"\r\n\r\n")
    assert capture.payload_digest == digest(body)
    _, response, _ = iter_records(files(tmp_path)[0])
    assert (response.payload, response.content()) == (body, BODY)


def test_a_repeated_payload_becomes_a_revisit(writer, tmp_path):
    first = writer.write_exchange(EXCHANGE)
    later = replace(
        EXCHANGE,
        captured_at=EXCHANGE.captured_at + timedelta(hours=1),
        response_headers=[(b"ETag", b'"b2"')],
    )
    second = writer.write_exchange(later, repeats=first)
    _, headers, rest = split(cut_out(tmp_path, second))
    assert headers["WARC-Type"] == "revisit"
    assert headers["WARC-Profile"] == (
        "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    )
    assert headers["WARC-Refers-To-Target-URI"] == FEED_URL
    assert headers["WARC-Refers-To-Date"] == "2026-11-22T05:06:07.123456Z"
    assert headers["WARC-Date"] == "2026-11-22T06:06:07.123456Z"
    assert headers["WARC-Truncated"] == "length"
    assert headers["WARC-Payload-Digest"] == second.payload_digest == first.payload_digest
    assert rest.startswith(b'HTTP/1.1 200 OK\r\nETag: "b2"\r\nContent-Length: ')
    assert rest.endswith(b"\r\n\r\n\r\n\r\n")
    assert [r.type for r in iter_records(files(tmp_path)[0])][-2:] == ["revisit", "request"]


def test_another_payload_is_kept_whole(writer, tmp_path):
    first = writer.write_exchange(EXCHANGE)
    second = writer.write_exchange(replace(EXCHANGE, body=b"anders"), repeats=first)
    assert split(cut_out(tmp_path, second))[1]["WARC-Type"] == "response"


def test_a_304_becomes_a_revisit_by_the_servers_word(writer, tmp_path):
    first = writer.write_exchange(EXCHANGE)
    headers = [(b"ETag", b'"a1"'), (b"Content-Length", b"81")]  # of what is not sent again
    answer = replace(
        EXCHANGE,
        status=304,
        reason="Not Modified",
        captured_at=EXCHANGE.captured_at + timedelta(hours=1),
        response_headers=headers,
        body=b"",
    )
    second = writer.write_not_modified(answer, repeats=first)
    _, headers, rest = split(cut_out(tmp_path, second))
    assert headers["WARC-Type"] == "revisit"
    assert headers["WARC-Profile"] == "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
    assert headers["WARC-Refers-To-Target-URI"] == FEED_URL
    assert headers["WARC-Refers-To-Date"] == "2026-11-22T05:06:07.123456Z"
    assert not {"WARC-Payload-Digest", "WARC-Truncated"} & headers.keys()
    block = b'HTTP/1.1 304 Not Modified\r\nETag: "a1"\r\nContent-Length: 81\r\n\r\n'
    assert rest == block + b"\r\n\r\n"
    assert (second.status, second.payload_digest) == (304, first.payload_digest)
    assert [r.type for r in iter_records(files(tmp_path)[0])][-2:] == ["revisit", "request"]


def test_every_record_of_a_document_names_it(writer, tmp_path):
    exchange = replace(EXCHANGE, document="feed nos/nosnieuwsalgemeen")
    first = writer.write_exchange(exchange)
    writer.write_exchange(exchange, repeats=first)
    writer.write_not_modified(replace(exchange, status=304, body=b""), repeats=first)
    writer.write_resource("file:///a.html", "text/html", BODY, NOW, "feed nos/nosnieuwsalgemeen")
    _, *records = iter_records(files(tmp_path)[0])
    assert {r.headers["X-Newsarchive-Document"] for r in records} == {"feed nos/nosnieuwsalgemeen"}
    assert len(records) == 7


def test_a_record_without_a_document_names_none(writer, tmp_path):
    writer.write_exchange(EXCHANGE)
    assert all("X-Newsarchive-Document" not in r.headers for r in iter_records(files(tmp_path)[0]))


def test_what_was_found_elsewhere_says_where(writer, tmp_path):
    writer.write_exchange(replace(EXCHANGE, found_in="<urn:uuid:1> oud.warc.gz"))
    _, *records = iter_records(files(tmp_path)[0])
    found = [record.headers["X-Newsarchive-Found"] for record in records]
    assert found == ["<urn:uuid:1> oud.warc.gz"] * 2


def test_a_decision_is_a_metadata_record(writer, tmp_path):
    said = {"decision": "withhold", "reason": "op verzoek\r\nvan de familie", "by": "redactie é"}
    capture = writer.write_metadata("https://nos.nl/l/2600001", said, NOW, "article nos/2600001")
    _, headers, rest = split(cut_out(tmp_path, capture))
    assert headers["WARC-Type"] == "metadata"
    assert headers["Content-Type"] == capture.content_type == "application/warc-fields"
    assert headers["WARC-Target-URI"] == capture.url == "https://nos.nl/l/2600001"
    assert headers["X-Newsarchive-Document"] == "article nos/2600001"
    assert rest.decode() == (
        "decision: withhold\r\nreason: op verzoek van de familie\r\nby: redactie é\r\n\r\n\r\n"
    )
    assert capture.status is None


def test_an_imported_file_is_a_resource(writer, tmp_path):
    payload = b"---\nlayout: post\n---\n<p>Een brug.</p>\n"
    capture = writer.write_resource("file:///posts/brug.html", "text/html", payload, NOW)
    _, headers, rest = split(cut_out(tmp_path, capture))
    assert rest == payload + b"\r\n\r\n"
    assert headers["WARC-Type"] == "resource"
    assert headers["Content-Type"] == "text/html"
    assert headers["WARC-Payload-Digest"] == headers["WARC-Block-Digest"] == digest(payload)
    assert (capture.url, capture.status) == ("file:///posts/brug.html", None)
    assert (capture.content_type, capture.payload_digest) == ("text/html", digest(payload))


@pytest.mark.parametrize(
    ("url", "stored"),
    [
        pytest.param("https://nos.nl/l/1\r\nWARC-Type: warcinfo", "1%0D%0AWARC-Type:%20warcinfo"),
        pytest.param("https://nos.nl/l/1\r\n\r\nHTTP/1.1 200", "1%0D%0A%0D%0AHTTP/1.1%20200"),
        pytest.param("https://nos.nl/l/één%20\x00", "%C3%A9%C3%A9n%20%00"),
        pytest.param("https://nos.nl/l/\udcff", "\\udcff"),
    ],
)
def test_a_url_cannot_break_out_of_its_header(writer, tmp_path, url, stored):
    capture = writer.write_exchange(replace(EXCHANGE, url=url), repeats=None)
    resource = writer.write_resource(url, "text/plain\r\nWARC-Type: warcinfo", b"a", NOW)
    assert capture.url == "https://nos.nl/l/" + stored
    assert resource.content_type == "text/plain WARC-Type: warcinfo"
    _, response, request, file = iter_records(files(tmp_path)[0])
    assert [response.type, request.type, file.type] == ["response", "request", "resource"]
    assert {r.headers["WARC-Target-URI"] for r in (response, request, file)} == {capture.url}
    assert file.headers["Content-Type"] == resource.content_type


@given(
    headers=st.lists(
        st.tuples(st.from_regex(rb"[A-Za-z][A-Za-z-]{0,9}", fullmatch=True), st.binary())
    ),
    reason=st.text(st.characters(codec="utf-8"), max_size=20),
    body=st.binary(),
)
def test_no_header_breaks_out_of_the_http_head(headers, reason, body):
    exchange = replace(EXCHANGE, response_headers=headers, reason=reason, body=body)
    head = response_head(exchange)
    assert head.endswith(b"\r\n\r\n")
    assert head.count(b"\r\n\r\n") == 1
    assert not set(head.replace(b"\r\n", b"")) & set(b"\r\n\0")
    names = [line.split(b":")[0].lower() for line in head.split(b"\r\n")[1:-2]]
    sent = [name.lower() for name, _ in headers]
    assert names.count(b"content-length") >= 1
    assert len(names) - len(sent) in {0, 1}


@given(st.binary(max_size=2000), st.integers(0, 200))
def test_a_member_is_plain_gzip(block, repetitions):
    block *= repetitions
    record = NewRecord("resource", {"WARC-Target-URI": "urn:x"}, block)
    assert split(gzip.decompress(record.member()))[2] == block + b"\r\n\r\n"


@pytest.fixture
def varied_file(writer, tmp_path):
    """Return a file with HTTP of every sort, and the types of its records in order."""
    writer.write_exchange(EXCHANGE)
    chunked = [(b"Transfer-Encoding", b"chunked"), (b"Content-Encoding", b"gzip")]
    writer.write_exchange(replace(EXCHANGE, response_headers=chunked, body=gzip.compress(BODY)))
    writer.write_exchange(replace(EXCHANGE, status=301, reason="", body=b""))
    writer.write_resource("file:///a.html", "text/html", BODY, NOW)
    writer.write_resource("file:///empty.html", "text/html", b"", NOW)
    writer.close()
    return files(tmp_path)[0], ["warcinfo", *["response", "request"] * 3, "resource", "resource"]


def test_warcio_reads_every_record_and_confirms_the_digests(varied_file):
    path, types = varied_file
    with path.open("rb") as file:
        read = [
            (record.rec_type, record.content_stream().read())
            for record in WarcioIterator(file, check_digests="raise")
        ]
    assert [kind for kind, _ in read] == types
    contents = [content for kind, content in read if kind in {"response", "resource"}]
    assert contents == [BODY, BODY, b"", BODY, b""]


def test_warcio_reads_revisits_and_metadata_too(whole_file):
    with whole_file.open("rb") as file:
        read = [
            (record.rec_type, record.http_headers.get_statuscode() if record.http_headers else None)
            for record in WarcioIterator(file, check_digests="raise")
        ]
    assert [kind for kind, _ in read] == TYPES
    assert [status for kind, status in read if kind == "revisit"] == ["200", "304"]


@pytest.mark.parametrize("sort", ["varied_file", "whole_file"])
def test_fastwarc_reads_every_record_and_confirms_the_digests(request, sort):
    given = request.getfixturevalue(sort)
    path, types = given if sort == "varied_file" else (given, TYPES)
    seen = []
    with path.open("rb") as file:
        for record in FastWarcIterator(file, parse_http=False):
            seen.append(record.headers["WARC-Type"])
            assert record.verify_block_digest()
            record.parse_http()
            assert record.verify_payload_digest() == (seen[-1] == "response")
    assert seen == types


def test_a_run_that_records_nothing_leaves_no_file(writer, tmp_path):
    writer.flush()
    writer.sync()
    writer.close()
    assert files(tmp_path) == []


def test_a_full_file_is_followed_by_the_next(new_writer, tmp_path):
    writer = new_writer(max_file_bytes=1)
    captures = [writer.write_exchange(EXCHANGE) for _ in range(3)]
    writer.close()
    serials = [c.warc_file.removesuffix(".warc.gz").rpartition("-")[2] for c in captures]
    assert serials == ["00000", "00001", "00002"]
    for path in files(tmp_path):
        assert [r.type for r in iter_records(path)] == ["warcinfo", "response", "request"]


def test_a_closed_file_is_not_opened_again(writer, tmp_path):
    writer.write_exchange(EXCHANGE)
    writer.close()
    before = files(tmp_path)[0].read_bytes()
    writer.write_exchange(EXCHANGE)
    assert len(files(tmp_path)) == 2
    assert files(tmp_path)[0].read_bytes() == before


def test_writers_of_one_name_process_and_moment_do_not_share_a_file(new_writer, tmp_path):
    writers = [new_writer(), new_writer(), new_writer()]
    captures = [w.write_exchange(EXCHANGE) for _ in range(2) for w in writers]
    assert len({c.warc_file for c in captures}) == 3
    assert [len(list(iter_records(path))) for path in files(tmp_path)] == [5, 5, 5]


def test_what_is_written_can_be_read_at_once(writer, tmp_path):
    for number in (1, 2, 3):
        capture = writer.write_exchange(EXCHANGE)
        assert len(list(iter_records(tmp_path / capture.warc_file))) == 1 + 2 * number


@pytest.mark.parametrize("name", ["", "../nos", "a/b", "a b", ".nos", "nos\n"])
def test_a_name_that_is_no_file_name_is_refused(new_writer, name):
    with pytest.raises(ValueError, match="cannot begin a file name"):
        new_writer(name)


def test_a_time_without_zone_is_refused_and_leaves_nothing(writer, tmp_path):
    with pytest.raises(ValueError, match="no time zone"):
        writer.write_exchange(replace(EXCHANGE, captured_at=datetime(2026, 11, 22)))  # noqa: DTZ001 - naive on purpose
    assert files(tmp_path) == []


FULL_DISK = """
import random, resource, sys
from datetime import datetime, UTC
from pathlib import Path
from newsarchive.warc import WarcWriter

now = datetime.now(UTC)
writer = WarcWriter(Path(sys.argv[1]), "nos", software="test", clock=lambda: now)
for step in sys.argv[2:]:
    name, size = step.split("=")
    if name == "room":
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(size), resource.RLIM_INFINITY))
        continue
    noise = random.Random(name).randbytes(int(size))
    try:
        writer.write_resource("urn:" + name, "text/plain", noise, now)
    except OSError as error:
        print(name, "failed:", error)
writer.close()
"""


def run_on_a_full_disk(data_dir, *steps):
    command = [sys.executable, "-c", FULL_DISK, str(data_dir), *steps]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_a_full_disk_is_reported_and_does_no_harm_to_what_is_there(tmp_path):
    output = run_on_a_full_disk(tmp_path, "room=20000", "first=1000", "large=50000", "last=1000")
    (path,) = files(tmp_path)
    assert output == f"large failed: [Errno 27] File too large: '{path}'\n"
    warcinfo, first, last = iter_records(path)
    assert warcinfo.type == "warcinfo"
    for record, url in ((first, "urn:first"), (last, "urn:last")):
        assert record.headers["WARC-Target-URI"] == url
        assert record.headers["WARC-Payload-Digest"] == digest(record.payload)


def test_a_disk_without_room_for_the_first_record_gets_its_warcinfo_later(tmp_path):
    output = run_on_a_full_disk(tmp_path, "room=100", "first=1000", "room=9000", "last=1000")
    assert output.startswith("first failed")
    (path,) = files(tmp_path)
    assert [r.type for r in iter_records(path)] == ["warcinfo", "resource"]


def test_a_disk_without_room_for_any_record_is_left_without_a_file(tmp_path):
    output = run_on_a_full_disk(tmp_path, "room=100", "first=1000", "second=1")
    assert output.count("failed") == 2
    assert files(tmp_path) == []


def test_a_sync_reaches_the_file_and_once_the_folders_that_name_it(writer, tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(os, "fsync", lambda number: synced.append(os.fstat(number).st_ino))
    capture = writer.write_exchange(EXCHANGE)
    writer.sync()
    writer.sync()
    file, folder = tmp_path / capture.warc_file, tmp_path / "warc"
    assert synced == [path.stat().st_ino for path in (file, folder, tmp_path, file)]


@pytest.fixture
def pipe(writer):
    """Put a pipe in the place of the writer's file; return its other end.

    A pipe can be neither synced nor cut back, and once its other end is closed not written.
    """
    writer.write_exchange(EXCHANGE)
    reading, writing = os.pipe()
    with writer._file._raw, os.fdopen(reading, "rb") as other_end:
        writer._file._raw = os.fdopen(writing, "wb", buffering=0)
        yield other_end


def test_a_file_that_cannot_be_written_or_cut_back_is_left(writer, pipe, tmp_path):
    torn = files(tmp_path)[0]
    pipe.close()
    with pytest.raises(BrokenPipeError) as raised:
        writer.write_exchange(EXCHANGE)
    assert raised.value.filename == str(torn)
    with pytest.raises(OSError, match="Invalid argument"):
        writer.write_exchange(EXCHANGE)  # what is in it already cannot be synced
    capture = writer.write_exchange(EXCHANGE)
    assert tmp_path / capture.warc_file != torn
    assert len(list(iter_records(torn))) == 3


def test_a_file_that_cannot_be_synced_gets_no_more_records(writer, pipe, tmp_path):
    with pytest.raises(OSError, match="Invalid argument"):
        writer.sync()
    with pytest.raises(OSError, match="Invalid argument"):
        writer.write_exchange(EXCHANGE)
    writer.write_exchange(EXCHANGE)
    assert len(files(tmp_path)) == 2
