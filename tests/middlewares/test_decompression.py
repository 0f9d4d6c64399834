"""Decompression: the short cut gives what Scrapy's way gives, or stands aside."""

import gzip
import zlib

import pytest
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import HtmlResponse, Request
from scrapy.utils.test import get_crawler

from newsarchive.exceptions import ParseError
from newsarchive.middlewares.decompression import Decompression, gunzip_sound
from newsarchive.warc import Record

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


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(PAGE, id="no coding at all"),
        pytest.param(SOUND, id="gzip"),
        pytest.param(SOUND[:-20], id="gzip, a broken end"),
        pytest.param(SOUND[:-8] + bytes(8), id="gzip, a wrong checksum"),
        pytest.param(SOUND[:5], id="gzip, nothing"),
        pytest.param(SOUND + b"rest", id="gzip and more"),
        pytest.param(SOUND + SOUND, id="gzip in two members"),
        pytest.param(zlib.compress(PAGE), id="deflate"),
        pytest.param(zlib.compress(PAGE)[:-20], id="deflate, a broken end"),
        pytest.param(zlib.compress(PAGE, wbits=-15)[:-2], id="bare deflate, a broken end"),
        pytest.param(gzip.compress(zlib.compress(PAGE)), id="gzip of deflate"),
        pytest.param(b"", id="empty"),
    ],
)
@pytest.mark.parametrize(
    "coding",
    ["gzip", "X-GZIP", "deflate", "utf-8", "none", "identity", "", "gzip, utf-8",
     "utf-8, gzip", "deflate, gzip"],
)  # fmt: skip
def test_a_record_gives_what_the_crawl_read_whatever_the_server_said(coding, body):
    headers = ((b"Content-Encoding", coding.encode()),)
    record = Record("response", {}, body, 0, 0, status=200, http_headers=headers)
    middleware = Decompression.from_crawler(get_crawler())
    try:
        expected, _ = middleware._handle_encoding(body, [coding.encode()], 10_000)
    except (OSError, EOFError, zlib.error):
        with pytest.raises(ParseError):
            record.content_as_crawled()
    else:
        assert record.content_as_crawled() == expected
