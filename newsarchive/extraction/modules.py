"""Articles and liveblogs of NOS from about 2019 to 2021, whose classes are a word and a hash.

No page of the time is known to be kept but the body of one (2358829 of 2020-12-01), without its
classes. So this follows what public programs of 2020 to 2022 read from them, and goes by the word
before the hash, which the next build changes.

Attested: `h1.title_iP7Q1aiP`, `span.published_WzR_NC-U time[datetime]`, `a.link_2imnEnEf` with
the categories, `div[class*=headerMetaData]`, `[class*=supplyChannelName]`, and
`article div[class*=contentBody]` with `p.text_3v_J6Y0G`, `h2.heading_1HXI5QYv`, `figure` (in its
`figcaption` spans called description and copyright), `a[class*=externalContent]` with a
`title_…`, `div.player_…` with a `caption_…`, `a.twitter_…` with `headerContent_…` and `text_…`,
and `div.linkContainer_…` with "Bekijk ook", in the middle too; the time of a change behind
"Aangepast" and a bullet. Liveblogs had the old markup.

Inferred: that quotes have a class `quote_…`; that an image above the body is a figure before it;
and where the number is, which `is_other` else takes from the canonical URL.
"""

import re

from lxml.html import HtmlElement

from newsarchive.extraction.base import Extracted, Form, SavedPage
from newsarchive.extraction.blocks import Body
from newsarchive.extraction.elements import find_first, narrow, read_body, text_of, with_class
from newsarchive.extraction.liveblogs import extract_liveblog, is_liveblog
from newsarchive.extraction.serverpages import assemble, categories_in

_HASH = rb"(?=[\w-]{0,7}[A-Z0-9])[\w-]{8}[ \"]"
_CLASS = re.compile(rb'class="(?:[^"]* )?(?:contentBody_|(?:text|title)_' + _HASH + rb")")
_BODY = f"div[{with_class('contentBody')}]"
_PARAGRAPHS = f".//p[{with_class('text_')}] | .//h2[{with_class('heading_')}]"
_OUTSIDE = f"[not(ancestor::{_BODY})][not(ancestor::footer)]"
_BEHIND_CHANGED = (
    "[starts-with(normalize-space(preceding::text()[normalize-space()][1]), 'Aangepast')]"
)


class Modules:
    """Articles of about 2019-2021, and liveblogs of the server's time."""

    form = Form.MODULES
    period = "about 2019-2021"

    def recognises(self, page: SavedPage) -> bool:
        """Return whether `page` has the wrapper of the text, its paragraphs, or updates."""
        return _CLASS.search(page.body) is not None or is_liveblog(page)

    def extract(self, page: SavedPage) -> Extracted:
        """Return what the page says; see the module and `Extractor`."""
        if is_liveblog(page):
            return extract_liveblog(page, self.form)
        article = narrow(page.tree, f"//article[.//{_BODY}]", "//article")
        header = narrow(article, f".//*[{with_class('headerMetaData')}]")
        return assemble(
            page,
            self.form,
            title=find_first(article, f".//h1[{with_class('title_')}]", ".//h1"),
            published=find_first(
                article,
                f".//*[{with_class('published')}]//time[@datetime]",
                f".//time[@datetime]{_OUTSIDE}",
            ),
            modified=find_first(article, f".//time[@datetime]{_OUTSIDE}{_BEHIND_CHANGED}"),
            body=_body(article),
            image=find_first(article, f".//figure{_OUTSIDE}"),
            metadata={
                "supply_channel": _supply_channel(article),
                "categories": categories_in(header.xpath(f".//a[{with_class('link_')}]{_OUTSIDE}")),
            },
        )


def _body(article: HtmlElement) -> Body:
    # The paragraphs alone are what every program of the time agreed on.
    outermost = article.xpath(f".//{_BODY}[not(ancestor::{_BODY})]")
    return read_body(outermost or article.xpath(_PARAGRAPHS))


def _supply_channel(article: HtmlElement) -> str:
    element = find_first(article, f".//*[{with_class('supplyChannelName')}]")
    return "" if element is None else text_of(element)
