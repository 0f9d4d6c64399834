"""WACZ: which bytes are in it, that players and validators read it, that it is always the same."""

import gzip
import io
import json
import subprocess
import zipfile
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from newsarchive.exceptions import TransferError
from newsarchive.storage import Selection
from newsarchive.warc import verify_file, zipnum

from .conftest import address, link

TECH = Selection(category="tech")
BUITENLAND_FEED = "https://feeds.nos.nl/nosnieuwsbuitenland"
TECH_FEED = "https://feeds.nos.nl/nosnieuwstech"


@pytest.fixture
def made(kept_on_each, tmp_path):
    """Make a WACZ and give its path."""

    def make(name="out.wacz", selection=None):
        kept_on_each.release("wacz", tmp_path / name, selection)
        return tmp_path / name

    return make


def entries(path):
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def warcs(path):
    return {name: body for name, body in entries(path).items() if name.startswith("archive/")}


def records(path):
    """Return type and URL of each record, a list a WARC file, as another library reads them."""
    return [
        [
            (record.rec_type, record.rec_headers.get_header("WARC-Target-URI"))
            for record in ArchiveIterator(io.BytesIO(body), check_digests=True)
        ]
        for body in warcs(path).values()
    ]


def captured(path):
    """Return the URLs of all answers."""
    found = [record for in_file in records(path) for record in in_file]
    return [url for kind, url in found if kind in {"response", "revisit"}]


def pages(path):
    header, *lines = map(json.loads, entries(path)["pages/pages.jsonl"].splitlines())
    assert header["format"] == "json-pages-1.0"
    return lines


def test_every_capture_of_the_selection_is_there_with_its_request(made):
    first, second, third = records(made())
    urls = [
        *(BUITENLAND_FEED, TECH_FEED),
        *(link(2633001), address(2633001), link(2633002), address(2633002)),
        address(2633003),
    ]
    pairs = [(kind, url) for url in urls for kind in ("response", "request")]
    assert first == [("warcinfo", None), *pairs]
    assert [url for _, url in second[1::2]] == [link(2633001), address(2633001)]
    assert [kind for kind, _ in third] == ["warcinfo", "revisit", "request"]


def test_captures_of_other_articles_are_not(made):
    path = made(selection=TECH)
    assert captured(path) == [TECH_FEED, address(2633003), TECH_FEED]
    assert [page["id"] for page in pages(path)] == ["nos:2633003"]


def test_what_a_revisit_repeats_comes_along(made):
    first, later = records(made(selection=TECH))
    assert first[1] == ("response", TECH_FEED)  # of which no revision was read
    assert later[1] == ("revisit", TECH_FEED)


def test_records_stand_byte_for_byte_as_in_the_archive(kept_on_each, made):
    begin = bytes.fromhex("1f8b08000000000000ff")  # of a gzip member
    for name, body in warcs(made(selection=TECH)).items():
        original = (kept_on_each.data_dir / "warc" / Path(name).name).read_bytes()
        members = body.split(begin)
        assert members[0] == b""
        assert all(begin + member in original for member in members[1:])


def test_its_warc_files_pass_our_own_verification(made, tmp_path):
    for name, body in warcs(made()).items():
        file = tmp_path / Path(name).name
        file.write_bytes(body)
        assert [checked for checked in verify_file(file) if checked.faults] == []


def test_the_index_leads_to_every_record(made, monkeypatch):
    monkeypatch.setattr(zipnum, "LINES_A_MEMBER", 4)
    found = entries(made())
    meta, *members = found["indexes/index.idx"].decode().splitlines()
    assert meta == '!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}'
    lines = []
    for member in members:
        key, moment, about = member.split(" ", 2)
        place = json.loads(about)
        end = place["offset"] + place["length"]
        packed = found["indexes/index.cdx.gz"][place["offset"] : end]
        assert place["digest"] == f"sha256:{sha256(packed).hexdigest()}"
        in_member = gzip.decompress(packed).decode().splitlines()
        assert in_member[0].startswith(f"{key} {moment} {{")
        lines += in_member
    assert (len(lines), len(members)) == (10, 3)
    assert lines == sorted(lines)
    for line in lines:
        about = json.loads(line.split(" ", 2)[2])
        start, length = int(about["offset"]), int(about["length"])
        member = found[f"archive/{about['filename']}"][start : start + length]
        [url] = [
            record.rec_headers.get_header("WARC-Target-URI")
            for record in ArchiveIterator(io.BytesIO(member))
        ]
        assert url == about["url"]


def test_pages_are_the_articles_at_the_capture_of_their_current_rendition(made):
    first, *others = pages(made())
    assert first == {
        "id": "nos:2633001",
        "url": address(2633001),
        "ts": "2026-10-02T09:02:00Z",
        "title": "Brug weer open",
        "text": "De brug is open.",
        "canonical": link(2633001),
    }
    assert [page["id"] for page in others] == ["nos:2633002", "nos:2633003"]


def test_the_description_says_what_was_asked_of_which_archive(made):
    path = made(selection=Selection(category="tech", since=date(2026, 10, 1)))
    about = json.loads(entries(path)["datapackage.json"])
    assert (about["profile"], about["wacz_version"]) == ("data-package", "1.1.1")
    assert about["selection"] == {"category": "tech", "since": "2026-10-01"}
    assert about["created"] == about["as_of"] == "2026-10-03T09:01:00Z"
    assert list(about["counts"].values()) == [1, 2, 3, 1, 0]
    assert "belong to NOS" in about["description"]


def test_every_entry_is_listed_with_its_digest_and_the_list_with_its_own(kept, tmp_path):
    released = kept.release("wacz", tmp_path / "out.wacz")
    found = entries(tmp_path / "out.wacz")
    digest = json.loads(found.pop("datapackage-digest.json"))
    described = found.pop("datapackage.json")
    assert digest == {"path": "datapackage.json", "hash": released.digest}
    assert released.digest == f"sha256:{sha256(described).hexdigest()}"
    listed = {r["path"]: (r["bytes"], r["hash"]) for r in json.loads(described)["resources"]}
    assert listed == {
        name: (len(body), f"sha256:{sha256(body).hexdigest()}") for name, body in found.items()
    }


def test_entries_are_stored_and_bear_no_time_of_their_own(kept, tmp_path):
    kept.release("wacz", tmp_path / "out.wacz")
    with zipfile.ZipFile(tmp_path / "out.wacz") as package:
        about = package.infolist()
    assert {entry.compress_type for entry in about} == {zipfile.ZIP_STORED}
    assert {entry.date_time for entry in about} == {(1980, 1, 1, 0, 0, 0)}


def test_the_same_archive_and_selection_give_the_same_bytes(made):
    assert made("a.wacz").read_bytes() == made("b.wacz").read_bytes()


@pytest.mark.wacz
@pytest.mark.parametrize(
    "selection", [pytest.param(Selection(), id="all"), pytest.param(TECH, id="a category")]
)
def test_the_validator_of_webrecorder_accepts_it(kept, tmp_path, wacz_tool, selection):
    path = tmp_path / "out.wacz"
    kept.release("wacz", path, selection)
    assert validated(wacz_tool, path) == 0


@pytest.mark.wacz
def test_the_validator_of_webrecorder_refuses_a_changed_one(kept, tmp_path, wacz_tool):
    path = tmp_path / "out.wacz"
    kept.release("wacz", path)
    path.write_bytes(path.read_bytes().replace(b"Brug weer open", b"Brug weer heel"))
    assert validated(wacz_tool, path) != 0


def validated(tool, path):
    return subprocess.run([tool, "validate", "-f", path], check=False).returncode


def test_records_that_name_a_withheld_article_are_left_out(kept_on_each, tmp_path):
    kept_on_each.withhold(2633001)
    path = tmp_path / "out.wacz"
    released = kept_on_each.release("wacz", path)
    # The feed has its entry, the page of 2633002 a link to it.
    assert captured(path) == [TECH_FEED, address(2633003), TECH_FEED]
    assert [page["id"] for page in pages(path)] == ["nos:2633003"]
    assert released.counts["left_out"] == 2
    content = b"".join(
        gzip.decompress(body) if name.endswith(".gz") else body
        for name, body in entries(path).items()
    )
    assert b"2633003" in content
    assert not any(word in content for word in (b"2633001", b"Brug"))


def test_progress_tells_captures_and_pages(kept, tmp_path):
    told = []
    kept.release("wacz", tmp_path / "out.wacz", progress=lambda *step: told.append(step))
    assert told[-4:] == [("captures", 10), ("pages", 1), ("pages", 2), ("pages", 3)]


def damage(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        pytest.param(damage, "offset", id="damaged"),
        pytest.param(Path.unlink, "No such file", id="gone"),
    ],
)
def test_a_record_that_cannot_be_read_ends_it(kept, tmp_path, harm, told):
    harm(max((kept.data_dir / "warc").iterdir(), key=lambda path: path.stat().st_size))
    with pytest.raises(TransferError, match=rf"{told}.*newsarchive verify"):
        kept.release("wacz", tmp_path / "out.wacz")
    assert not list(tmp_path.glob("out*"))


def test_a_record_that_is_not_the_one_its_row_names_ends_it(kept, tmp_path):
    kept.change("UPDATE captures SET url = 'https://nos.nl/anders' WHERE status = 200")
    with pytest.raises(TransferError, match="not the record that its row names"):
        kept.release("wacz", tmp_path / "out.wacz")


def test_what_is_stored_meanwhile_is_not_in_it(kept_on_each, tmp_path):
    def store_more(what, count):
        if (what, count) == ("captures", 1):
            kept_on_each.change("UPDATE articles SET published_at = NULL, url = 'https://nos.nl'")

    first = kept_on_each.release("wacz", tmp_path / "a.wacz")
    second = kept_on_each.release("wacz", tmp_path / "b.wacz", progress=store_more)
    third = kept_on_each.release("wacz", tmp_path / "c.wacz")
    assert first.digest == second.digest != third.digest
