"""The page of an article in each of the forms that NOS's site has had, and where it stands.

The forms are those of https://nos.nl/artikel/2201497-… as served on 2017-11-06, of what public
programs of 2020-2021 read, of https://nos.nl/artikel/2512497-… as served on 2024-03-12, and of
what yt-dlp reads since 2025. An address in a page is NOS's own, never the replica's.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import partial
from itertools import islice

from newsarchive.model import Kind
from newsarchive.replica.articles import Article
from newsarchive.replica.composition import neighbours
from newsarchive.replica.documents import Desk
from newsarchive.replica.pages_modules import write_modules
from newsarchive.replica.pages_next import write_next
from newsarchive.replica.pages_textwrap import write_textwrap

# A regional piece is numbered in a row of its own in its address, as far as links to them tell.
_REGIONAL = 1_900_000
_COLLECTION = 13965


class PageEra(StrEnum):
    """The form in which a page is written, by a year in which it was."""

    TEXTWRAP = "2017"
    MODULES = "2020"
    NEXT_DATA = "2024"
    NEXT_ARTICLE = "2026"


PAGE_ERAS: Mapping[str, tuple[PageEra, ...]] = {
    "mixed": tuple(PageEra),
    **{era.value: (era,) for era in PageEra},
    "script": tuple(PageEra),  # those of `scripted` come in pieces
}

_WRITERS: Mapping[PageEra, Callable[..., str]] = {
    PageEra.TEXTWRAP: write_textwrap,
    PageEra.MODULES: write_modules,
    PageEra.NEXT_DATA: partial(write_next, is_new=False),
    PageEra.NEXT_ARTICLE: partial(write_next, is_new=True),
}
_STYLE_SIZE = 2_000  # bytes of rules on any page
_WEIGHTS: Mapping[PageEra, int] = {  # bytes of one article in a listing
    PageEra.TEXTWRAP: 1_200,
    PageEra.MODULES: 1_100,
    PageEra.NEXT_DATA: 4_800,
    PageEra.NEXT_ARTICLE: 4_800,
}


def page_path(article: Article, era: PageEra) -> str:
    """Return the path of the article's page: what its short address redirects to."""
    ending = ".html" if era is PageEra.TEXTWRAP else ""
    if article.kind is not Kind.ARTICLE:
        return f"/{article.kind}/{article.slug}{ending}"
    if article.beat == "nieuwsuur":
        return f"/nieuwsuur/artikel/{article.slug}{ending}"
    if article.region and era in {PageEra.NEXT_DATA, PageEra.NEXT_ARTICLE}:
        words = article.slug.partition("-")[2]
        number = int(article.external_id) - _REGIONAL
        return f"/regio/{article.region}/artikel/{number}-{words}"
    if article.number % 6 == 3:  # noqa: PLR2004 - a residue
        return f"/collectie/{_COLLECTION}/artikel/{article.slug}{ending}"
    return f"/artikel/{article.slug}{ending}"


def regional_id(number: int) -> str:
    """Return NOS's number of the article that has `number` in a regional address."""
    return str(number + _REGIONAL)


def write_page(
    desk: Desk, article: Article, era: PageEra, *, page_size: int = 0, has_title: bool = True
) -> str:
    """Return the page of `article`, of about `page_size` bytes or, where that is more, its own.

    A larger page has more of what makes real ones large: a listing of other articles with their
    pictures in every size, and rules of style. Without a title it lacks a field that every page
    has.
    """
    write = partial(_WRITERS[era], article, page_path(article, era), article.title * has_title)
    page = write(style_size=_STYLE_SIZE, listing=[])
    lacking = page_size - len(page.encode())
    if lacking <= 0:
        return page
    # Far enough from that of the next article to be another.
    listed = neighbours(desk, article.number, 40 + 101 * (article.number % 97))
    listing = list(islice(listed, lacking * 3 // 5 // _WEIGHTS[era]))
    style_size = _STYLE_SIZE + lacking - len(listing) * _WEIGHTS[era]
    return write(style_size=style_size, listing=listing)
