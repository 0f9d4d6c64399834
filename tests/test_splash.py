"""scrapy-splash on today's Scrapy. The first tests fail on the day when a repair is needless."""

import inspect
import json
import subprocess
import sys

import pytest
from scrapy.core.downloader import Downloader
from scrapy.http import Headers, Request

from newsarchive.splash import SplashRequest, splash_status


def test_scrapy_splash_still_imports_a_name_that_scrapy_has_no_more():
    done = subprocess.run(
        [sys.executable, "-c", "import scrapy_splash"], capture_output=True, text=True, check=False
    )
    assert "cannot import name 'canonicalize_url' from 'scrapy.utils.url'" in done.stderr


def test_scrapy_splash_still_asks_the_downloader_by_a_name_that_it_has_no_more():
    import scrapy_splash

    assert not hasattr(Downloader, "_get_slot_key")
    assert "_get_slot_key" in scrapy_splash.SplashMiddleware._get_slot_key.__code__.co_names


def test_scrapy_splash_still_wants_a_spider_where_scrapy_gives_none():
    import scrapy_splash

    for method in ("process_request", "process_response"):
        given = inspect.signature(getattr(scrapy_splash.SplashMiddleware, method)).parameters
        assert "spider" in given


def test_scrapy_splash_still_yields_where_scrapy_awaits():
    import scrapy_splash

    output = scrapy_splash.SplashDeduplicateArgsMiddleware.process_spider_output
    assert inspect.isgeneratorfunction(output)


BAD_OPTION = {"error": 400, "type": "BadOption", "description": "", "info": "timeout is wrong"}


def answered(data, cls):
    request = SplashRequest("https://nos.nl/l/2280103", endpoint="execute")
    return cls(
        url="http://127.0.0.1:8050/execute",
        status=data.get("error", 200),
        headers={"Content-Type": "application/json"},
        body=json.dumps(data).encode(),
        request=request,
    )


def test_scrapy_splash_still_stumbles_over_a_sentence():
    from scrapy_splash.response import SplashJsonResponse

    with pytest.raises(TypeError):
        answered(BAD_OPTION, SplashJsonResponse)


def the_class_for_json():
    from scrapy_splash.responsetypes import responsetypes

    return responsetypes.from_args(headers=Headers({"Content-Type": "application/json"}))


def test_an_answer_with_a_sentence_is_read():
    response = answered(BAD_OPTION, the_class_for_json())
    assert (response.status, splash_status(response)) == (400, 400)
    assert response.data["info"]["message"] == "timeout is wrong"


def test_the_pages_own_status_address_and_headers_come_back():
    data = {
        "html": "<p>Weg</p>",
        "url": "https://nos.nl/artikel/2280103",
        "http_status": 404,
        "headers": [{"name": "Server", "value": "nos"}],
    }
    response = answered(data, the_class_for_json())
    assert (response.status, splash_status(response)) == (404, 200)
    assert response.url == "https://nos.nl/artikel/2280103"
    assert response.headers["Server"] == b"nos"
    assert response.body == b"<p>Weg</p>"


def test_a_crawl_without_splash_does_not_import_it():
    code = "import sys; import newsarchive.spiders.nos, newsarchive.settings, newsarchive.rendering"
    told = "print({'scrapy_splash', 'scrapy_playwright', 'playwright'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{told}"], capture_output=True, text=True, check=True
    )
    assert done.stdout == "set()\n"


def test_two_renderings_of_an_address_are_two_requests():
    from scrapy.utils.test import get_crawler

    from newsarchive.splash import SETTINGS

    crawler = get_crawler()
    fingerprinter = SETTINGS["REQUEST_FINGERPRINTER_CLASS"].from_crawler(crawler)
    plain = Request("https://nos.nl/l/2280103")
    rendered = SplashRequest("https://nos.nl/l/2280103", args={"timeout": 5})
    assert fingerprinter.fingerprint(plain) != fingerprinter.fingerprint(rendered)
