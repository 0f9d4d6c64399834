"""The number in an address: that of the article, never that of what it is in."""

import pytest

from newsarchive.model import Kind
from newsarchive.sources.nos import NOS
from newsarchive.sources.numbers import find_number


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param("/l/9100600", ("9100600", None), id="short"),
        pytest.param("/l/t/9100600", ("9100600", None), id="short, of 2017"),
        pytest.param("/artikel/9100600-pont.html", ("9100600", None), id="long"),
        pytest.param("/nieuwsuur/artikel/9100600", ("9100600", None), id="of Nieuwsuur"),
        pytest.param(
            "/collectie/13965/liveblog/9100600-x", ("9100600", Kind.LIVEBLOG), id="in one"
        ),
        pytest.param("/video%2F/video/9100600", ("9100600", Kind.VIDEO), id="percent-encoded"),
        pytest.param("/collectie/13965-oorlog", (None, None), id="a collection"),
        pytest.param("/nieuws/archief/2023-05-06", (None, None), id="a day"),
        pytest.param("/", (None, None), id="home"),
    ],
)
def test_find_number(path, expected):
    assert find_number(path, NOS.numbering.forms) == expected
