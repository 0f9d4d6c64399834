"""A picture that is somewhere else: it is followed, and not for ever."""

from datetime import UTC, datetime

from newsarchive.answers import Site
from newsarchive.answers.base import Answer
from newsarchive.answers.pictures import LONGEST_CHAIN, PictureQuestion, read_picture_answer
from newsarchive.model import Capture
from newsarchive.sources import get_source

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)
PICTURE = "https://cdn.nos.nl/image/2026/10/01/804211/1008x567.jpg"


def moved(question, number):
    """Return what comes of an answer that leads to yet another address."""
    capture = Capture(question.url, NOON, "sha256:", "x", number, 1, status=302)
    headers = {"location": f"/elders/{number}.jpg"}
    answer = Answer(question.url, 302, headers, b"", [capture], NOON)
    return read_picture_answer(question, answer)


def test_a_picture_that_is_always_somewhere_else_is_given_up():
    found = PictureQuestion.about(PICTURE, Site(get_source("nos")))
    for number in range(1, LONGEST_CHAIN):
        found = moved(found, number)
        assert found.url == f"https://cdn.nos.nl/elders/{number}.jpg"
    fetch = moved(found, LONGEST_CHAIN).picture
    assert (fetch.url, fetch.file, fetch.requests) == (PICTURE, None, LONGEST_CHAIN)
    assert "redirected in circles" in fetch.error
