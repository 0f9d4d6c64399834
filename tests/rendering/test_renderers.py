"""The same of both renderers: what they bring back, whom they ask, and where they stop."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .conftest import LONG, ROOT, Listener, Pages, own_splash

SCRIPT = Path(__file__).parent / "render_pages.py"
LIMITS = {
    "render_s": 12,
    "settle_s": 3,
    "quiet_s": 0.3,
    "clicks": 10,
    "requests": 12,
    "size_bytes": 2_000_000,
}
RENDERED = (
    *("/old", "/gone", "/moved", "/away", "/hostile", "/forbidden", "/permitted", "/restless"),
    *("/greedy", "/waiting", "/huge", "/latin", "/more", "/new"),
)


def render(name, base, paths, **environment):
    """Return what a renderer brings for each path."""
    settings = {
        "NEWSARCHIVE_SITE_URL": base,
        "NEWSARCHIVE_RENDERER": name,
        "NEWSARCHIVE_CONTACT": "test@newsarchive.example",
        **environment,
    }
    done = subprocess.run(
        [sys.executable, SCRIPT, name, json.dumps(LIMITS), *(base + path for path in paths)],
        env={**os.environ, "PYTHONPATH": str(ROOT), **settings},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    return {address.removeprefix(base): result for address, result in found.items()}


class Tour:
    """All the pages of a site, each rendered once, and what its neighbour saw of that."""

    def __init__(self, name, **environment):
        self.name = name
        self.listener = Listener()
        self.pages = Pages(self.listener.port)
        self.found = render(name, self.pages.base, RENDERED, **environment)

    def asked(self, path):
        return [headers for asked, headers in self.pages.log if asked == path]


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("splash", marks=pytest.mark.splash),
        pytest.param("playwright", marks=pytest.mark.chromium),
    ],
)
def tour(request):
    if request.param == "splash":
        url = request.getfixturevalue("splash_url")
        tour = Tour("splash", NEWSARCHIVE_SPLASH_URL=url)
    else:
        request.getfixturevalue("chromium")
        tour = Tour("playwright")
    yield tour
    tour.pages.close()


def test_a_body_that_comes_by_script_is_there(tour):
    page = tour.found["/old"]
    assert LONG.strip() in page["html"]
    assert (page["status"], page["requests"], page["is_cut"]) == (200, 2, False)
    assert page["headers"]["content-type"] == "text/html; charset=utf-8"
    assert {"splash": "Splash 3.5", "playwright": "Chromium "}[tour.name] in page["engine"]


def test_only_chromium_knows_the_language_of_today(tour):
    page = tour.found["/new"]
    assert (LONG.strip() in page["html"]) == (tour.name == "playwright")


def test_a_404_is_a_404_whatever_its_script_shows(tour):
    page = tour.found["/gone"]
    assert page["status"] == 404
    assert LONG.strip() in page["html"]


def test_the_address_is_the_one_that_redirects_led_to(tour):
    page = tour.found["/moved"]
    assert page["url"] == tour.pages.base + "/old"
    assert (page["status"], page["requests"]) == (200, 3)


def test_what_brings_more_is_pressed_until_it_is_gone(tour):
    page = tour.found["/more"]
    assert [f"Bericht {n}" in page["html"] for n in (1, 2, 3)] == [True] * 3
    assert "<button" not in page["html"]
    assert not page["is_cut"]


def test_text_of_another_encoding_comes_as_utf_8(tour):
    assert "Één café" in tour.found["/latin"]["html"]


def test_nothing_reaches_another_port_of_the_same_host(tour):
    assert "html" in tour.found["/hostile"], tour.found["/hostile"]
    assert any(f":{tour.listener.port}/" in url for url in tour.found["/hostile"]["refused"])
    assert tour.listener.heard == []


def test_a_page_that_leads_elsewhere_is_no_page(tour):
    result = tour.found["/away"]
    assert "failed" in result, result
    assert not result["is_renderer"]


def test_robots_txt_holds_for_what_a_page_asks_for(tour):
    assert tour.asked("/api/body") == tour.asked("/een/geheim") == []
    refused = tour.found["/forbidden"]["refused"]
    assert {tour.pages.base + "/api/body", tour.pages.base + "/een/geheim"} <= set(refused)
    assert LONG.strip() in tour.found["/permitted"]["html"]


def test_every_request_says_who_asks(tour):
    agents = {headers.get("User-Agent") for path, headers in tour.pages.log}
    assert len(agents) == 1, agents
    assert "test@newsarchive.example" in agents.pop()


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/restless", id="it never comes to rest"),
        pytest.param("/greedy", id="it asks and asks"),
    ],
)
def test_a_page_without_end_is_taken_as_it_stands(tour, path):
    page = tour.found[path]
    assert page["is_cut"]
    assert page["requests"] <= LIMITS["requests"]


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/waiting", id="it waits for a script that never comes"),
        pytest.param("/huge", id="it is larger than a page may be"),
    ],
)
def test_a_page_beyond_the_limits_fails_and_the_renderer_does_not(tour, path):
    result = tour.found[path]
    assert "failed" in result, result
    assert not result["is_renderer"]


@pytest.mark.chromium
def test_a_script_without_end_costs_chromium_a_page(chromium):
    pages = Pages(0)
    pages.answers["/busy"] = shell_that("for (;;) {}")
    found = render("playwright", pages.base, ["/busy", "/old"])
    pages.close()
    assert "failed" in found["/busy"]
    assert LONG.strip() in found["/old"]["html"]


@pytest.mark.splash
def test_a_script_without_end_costs_splash_a_restart():
    pages = Pages(0)
    pages.answers["/busy"] = shell_that("for (;;) {}")
    with own_splash(SPLASH_HANGS_S="2") as splash:
        found = render("splash", pages.base, ["/busy"], NEWSARCHIVE_SPLASH_URL=splash.url)
        assert found["/busy"]["is_renderer"]
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            found = render("splash", pages.base, ["/old"], NEWSARCHIVE_SPLASH_URL=splash.url)
            if "html" in found["/old"]:
                break
    pages.close()
    assert LONG.strip() in found["/old"]["html"]


def shell_that(does):
    return f"<!DOCTYPE html><html><body><p>Dijk</p><script>{does}</script></body></html>"
