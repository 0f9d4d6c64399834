import pytest
from sqlalchemy import insert, literal, select

from newsarchive.custody.verify import verify
from newsarchive.storage import Archive
from newsarchive.storage.engine import connect
from newsarchive.storage.schema import revisions

from .conftest import NOON, fill, new_warc, page

COPIED = [column.name for column in revisions.c if column.name != "id"]
OTHERS = {"number": literal(3)}
"""A revision with which the one before it is missing."""


def places(findings):
    return [(finding.file, finding.offset) for finding in findings]


def place(capture):
    return capture.warc_file, capture.warc_offset


def test_an_archive_as_it_was_written_is_sound_on_both_databases(database_url, tmp_path):
    kept = fill(database_url, tmp_path)
    report = kept.verify()
    assert report.findings == ()
    assert (report.files, report.records, report.captures, report.revisions) == (2, 11, 5, 3)


def test_an_empty_archive_is_sound(database_url, tmp_path):
    with Archive.read(database_url) as archive:
        assert verify(archive, tmp_path).findings == ()


def test_a_damaged_record_names_its_place_its_articles_and_what_is_wrong(kept):
    def flip(raw):
        raw[kept.storm.warc_offset + 200] ^= 1

    kept.change(flip)
    [damage] = kept.verify().damages
    assert (damage.file, damage.offset) == place(kept.storm)
    assert damage.length == kept.storm.warc_length
    assert damage.what.startswith("cannot be read: not a sound gzip member")
    assert damage.articles == ("nos:2600002",)


def test_a_record_in_which_something_is_still_readable_names_it(kept):
    def flip(raw):
        raw[kept.storm.warc_offset + kept.storm.warc_length - 1] ^= 1

    kept.change(flip)
    [damage] = kept.verify().damages
    assert damage.url == kept.storm.url
    assert damage.record_id.startswith("<urn:uuid:")


def test_a_record_that_no_row_names_is_verified_too(kept):
    request = kept.bridge.warc_offset + kept.bridge.warc_length

    def flip(raw):
        raw[request + 100] ^= 1

    kept.change(flip)
    [damage] = kept.verify().damages
    assert (damage.offset, damage.articles) == (request, ())


def test_a_missing_file_names_its_first_capture_and_all_articles_in_it(kept):
    kept.path.unlink()
    [damage] = kept.verify().damages
    assert (damage.file, damage.offset) == place(kept.bridge)
    assert damage.what == (
        "a row names a capture here, but the file is missing; so it is with 3 more behind it"
    )
    assert damage.articles == ("nos:2600001", "nos:2600002")


def test_a_file_that_cannot_be_read_is_named(kept):
    kept.path.unlink()
    kept.path.mkdir()
    [damage] = kept.verify().damages
    assert (damage.file, damage.offset) == place(kept.bridge)
    assert "but the file cannot be read: Is a directory" in damage.what


def test_a_file_cut_short_between_records_is_missed_by_its_rows(kept):
    def cut(raw):
        del raw[kept.storm.warc_offset :]

    kept.change(cut)
    [damage] = kept.verify().damages
    assert (damage.file, damage.offset) == place(kept.storm)
    assert damage.what == "a row names a capture here, but the file ends before"
    assert damage.articles == ("nos:2600002",)


def test_bytes_between_records_are_damage_and_the_rows_behind_are_lost(kept):
    def insert(raw):
        raw[kept.bridge_again.warc_offset : kept.bridge_again.warc_offset] = b"\0\0\0"

    kept.change(insert)
    inserted, lost = kept.verify().damages
    assert (inserted.offset, inserted.length) == (kept.bridge_again.warc_offset, 3)
    assert (lost.file, lost.offset) == place(kept.bridge_unchanged)
    assert lost.what == (
        "a row names a capture here, but no record begins here; so it is with 1 more behind it"
    )
    assert lost.articles == ("nos:2600002",)


def test_a_record_removed_is_damage_where_it_was_and_the_rows_behind_are_lost(kept):
    removed = kept.bridge_again

    def remove(raw):
        del raw[removed.warc_offset : removed.warc_offset + removed.warc_length]

    kept.change(remove)
    gap, *lost = kept.verify().damages
    assert (gap.file, gap.offset) == place(removed)
    assert "another record's request or answer is missing" in gap.what
    assert place(kept.bridge_unchanged) in places(lost)
    assert {name for damage in lost for name in damage.articles} == {"nos:2600002"}


def test_a_file_in_the_place_of_another_is_named(kept, tmp_path):
    post = tmp_path / kept.post.warc_file
    kept.path.write_bytes(post.read_bytes())
    damages = kept.verify().damages
    assert (damages[0].file, damages[0].offset) == (kept.bridge.warc_file, 0)
    assert damages[0].what == f"begins the file {post.name}"
    assert {name for damage in damages for name in damage.articles} == {
        "nos:2600001",
        "nos:2600002",
    }


@pytest.mark.parametrize(
    ("change", "what"),
    [
        pytest.param("url = 'https://nos.nl/l/1'", "has the URL", id="another URL"),
        pytest.param("warc_length = 99", "has the length", id="another length"),
        pytest.param(
            "captured_at = '2020-01-01 00:00:00.000000'", "has the time", id="another time"
        ),
        pytest.param(f"payload_digest = 'sha256:{0:064}'", "has the payload digest", id="digest"),
        pytest.param("status = NULL", "is a response record", id="a file, it says"),
        pytest.param("warc_offset = warc_offset + 1", "no record begins here", id="between"),
        pytest.param("warc_offset = 999999", "the file ends before", id="behind the end"),
        pytest.param("warc_file = 'warc/weg.warc.gz'", "the file is missing", id="another file"),
    ],
)
def test_a_row_that_points_elsewhere_is_named(kept, change, what):
    kept.tamper(f"UPDATE captures SET {change} WHERE url = '{kept.storm.url}'")
    damages = kept.verify().damages
    assert len(damages) == 1
    assert what in damages[0].what
    assert damages[0].articles == ("nos:2600002",)


def test_a_row_that_points_at_a_request_is_named(kept):
    request = kept.storm.warc_offset + kept.storm.warc_length
    kept.tamper(f"UPDATE captures SET warc_offset = {request} WHERE url = '{kept.storm.url}'")
    assert "is a request record, which its row does not say" in {
        damage.what for damage in kept.verify().damages
    }


def test_a_revisit_whose_original_is_gone_is_named(kept):
    # That record itself is sound, and no revision was read from the revisits.
    kept.tamper(f"DELETE FROM captures WHERE warc_offset = {kept.bridge.warc_offset} AND status")
    damages = [d for d in kept.verify().damages if d.file]
    assert places(damages) == [place(kept.bridge_again), place(kept.bridge_unchanged)]
    assert all("refers to a capture that is not in the archive" in d.what for d in damages)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        pytest.param("html = '<p>Er komt geen storm.</p>'", "has not the digest", id="its body"),
        pytest.param("title = 'Anders'", "has not the digest", id="its headline"),
        pytest.param("digest_rule = 99", "there is no digest rule 99", id="its rule"),
        pytest.param("capture_id = 99", "was read from capture 99, which is missing", id="capture"),
    ],
)
def test_a_revision_that_was_tampered_with_is_named(kept, change, what):
    kept.tamper(f"UPDATE revisions SET {change} WHERE html LIKE '%storm%'")
    [damage] = kept.verify().damages
    assert what in damage.what
    assert (damage.revision, damage.articles) == ("nos:2600002 page 1", ("nos:2600002",))


@pytest.mark.parametrize(
    ("change", "what"),
    [
        pytest.param("DELETE FROM articles WHERE external_id = '2280100'",
                     "rows of revisions name rows of articles that are not there: 1", id="article"),
        pytest.param("UPDATE revisions SET crawl_run_id = 9",
                     "rows of revisions name rows of crawl_runs that are not there: 3", id="runs"),
    ],
)  # fmt: skip
def test_a_row_that_names_one_that_is_not_there_is_told(kept, change, what):
    kept.tamper(change)
    assert what in {damage.what for damage in kept.verify().damages}


def test_a_revision_that_was_taken_out_is_missed_on_both_databases(database_url, tmp_path):
    kept = fill(database_url, tmp_path)
    engine = connect(database_url)
    with engine.begin() as connection:
        like_the_first = select(*(OTHERS.get(name, revisions.c[name]) for name in COPIED))
        one = like_the_first.order_by(revisions.c.id).limit(1)
        connection.execute(insert(revisions).from_select(COPIED, one))
    engine.dispose()
    [damage] = kept.verify().damages
    assert damage.what == "has 2 revisions, and they are numbered up to 3"
    assert (damage.revision, damage.articles) == ("nos:2600001 page", ("nos:2600001",))


def test_white_space_is_no_tampering(kept):
    kept.tamper("UPDATE revisions SET html = replace(html, 'komt ', 'komt' || char(10))")
    assert kept.verify().findings == ()


def test_what_a_crash_leaves_is_noted_and_is_no_damage(abandoned):
    writer = new_warc(abandoned.data_dir, "later")
    torn = writer.write_exchange(page(2600003, NOON, "Nooit vastgelegd."))
    writer.write_exchange(page(2600004, NOON, "Ook niet."))
    writer.close()
    path = abandoned.data_dir / torn.warc_file
    path.write_bytes(path.read_bytes()[:-30])
    report = abandoned.verify()
    assert report.damages == []
    torn_end, unnamed = report.notes
    assert torn_end.what.startswith("cannot be read: cut off after")
    assert (unnamed.file, unnamed.offset) == place(torn)
    assert unnamed.what == "no row names this record, nor 1 behind it: a crash, or a crawl at work"


def test_a_torn_end_in_the_file_of_a_run_that_crashed_is_a_note(abandoned):
    abandoned.change(lambda raw: raw.__delitem__(slice(len(raw) - 30, None)))
    report = abandoned.verify()
    assert (report.damages, len(report.notes)) == ([], 1)


def test_a_torn_end_in_the_file_of_a_run_that_ended_is_damage(kept):
    kept.change(lambda raw: raw.__delitem__(slice(len(raw) - 30, None)))
    [damage] = kept.verify().damages
    assert "cut off" in damage.what


def test_a_torn_record_that_a_row_names_is_damage(abandoned):
    abandoned.change(lambda raw: raw.__delitem__(slice(abandoned.storm.warc_offset + 50, None)))
    [damage] = abandoned.verify().damages
    assert damage.articles == ("nos:2600002",)


def test_progress_reaches_the_end(kept):
    told = {}
    with Archive.read(kept.url) as archive:
        verify(archive, kept.data_dir, lambda what, done, total: told.update({what: (done, total)}))
    size = sum(path.stat().st_size for path in (kept.data_dir / "warc").iterdir())
    assert told == {"bytes": (size, size), "revisions": (3, 3)}
