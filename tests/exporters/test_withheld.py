import gzip

import pytest

from newsarchive.exporters.withheld import Discretion
from newsarchive.storage import Withheld
from newsarchive.warc import Record

NUMBERED = Withheld("2633001", ("https://nos.nl/l/2633001",))
ADDRESSED = Withheld(
    "0a1b2c3d4e5f", ("https://krant.example/2026/brand?a=1&b=2", "https://krant.example/oud")
)


def record(payload=b"", url="https://nos.nl/x", **heads):
    http = tuple((name.replace("_", "-").encode(), value) for name, value in heads.items())
    return Record("response", {"WARC-Target-URI": url}, payload, 0, 1, 200, http)


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(record(b"<guid>https://nos.nl/l/2633001</guid>"), id="its short address"),
        pytest.param(record(b'{"id":2633001}'), id="its number"),
        pytest.param(record(b"/artikel/2633001-kop"), id="a relative link"),
        pytest.param(record(b"~r/nosnieuws/~3/hW7LR/2633001\n"), id="FeedBurner's link"),
        pytest.param(record(url="file:///in/2026-10-01-2633001-kop.txt"), id="a file's name"),
        pytest.param(record(location=b"/artikel/2633001-kop"), id="where a redirect leads"),
        pytest.param(
            record(gzip.compress(b"l/2633001"), content_encoding=b"gzip"), id="a packed payload"
        ),
        pytest.param(record(b"?", content_encoding=b"gzip"), id="a payload that cannot be read"),
        pytest.param(record(b"<a href='/2026/brand?a=1&amp;b=2'>"), id="an escaped address"),
        pytest.param(record(b'"https:\\/\\/krant.example\\/2026\\/brand?a=1&b=2"'), id="in JSON"),
        pytest.param(record(b"https://krant.example/oud"), id="an alias"),
    ],
)
def test_what_names_a_withheld_article(found):
    assert Discretion([NUMBERED, ADDRESSED]).names_withheld(found)


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(record(b"<guid>https://nos.nl/l/2633002</guid>"), id="another article"),
        pytest.param(record(b"https://nos.nl/l/12633001"), id="a longer number"),
        pytest.param(record(b"sha256:ab2633001cd"), id="digits within a digest"),
        pytest.param(record(b"https://krant.example/2026/"), id="another address"),
    ],
)
def test_what_names_none(found):
    assert not Discretion([NUMBERED, ADDRESSED]).names_withheld(found)


def test_where_nothing_is_withheld_nothing_is_read():
    assert not Discretion([]).names_withheld(record(b"?", content_encoding=b"gzip"))
