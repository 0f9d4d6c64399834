"""`newsarchive search`, `reindex` and `export --query`, as a person runs them."""

import csv
import io
import json

import pytest

from newsarchive.storage import Archive


def test_hits_are_shown_with_what_was_found_the_latest_first(ask):
    ran = ask("search", "weer", "OR", "stormen")

    assert ran.out.splitlines() == [
        "2026-10-01 08:00  2633002  buitenland  [Storm] trekt voorbij",
        "    De [storm] is voorbij.",
        "2026-10-01 00:30  2633001  buitenland  Brug [weer] open",
        "    De brug bij Zutphen is [weer] open. Het verkeer rijdt [weer] door.",
        "2019-04-12 10:44  2280100  muziek  Muziek ␛[31mterug␇",
        "    Het orgel speelt: 100% [weer].",
    ]
    assert (ran.code, ran.err) == (0, "")


def test_an_edit_s_revision_is_named_with_what_it_removed(ask):
    assert ask("search", "removed:komst").out.splitlines() == [
        "2026-10-01 08:00  2633002  buitenland  Storm trekt voorbij  [feed 2, 2026-10-01 11:00]",
        "    removed: Storm op [komst] Er komt storm.",
    ]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param([], ["2633001", "2280100"], id="all"),
        pytest.param(["--limit", "1"], ["2633001"], id="one"),
        pytest.param(["--category", "muziek"], ["2280100"], id="a category"),
        pytest.param(["--since", "2026-10-01"], ["2633001"], id="since a day"),
        pytest.param(["--until", "2026-10-01"], ["2280100"], id="until before a day"),
        pytest.param(["--title-only"], ["2633001"], id="in titles"),
        pytest.param(["--kind", "article"], ["2633001", "2280100"], id="a kind"),
        pytest.param(["--kind", "video"], [], id="a kind of which there is none"),
        pytest.param(["--source", "nos"], ["2633001", "2280100"], id="a source"),
        pytest.param(["--revisions", "all"], ["2633001"] * 3 + ["2280100"], id="every revision"),
        pytest.param(["--order", "ranked"], ["2633001", "2280100"], id="the best first"),
    ],
)
def test_hits_are_narrowed_and_told_to_programs(ask, options, expected):
    ran = ask("search", "weer", "--json", *options)
    told = [json.loads(line) for line in ran.out.splitlines()]

    assert ran.code == 0
    assert [hit["external_id"] for hit in told] == expected
    for hit in told:
        [start, end] = (hit["title"]["spans"] or hit["text"]["spans"])[0]
        text = hit["title"]["text"] if hit["title"]["spans"] else hit["text"]["text"]
        assert text[start:end] == "weer"


def test_hits_are_written_for_spreadsheets(ask):
    [header, row] = csv.reader(io.StringIO(ask("search", "storm", "--csv").out))

    told = dict(zip(header, row, strict=True))
    assert (told["external_id"], told["title"]) == ("2633002", "Storm trekt voorbij")
    assert told["text"] == "De storm is voorbij."


def test_it_says_how_many_more_there_are(ask):
    assert ask("search", "weer", "--limit", "1").err == (
        "Shown are 1 of 2 hits; ask for more with --limit.\n"
    )


def test_a_minus_before_the_first_word_is_no_option(ask):
    assert ask("search", "-storm", "brug").out.count("2633001") == 1


def test_nothing_found_is_no_error(ask):
    ran = ask("search", "sneeuw")

    assert (ran.code, ran.out, ran.err) == (0, "", "Nothing was found.\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["(storm"], "at character 1: this ( is never closed", id="a wrong query"),
        pytest.param(["storm", "--category", "weer"], "unknown category", id="a wrong category"),
        pytest.param(["storm", "--csv", "--json"], "exclude each other", id="two forms"),
        pytest.param(["storm", "--source", "nso"], "Known sources: nos", id="a wrong source"),
        pytest.param(["storm", "--titel"], "no option '--titel'", id="a slip in an option"),
        pytest.param(["--lmit=3", "storm"], "no option '--lmit=3'", id="a slip before the query"),
    ],
)
def test_what_cannot_be_meant_exits_2(ask, arguments, message):
    ran = ask("search", *arguments)

    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err


def test_on_a_terminal_what_was_found_stands_out(look):
    assert "\x1b[1m" in look("search", "storm")


def test_an_export_of_what_a_search_finds(ask, tmp_path):
    ask("export", "jsonl", "storm.jsonl", "--query", "storm")

    [line] = (tmp_path / "storm.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["external_id"] == "2633002"


def test_an_export_of_a_wrong_query_writes_nothing(ask, tmp_path):
    assert ask("export", "jekyll", "posts", "--query", "(storm").code == 2
    assert not (tmp_path / "posts").exists()


def test_an_index_out_of_step_is_noted_and_written_anew(ask, write_sql):
    write_sql("DELETE FROM search_documents")

    assert "full-text search is out of step (6 revisions are not indexed" in ask("verify").out
    assert ask("reindex").err == "Indexed all revisions of 3 articles.\n"
    assert "out of step" not in ask("verify").out
    assert ask("search", "storm").out.count("2633002") == 1


def test_an_upgrade_indexes_what_is_not(ask, filled):
    with Archive.open(filled) as archive:
        archive.search.clear()

    assert "Indexed 3 articles for full-text search." in ask("upgrade").err
    assert ask("search", "storm").out.count("2633002") == 1
    assert "Indexed" not in ask("upgrade").err
