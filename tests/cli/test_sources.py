import json

import pytest

from .conftest import NOS

TOML = """
[sources.krant]
homepage = "https://krant.example"
feeds = [{ url = "https://krant.example/feed", category = "nieuws" }]
"""


@pytest.fixture
def file(tmp_path):
    (tmp_path / "newsarchive.toml").write_text(TOML, encoding="utf-8")


def test_the_sources_with_what_is_held_of_each(ask, file):
    nos, krant = json.loads(ask("sources", "--json").out)
    assert (nos["name"], nos["feeds"], nos["articles"]) == ("nos", len(NOS.feeds), 3)
    assert nos["last_polled_at"].startswith("2026-10-01T09:")
    assert (krant["name"], krant["feeds"], krant["articles"]) == ("krant", 1, 0)
    assert krant["last_polled_at"] is None
    assert krant["homepage_url"] == "https://krant.example"


def test_the_sources_as_a_table(ask, file):
    shown = ask("sources")
    assert [line.split()[0] for line in shown.out.splitlines()[2:]] == ["nos", "krant"]
    assert "never" in shown.out


def test_without_an_archive_the_sources_are_listed_too(run, file):
    shown = run("sources")
    assert shown.code == 0
    assert "krant" in shown.out


def test_a_source_that_is_in_no_file_any_more_is_listed_with_its_articles(ask, write_sql):
    write_sql("INSERT INTO sources (name, homepage_url) VALUES ('oud', 'https://oud.example')")
    _, old = json.loads(ask("sources", "--json").out)
    assert (old["name"], old["feeds"], old["articles"]) == ("oud", 0, 0)


def test_nothing_to_check_is_said(run):
    checked = run("sources", "--check")
    assert (checked.code, checked.out) == (0, "")
    assert "docs/sources.md" in checked.err
    assert run("sources", "--check", "--json").out == "[]\n"
