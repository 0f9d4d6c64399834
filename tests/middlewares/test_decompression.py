"""Decompression: the short cut gives what Scrapy's way gives, or stands aside."""

import gzip

import pytest
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import HtmlResponse, Request
from scrapy.utils.test import get_crawler

from newsarchive.middlewares.decompression import Decompression, gunzip_sound

PAGE = b"<html><body><p>De dijk is klaar.</p></body></html>" * 100
SOUND = gzip.compress(PAGE)


def decompressed(middleware, body, max_size=10_000):
    crawler = get_crawler(settings_dict={"DOWNLOAD_MAXSIZE": max_size})
    request = Request("https://nos.nl/l/2280103")
    response = HtmlResponse(request.url, body=body, headers={"Content-Encoding": "gzip"})
    return middleware.from_crawler(crawler).process_response(request, response).body


@pytest.mark.parametrize(
    ("body", "is_short"),
    [
        pytest.param(SOUND, True, id="a sound body"),
        pytest.param(gzip.compress(b""), True, id="nothing"),
        pytest.param(SOUND + gzip.compress(b"<p>Meer.</p>"), False, id="two members"),
        pytest.param(SOUND[:-20], False, id="a broken end"),
        pytest.param(SOUND[:-8] + b"\x00" * 8, False, id="a wrong checksum"),
        pytest.param(SOUND + b"\x00" * 8, False, id="padding"),
    ],
)
def test_what_it_gives_is_what_scrapy_gives(body, is_short):
    assert (gunzip_sound(body, 10_000) is not None) is is_short
    assert decompressed(Decompression, body) == decompressed(HttpCompressionMiddleware, body)


def test_a_body_that_unfolds_beyond_the_limit_is_refused():
    assert gunzip_sound(SOUND, 1_000) is None
    with pytest.raises(IgnoreRequest):
        decompressed(Decompression, SOUND, max_size=1_000)
