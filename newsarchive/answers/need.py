"""Which pages ask for a renderer: those whose text comes by script."""

from newsarchive.answers.base import Answer
from newsarchive.extraction import SavedPage
from newsarchive.extraction.scripted import has_more, lacks_body
from newsarchive.items import Document
from newsarchive.model import Kind, LookOutcome, Render

ASKED_FOR = "every page is asked for"

_UNREAD = frozenset({LookOutcome.UNKNOWN_FORM, LookOutcome.INCOMPLETE})


def find_need(found: Document, answer: Answer, render: Render) -> str | None:
    """Return why the page of `answer`, of which `found` came, is to be rendered; None if not so.

    Walls, errors and pages that are gone are never rendered: script would not make articles of
    them.
    """
    (look,) = found.looks
    if render is Render.NONE or look.outcome not in _UNREAD | {LookOutcome.READ}:
        return None
    page = SavedPage(answer.body, answer.url)
    if look.outcome in _UNREAD and lacks_body(page):
        return "its body comes by script"
    if any(o.kind is Kind.LIVEBLOG for o in found.observations) and has_more(page):
        return "its older updates come by script"
    return ASKED_FOR if render is Render.ALWAYS else None
