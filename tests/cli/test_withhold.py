"""`newsarchive withhold` as a person meets it: on both databases, and in every other command."""

import getpass
import json
import re
import socket

import pytest

from newsarchive.cli import COMMANDS

TITLE = "Brug weer open"  # of 2633001
TEXT = "De brug bij Zutphen"
REASON = "een verzoek van\n wie het aangaat"


@pytest.fixture
def withhold(ask):
    """Run the command, on an article of the archive unless another is named."""
    return lambda *options, article="2633001": ask("withhold", article, *options)


@pytest.fixture
def withheld(withhold):
    assert withhold("--reason", REASON).code == 0


def test_it_is_said_once(withhold, ask):
    ran = withhold("--reason", REASON)
    assert (ran.code, ran.out, ran.err) == (0, "", "2633001 is withheld.\n")
    again = withhold("--reason", "nog eens")
    assert (again.code, again.out) == (0, "")
    assert re.fullmatch(r"2633001 is withheld already, since [\d: -]+\.\n", again.err)
    assert len(json.loads(ask("withhold", "--json").out)["decisions"]) == 1


def test_it_is_undone_once(withheld, withhold, ask):
    undone = withhold("--undo", "--reason", "het verzoek is ingetrokken")
    assert (undone.code, undone.err) == (0, "2633001 is shown again.\n")
    again = withhold("--undo", "--reason", "nog eens")
    assert (again.code, again.err) == (0, "2633001 is not withheld.\n")
    assert TITLE in ask("show", "2633001").out
    assert len(json.loads(ask("withhold", "--json").out)["decisions"]) == 2


@pytest.mark.parametrize(
    "reference",
    [
        pytest.param("nos:2633001", id="source and id"),
        pytest.param("https://nos.nl/artikel/2633001-brug-weer-open", id="an address"),
    ],
)
def test_an_article_is_named_in_any_way(withhold, reference):
    assert withhold("--reason", REASON, article=reference).err == "2633001 is withheld.\n"
    assert withhold("--undo", "--reason", "x", article=reference).code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        pytest.param(["2633001"], 2, "say why", id="no reason"),
        pytest.param(["2633001", "--reason", " \n "], 2, "say why", id="an empty reason"),
        pytest.param(["2633001", "--undo"], 2, "say why", id="no reason to undo it"),
        pytest.param(["--reason", "x"], 2, "name the article", id="no article"),
        pytest.param(["--undo"], 2, "name the article", id="no article to undo it of"),
        pytest.param(["1234567", "--reason", "x"], 4, "not in this archive", id="not held"),
        pytest.param(["brug", "--reason", "x"], 4, "names no article", id="no id"),
    ],
)
def test_what_cannot_be_done(ask, arguments, code, message):
    ran = ask("withhold", *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert message in ran.err


def test_what_is_withheld_is_listed_with_every_decision(withheld, withhold, ask):
    withhold("--reason", "ook", article="2280100")
    withhold("--undo", "--reason", "toch niet", article="2280100")
    listed = ask("withhold")
    assert listed.code == 0
    assert listed.err == "Withheld: 2633001.\n"
    rows = [re.split(r" {2,}", line)[1:] for line in listed.out.splitlines()[2:]]
    me = f"{getpass.getuser()}@{socket.gethostname()}"
    assert rows == [
        ["2280100", "lift", me, "toch niet"],
        ["2280100", "withhold", me, "ook"],
        ["2633001", "withhold", me, "een verzoek van wie het aangaat"],
    ]
    told = json.loads(ask("withhold", "--json").out)
    assert [one["id"] for one in told["withheld"]] == ["2633001"]
    assert [one["action"] for one in told["decisions"]] == ["lift", "withhold", "withhold"]


def test_a_clock_that_was_set_back_is_refused(withheld, withhold, monkeypatch):
    monkeypatch.setenv("NEWSARCHIVE_CLOCK", "2020-01-01T00:00:00Z")
    ran = withhold("--undo", "--reason", "x")
    assert ran.code == 2
    assert "set the clock" in ran.err


def test_where_nothing_was_ever_withheld(ask):
    ran = ask("withhold")
    assert (ran.code, ran.out, ran.err) == (0, "", "Withheld: nothing.\n")


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["show", "2633001"], id="show"),
        pytest.param(["show", "2633001", "--as", "json"], id="show as JSON"),
        pytest.param(["show", "2633001", "--revision", "1", "--origin", "feed"], id="a revision"),
        pytest.param(["diff", "2633001"], id="diff"),
        pytest.param(["duplicates", "2633001"], id="duplicates"),
    ],
)
def test_who_asks_for_it_is_told_that_it_is_withheld(withheld, ask, command):
    ran = ask(*command)
    assert (ran.code, ran.out) == (4, "")
    assert "nos:2633001 is withheld since" in ran.err
    assert TITLE not in ran.err
    assert "verzoek" not in ran.err


VIEWS = "SELECT name FROM sqlite_master WHERE type = 'view'"
POSTGRES_VIEWS = "SELECT viewname AS name FROM pg_views WHERE schemaname = 'public'"


def test_no_command_and_no_view_tells_of_it(withheld, ask, filled, tmp_path):
    """Each command that reads the archive, with the options that show most."""
    out = tmp_path / "out"
    asked = [
        *(["list"], ["list", "--json"], ["changes"], ["changes", "--json"]),
        *(["changes", "--atom", str(out / "changes.xml")], ["duplicates", "--json"]),
        *(["status"], ["status", "--json"], ["verify", "--json"], ["doctor", "--offline"]),
        *(["withhold"], ["withhold", "--json"], ["sources"]),
        *(["export", form, str(out / form)] for form in ("jekyll", "text", "jsonl", "csv")),
        ["export", "jsonl", str(out / "all.jsonl"), "--revisions", "all"],
    ]
    query = VIEWS if filled.startswith("sqlite") else POSTGRES_VIEWS
    names = [json.loads(line)["name"] for line in ask("sql", "--json", query).out.splitlines()]
    assert {"current_articles", "changes"} <= set(names)
    asked += [["sql", "--json", f"SELECT * FROM {name}"] for name in names]
    asked += [["search", "brug"]] if "search" in COMMANDS else []
    told = [ask(*command) for command in asked]
    shown = "\n".join(ran.out + ran.err for ran in told)
    shown += "\n".join(path.read_text("utf-8") for path in out.rglob("*") if path.is_file())
    assert "Storm trekt voorbij" in shown
    for secret in (TITLE, TEXT, "brug-weer-open"):
        assert secret not in shown, secret
    assert {command[0] for command in asked} <= set(COMMANDS)


def test_the_tables_keep_it(withheld, ask):
    kept = ask("sql", "--json", f"SELECT count(*) AS n FROM revisions WHERE title = '{TITLE}'")
    assert json.loads(kept.out) == {"n": 3}


def test_the_run_is_on_record(withheld, ask):
    runs = json.loads(ask("status", "--json").out)["runs"]
    assert (runs[0]["spider"], runs[0]["outcome"]) == ("withhold", "finished")
    assert runs[0]["arguments"] == {"action": "withhold"}  # runs are shown to strangers
