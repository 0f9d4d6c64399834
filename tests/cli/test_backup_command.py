import json

import pytest

from newsarchive.storage.engine import connect
from newsarchive.storage.upgrade import downgrade


@pytest.fixture
def backed_up(run, filled):
    """Back the small archive up, whose WARC file was never written."""
    return run("backup", "copy", "--json", database=filled)


def test_a_backup_says_what_it_did_and_what_it_missed(backed_up):
    told = json.loads(backed_up.out)

    assert backed_up.code == 5
    assert told["tables"]["revisions"] == 6
    assert (told["warc_files"], told["files_copied"], told["bytes_copied"]) == (0, 0, 0)
    assert told["findings"] == [
        {
            "file": "warc/2026/proef.warc.gz",
            "what": "is not backed up as it should be: the file is missing",
        }
    ]
    assert f"Backed up as {told['generation']}: " in backed_up.err
    assert "Error: damage in 1 place; run `newsarchive verify`" in backed_up.err


def test_findings_are_a_table_for_people(run, backed_up, filled):
    ran = run("backup", "--verify", "copy", database=filled)

    assert ran.code == 5
    assert "warc/2026/proef.warc.gz  a row names a capture here, but the file is missing" in ran.out
    assert "Tried 2" in ran.err
    assert "6 revisions" in ran.err


def test_a_trial_for_programs(run, backed_up, filled):
    told = json.loads(run("backup", "--verify", "copy", "--json", database=filled).out)

    assert told["read"]["revisions"] == 6
    assert told["generation"] == json.loads(backed_up.out)["generation"]


def test_a_restored_archive_can_be_asked(run, filled, tmp_path):
    name = json.loads(run("backup", "copy", "--json", database=filled).out)["generation"]
    if not filled.startswith("sqlite"):
        ran = run("restore", "copy", database=filled)
        assert (ran.code, ran.out) == (3, "")
        assert "there is an archive already" in ran.err
        return
    url = f"sqlite:///{tmp_path}/other/newsarchive.db"
    ran = run("restore", "copy", "--generation", name, database=url)

    assert (ran.code, ran.out) == (0, "")
    assert f"Restored {name}: " in ran.err
    assert "Brug weer open" in run("list", database=url).out


def test_a_generation_is_not_chosen_for_a_new_backup(run, filled):
    ran = run("backup", "copy", "--generation", "20261001T120000Z", database=filled)

    assert ran.code == 2
    assert "--generation goes with --verify" in ran.err


def test_where_there_is_no_backup_it_is_exit_4(run, filled):
    for arguments in (("backup", "--verify", "none"), ("restore", "none")):
        ran = run(*arguments, database=filled)
        assert (ran.code, ran.out) == (4, "")
        assert "there is no backup here" in ran.err


def test_a_place_that_cannot_be_written_is_exit_6(run, filled, tmp_path):
    (tmp_path / "letter").write_text("geen map")
    ran = run("backup", "letter/copy", database=filled)

    assert ran.code == 6
    assert "letter/copy: Not a directory" in ran.err


def test_a_person_at_a_terminal_sees_how_far_a_backup_is(look, tmp_path):
    assert "100 %" in look("backup", str(tmp_path / "copy"))


def test_an_upgrade_tells_where_the_archive_is_as_it_was(run, filled):
    engine = connect(filled)
    downgrade(engine, "0004")
    engine.dispose()
    ran = run("upgrade", database=filled)

    assert (ran.code, ran.out) == (0, "")
    assert "Upgraded from schema 0004 to" in ran.err
    assert ("As it was, the archive is kept in " in ran.err) == filled.startswith("sqlite")


def test_an_archive_that_is_up_to_date_stays_as_it_is(run, filled):
    ran = run("upgrade", database=filled)

    assert (ran.code, ran.out) == (0, "")
    assert "Already at schema" in ran.err
