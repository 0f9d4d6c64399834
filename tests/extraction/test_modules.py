"""What the next build may do to classes that are a word and a hash."""

from pathlib import Path

from newsarchive.extraction.base import SavedPage
from newsarchive.extraction.modules import Modules

PAGE = Path(__file__).parents[1] / "pages" / "nos" / "modules-article" / "input.html"


def read(body):
    return Modules().extract(SavedPage(body, "https://nos.nl/artikel/9100530-brug"))


def test_a_wrapper_whose_name_begins_alike_doubles_nothing():
    body = PAGE.read_bytes()
    start, end = body.index(b'<div class="contentBody_'), body.index(b'<div class="shareBar_')
    wrapped = b'<div class="contentBodyWrapper_1aB2c3D4">' + body[start:end] + b"</div>"
    assert read(body[:start] + wrapped + body[end:]).html == read(body).html
