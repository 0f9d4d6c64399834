"""The API: what its description says, and that it keeps to it whatever it is asked."""

import re
from datetime import UTC, datetime

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from newsarchive.storage import Archive, NewRun, Owner
from newsarchive.web import create_app
from newsarchive.web.cursors import write_cursor

from .conftest import MANY, NOS, Reader, at

LAST = write_cursor(datetime.max.replace(tzinfo=UTC), 1)
SEARCHES = settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("filled", ["sqlite"], indirect=True, scope="session")
def test_every_answer_is_as_described(filled, archive):
    app = create_app(archive, filled.data_dir, lambda: at(20), hosts=["testserver"])
    described = schemathesis.openapi.from_asgi("/api/openapi.json", app)
    asked = []
    for operation in described.get_all_operations():

        @SEARCHES
        @given(case=operation.ok().as_strategy())
        def holds(case):
            # Days and cursors have limits that no schema can tell.
            case.call_and_validate(excluded_checks=[positive_data_acceptance])

        holds()
        asked.append(operation.ok().path)
    assert len(asked) == 12


def test_a_list_goes_on_until_its_end(ask):
    seen, query = [], "limit=7&category=tech"
    while query is not None:
        told = ask.get(f"/api/v1/articles?{query}").json()
        assert len(told["items"]) <= 7
        seen += [item["external_id"] for item in told["items"]]
        query = told["next"] and f"limit=7&category=tech&cursor={told['next']}"

    assert seen == [str(number) for number in reversed(range(2634000, 2634000 + MANY))]


def test_edits_go_on_until_their_end(ask):
    whole = ask.get("/api/v1/edits?limit=200").json()
    seen, cursor = [], ""
    while cursor is not None:
        told = ask.get(f"/api/v1/edits?limit=1&cursor={cursor}").json()
        seen += told["items"]
        cursor = told["next"]

    assert whole["next"] is None
    assert seen == whole["items"]
    assert [
        (one["number"], one["is_silent"]) for one in seen if one["external_id"] == "2633001"
    ] == [(3, False), (2, True)]


def test_an_article_is_told_with_all_that_belongs_to_it(ask):
    told = ask.get("/api/v1/articles/nos/2633004").json()
    live = ask.get("/api/v1/articles/nos/2633010").json()

    assert told["revision"]["title"] == "Kade bij Deventer klaar"
    assert [one["role"] for one in told["pictures"]] == ["feature", "body"]
    assert told["pictures"][0]["digest"].startswith("sha256:")
    assert told["capture"]["warc_file"].startswith("warc/proef-")
    assert live["updates"][0]["title"] == "Storm, bericht 3"


def test_hits_are_told_with_what_was_found(ask):
    told = ask.get("/api/v1/search?q=brug&limit=1").json()
    more = ask.get(f"/api/v1/search?q=brug&limit=1&cursor={told['next']}").json()

    assert told["items"][0]["title"][0] == {"text": "Brug", "is_found": True}
    assert told["items"][0]["external_id"] != more["items"][0]["external_id"]


def test_a_difference_is_told_in_segments(ask):
    told = ask.get("/api/v1/articles/nos/2633001/diff?origin=page&a=1&b=2").json()

    assert {"op": "delete", "text": "2"} in told["text"]
    assert {"op": "insert", "text": "3"} in told["text"]
    assert "".join(one["text"] for one in told["title"]) == "Brug weer open"


@pytest.mark.parametrize(
    ("path", "status", "detail"),
    [
        pytest.param("articles/nos/1", 404, "nos:1 is not in this archive", id="no such article"),
        pytest.param("articles/nos/2633005", 404, "withheld", id="a withheld one"),
        pytest.param("articles?limit=0", 422, "limit: ", id="too few"),
        pytest.param("articles?limit=999999", 422, "limit: ", id="too many"),
        pytest.param("articles?since=gisteren", 422, "since: ", id="a day that is none"),
        pytest.param("articles?cursor=zeppelin", 422, "cursor", id="a cursor that is none"),
        pytest.param("articles?category=%00", 422, "category: .*NUL", id="a category with a NUL"),
        pytest.param("articles/nos/1%00", 422, "external_id: .*NUL", id="an id with a NUL"),
        pytest.param(f"articles?cursor={LAST}", 422, "cursor", id="the end of time"),
        pytest.param("days?since=1900-01-01&until=2026-01-01", 422, "days", id="too long"),
        pytest.param("search?q=(brug", 422, "", id="a question that cannot be meant"),
        pytest.param("nowhere", 404, "Not Found", id="no such question"),
    ],
)
def test_problems_are_told_by_rfc_9457(ask, path, status, detail):
    answer = ask.get(f"/api/v1/{path}")

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert (told["status"], told["type"]) == (status, "about:blank")
    assert re.search(detail, told["detail"])


def test_runs_do_not_list_what_was_withheld(database_url, tmp_path):
    with Archive.open(database_url) as archive:
        told = {"article": "nos:2633005", "action": "withhold"}
        run = NewRun("withhold", "nos", told, "0", at(8), "withhold", Owner("hier", "1"))
        archive.begin_run(run, NOS, is_alive=lambda _: True)
    with Archive.read(database_url) as archive:
        answer = Reader(create_app(archive, tmp_path, lambda: at(20))).get("/api/v1/runs")

    assert [one["spider"] for one in answer.json()] == ["withhold"]
    assert "2633005" not in answer.text


def test_the_description_names_every_question_and_parameter(ask):
    described = ask.get("/api/openapi.json").json()
    page = ask.get("/api").text

    for path, methods in described["paths"].items():
        assert path in page
        assert list(methods) == ["get"]
        assert all(one.get("description") for one in methods["get"].get("parameters", []))
