import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.cleaning.trackers import strip_pixels

PIXEL = (
    '<img src="http://feeds.feedburner.com/~r/nosnieuwsbuitenland/~4/aB3dE_fGh1k"'
    ' height="1" width="1" alt=""/>'
)
FLARE = (
    '<div class="feedflare">\n<a href="http://feeds.feedburner.com/~ff/nosjournaal?a=x:y:z">'
    '<img src="http://feeds.feedburner.com/~ff/nosjournaal?d=z" border="0"></img></a>\n</div>'
)


@pytest.mark.parametrize(
    "tracker",
    [
        pytest.param(PIXEL, id="FeedBurner's own form"),
        pytest.param(PIXEL.replace("/>", ">"), id="without a slash"),
        pytest.param(PIXEL.replace('"', "'"), id="single quotes"),
        pytest.param('<img src="//feeds.nos.nl/~r/nosjournaal/~4/x">', id="no size, NOS's host"),
        pytest.param("<IMG WIDTH=1 HEIGHT=1 SRC=https://example.org/t.gif>", id="no quotes"),
        pytest.param('<img width="0" height="0" src="https://example.org/t.gif">', id="no size"),
        pytest.param('<img src="/t.gif" width="1px" height="1px" />', id="pixels"),
        pytest.param('<img\n  src="/t.gif"\n  width="1"\n  height="1">', id="over many lines"),
        pytest.param(FLARE, id="feedflare"),
    ],
)
def test_a_tracker_goes_and_nothing_else(tracker):
    before, after = "<p>Een zin. </p>\n", "<p>Nog  een\xa0zin.</p>"
    assert strip_pixels(before + tracker + after) == (before + after, 1)


@pytest.mark.parametrize(
    "html",
    [
        pytest.param('<p>Een zin.</p><img src="https://nos.nl/a.jpg" alt="1 x 1">', id="no size"),
        pytest.param('<img src="/a.jpg" width="1008" height="567">', id="a picture"),
        pytest.param('<img src="/lijn.png" width="1" height="40">', id="a line"),
        pytest.param('<img src="/a.jpg" data-width="1" data-height="1">', id="other attributes"),
        pytest.param('<img src="/a.jpg?width=1&height=1">', id="sizes in the address"),
        pytest.param('<p>feeds.feedburner.com/~r/x/~4/y width="1" height="1"</p>', id="text"),
        pytest.param('<a href="http://feeds.feedburner.com/~r/x/~4/y">x</a>', id="a link"),
        pytest.param('<img width="1" height="1" alt="a > b">', id="an attribute with a bracket"),
        pytest.param('<img width="1" height="1', id="a tag that does not end"),
        pytest.param('<div class="feedflare"><p>Open', id="a flare that does not end"),
        pytest.param('<div class="feedflare"><div>Een zin.</div></div>', id="no flare of theirs"),
    ],
)
def test_everything_else_stays(html):
    assert strip_pixels(html) == (html, 0)


def test_all_of_them_are_counted():
    html = f"<p>Een.{PIXEL}</p>{FLARE}<p>Twee.</p>{PIXEL}"
    assert strip_pixels(html) == ("<p>Een.</p><p>Twee.</p>", 3)


@pytest.mark.parametrize("part", ["<img ", '<img "', "<img src='", '<div class="feedflare">'])
def test_broken_tags_take_no_time(part):
    html = part * 20_000
    assert strip_pixels(html) == (html, 0)


@given(st.text(), st.text())
def test_text_around_a_pixel_stays(before, after):
    assert strip_pixels(before + PIXEL + after)[0] in {
        before + after,
        before + PIXEL + after,  # after the start of a tag that swallows the pixel
    }
