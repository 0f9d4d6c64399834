"""Liveblogs as NOS's server wrote them, from about 2015 to 2021, whatever the articles were like.

Attested by public programs that read them: `header.liveblog-header` with
`span.liveblog-header__meta-supplychannel`, in it a `…-sub-title` with the time, and
`div.liveblog-header__meta` with links to categories; `li.liveblog__update` with the id
`UPDATE-container-<number>`, in it `h2.liveblog__update__title`, `time[datetime]` and
`div.liveblog__elements`. Inferred: that the paragraphs of the header introduce the liveblog, and
that the title is the header's `h1`, else the page's first.
"""

from lxml.html import HtmlElement

from newsarchive.cleaning.dates import parse_feed_date
from newsarchive.extraction.base import Extracted, Form, SavedPage
from newsarchive.extraction.blocks import Body
from newsarchive.extraction.elements import find_first, fold, read_body, text_of, with_class
from newsarchive.extraction.serverpages import assemble, categories_in
from newsarchive.extraction.updates import html_of
from newsarchive.model import Kind, Update

_ID = "UPDATE-container-"
_HEADER = f"//header[{with_class('liveblog-header')}]"
_META = f"{_HEADER}//*[{with_class('liveblog-header__meta')}]"
_SUPPLY_CHANNEL = f"{_HEADER}//*[{with_class('liveblog-header__meta-supplychannel ')}]"
_INTRODUCTION = f"{_HEADER}//p"
_UPDATES = f"//li[contains(@id, '{_ID}')]"


def is_liveblog(page: SavedPage) -> bool:
    """Return whether `page` has updates in the markup of the server's time."""
    return b"UPDATE-container" in page.body and b"liveblog__elements" in page.body


def extract_liveblog(page: SavedPage, form: Form) -> Extracted:
    """Return a liveblog; its body is the introduction, then each update under its title.

    The time of an update that has none (`0000-00-00T…`) is None. Raises MissingFieldError for
    one without title, time or anything to read.
    """
    tree = page.tree
    read = [_read_update(element) for element in tree.xpath(_UPDATES)]
    introduction = read_body(tree.xpath(_INTRODUCTION))
    updates = tuple(update for update, _ in read)
    bodies = [introduction, *(body for _, body in read)]
    return assemble(
        page,
        form,
        kind=Kind.LIVEBLOG,
        title=find_first(tree, _HEADER + "//h1", "//h1"),
        published=find_first(tree, f"({_HEADER}//time[@datetime])[1]"),
        modified=find_first(tree, f"({_HEADER}//time[@datetime])[2]"),
        body=Body(
            html="\n".join(filter(None, [introduction.html, html_of(updates)])),
            related=tuple(link for body in bodies for link in body.related),
        ),
        image=find_first(tree, _HEADER + "//figure"),
        updates=updates,
        metadata={
            "supply_channel": _supply_channel(tree),
            "categories": categories_in(tree.xpath(_META + "//a[@href]")),
        },
    )


def _read_update(element: HtmlElement) -> tuple[Update, Body]:
    body = read_body(element.xpath(f".//*[{with_class('liveblog__elements')}]"))
    title = find_first(element, f".//h2[{with_class('liveblog__update__title')}]", ".//h2")
    time = find_first(element, ".//time[@datetime]")
    update = Update(
        update_id=str(element.get("id")).rpartition(_ID)[2],
        title="" if title is None else text_of(title),
        html=body.html,
        published_at=None if time is None else parse_feed_date(time.get("datetime")),
    )
    return update, body


def _supply_channel(tree: HtmlElement) -> str:
    """Return the name of the desk, which the line with the time stands in."""
    element = find_first(tree, _SUPPLY_CHANNEL, _META)
    return "" if element is None else fold(element.text or "")
