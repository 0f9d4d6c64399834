"""Whom a page may ask while it is rendered."""

import re

import pytest
from protego import Protego

from newsarchive.middlewares.politeness import find_rules
from newsarchive.rendering.chromium import resolver_rules
from newsarchive.rendering.reach import Reach, lua_rules, origin_of

ROBOTS = """\
User-agent: *
Disallow: /api
Allow: /api/open
Disallow: /*/privé
Disallow: /*.php$
Disallow: /zoek?q=

User-agent: other
Disallow: /
"""
AGENT = "newsarchive/0.1.0 (+https://newsarchive.example/)"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param("https://nos.nl/artikel/1", True, id="its own host"),
        pytest.param("https://nos.nl/", True, id="its own front"),
        pytest.param("https://nos.nl?x=1", True, id="its own front, asked something"),
        pytest.param("data:text/plain,x", True, id="nobody"),
        pytest.param("http://nos.nl/artikel/1", False, id="another scheme"),
        pytest.param("https://nos.nl:8443/artikel/1", False, id="another port"),
        pytest.param("https://nos.nl.example/artikel/1", False, id="a longer host"),
        pytest.param("https://nos.nl@evil.example/", False, id="its host as a name of a user"),
        pytest.param("https://www.nos.nl/artikel/1", False, id="another host of the publisher"),
        pytest.param("file:///etc/passwd", False, id="a file"),
        pytest.param("ws://nos.nl/", False, id="a web socket"),
    ],
)
def test_a_page_reaches_its_own_host(url, expected):
    assert Reach("https://nos.nl").admits(url) is expected


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/artikel/1", "/api", "/api/x", "/api/open", "/api/open/1", "/a/priv%C3%A9"),
        *("/x.php", "/x.php?y", "/zoek", "/zoek?q=dijk", "/apis", "/ap"),
    ],
)
def test_robots_txt_is_read_as_by_protego(path):
    robots = Protego.parse(ROBOTS)
    rules = find_rules(robots, AGENT)
    allowed = robots.can_fetch(f"https://nos.nl{path}", AGENT)
    assert Reach("https://nos.nl", rules).admits(f"https://nos.nl{path}") is allowed
    # Lua's patterns, as far as they are used here, are Python's with another sign of escape.
    told = [(re.sub("%(.)", r"\\\1", str(r["pattern"])), r["allowed"]) for r in lua_rules(rules)]
    assert next((is_allowed for p, is_allowed in told if re.search(p, path)), True) is allowed


def test_without_rules_all_is_allowed():
    assert find_rules(Protego.parse(""), AGENT) == []


def test_the_origin_is_what_stands_before_the_path():
    assert origin_of("http://127.0.0.1:8000/artikel/1?x#y") == "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    ("hosts", "expected"),
    [
        pytest.param(
            ["127.0.0.1:8000"],
            "MAP 127.0.0.1:8000 127.0.0.1:8000, MAP * ~NOTFOUND",
            id="a base, at its port alone",
        ),
        pytest.param(
            ["nos.nl"], "MAP * ~NOTFOUND, EXCLUDE nos.nl, EXCLUDE *.nos.nl", id="a publisher"
        ),
    ],
)
def test_chromium_finds_no_other_host(hosts, expected):
    assert resolver_rules(hosts) == expected
