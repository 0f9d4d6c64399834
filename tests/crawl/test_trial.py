"""`newsarchive sources --check` and `--try`: what feeds would give, and nothing is written."""

import json
import os
import subprocess
import sys
import tomllib

import pytest

from newsarchive.sources import own_sources

from .conftest import ROOT, Site, feed, item

TOML = """
[sources.dorpsblad]
homepage = "{base}"
[[sources.dorpsblad.feeds]]
url = "{base}/feed"
category = "dorp"
[[sources.dorpsblad.feeds]]
url = "{base}/weg"
category = "weg"
"""
LONG = "De dijk bij het dorp is klaar. " * 20
HOMEPAGE = """<html><head><title>Dorpsblad</title>
<link rel="alternate" type="application/rss+xml" title="Alles" href="/feed">
<link rel="alternate" type="application/atom+xml" title="Sport" href="/sport">
</head><body>Welkom</body></html>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Sport</title><id>x</id>
<entry><title>Kampioen</title><id>urn:1</id><link href="/kampioen"/><summary>Kort.</summary></entry>
<entry><title>Nergens</title><id>urn:2</id></entry></feed>"""


@pytest.fixture
def ask(tmp_path, site):
    """Run the command in an empty folder; whatever it does, it must leave nothing there."""
    file = tmp_path / "newsarchive.toml"

    def ask(*arguments):
        # What is tried is in no file, and is reached because somebody typed it.
        text = TOML.format(base=site.base) if "--check" in arguments else ""
        file.write_text(text, encoding="utf-8")
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, "-m", "newsarchive.cli", "sources", *arguments],
            env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert [path.name for path in tmp_path.iterdir()] == ["newsarchive.toml"]
        return done

    return ask


def serve(site):
    items = [item(1, "Dijk klaar", f"<p>{LONG}</p>", link=f"{site.base}/dijk?utm_source=rss"),
             item(2, "Brug dicht", f"<p>{LONG}</p>", link=f"{site.base}/brug")]  # fmt: skip
    site.answers |= {
        "/feed": (200, {"Content-Type": "application/rss+xml"}, feed(*items)),
        "/sport": (200, {"Content-Type": "application/atom+xml"}, ATOM.encode()),
        "/": (200, {"Content-Type": "text/html; charset=utf-8"}, HOMEPAGE.encode()),
    }


def test_check_says_what_is_at_each_address(ask, site):
    serve(site)
    done = ask("--check", "--json")
    assert done.returncode == 7, done.stderr
    sound, gone = json.loads(done.stdout)
    assert (sound["source"], sound["feed"], sound["form"]) == ("dorpsblad", "dorp", "RSS 2.0")
    assert (sound["title"], sound["entries"], sound["words_median"]) == ("NOS", 2, 140)
    assert (sound["with_guid"], sound["with_date"], sound["error"]) == (2, 2, None)
    assert (gone["feed"], gone["entries"], gone["error"]) == ("weg", 0, "HTTP 404")
    assert site.asked() == [("/feed", 200), ("/weg", 404)]
    shown = ask("--check").stdout
    assert "whole, 140 words in the middle" in shown
    assert "HTTP 404" in shown


def test_try_a_feed_shows_each_entry_and_the_lines_that_archive_it(ask, site):
    serve(site)
    done = ask("--try", f"{site.base}/feed")
    assert done.returncode == 0, done.stderr
    assert "Dijk klaar" in done.stdout
    lines = done.stdout.partition("in newsarchive.toml:\n\n")[2]
    assert f'url = "{site.base}/feed"' in lines
    assert f'homepage = "{site.base}"' in lines
    assert site.asked() == [("/feed", 200)]


def test_try_a_home_page_asks_the_feeds_that_it_names(ask, site):
    serve(site)
    done = ask("--try", f"{site.base}/", "--json")
    assert done.returncode == 7, done.stderr  # one entry has no address
    first, second = json.loads(done.stdout)
    assert [article["url"] for article in first["articles"]] == [
        f"{site.base}/dijk",
        f"{site.base}/brug",
    ]
    assert (second["form"], second["entries"], second["quarantined"]) == ("Atom 1.0", 1, 1)
    assert second["articles"][0]["text"] == "Kort."
    assert site.asked() == [("/", 200), ("/feed", 200), ("/sport", 200)]


def test_what_is_tried_can_be_pasted_and_crawled(ask, site, tmp_path):
    serve(site)
    tried = ask("--try", f"{site.base}/")
    lines = tried.stdout.partition("in newsarchive.toml:\n\n")[2]
    [source] = own_sources(tomllib.loads(lines)["sources"], tmp_path).values()
    assert [feed.url for feed in source.feeds] == [f"{site.base}/feed", f"{site.base}/sport"]


@pytest.mark.parametrize(
    ("answers", "address", "expected"),
    [
        pytest.param({}, "/weg", (7, "HTTP 404"), id="nothing there"),
        pytest.param(
            {"/": (200, {"Content-Type": "text/html"}, b"<html><title>Leeg</title></html>")},
            "/", (7, "an HTML page titled 'Leeg'"), id="a page that names no feed",
        ),
        pytest.param(
            {"/robots.txt": (200, {}, b"User-agent: *\nDisallow: /"), "/feed": feed(item())},
            "/feed", (8, "robots.txt"), id="robots.txt says no",
        ),
    ],
)  # fmt: skip
def test_try_what_is_no_feed(ask, site, answers, address, expected):
    code, said = expected
    site.answers |= answers
    done = ask("--try", site.base + address)
    assert done.returncode == code, done.stderr
    assert said in done.stdout
    assert "Traceback" not in done.stderr


def test_a_page_leads_nowhere_inside(ask, site):
    inside = Site(host="0.0.0.0")
    place = f"http://127.0.0.2:{inside.server.server_port}/feed"
    page = f'<link rel="alternate" type="application/rss+xml" href="{place}">'
    site.answers["/"] = (200, {"Content-Type": "text/html"}, page.encode())
    done = ask("--try", f"{site.base}/")
    inside.close()
    assert done.returncode == 7
    assert inside.log == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["--try", "dorpsblad.example"],
        ["--try", "http://["],
        ["--try", "http://x.example:veel/"],
        ["--check", "--try", "https://x.example"],
    ],
)
def test_what_cannot_be_tried(ask, arguments):
    assert ask(*arguments).returncode == 2
