"""Answers as only a careless or hostile server gives them: each comes to a document."""

from datetime import UTC, datetime

import pytest

from newsarchive.answers import Answer, Site
from newsarchive.answers.found import find_subject
from newsarchive.answers.pages import PageQuestion, read_page_answer
from newsarchive.answers.pictures import PictureQuestion, read_picture_answer
from newsarchive.extraction import rules_of
from newsarchive.model import Capture, Identity, Kind, LookOutcome, PageState
from newsarchive.sources import get_source

NOS = get_source("nos")
URL = "https://nos.nl/l/2280103"
NOWHERE = ["http://[", "https://nos.nl:veel/l/2280103", "https://nos.nl:99999/", "//nos.nl℀/"]


def answer(status, headers, body=b""):
    at = datetime(2026, 10, 1, 12, tzinfo=UTC)
    capture = Capture(URL, at, "sha256:0", "warc/nos.warc.gz", 0, 1, status)
    return Answer(URL, status, headers, body, [capture], at)


def look_at(given):
    state = PageState(1, Identity("nos", "2280103", Kind.ARTICLE, URL))
    question = PageQuestion(state, Site(NOS), rules_of("nos"), conditional=False, asked=(URL,))
    (look,) = read_page_answer(question, given).looks
    return look


@pytest.mark.parametrize("location", NOWHERE)
def test_a_page_that_redirects_to_no_address_has_failed(location):
    look = look_at(answer(301, {"location": location}))
    assert (look.outcome, look.error) == (LookOutcome.FAILED, "a redirect to nowhere")


@pytest.mark.parametrize("location", NOWHERE)
def test_a_picture_that_redirects_to_no_address_has_failed(location):
    question = PictureQuestion(URL, Site(NOS), (URL,))
    document = read_picture_answer(question, answer(301, {"location": location}))
    assert document.picture.error == "a redirect to nowhere"


@pytest.mark.parametrize("charset", ["undefined", "idna", "hex", "rot13", "klingon", '""'])
def test_a_page_in_a_charset_that_is_none_is_read_as_utf_8(charset):
    body = "<title>Café</title><p>Iets.</p>".encode()
    look = look_at(answer(200, {"content-type": f"text/html; charset={charset}"}, body))
    assert look.outcome is LookOutcome.UNKNOWN_FORM
    assert "titled 'Café'" in look.error


@pytest.mark.parametrize("url", ["http://[/", "https://nos.nl℀/l/2280103"])
def test_a_found_record_of_no_address_is_of_nobody(url):
    assert find_subject(url, Site(NOS), None) is None


@pytest.mark.parametrize(
    ("url", "published"),
    [
        pytest.param("http://127.0.0.1:80/l/1", "https://nos.nl/l/1", id="at the base"),
        pytest.param("http://127.0.0.1:80", "https://nos.nl", id="the base itself"),
        pytest.param("http://127.0.0.1:8000/l/1", "http://127.0.0.1:8000/l/1", id="another port"),
    ],
)
def test_an_address_at_the_base_is_the_publisher_s(url, published):
    site = Site(NOS, "http://127.0.0.1:80")
    assert (site.published(url), site.fetched(url)) == (published, url)
    assert site.is_own(url) is (published != url)
