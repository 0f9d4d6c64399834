"""What the doctor makes of what it finds; `tests/cli/test_doctor.py` has the whole command."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsarchive.config import VARIABLES, Config, find_given, find_unknown
from newsarchive.doctor import (
    Answer,
    Level,
    check_answer,
    check_archive,
    check_disk,
    check_extras,
    check_feeds,
    check_folder,
    check_leases,
    check_newest,
    check_server_clock,
    check_time_zone,
    check_variables,
    exit_code,
    failure,
    ok,
    warning,
)
from newsarchive.exceptions import ExitCode

NOW = datetime(2026, 10, 1, 12, 0, tzinfo=UTC)
URL = "https://feeds.nos.nl/robots.txt"


def variables(environ, tmp_path, options=None, toml=""):
    file = tmp_path / "newsarchive.toml"
    file.write_text(toml)
    given = find_given(options, environ, file)
    config = Config.load(options, environ, file)
    return {f.check: f for f in check_variables(given, config, find_unknown(environ))}


def test_every_variable_is_shown_with_where_its_value_comes_from(tmp_path):
    found = variables(
        {"NEWSARCHIVE_DATA_DIR": "data", "NEWSARCHIVE_FEEDS_URL": "http://127.0.0.1:1"},
        tmp_path,
        options={"NEWSARCHIVE_FEEDS_URL": "http://127.0.0.1:2"},
        toml='contact = "you@newsarchive.example"\ndata_dir = "elsewhere"',
    )

    assert list(found) == list(VARIABLES)
    assert found["NEWSARCHIVE_FEEDS_URL"].found == "http://127.0.0.1:2 (option)"
    assert found["NEWSARCHIVE_DATA_DIR"].found == "data (environment)"
    assert found["NEWSARCHIVE_CONTACT"].found.startswith("you@newsarchive.example (")
    assert found["NEWSARCHIVE_CONTACT"].found.endswith("newsarchive.toml)")
    assert found["NEWSARCHIVE_DATABASE_URL"].found == "sqlite:///data/newsarchive.db (default)"
    assert found["NEWSARCHIVE_SITE_URL"].found == "default"
    assert {f.level for f in found.values()} == {Level.OK}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("NEWSARCHIVE_CLOCK", "2026-10-01T12:00:00Z", id="a clock for tests"),
        pytest.param("NEWSARCHIVE_DATABSE_URL", "sqlite:///a.db", id="a name that is misspelt"),
    ],
)
def test_a_variable_that_is_hardly_meant_is_a_warning(tmp_path, name, value):
    assert variables({name: value}, tmp_path)[name].level is Level.WARNING


def test_nobody_to_ask_is_a_warning(tmp_path):
    assert variables({}, tmp_path)["NEWSARCHIVE_CONTACT"].level is Level.WARNING


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        pytest.param("postgresql+psycopg://u:geheim@h/d", "://u:***@h/d", id="a password"),
        pytest.param("postgresql+psycopg://u:ge@heim@h/d", "://u:***@h/d", id="with an @ in it"),
        pytest.param(
            "postgresql+psycopg://u@h/d?password=geheim", "@h/d?password=***", id="as a parameter"
        ),
        pytest.param("sqlite:////a:b@c/d.db", "sqlite:////a:b@c/d.db", id="a path, not a password"),
    ],
)
def test_a_password_is_never_shown(tmp_path, url, shown):
    found = variables({"NEWSARCHIVE_DATABASE_URL": url}, tmp_path)["NEWSARCHIVE_DATABASE_URL"].found

    assert shown in found
    assert "geheim" not in found
    assert "heim" not in found


def test_time_zones():
    assert check_time_zone().level is Level.OK
    lost = check_time_zone("Europe/Atlantis")
    assert (lost.level, lost.exit_code) == (Level.FAILURE, ExitCode.USAGE)
    assert "tzdata" in lost.remedy


def test_a_folder_that_is_there_or_can_be_made(tmp_path):
    assert check_folder("data", tmp_path).found == str(tmp_path)
    made = check_folder("data", tmp_path / "new" / "folder")
    assert (made.level, "will be made" in made.found) == (Level.OK, True)
    assert not (tmp_path / "new").exists()


def test_a_folder_that_cannot_be_written_to(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    assert check_folder("data", tmp_path / "file").level is Level.FAILURE
    # Whoever runs the tests may be root, who may write everywhere.
    monkeypatch.setattr("os.access", lambda *_: False)
    refused = check_folder("data", tmp_path)
    assert (refused.level, refused.exit_code) == (Level.FAILURE, ExitCode.DATABASE)


@pytest.mark.parametrize(
    ("free", "level"),
    [
        pytest.param(10 * 2**30, Level.OK, id="ten gigabytes"),
        pytest.param(2**30, Level.WARNING, id="one gigabyte"),
        pytest.param(2**20, Level.FAILURE, id="one megabyte"),
    ],
)
def test_disk(monkeypatch, tmp_path, free, level):
    usage = shutil.disk_usage(tmp_path)._replace(free=free)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    assert check_disk(tmp_path / "archive").level is level


@pytest.mark.parametrize(
    ("health", "level"),
    [
        pytest.param(["well", "well"], Level.OK, id="all are well"),
        pytest.param([], Level.OK, id="there are none yet"),
        pytest.param(["well", "failing"], Level.WARNING, id="one fails"),
        pytest.param(["quiet", "well"], Level.WARNING, id="one is quiet"),
    ],
)
def test_feeds(health, level):
    feeds = [{"slug": f"feed{n}", "health": word} for n, word in enumerate(health)]
    assert check_feeds(feeds).level is level


@pytest.mark.parametrize(
    ("newest", "level"),
    [
        pytest.param([], Level.OK, id="nothing yet"),
        pytest.param([None, NOW - timedelta(days=1)], Level.OK, id="yesterday"),
        pytest.param([NOW + timedelta(minutes=1)], Level.OK, id="a minute ahead"),
        pytest.param([NOW, NOW + timedelta(hours=1)], Level.WARNING, id="an hour ahead"),
    ],
)
def test_a_clock_before_the_newest_row(newest, level):
    assert check_newest(newest, NOW).level is level


@pytest.mark.parametrize(
    ("ahead_s", "level", "word"),
    [
        pytest.param(0, Level.OK, "0 s", id="exact"),
        pytest.param(119, Level.OK, "119 s ahead of", id="two minutes"),
        pytest.param(121, Level.WARNING, "121 s ahead of", id="more than two minutes"),
        pytest.param(-3600, Level.WARNING, "3,600 s behind", id="an hour behind"),
    ],
)
def test_a_clock_beside_the_servers(ahead_s, level, word):
    silent = Answer(URL, NOW, error="refused")
    told = Answer(URL, NOW + timedelta(seconds=ahead_s), 200, date=NOW)
    [found] = check_server_clock([silent, told, told])
    assert (found.level, word in found.found) == (level, True)
    assert list(check_server_clock([silent])) == []


@pytest.mark.parametrize(
    ("age", "level"),
    [
        pytest.param(timedelta(seconds=30), Level.OK, id="a living run"),
        pytest.param(timedelta(hours=1), Level.WARNING, id="no sign of life"),
    ],
)
def test_leases(age, level):
    lease = {
        "name": "nos",
        "owner": "7:1",
        "host": "here",
        "crawl_run_id": 3,
        "heartbeat_at": NOW - age,
    }
    [found] = check_leases([lease], NOW)
    assert found.level is level
    assert "run 3 holds 'nos': process 7:1 on here" in found.found
    assert [f.found for f in check_leases([], NOW)] == ["nobody is at work"]


@pytest.mark.parametrize(
    ("answer", "level"),
    [
        pytest.param(Answer(URL, NOW, 200), Level.OK, id="rules that let us in"),
        pytest.param(Answer(URL, NOW, 404), Level.OK, id="no rules"),
        pytest.param(Answer(URL, NOW, 200, is_allowed=False), Level.FAILURE, id="disallowed"),
        pytest.param(Answer(URL, NOW, 503), Level.FAILURE, id="out of order"),
        pytest.param(Answer(URL, NOW, error="refused"), Level.FAILURE, id="no answer"),
    ],
)
def test_answers(answer, level):
    found = check_answer(answer)
    assert found.level is level
    assert (found.exit_code is ExitCode.UNREACHABLE) is (level is Level.FAILURE)


def test_extras_that_are_there_and_that_are_not():
    requirements = [
        "scrapy>=2.19",
        "pytest>=9; extra == 'test'",
        'pytest>=9; extra == "loud"',
        "nowhere-to-be-found>=1; python_version > '3' and extra == 'quiet'",
    ]
    found = {f.check: f for f in check_extras(["loud", "quiet", "test"], requirements)}

    assert found.keys() == {"extra loud", "extra quiet"}
    assert found["extra loud"].found.startswith("pytest ")
    assert "pip install 'newsarchive[quiet]'" in found["extra quiet"].found
    assert {f.level for f in found.values()} == {Level.OK}


def test_the_first_failure_decides_the_exit_code():
    findings = [
        ok("a", "b"),
        warning("a", "b", "c"),
        failure("a", "b", "c", ExitCode.DATABASE),
        failure("a", "b", "c", ExitCode.UNREACHABLE),
    ]
    assert exit_code(findings) is ExitCode.DATABASE
    assert exit_code(findings[:2]) is ExitCode.DONE


def test_an_archive_is_read_and_not_written(database_url, tmp_path):
    config = Config(tmp_path, database_url)
    found = {f.check: f for f in check_archive(config, NOW)}

    assert found.keys() == {"database", "feeds", "clock", "lease"}
    assert {f.level for f in found.values()} == {Level.OK}


@pytest.mark.parametrize(
    ("url", "level", "words"),
    [
        pytest.param("sqlite:///{}/none.db", Level.WARNING, "no archive yet", id="none yet"),
        pytest.param("sqlite:///{}/text.db", Level.FAILURE, "no archive", id="another file"),
        pytest.param("sqlite:///{}/empty.db", Level.FAILURE, "newsarchive init", id="no schema"),
        pytest.param(
            "postgresql+psycopg://nobody@127.0.0.1:9/none", Level.FAILURE, "refused", id="no server"
        ),
    ],
)
def test_an_archive_that_cannot_be_read(tmp_path, url, level, words):
    (tmp_path / "text.db").write_text("geen archief " * 100)
    import sqlite3

    connection = sqlite3.connect(tmp_path / "empty.db")
    connection.execute("CREATE TABLE t (x)")
    connection.close()
    [found] = check_archive(Config(tmp_path, url.format(tmp_path)), NOW)

    assert (found.level, words in found.found) == (level, True), found
    assert found.exit_code is (ExitCode.DATABASE if level is Level.FAILURE else ExitCode.DONE)
    assert not Path(tmp_path / "none.db").exists()
