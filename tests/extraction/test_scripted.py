"""Pages without their article, and pages with more of it than they show."""

import pytest

from newsarchive.extraction import SavedPage
from newsarchive.extraction.scripted import has_more, lacks_body

PROSE = "<p>De brug bij Kampen blijft tot zaterdag dicht, meldt de gemeente.</p>" * 5
SCRIPT = "<script src='/app.js'></script>"


def saved(body, head=""):
    html = f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>"
    return SavedPage(html.encode(), "https://nos.nl/artikel/2280103-brug")


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        pytest.param(saved(f"<div id=app></div>{SCRIPT}"), True, id="a shell and a script"),
        pytest.param(saved("<div id=app></div>", head=SCRIPT), True, id="the script in its head"),
        pytest.param(saved(f"<p>Even geduld …</p>{SCRIPT}"), True, id="a word of patience"),
        pytest.param(
            saved(f"<nav>{PROSE}</nav><main></main><footer>{PROSE}</footer>{SCRIPT}"),
            True,
            id="menus, and nothing between",
        ),
        pytest.param(
            saved(f"<noscript>{PROSE}</noscript>{SCRIPT}"), True, id="words for who has no script"
        ),
        pytest.param(
            saved(f"<script>var text = '{PROSE}';</script>"), True, id="words in a script"
        ),
        pytest.param(saved(PROSE + SCRIPT), False, id="an article, and a script"),
        pytest.param(saved("<p>Kort bericht.</p>"), False, id="a short page without script"),
        pytest.param(saved(f"<x-verhaal>{PROSE}</x-verhaal>{SCRIPT}"), False, id="an unknown form"),
    ],
)
def test_lacks_body(page, expected):
    assert lacks_body(page) is expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("<button>Meer laden</button>", True, id="a button"),
        pytest.param("<button><span> MEER </span> laden</button>", True, id="as it is written"),
        pytest.param("<button>Deel dit artikel</button>", False, id="another button"),
        pytest.param("<a href='/2'>Meer laden</a>", False, id="a link to another page"),
        pytest.param("<p>Meer laden</p>", False, id="a text"),
    ],
)
def test_has_more(body, expected):
    assert has_more(saved(body)) is expected
