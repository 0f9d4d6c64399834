"""The scenario `month`: what can befall articles and their pages, in sixty steps.

Twelve articles are there when it opens, numbered from -12, and 28 follow, one in every 18 hours.
Each number has a tale of its own, told below in the order in which it is looked at. What happens
lasts until a crawl after every step has looked at it, as pages fall due 1 hour, 6 hours, 1 day, 3
days, 7 days and 30 days after the last change or withdrawal.
"""

from collections.abc import Mapping
from datetime import timedelta

from newsarchive.replica.deeds import (
    correct_live,
    edit,
    go_live,
    publish_due,
    redraft,
    release,
    serve,
    together,
)
from newsarchive.replica.drafts import Service
from newsarchive.replica.scenario import Action, Scenario, Step

_STEPS = 60
_LAST = 27
_FIRST_WAITS = (timedelta(hours=2), timedelta(hours=7))
# No multiple of a day: no look falls due at the very moment of a step.
_WAIT = timedelta(hours=12, minutes=30)

_OUTAGES: Mapping[int, Service] = {
    33: Service.UNAVAILABLE,
    35: Service.BROKEN,
    36: Service.HANG_UP,
}

_TALES: Mapping[int, tuple[str, Action]] = {
    1: ("announced edit", edit(-1, notes=1, is_announced=True)),
    2: (
        "silent edits",
        together(edit(-2, notes=1), edit(-3, is_retitled=True)),
    ),
    3: (
        "another silent edit, a video described",
        together(edit(-1, notes=2), edit(-12, is_described=True, is_announced=True)),
    ),
    4: (
        "title and body edited, an edit to be undone",
        together(edit(-4, notes=1, is_retitled=True, is_announced=True), edit(-5, notes=1)),
    ),
    5: ("gone with 404, one of them for good", serve(Service.NOT_FOUND, -6, -9)),
    6: (
        "edit undone, a cookie wall",
        together(edit(-5, notes=0), serve(Service.CONSENT, 0), serve(Service.CONSENT_REDIRECT, 1)),
    ),
    7: (
        "gone with 410, a soft 404, a puzzle, a silent edit",
        together(
            serve(Service.GONE, -10),
            serve(Service.SOFT_404, -11),
            serve(Service.CAPTCHA, 2),
            edit(-2, notes=2),
        ),
    ),
    8: ("gone with 410 for good", serve(Service.GONE, -7)),
    9: (
        "announced edit, an error page",
        together(edit(-1, notes=3, is_announced=True), serve(Service.ERROR_PAGE, 3)),
    ),
    10: (
        "redirected home for good, a page that is not there yet",
        together(serve(Service.HOME, -8), serve(Service.NOT_FOUND, 11), serve(Service.WHOLE, 0)),
    ),
    11: ("liveblog grows", go_live(5)),
    12: (
        "liveblog grows, a title goes back",
        together(
            go_live(5),
            edit(-3, is_retitled=False, is_announced=True),
            serve(Service.WHOLE, -11),
        ),
    ),
    13: (
        "liveblog grows, the walls are gone",
        together(go_live(5), serve(Service.WHOLE, 1, 2)),
    ),
    14: ("liveblog corrected", correct_live(5, 0)),
    15: ("the error page is gone", serve(Service.WHOLE, 3)),
    16: ("two articles redirect to a third", serve(Service.OTHER, 4, 6, target=7)),
    17: (
        "redirected to a listing, a page without its title",
        together(serve(Service.LISTING, 8), serve(Service.UNTITLED, 9)),
    ),
    18: (
        "liveblog corrected, returned with another text",
        together(
            correct_live(5, 2),
            edit(-10, service=Service.WHOLE, notes=1, is_announced=True),
        ),
    ),
    19: (
        "the listing is gone, a redesign",
        together(serve(Service.WHOLE, 8), serve(Service.REDESIGNED, 10)),
    ),
    20: (
        "returned as it was, the title is back",
        together(
            serve(Service.WHOLE, -9),
            edit(9, service=Service.WHOLE, notes=1, is_announced=True),
        ),
    ),
    21: ("the site is rebuilt", release),
    22: ("one look without a page", serve(Service.NOT_FOUND, 12)),
    23: (
        "there again, two looks without a page",
        together(serve(Service.WHOLE, 12), serve(Service.NOT_FOUND, 13)),
    ),
    24: ("there at last, no redesign", serve(Service.WHOLE, 10, 11)),
    26: ("there again", serve(Service.WHOLE, 13)),
    27: (
        "edited in feed and page",
        together(redraft(14, updates=1), edit(14, is_announced=True)),
    ),
    28: ("a figure corrected in feed and page", redraft(15, is_corrected=True)),
    29: ("a new time and nothing else", edit(16, is_announced=True)),
    30: ("a video described", edit(17, is_described=True, is_announced=True)),
    31: ("gone before the outages", serve(Service.NOT_FOUND, 18)),
    38: (
        "headline in feed and page",
        together(redraft(20, headline=1), edit(20, is_announced=True)),
    ),
    39: (
        "hard spaces in feed and page, a silent edit",
        together(redraft(21, has_hard_spaces=True), edit(23, notes=1)),
    ),
    40: ("redirected home for good", serve(Service.HOME, 19)),
    41: ("the site is rebuilt", release),
    44: ("a redesign of one page", serve(Service.REDESIGNED, 24)),
}


def _step(number: int) -> Step:
    name, action = _TALES.get(number, ("publish", together()))
    wait = _FIRST_WAITS[number - 1] if number <= len(_FIRST_WAITS) else _WAIT
    return Step(name, together(publish_due(_LAST), action), wait, _OUTAGES.get(number))


MONTH = Scenario(
    steps=tuple(_step(number) for number in range(1, _STEPS + 1)),
    articles=12,
    interval=timedelta(hours=18),
)
