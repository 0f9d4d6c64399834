"""Which version of each of its parts an article shows, in feeds and on its page."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Draft:
    """Which version of each of its parts an article shows."""

    number: int  # in order of publication; negative before the desk's moment
    feeds: tuple[str, ...]  # slugs
    headline: int = 0
    updates: int = 0  # paragraphs added after publication
    is_corrected: bool = False  # a figure
    has_hard_spaces: bool = False  # cosmetic, like the next two: no reader sees it
    has_residue: bool = False
    is_cropped: bool = False


class Service(StrEnum):
    """How the page of an article is answered."""

    WHOLE = "whole"
    NOT_FOUND = "404"
    GONE = "410"
    HOME = "redirect to the front page"
    LISTING = "redirect to a listing"
    OTHER = "redirect to another article"
    UNAVAILABLE = "503 with Retry-After"
    BROKEN = "500"
    HANG_UP = "the connection is closed without an answer"
    SILENT = "never an answer"
    SOFT_404 = "not found, said with status 200"
    CONSENT = "a wall that asks for cookies"
    CONSENT_REDIRECT = "redirect to a wall that asks for cookies"
    CAPTCHA = "a puzzle for people"
    ERROR_PAGE = "something went wrong, said with status 200"
    UNTITLED = "the page without its title"
    REDESIGNED = "a page of another form"


class Live(NamedTuple):
    """One update of a liveblog, as its editors have it."""

    published_at: datetime
    is_corrected: bool = False


@dataclass(frozen=True, slots=True)
class PageDraft:
    """Which version of each part the page of an article shows, beyond what the feed has too."""

    number: int
    service: Service = Service.WHOLE
    target: int | None = None  # where a redirect to another article leads
    modified_at: datetime | None = None  # the last edit that the page owns up to
    notes: int = 0  # paragraphs that only the page has
    is_retitled: bool = False
    is_described: bool = False  # of a video: a second paragraph
    furniture: int = 0  # related links, class names, number of the build
    live: tuple[Live, ...] = ()  # of a liveblog, after its first updates
