"""`newsarchive browse`: what Datasette shows of an archive, and what it does not."""

import asyncio
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from newsarchive.cli.browse import read_cookbook
from newsarchive.cookbook import parse_cookbook
from newsarchive.datasette_app import create_app
from newsarchive.storage import Archive

COOKBOOK = parse_cookbook(read_cookbook())


@pytest.fixture
def new_database(new_sqlite):
    return new_sqlite


@pytest.fixture
def get(filled):
    """Ask the application for a path; give its status, and its JSON or text."""
    app = create_app(Path(filled.removeprefix("sqlite:///")), COOKBOOK)

    async def answer(path, values):
        response = await app.client.get(path, params=values)
        is_json = response.headers["content-type"].startswith("application/json")
        return response.status_code, response.json() if is_json else response.text

    yield lambda path, **values: asyncio.run(answer(path, values))
    app.executor.shutdown()
    for database in app.databases.values():
        database.close()


@pytest.fixture
def ask_sql(get):
    """Ask SQL of one's own; give the rows, or what is wrong with it."""

    def ask(statement):
        status, answer = get("/newsarchive.json", sql=statement)
        assert status == (400 if answer.get("error") else 200)
        return answer["error"] or answer["rows"]

    return ask


def test_the_questions_of_the_cookbook_are_pages(get):
    _, front = get("/newsarchive")

    assert all(f"/newsarchive/{question.slug}" in front for question in COOKBOOK)
    for question in COOKBOOK:
        status, answer = get(f"/newsarchive/{question.slug}.json")
        assert (status, answer["error"]) == (200, None), question.title


def test_views_are_shown_with_facets_and_tables_are_not(get):
    status, answer = get("/newsarchive/current_articles.json")
    facets = {
        name: {value["value"]: value["count"] for value in facet["results"]}
        for name, facet in answer["facet_results"].items()
    }

    assert status == 200
    assert facets["category"] == {"buitenland": 2, "muziek": 1}
    assert facets["origin"] == {"feed": 1, "page": 1, "import": 1}
    for table in ("articles", "revisions", "quarantine", "search_documents", "withholdings"):
        assert get(f"/newsarchive/{table}.json")[0] == 403
    assert get("/newsarchive.db")[0] == 403


def test_articles_are_searched_with_inflections(get):
    _, found = get("/newsarchive/search.json", words="stormen", _shape="array")
    _, none = get("/newsarchive/search.json", words="", _shape="array")

    assert [row["title"] for row in found] == ["Storm trekt voorbij"]
    assert none == []


def test_the_archive_is_shown_as_of_a_moment(get):
    _, rows = get("/newsarchive/as-of.json", moment="2026-10-01 08:30:00", _shape="array")

    assert [(row["external_id"], row["title"]) for row in rows] == [
        ("2633002", "Storm op komst"),
        ("2633001", "Brug weer open"),
        ("2280100", "Muziek \x1b[31mterug\x07"),
    ]


def test_a_plugin_draws_charts(get):
    _, page = get("/newsarchive/02-waarover-gaat-het-nieuws")
    script = next(part for part in page.split('"') if "datasette_vega" in part and "js" in part)

    status, source = get(script)
    assert status == 200
    assert "vega" in source


def test_sql_of_one_s_own_may_ask_the_views(ask_sql):
    asked = "WITH a AS (SELECT title FROM changes c JOIN current_articles USING (article_id)) "
    assert ask_sql(f"{asked} SELECT count(*) FROM a") == [[2]]


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("SELECT title FROM revisions", id="a table"),
        pytest.param("SELECT title FROM main.revisions", id="a table of its database"),
        pytest.param('SELECT title FROM "revisions"', id="a table in quotes"),
        pytest.param(
            "WITH changes AS (SELECT title FROM revisions) SELECT * FROM changes",
            id="under the name of a view",
        ),
        pytest.param(
            "SELECT (SELECT title FROM revisions LIMIT 1) FROM changes", id="beside a view"
        ),
        pytest.param("SELECT * FROM search_words", id="the index of the search"),
        pytest.param("SELECT * FROM search_words_data", id="its inside"),
        pytest.param("SELECT * FROM dbstat", id="the file's pages"),
        pytest.param("SELECT * FROM sqlite_dbpage", id="their bytes"),
        pytest.param("EXPLAIN SELECT title FROM revisions", id="explained"),
    ],
)
def test_sql_of_one_s_own_may_ask_nothing_else(ask_sql, statement):
    assert isinstance(ask_sql(statement), str)


def test_a_condition_of_one_s_own_may_ask_nothing_else(get):
    status, answer = get(
        "/newsarchive/current_articles.json",
        _where="article_id IN (SELECT article_id FROM revisions)",
    )
    assert (status, answer["error"]) == (400, "no such table: revisions")


def test_what_is_withheld_is_seen_nowhere(get, write_sql):
    def seen():
        everywhere = ["/newsarchive/current_articles.json", "/newsarchive/edits.json"]
        everywhere += [f"/newsarchive/{question.slug}.json" for question in COOKBOOK]
        answers = [get(path)[1]["rows"] for path in everywhere]
        return repr([*answers, get("/newsarchive/search.json", words="brug")[1]["rows"]])

    assert "2633001" in seen()
    write_sql("UPDATE articles SET withheld_at = first_seen_at WHERE external_id = '2633001'")
    assert "2633001" not in seen()
    assert "2633002" in seen()


def test_nothing_can_be_written(filled):
    app = create_app(Path(filled.removeprefix("sqlite:///")), COOKBOOK)
    connection = app.databases["newsarchive"].connect(write=True)

    with pytest.raises(Exception, match="readonly"):
        connection.execute("DELETE FROM entries")
    connection.close()
    app.executor.shutdown()


def test_it_is_served_until_it_is_interrupted(filled):
    with subprocess.Popen(
        [sys.executable, "-m", "newsarchive.cli", "browse", "--port", "0"],
        env={**os.environ, "NEWSARCHIVE_DATABASE_URL": filled},
        stdout=subprocess.PIPE,
        text=True,
    ) as served:
        address = served.stdout.readline().strip()
        with urllib.request.urlopen(f"{address}newsarchive", timeout=30) as page:
            assert b"12. Welke koppen veranderden deze week stilletjes?" in page.read()
        with Archive.open(filled):  # a crawl may write meanwhile
            pass
        served.send_signal(signal.SIGINT)
    assert address.startswith("http://127.0.0.1:")
    assert served.returncode == 0


def test_a_port_that_is_taken_is_told(run, filled):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = run("browse", "--port", str(port), database=filled)
    assert ran.code == 2
    assert "choose another --port" in ran.err


def test_an_archive_on_postgresql_is_told_what_to_use(run):
    ran = run("browse", database="postgresql://nowhere/archive")

    assert ran.code == 2
    assert "newsarchive sql" in ran.err


def test_without_datasette_it_says_what_to_install(run, filled, monkeypatch):
    monkeypatch.setitem(sys.modules, "datasette_vega", None)
    ran = run("browse", database=filled)

    assert ran.code == 2
    assert "pip install 'newsarchive[browse]'" in ran.err


def test_no_archive_is_told_as_by_every_command(run, tmp_path):
    assert run("browse", database=f"sqlite:///{tmp_path}/none.db").code == 3
