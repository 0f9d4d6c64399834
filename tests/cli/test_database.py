import json
from datetime import timedelta

import pytest

from newsarchive.storage import Archive
from newsarchive.storage.upgrade import HEAD

from .conftest import FEEDS, at, begin, capture, observe, polled


def test_init_makes_an_archive_that_can_be_read(run, tmp_path):
    url = f"sqlite:///{tmp_path / 'deep' / 'news.db'}"
    made = run("init", database=url)

    assert (made.code, made.out) == (0, "")
    assert f"Created an archive: {url}" in made.err
    with Archive.read(url) as archive:
        assert archive.count_rows()["articles"] == 0


def test_init_leaves_an_archive_as_it_is(run, filled):
    again = run("init", database=filled)

    assert again.code == 0
    assert "There is an archive already" in again.err
    with Archive.read(filled) as archive:
        assert archive.count_rows()["articles"] == 3


def test_without_a_setting_the_archive_is_in_the_data_folder(run, tmp_path):
    assert run("init").code == 0
    assert (tmp_path / "archive" / "newsarchive.db").is_file()


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["status"], id="status"),
        pytest.param(["list"], id="list"),
        pytest.param(["show", "2633001"], id="show"),
        pytest.param(["sql", "SELECT 1"], id="sql"),
        pytest.param(["export", "jsonl", "out"], id="export"),
        pytest.param(["upgrade"], id="upgrade"),
    ],
)
def test_where_there_is_no_archive_the_remedy_is_named(run, tmp_path, arguments):
    ran = run(*arguments, database=f"sqlite:///{tmp_path / 'none.db'}")

    assert (ran.code, ran.out) == (3, "")
    assert "run `newsarchive init`" in ran.err
    assert not (tmp_path / "none.db").exists()


@pytest.mark.parametrize(
    ("schema", "command", "remedy"),
    [
        pytest.param("0000", "list", "run `newsarchive upgrade`", id="older, reading"),
        pytest.param("0000", "init", "run `newsarchive upgrade`", id="older, init"),
        pytest.param("9999", "list", "install the newsarchive", id="newer, reading"),
        pytest.param("9999", "init", "install the newsarchive", id="newer, init"),
        pytest.param("9999", "upgrade", "install the newsarchive", id="newer, upgrade"),
    ],
)
def test_an_archive_of_another_version_is_exit_3(ask, set_schema, schema, command, remedy):
    set_schema(schema)
    ran = ask(command)

    assert (ran.code, ran.out) == (3, "")
    assert schema in ran.err
    assert remedy in ran.err


def test_upgrade_says_when_there_is_nothing_to_do(run, filled):
    ran = run("upgrade", database=filled)

    assert (ran.code, ran.out) == (0, "")
    assert f"Already at schema {HEAD}" in ran.err


@pytest.mark.parametrize("arguments", [["status"], ["status", "--json"], ["init"], ["upgrade"]])
def test_a_password_is_never_shown(run, new_postgres, arguments):
    secret = new_postgres().replace("postgres@", "postgres:geheim@").replace(":@", ":geheim@")
    assert "geheim" in secret
    ran = run(*arguments, database=secret)

    assert "geheim" not in ran.out + ran.err


def test_status_shows_each_feed_in_amsterdam_time(ask):
    lines = [" ".join(line.split()) for line in ask("status").out.splitlines()]

    polled = "2026-10-01 11:00 2026-10-01 11:00 2026-10-01 12:00"
    assert f"buitenland nosnieuwsbuitenland well {polled} 2 0" in lines
    failed = "2026-10-01 10:05 never 2026-10-01 10:20"
    assert f"tech nosnieuwstech failing {failed} 0 1 the server answered 503" in lines


def test_status_shows_the_counts(ask):
    assert "3 articles, 3 entries, 6 revisions, 1 quarantine" in ask("status").out


def test_status_shows_the_runs_the_last_one_first(ask):
    shown = [line for line in ask("status").out.splitlines() if " nos " in line]

    assert shown[0].split()[0] == "2"
    assert "running, last sign of life 2026-10-04 10:30" in shown[0]
    assert "failed" in shown[1]
    assert shown[1].endswith("2 changed, 4 new")


def test_status_shows_as_many_runs_as_asked_for(ask):
    assert len(json.loads(ask("status", "--json", "--runs", "1").out)["runs"]) == 1


def test_status_for_programs(ask):
    told = json.loads(ask("status", "--json").out)
    feeds = {feed["slug"]: feed for feed in told["feeds"]}

    assert told["counts"] == {"articles": 3, "entries": 3, "revisions": 6, "quarantine": 1}
    assert feeds["nosnieuwsbuitenland"]["last_polled_at"] == "2026-10-01T09:00:00+00:00"
    assert feeds["nosnieuwsbuitenland"]["entries"] == 2
    assert feeds["nosnieuwstech"]["consecutive_failures"] == 1
    assert feeds["nosnieuwstech"]["last_error"] == "the server answered 503"
    assert [run["outcome"] for run in told["runs"]] == [None, "failed"]
    assert [run["heartbeat_at"] for run in told["runs"]] == ["2026-10-04T08:30:00+00:00", None]
    assert told["runs"][1]["counters"] == {"new": 4, "changed": 2, "errors": 0}
    [lease] = told["leases"]
    assert (lease["name"], lease["host"], lease["crawl_run_id"]) == ("nos", "here", 2)


def test_status_tells_how_feeds_are_and_when_they_are_due(ask):
    feeds = {feed["slug"]: feed for feed in json.loads(ask("status", "--json").out)["feeds"]}
    abroad, tech = feeds["nosnieuwsbuitenland"], feeds["nosnieuwstech"]

    assert (abroad["health"], tech["health"]) == ("well", "failing")
    assert abroad["last_success_at"] == "2026-10-01T09:00:00+00:00"
    assert tech["last_success_at"] is None
    assert abroad["next_poll_at"] == "2026-10-01T10:00:00+00:00"
    assert tech["next_poll_at"] == "2026-10-01T08:20:00+00:00"


@pytest.mark.parametrize(
    ("clock", "last_day"),
    [
        pytest.param("2026-10-04T07:00:00Z", 1, id="of today"),
        pytest.param("2026-10-04T09:00:00Z", 0, id="of another day"),
    ],
)
def test_status_counts_quarantine_by_stage(ask, monkeypatch, clock, last_day):
    monkeypatch.setenv("NEWSARCHIVE_CLOCK", clock)
    told = json.loads(ask("status", "--json").out)
    lines = [line.split() for line in ask("status").out.splitlines()]

    assert told["quarantine"] == {"parse": {"total": 1, "last_day": last_day}}
    assert ["parse", "1", str(last_day)] in lines


@pytest.mark.parametrize(
    ("hours", "health"),
    [
        pytest.param(71, "well", id="for less than three times its interval"),
        pytest.param(73, "quiet", id="for more than that"),
    ],
)
def test_a_feed_is_quiet_that_says_nothing_new(run, database_url, hours, health):
    changes = [at(1, 0) + timedelta(days=n) for n in range(6)]
    with Archive.open(database_url) as archive:
        run_id = begin(archive, at(1, 0))
        [state] = archive.find_feed_states([FEEDS["nosnieuwstech"]])
        for number, moment in enumerate(changes):
            seen = observe(str(2633001 + number), moment, "Nieuws", "Er is nieuws.")
            document = polled(state, capture(number, moment, "x"), seen)
            archive.record_document(document, run_id)
        silence = capture(9, changes[-1] + timedelta(hours=hours), "x")
        archive.record_document(polled(state, silence), run_id)
    [feed] = json.loads(run("status", "--json", database=database_url).out)["feeds"]

    assert (feed["health"], feed["usual_interval_s"]) == (health, 86400)


def test_status_of_an_empty_archive_says_what_to_do(run, database_url):
    ran = run("status", database=database_url)

    assert ran.code == 0
    assert "0 articles" in ran.out
    assert "run `newsarchive crawl`" in ran.err


def test_status_has_a_line_a_feed_on_a_narrow_terminal(look):
    _, feeds, *_ = look("status", columns=80).split("\n\n")
    header, _, abroad, tech, music, failing = feeds.split("\n")
    assert header.split() == ["feed", "health", "last", "poll", "last", "change", "entries"]
    assert [line.split()[:2] for line in (abroad, tech, music)] == [
        ["nosnieuwsbuitenland", "well"],
        ["nosnieuwstech", "failing"],
        ["muziek", "well"],
    ]
    assert failing == "nosnieuwstech: the server answered 503 (1 in a row)"


def test_status_tells_all_of_a_feed_where_there_is_room(look):
    _, feeds, *_ = look("status", columns=140).split("\n\n")
    header, _, _, tech, _ = feeds.split("\n")
    assert "next poll" in header
    assert tech.endswith("the server answered 503")
