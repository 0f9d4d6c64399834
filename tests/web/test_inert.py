import lxml.html
import pytest

from newsarchive.web.inert import make_inert

from .hostile import HOSTILE
from .test_pages import find_acting

HELD = {"https://nos.nl/a.jpg": "/media/ab"}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_acts_or_loads_is_made_inert(text):
    shown = make_inert(f"<p>voor</p>{text}<p>na</p>", HELD, "Niet bewaard")

    assert list(find_acting(f"<html><body>{shown}</body></html>")) == []
    assert "outside.example/a.js" not in shown


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("<p>Een <b>brug</b>.</p>", "<p>Een <b>brug</b>.</p>", id="structure stays"),
        pytest.param(
            '<img src="https://nos.nl/a.jpg" alt="De &quot;kade&quot; <1>">',
            '<img src="/media/ab" alt="De &quot;kade&quot; &lt;1&gt;" loading="lazy">',
            id="a picture that is held is shown from here",
        ),
        pytest.param(
            '<img src="https://nos.nl/b.jpg" alt="<b>Brug</b>">',
            '<span class="absent">Niet bewaard: &lt;b&gt;Brug&lt;/b&gt;</span>',
            id="one that is not is told of, as text",
        ),
        pytest.param(
            '<img src="/media/ab">',
            '<span class="absent">Niet bewaard</span>',
            id="an address on this site is not the archive's to name",
        ),
        pytest.param(
            '<a href="https://nos.nl/l/1">meer</a>',
            '<a href="https://nos.nl/l/1" rel="noopener noreferrer nofollow">meer</a>',
            id="a link does not say where its reader came from",
        ),
        pytest.param(
            "<h1>Kop</h1><h2>Sub</h2>", "<h2>Kop</h2><h3>Sub</h3>", id="headings go below"
        ),
        pytest.param("<h6>Klein</h6>", "<h6>Klein</h6>", id="and never below the lowest"),
    ],
)
def test_structure_stays(body, expected):
    assert make_inert(body, HELD, "Niet bewaard") == expected


def test_what_is_inert_stays_so_when_it_is_read_again():
    shown = make_inert("".join(HOSTILE.values()), HELD, "Niet bewaard")
    again = lxml.html.tostring(lxml.html.fromstring(f"<div>{shown}</div>"), encoding="unicode")

    assert list(find_acting(f"<html><body>{again}</body></html>")) == []
