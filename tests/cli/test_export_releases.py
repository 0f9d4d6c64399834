"""`newsarchive export wacz` and `bag` as a person runs them."""

import json

import pytest


def test_a_bag_says_where_it_is_what_is_in_it_and_how_to_cite_it(ask, tmp_path):
    ran = ask("export", "bag", "corpus", "--json")
    told = json.loads(ran.out)

    assert ran.code == 0
    assert told["path"] == "corpus"
    assert told["counts"] == {"articles": 3, "revisions": 6}
    assert told["digest"].startswith("sha256:")
    assert f"cite it by {told['digest']}" in ran.err
    assert (tmp_path / "corpus" / "bagit.txt").is_file()


@pytest.mark.parametrize(
    ("options", "articles"),
    [
        pytest.param(["--category", "buitenland"], 2, id="of a category"),
        pytest.param(["--since", "2026-10-01"], 2, id="since a day"),
        pytest.param(["--query", "storm"], 1, id="that a search finds"),
        pytest.param(["--query", "storm OR orgel", "--until", "2026-10-01"], 1, id="of both"),
    ],
)
def test_a_selection(ask, options, articles):
    told = json.loads(ask("export", "bag", "corpus", "--json", *options).out)
    assert told["counts"]["articles"] == articles


def test_the_search_is_told_as_it_was_written(ask, tmp_path):
    ask("export", "bag", "corpus", "--query", "storm OR orgel")
    told = json.loads((tmp_path / "corpus" / "data" / "query.json").read_text())

    assert told["selection"] == {"query": "storm OR orgel"}


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        pytest.param(["bag", "taken"], 6, "taken: is there already", id="what is there"),
        pytest.param(["wacz", "x.wacz"], 6, "newsarchive verify", id="records that are gone"),
        pytest.param(["bag", "x", "--category", "tech"], 4, "no article", id="nothing selected"),
        pytest.param(["bag", "x", "--revisions", "all"], 2, "all revisions", id="revisions"),
    ],
)
def test_what_cannot_be_released(ask, tmp_path, arguments, code, said):
    (tmp_path / "taken").mkdir()
    ran = ask("export", *arguments)

    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err
    assert not list(tmp_path.glob("x*"))


def test_the_help_names_every_release(run):
    told = run("export", "--help").out
    assert all(f"\n    {name} " in told for name in ("wacz", "bag"))


def test_an_export_of_a_table_can_be_told_to_programs(ask):
    told = json.loads(ask("export", "csv", "out.csv", "--json").out)
    counts = {"articles": 3, "written": 3}

    assert told == {"format": "csv", "path": "out.csv", "counts": counts}
