import json

import pytest

from newsarchive.exporters import FORMATS


def files(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("form", "names"),
    [
        pytest.param(
            "jekyll",
            [
                "2019-04-12-2280100-muziek-31mterug.html",
                "2026-10-01-2633001-brug-weer-open.html",
                "2026-10-01-2633002-storm-trekt-voorbij.html",
            ],
            id="posts",
        ),
        pytest.param(
            "text",
            [
                "2019-04-12-2280100-muziek-31mterug.txt",
                "2026-10-01-2633001-brug-weer-open.txt",
                "2026-10-01-2633002-storm-trekt-voorbij.txt",
            ],
            id="texts",
        ),
    ],
)
def test_export_writes_a_file_an_article(ask, tmp_path, form, names):
    ran = ask("export", form, "out")

    assert (ran.code, ran.out) == (0, "")
    assert "3 articles written to out" in ran.err
    assert files(tmp_path / "out") == names


def test_export_writes_the_current_rendition(ask, tmp_path):
    ask("export", "text", "out")
    text = (tmp_path / "out" / "2026-10-01-2633001-brug-weer-open.txt").read_text(encoding="utf-8")

    assert text == "De brug bij Zutphen is weer open.\n\nHet verkeer rijdt weer door."


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        pytest.param([], ["2280100", "2633001", "2633002"], id="all, in order of publication"),
        pytest.param(["--category", "buitenland"], ["2633001", "2633002"], id="of a category"),
        pytest.param(["--category", "muziek"], ["2280100"], id="of a category of imports only"),
        pytest.param(["--category", "tech"], [], id="of a category without articles"),
        pytest.param(["--since", "2026-10-01"], ["2633001", "2633002"], id="since a day"),
        pytest.param(["--until", "2026-10-01"], ["2280100"], id="until before a day"),
        pytest.param(
            ["--since", "2019-04-12", "--until", "2019-04-13"], ["2280100"], id="of one day"
        ),
    ],
)
def test_export_of_a_selection(ask, tmp_path, options, ids):
    ran = ask("export", "jsonl", "out.jsonl", *options)
    lines = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()

    assert ran.code == 0
    assert [json.loads(line)["external_id"] for line in lines] == ids


def test_exporting_again_says_what_was_there_already(ask):
    ask("export", "text", "out")
    ran = ask("export", "text", "out")

    assert ran.code == 0
    assert "0 articles written to out, 3 there already" in ran.err


def test_an_unknown_format_is_told_which_there_are(ask):
    ran = ask("export", "pdf", "out")

    assert ran.code == 2
    assert all(name in ran.err for name in ("pdf", *FORMATS))


def test_an_unknown_category_is_told_which_there_are_and_nothing_is_written(ask, tmp_path):
    ran = ask("export", "jekyll", "out", "--category", "muzik")

    assert ran.code == 2
    assert "'muzik'" in ran.err
    assert "binnenland, " in ran.err
    assert not (tmp_path / "out").exists()


def test_a_place_that_cannot_be_written_is_exit_6(ask, tmp_path):
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    ran = ask("export", "jekyll", "taken")

    assert ran.code == 6
    assert "taken" in ran.err


def test_the_help_names_every_format(run):
    assert all(f"\n    {name} " in run("export", "--help").out for name in FORMATS)
