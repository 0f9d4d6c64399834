import json
from datetime import UTC, datetime

import pytest

from newsarchive.cli.custody import _named
from newsarchive.warc import WarcWriter

NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)


@pytest.fixture
def data_dir(tmp_path):
    """Give the data folder of a run in `tmp_path`, with a WARC file that no row names."""
    folder = tmp_path / "archive"
    writer = WarcWriter(folder, "nos", software="newsarchive/1", clock=lambda: NOW)
    writer.write_resource("file:///brug.html", "text/html", b"<p>Brug.</p>", NOW)
    writer.close()
    return folder


def test_a_sound_archive_is_exit_0_and_says_what_was_read(run, database_url):
    ran = run("verify", database=database_url)

    assert (ran.code, ran.out) == (0, "")
    assert "Verified 0 records of 0 WARC files, 0 captures and 0 revisions." in ran.err


def test_damage_is_exit_5_and_a_table(run, filled):
    ran = run("verify", database=filled)
    [_, _, line] = ran.out.splitlines()

    assert ran.code == 5
    assert line.startswith("damage  warc/2026/proef.warc.gz    1000  a row names a capture here")
    assert "the file is missing" in line
    assert line.endswith("nos:2280100, nos:2633001, nos:2633002")
    assert "Error: damage in 1 place;" in ran.err


def test_damage_for_programs(run, filled):
    ran = run("verify", "--json", database=filled)
    told = json.loads(ran.out)

    assert ran.code == 5
    assert (told["files"], told["captures"], told["revisions"]) == (1, 5, 6)
    [finding] = told["findings"]
    assert finding["is_damage"] is True
    assert (finding["file"], finding["offset"]) == ("warc/2026/proef.warc.gz", 1000)
    assert finding["articles"] == ["nos:2280100", "nos:2633001", "nos:2633002"]


def test_a_note_is_shown_and_is_exit_0(run, database_url, data_dir):
    ran = run("verify", database=database_url)

    assert ran.code == 0
    assert "note  warc/nos-" in ran.out
    assert "no row names this record" in ran.out


@pytest.mark.parametrize(
    ("articles", "shown"),
    [
        pytest.param([], "", id="none"),
        pytest.param(["nos:1", "nos:2", "nos:3"], "nos:1, nos:2, nos:3", id="a few"),
        pytest.param([f"nos:{n}" for n in range(9)], "nos:0, nos:1, nos:2 and 6 more", id="many"),
    ],
)
def test_many_articles_are_counted(articles, shown):
    assert _named(articles) == shown


def test_a_person_at_a_terminal_sees_how_far_it_is(look):
    assert "revisions verified: 100 %" in look("verify")


def test_the_index_is_written_beside_the_files(run, data_dir):
    ran = run("index")
    path = data_dir / "warc" / "index.cdxj"

    assert (ran.code, ran.out) == (0, "")
    assert "1 captures indexed in archive/warc/index.cdxj" in ran.err
    assert path.read_text("ascii").startswith("file:/brug.html 20261001120000 {")


def test_an_index_of_damaged_files_says_so(run, data_dir):
    [path] = (data_dir / "warc").iterdir()
    path.write_bytes(path.read_bytes()[:-9])
    ran = run("index")

    assert ran.code == 0
    assert "1 stretches could not be read: run `newsarchive verify`" in ran.err


def test_without_files_there_is_nothing_to_index(run):
    ran = run("index")

    assert ran.code == 4
    assert "archive/warc: no WARC files; name their data folder" in ran.err
