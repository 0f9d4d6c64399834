import json
from dataclasses import replace

import pytest

from newsarchive.exceptions import TransferError
from newsarchive.warc import cdxj, iter_records, write_index
from newsarchive.warc.cdxj import surt

from .conftest import NOW, PAGE, TYPES


# What pywb 2.10 looks an address up by, and the Internet Archive's `surt` 0.3.1 gives.
@pytest.mark.parametrize(
    ("url", "key"),
    [
        pytest.param("https://nos.nl/l/2280103", "nl,nos)/l/2280103", id="short"),
        pytest.param("http://nos.nl/artikel/1-Een-Brug", "nl,nos)/artikel/1-een-brug", id="case"),
        pytest.param("https://nos.nl", "nl,nos)/", id="no path"),
        pytest.param("https://NOS.nl:443/", "nl,nos)/", id="a default port"),
        pytest.param("https://nos.nl:8443/x", "nl,nos:8443)/x", id="another port"),
        pytest.param("http://www.nos.nl/artikel/1/", "nl,nos)/artikel/1", id="www, last slash"),
        pytest.param("http://www2.nos.nl/a/b/../c//d/./e/", "nl,nos)/a/c/d/e", id="steps"),
        pytest.param("https://nos.nl/../x", "nl,nos)/../x", id="a step too far"),
        pytest.param("http://127.0.0.1:8000/l/1", "1,0,0,127:8000)/l/1", id="an IPv4 address"),
        pytest.param("http://[::1]:8000/x", "::1:8000)/x", id="an IPv6 address"),
        pytest.param("https://lezer:geheim@nos.nl/x#top", "nl,nos)/x", id="user and fragment"),
        pytest.param("https://nos.nl/?", "nl,nos)/", id="an empty query"),
        pytest.param("https://nos.nl/?a=1", "nl,nos)/?a=1", id="a query"),
        pytest.param("https://nos.nl/x?b=2&a=1&A=0&c", "nl,nos)/x?a=0&a=1&b=2&c", id="sorted"),
        pytest.param("https://nos.nl/x?a!=1&a=2", "nl,nos)/x?a=2&a!=1", id="sorted by name"),
        pytest.param("https://nos.nl/%C3%A9%20x", "nl,nos)/%c3%a9%20x", id="escapes"),
        pytest.param("https://nos.nl/%7Ea%2Fb?x=%26y", "nl,nos)/~a/b?x=&y", id="needless escapes"),
        pytest.param("https://nos.nl/%2541%23", "nl,nos)/a%23", id="escaped twice"),
        pytest.param("https://nos.nl/a%zz", "nl,nos)/a%25zz", id="no escape"),
        pytest.param("file:///Oud/brug.html#lines=1-5", "file:/oud/brug.html", id="a file"),
        pytest.param("urn:large", "urn:large", id="a name"),
    ],
)
def test_a_key_is_the_one_that_players_look_up(url, key):
    assert surt(url) == key


def lines_of(path):
    for line in (path / "warc" / "index.cdxj").read_text("ascii").splitlines():
        key, moment, about = line.split(" ", 2)
        yield key, moment, json.loads(about)


def test_the_index_has_a_line_a_capture_but_not_of_a_304(whole_file, tmp_path):
    records = dict(zip(TYPES, iter_records(whole_file), strict=False))
    indexed = write_index(tmp_path)
    file, page, repeated = lines_of(tmp_path)
    assert (indexed.lines, indexed.unreadable) == (3, 0)
    assert [line[:2] for line in (file, page, repeated)] == [
        ("file:/oud/brug.html", "20261122050607"),
        ("nl,nos)/artikel/2600001-brug-weer-open", "20261122050607"),
        ("nl,nos)/artikel/2600001-brug-weer-open", "20261122060607"),
    ]
    response = records["response"]
    assert page[2] == {
        "url": PAGE.url,
        "mime": "text/html",
        "status": "200",
        "digest": response.payload_digest,
        "length": str(response.length),
        "offset": str(response.offset),
        "filename": whole_file.name,
    }
    assert repeated[2]["mime"] == "warc/revisit"
    assert repeated[2]["digest"] == page[2]["digest"]
    assert (file[2]["mime"], "status" in file[2]) == ("text/html", False)


def test_the_index_is_sorted_however_many_files_and_lines(new_writer, tmp_path, monkeypatch):
    monkeypatch.setattr(cdxj, "SORTED_AT_ONCE", 4)
    for name in ("b", "a"):
        writer = new_writer(name)
        for number in (3, 1, 2, 11, 10):
            writer.write_exchange(replace(PAGE, url=f"https://nos.nl/l/{number}-{name}"))
    write_index(tmp_path)
    keys = [key for key, _, _ in lines_of(tmp_path)]
    assert keys == sorted(keys)
    assert len(keys) == 10
    assert sorted(p.suffix for p in (tmp_path / "warc").iterdir()) == [".cdxj", ".gz", ".gz"]


def test_what_cannot_be_read_is_counted_and_the_rest_is_indexed(whole_file, tmp_path):
    raw = bytearray(whole_file.read_bytes())
    raw[-20] ^= 1  # in the last record, which is metadata
    whole_file.write_bytes(raw)
    indexed = write_index(tmp_path)
    assert (indexed.lines, indexed.unreadable) == (3, 1)


def test_indexing_again_replaces_the_index(whole_file, writer, tmp_path):
    write_index(tmp_path)
    writer.write_resource("file:///nieuw.html", "text/html", b"Nieuw.", NOW)
    assert write_index(tmp_path).lines == 4
    assert len(list(lines_of(tmp_path))) == 4


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(TransferError, match=r"index\.cdxj\.part: No such file"):
        write_index(tmp_path)
