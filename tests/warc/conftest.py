"""A file with a record of every sort, as a crawl and an import write it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from newsarchive.warc import Exchange, WarcWriter

NOW = datetime(2026, 11, 22, 5, 6, 7, 89, tzinfo=UTC)
ELSEWHERE = timezone(timedelta(hours=9))  # of the clock: names and records are in UTC all the same
PAGE = Exchange(
    url="https://nos.nl/artikel/2600001-brug-weer-open",
    request_headers=[(b"Accept", b"*/*")],
    status=200,
    reason="OK",
    response_headers=[(b"Content-Type", b"text/html; charset=utf-8"), (b"ETag", b'"a1"')],
    body=b"<p>De brug over de Lek is weer open voor verkeer.</p>\n" * 3,
    captured_at=NOW,
    document="page nos/2600001",
)
TYPES = [
    "warcinfo",
    *("response", "request"),
    *("revisit", "request"),
    *("revisit", "request"),
    "resource",
    "metadata",
]


@pytest.fixture
def new_writer(tmp_path):
    def make(name="nos", **options):
        now = NOW.astimezone(ELSEWHERE)
        writer = WarcWriter(tmp_path, name, software="newsarchive/1", clock=lambda: now, **options)
        made.append(writer)
        return writer

    made = []
    yield make
    for writer in made:
        writer.close()


@pytest.fixture
def writer(new_writer):
    return new_writer()


@pytest.fixture
def whole_file(writer, tmp_path):
    """Return the path of a file with records of TYPES."""
    first = writer.write_exchange(PAGE)
    hour = timedelta(hours=1)
    writer.write_exchange(replace(PAGE, captured_at=NOW + hour), repeats=first)
    unchanged = replace(PAGE, status=304, reason="", body=b"", captured_at=NOW + 2 * hour)
    writer.write_not_modified(unchanged, repeats=first)
    writer.write_resource("file:///oud/brug.html", "text/html", b"<p>Oud.</p>", NOW, "post oud")
    writer.write_metadata("https://nos.nl/l/2600001", {"decision": "unlink"}, NOW)
    writer.close()
    return tmp_path / first.warc_file
