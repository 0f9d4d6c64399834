"""What is made of pages that need script, without a renderer at hand."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from newsarchive.answers.rendering import read_rendering, write_rendering
from newsarchive.config import Config
from newsarchive.exceptions import ConfigError, ParseError
from newsarchive.model import LookOutcome, Rendering
from newsarchive.watching import Plan, Watch

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_a_page_that_no_renderer_was_there_for_is_due_at_once():
    watch = Watch(NOW).look(LookOutcome.UNRENDERED, NOW, Plan(), changed=False)
    assert watch.next_check(NOW, Plan()) == NOW
    later = NOW + timedelta(hours=1)
    watch = watch.look(LookOutcome.READ, later, Plan(), changed=True)
    assert watch.next_check(later, Plan()) == later + timedelta(hours=1)


def test_a_renderers_absence_is_no_failure_of_the_page():
    watch = Watch(NOW, consecutive_failures=2)
    watch = watch.look(LookOutcome.UNRENDERED, NOW, Plan(), changed=False)
    assert watch.consecutive_failures == 2
    watch = watch.look(LookOutcome.FAILED, NOW, Plan(), changed=False)
    assert watch.next_check(NOW, Plan()) == NOW + Plan().retries[2]


def test_a_rendering_is_read_as_it_was_written():
    rendering = Rendering("splash", "Splash 3.5", 404, {"x-naam": "één\r\n"}, 3, {"timeout": 30.0})
    text = write_rendering(rendering)
    assert text.isascii()
    assert text.isprintable()
    assert read_rendering(text) == rendering


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"renderer": "splash"}'])
def test_what_is_no_rendering_is_refused(text):
    with pytest.raises(ParseError):
        read_rendering(text)


SPLASH = {"NEWSARCHIVE_SPLASH_URL": "http://127.0.0.1:8050/"}


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        pytest.param({}, (), id="none by itself"),
        pytest.param(SPLASH, ("splash",), id="Splash where it is"),
        pytest.param({"NEWSARCHIVE_RENDERER": "playwright"}, ("playwright",), id="Playwright"),
        pytest.param(
            {**SPLASH, "NEWSARCHIVE_RENDERER": "playwright"}, ("playwright",), id="the one named"
        ),
        pytest.param(
            {**SPLASH, "NEWSARCHIVE_RENDERER": "splash, playwright"},
            ("splash", "playwright"),
            id="one after the other",
        ),
    ],
)
def test_which_renderers_are_chosen(environ, expected, tmp_path):
    config = Config.load(environ=environ, file=tmp_path / "newsarchive.toml")
    assert config.renderers == expected


@pytest.mark.parametrize("renderer", ["firefox", "splash", "playwright,,"])
def test_a_renderer_that_cannot_be_is_refused(renderer, tmp_path):
    with pytest.raises(ConfigError, match="NEWSARCHIVE_RENDERER"):
        Config.load(environ={"NEWSARCHIVE_RENDERER": renderer}, file=tmp_path / "newsarchive.toml")


@pytest.mark.parametrize(
    ("renderer", "package"),
    [("splash", "scrapy_splash"), ("playwright", "scrapy_playwright")],
)
def test_a_renderer_that_is_not_installed_cannot_be_used(renderer, package, tmp_path):
    script = (
        f"import sys; sys.modules[{package!r}] = None; sys.argv[1:] = ['crawl']\n"
        "from newsarchive.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={
            **os.environ,
            "NEWSARCHIVE_DATA_DIR": str(tmp_path),
            "NEWSARCHIVE_RENDERER": renderer,
            "NEWSARCHIVE_SPLASH_URL": "http://127.0.0.1:9",
            "NEWSARCHIVE_FEEDS_URL": "http://127.0.0.1:9",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == (
        f"Error: NEWSARCHIVE_RENDERER: {renderer} needs `pip install 'newsarchive[{renderer}]'`\n"
    )
