import json
import os
import re
import subprocess
import sys

import pytest


def ids(ran):
    return [json.loads(line)["external_id"] for line in ran.out.splitlines()]


def test_list_shows_a_line_an_article_the_latest_first_in_amsterdam_time(ask):
    shown = ask("list").out.splitlines()

    assert [tuple(line.split()) for line in shown[2:]] == [
        ("2026-10-01", "08:00", "2633002", "buitenland", "2", "Storm", "trekt", "voorbij"),
        ("2026-10-01", "00:30", "2633001", "buitenland", "2", "Brug", "weer", "open"),
        ("2019-04-12", "10:44", "2280100", "muziek", "1", "Muziek", "␛[31mterug␇"),
    ]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param([], ["2633002", "2633001", "2280100"], id="all"),
        pytest.param(["--limit", "1"], ["2633002"], id="one"),
        pytest.param(["--category", "buitenland"], ["2633002", "2633001"], id="a category"),
        pytest.param(["--category", "muziek"], ["2280100"], id="a category of imports"),
        pytest.param(["--category", "tech"], [], id="a category without articles"),
        pytest.param(["--since", "2026-10-01"], ["2633002", "2633001"], id="since Amsterdam's day"),
        pytest.param(["--until", "2026-10-01"], ["2280100"], id="until is not included"),
        pytest.param(["--since", "2026-10-02"], [], id="since a day after all"),
    ],
)
def test_list_of_a_selection(ask, options, expected):
    ran = ask("list", "--json", *options)

    assert ran.code == 0
    assert ids(ran) == expected


def test_list_for_programs_has_what_export_writes(ask, tmp_path):
    ask("export", "jsonl", "out.jsonl")
    exported = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    listed = ask("list", "--json").out.splitlines()

    assert sorted(map(json.loads, listed), key=str) == sorted(map(json.loads, exported), key=str)


def test_list_of_nothing_says_so_beside_the_data(ask):
    ran = ask("list", "--category", "tech")

    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "There are no such articles.\n"


@pytest.mark.parametrize("command", ["list", "changes"])
@pytest.mark.parametrize(
    ("options", "named"),
    [
        pytest.param(["--since", "2026-02-30"], "'2026-02-30'", id="a day that does not exist"),
        pytest.param(["--since", "20261001"], "'20261001'", id="a day in another form"),
        pytest.param(["--until", "gisteren"], "'gisteren'", id="a word"),
        pytest.param(["--since", "0001-01-01"], "'0001-01-01'", id="the first day of all"),
        pytest.param(
            ["--since", "2026-10-02", "--until", "2026-10-02"],
            "no day from 2026-10-02 until before 2026-10-02",
            id="no day between",
        ),
        pytest.param(["--limit", "0"], "--limit", id="no articles"),
        pytest.param(["--category", "muzik"], "binnenland, buitenland", id="no such category"),
        pytest.param(["--category", "muzik"], "herstel, muziek", id="those of imports, last"),
    ],
)
def test_a_selection_that_cannot_be_meant_is_exit_2(ask, command, options, named):
    ran = ask(command, *options)

    assert (ran.code, ran.out) == (2, "")
    assert named in ran.err


@pytest.mark.parametrize(
    "reference",
    [
        pytest.param("2633001", id="external id"),
        pytest.param("nos:2633001", id="source and id"),
        pytest.param("https://nos.nl/l/2633001", id="canonical URL"),
        pytest.param("https://nos.nl/collectie/13965/artikel/2633001-brug", id="another URL"),
        pytest.param("http://feeds.nos.nl/~r/nosnieuwstech/~3/hW7/2633001", id="FeedBurner's URL"),
    ],
)
def test_show_finds_the_article_by(ask, reference):
    ran = ask("show", reference)

    assert ran.code == 0
    assert ran.out.startswith("Brug weer open\n")


def test_show_tells_when_what_and_from_where(ask):
    head, _, text = ask("show", "2633001").out.partition("\n\n")
    facts = dict(line.strip().split("  ", 1) for line in head.splitlines()[1:])

    assert {name: fact.strip() for name, fact in facts.items()} == {
        "published": "2026-10-01 00:30:00+02:00",
        "modified": "2026-10-01 09:00:00+02:00",
        "categories": "buitenland",
        "URL": "https://nos.nl/l/2633001",
        "revision": "2 of 2 from page, observed 2026-10-02 13:00:00+02:00",
        "read from": "https://nos.nl/artikel/2633001-brug-weer-open",
        "captured": "2026-10-02 13:00:00+02:00",
        "kept in": "warc/2026/proef.warc.gz, offset 4000, 987 bytes",
    }
    assert text == "De brug bij Zutphen is weer open.\n\nHet verkeer rijdt weer door.\n"


def test_show_lets_no_control_character_loose(ask):
    shown = ask("show", "2280100").out

    assert shown.startswith("Muziek ␛[31mterug␇\n")
    assert "\x1b" not in shown


@pytest.mark.parametrize(
    ("options", "text"),
    [
        pytest.param(
            [], "De brug bij Zutphen is weer open.\n\nHet verkeer rijdt weer door.", id="current"
        ),
        pytest.param(
            ["--revision", "1"],
            "De brug bij Zutphen is weer open.\n\nHet verkeer rijdt weer.",
            id="an earlier one",
        ),
        pytest.param(["--origin", "feed"], "De brug bij Zutphen is weer open.", id="the feed's"),
        pytest.param(
            ["--origin", "page", "--revision", "1"],
            "De brug bij Zutphen is weer open.\n\nHet verkeer rijdt weer.",
            id="one of the page's",
        ),
    ],
)
def test_show_as_text_is_the_rendition_and_nothing_else(ask, options, text):
    assert ask("show", "2633001", "--as", "text", *options).out == text


def test_show_as_html_is_the_rendition_and_nothing_else(ask):
    html = "<p>De brug bij Zutphen is weer open.</p>\n<p>Het verkeer rijdt weer door.</p>"

    assert ask("show", "2633001", "--as", "html").out == html


def test_show_as_json_is_all_of_the_revision_and_its_capture(ask):
    told = json.loads(ask("show", "2280100", "--as", "json").out)

    assert told["title"] == "Muziek \x1b[31mterug\x07"
    assert told["html"] == "<p>Het orgel speelt: 100% weer.</p>"
    assert told["metadata"] == {"keywords": ["orgel"]}
    assert told["categories"] == ["muziek"]
    assert (told["origin"], told["number"], told["revision_count"]) == ("import", 1, 1)
    assert told["observed_at"] == "2019-04-12T08:44:57+00:00"
    assert told["imported_at"] == "2026-10-03T08:00:00+00:00"
    assert told["capture"] == {
        "url": "file:oud.html",
        "captured_at": "2026-10-03T08:00:00+00:00",
        "payload_digest": f"sha256:{5:064x}",
        "warc_file": "warc/2026/proef.warc.gz",
        "warc_offset": 5000,
        "warc_length": 987,
        "status": None,
        "content_type": "text/html",
    }


@pytest.mark.parametrize("command", ["show", "diff"])
@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        pytest.param(["2633999"], "nos:2633999", id="an article that is not there"),
        pytest.param(["https://nos.nl/l/2633999"], "nos:2633999", id="its URL"),
        pytest.param(["een brug"], "give an external id", id="what names no article"),
        pytest.param(["2633001", "--origin", "import"], "feed, page", id="an origin without one"),
    ],
)
def test_what_is_not_there_is_exit_4(ask, command, arguments, named):
    ran = ask(command, *arguments)

    assert (ran.code, ran.out) == (4, "")
    assert named in ran.err


def test_a_revision_that_is_not_there_is_exit_4(ask):
    ran = ask("show", "2633001", "--revision", "3")

    assert (ran.code, ran.out) == (4, "")
    assert "no page revision 3; there are: 1, 2" in ran.err


@pytest.mark.parametrize("form", [["--csv"], ["--json"], []])
def test_a_reader_that_has_had_enough_ends_it_quietly(filled, write_sql, form):
    more = "".join(f", revisions r{number}" for number in range(6))
    write_sql(f"CREATE VIEW many AS SELECT a.* FROM current_articles a{more}")  # 139,968 rows
    program = [sys.executable, "-m", "newsarchive.cli", "sql", *form, "SELECT * FROM many"]
    environment = {**os.environ, "NEWSARCHIVE_DATABASE_URL": filled}
    with subprocess.Popen(
        program, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.readline()
        process.stdout.close()
        told = process.stderr.read()

    assert (process.returncode, told) == (0, b"")


def test_on_a_terminal_a_rendition_ends_its_line(look):
    assert look("show", "2633001", "--origin", "feed", "--as", "text") == (
        "De brug bij Zutphen is weer open.\n"
    )


def test_on_a_terminal_a_list_is_cut_to_its_width(look):
    lines = re.sub(r"\x1b\[[0-9;]*m", "", look("list", columns=55)).splitlines()

    assert max(map(len, lines)) <= 55
    assert len(lines) == 5
    assert [line[-1] for line in lines if "2633002" in line] == ["…"]
