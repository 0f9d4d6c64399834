"""The Herstelrubriek: the page on which NOS says what it had wrong, read as a list of corrections.

Every page of NOS links to it (`https://nos.nl/herstel`, 2015-2024), but no copy of it was at hand,
so it is read by its shape alone: a heading, or a paragraph that is nothing but a date, begins a
correction; where there is neither, each paragraph is one. A page on which nothing is found that
could be a correction is an error, and never an empty list.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from urllib.parse import urlsplit

from lxml import etree
from lxml.html import HtmlElement

from newsarchive.exceptions import MissingFieldError
from newsarchive.extraction.base import SavedPage
from newsarchive.extraction.elements import text_of
from newsarchive.sources import Numbering
from newsarchive.sources.numbers import find_number

_HEADINGS = ("h2", "h3", "h4")
_BLOCKS = (*_HEADINGS, "p", "ul", "ol", "blockquote")
_FURNITURE = ("nav", "header", "footer", "aside", "form", "script", "style", "noscript")
_MONTHS = (
    "januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september",
    "oktober", "november", "december",
)  # fmt: skip
_DATE = re.compile(rf"\b(\d{{1,2}}) ({'|'.join(_MONTHS)}) (\d{{4}})\b", re.IGNORECASE)
_DATE_ALONE = re.compile(rf"(?:[a-z]+dag )?{_DATE.pattern}[.:]?", re.IGNORECASE)
_TITLE_LENGTH = 100


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction, as the page has it."""

    key: str  # 12 hexadecimal digits: the same for the same correction, whatever its wording
    title: str
    html: str
    corrected_on: date | None  # the day that it names
    numbers: tuple[str, ...]  # of the articles that it links to


def extract_corrections(page: SavedPage, numbering: Numbering) -> list[Correction]:
    """Return the corrections on `page`, in its order; raise MissingFieldError where there is none.

    A correction is known again by its day and the first article that it links to, else by its
    title: its text may be mended, too.
    """
    groups = _group(list(_find_blocks(page.tree)))
    found = [_read(group, numbering) for group in groups if any(map(text_of, group))]
    if not found:
        raise MissingFieldError(f"{page.url} has no text that could be a correction.")
    return found


def _find_blocks(tree: HtmlElement) -> Iterator[HtmlElement]:
    """Yield the blocks of the page's content in their order, none within another."""
    contents = tree.xpath("//main | //article | //*[@role='main'] | //body")
    for element in contents[0].iter(*_BLOCKS) if contents else ():
        above = {ancestor.tag for ancestor in element.iterancestors()}
        if not above.intersection((*_FURNITURE, *_BLOCKS)):
            yield element


def _group(blocks: Sequence[HtmlElement]) -> list[list[HtmlElement]]:
    """Return the blocks of each correction; what stands before the first is the page's own."""
    if not any(_begins(block) for block in blocks):
        return [[block] for block in blocks]
    groups: list[list[HtmlElement]] = []
    for block in blocks:
        # A date behind a heading, or a heading behind a date, begin one correction together.
        follows = groups and all(_begins(one) for one in groups[-1])
        if _begins(block) and not follows:
            groups.append([])
        if groups:
            groups[-1].append(block)
    return groups


def _begins(block: HtmlElement) -> bool:
    return block.tag in _HEADINGS or _DATE_ALONE.fullmatch(text_of(block)) is not None


def _read(blocks: Sequence[HtmlElement], numbering: Numbering) -> Correction:
    headings = [text_of(block) for block in blocks if block.tag in _HEADINGS and text_of(block)]
    body = [block for block in blocks if block.tag not in _HEADINGS] or blocks
    words = " ".join(map(text_of, blocks))
    title = headings[0] if headings else _beginning(" ".join(map(text_of, body)))
    corrected_on, numbers = _find_date(words), tuple(_find_numbers(blocks, numbering))
    name = numbers[0] if numbers and corrected_on else title
    return Correction(
        key=sha256(f"{corrected_on} {name}".encode()).hexdigest()[:12],
        title=title,
        html="".join(etree.tostring(block, encoding="unicode", with_tail=False) for block in body),
        corrected_on=corrected_on,
        numbers=numbers,
    )


def _beginning(text: str) -> str:
    if len(text) <= _TITLE_LENGTH:
        return text
    return text[:_TITLE_LENGTH].rpartition(" ")[0] + " …"


def _find_date(text: str) -> date | None:
    found = _DATE.search(text)
    if found is None:
        return None
    day, month, year = int(found[1]), _MONTHS.index(found[2].lower()) + 1, int(found[3])
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _find_numbers(blocks: Iterable[HtmlElement], numbering: Numbering) -> list[str]:
    """Return the numbers of the publisher's articles that are linked to, each once."""
    links = (link.get("href", "") for block in blocks for link in block.iter("a"))
    found = dict.fromkeys(_number_in(link, numbering) for link in links)
    return [number for number in found if number]


def _number_in(link: str, numbering: Numbering) -> str | None:
    parts = urlsplit(link)
    host = parts.hostname
    if host is not None and not any(f".{host}".endswith(f".{d}") for d in numbering.domains):
        return None
    return find_number(parts.path, numbering.forms)[0]
