"""What a response with status 200 is before it may be a revision: an article, or something else.

Only strong evidence counts, since an article *about* cookie walls, captchas or error pages has all
their words: an address that no article has, the route by which the publisher's own site names the
page, or a title or heading that is such a statement from its first letter to its last, on a page
that nowhere says it is an article.
"""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import SplitResult

from newsarchive.exceptions import ExtractionError
from newsarchive.extraction.addresses import split_address
from newsarchive.extraction.base import Extracted, SavedPage
from newsarchive.extraction.elements import find_first, fold, text_of
from newsarchive.extraction.fields import Fields, identifier_in, object_in, string_in
from newsarchive.extraction.statements import find_outcome
from newsarchive.model import LookOutcome
from newsarchive.sources import SOURCES
from newsarchive.sources.base import Numbering
from newsarchive.sources.numbers import NUMBER, find_number

# Next.js ends `__NEXT_DATA__` with it; within JSON its quotes would be escaped.
_ROUTE = b'"page":"/'
_ROUTES_OF_ERRORS = {"/404": LookOutcome.SOFT_404, "/500": LookOutcome.ERROR_PAGE}
_NOT_FOUND = {404, 410}

# None of these can stand in prose: there `<` and `"` are escaped.
_SIGNS_OF_ARTICLES = (
    b'"article_textwrap', b"contentBody_", b'"liveblog__elements', b'NewsArticle"',
    b'"article:published_time"', b'"og:type" content="article"', b'"articleBody"',
)  # fmt: skip

_CONSENT_HOSTS = re.compile(
    r"(?:cookies(?:v2)?\.(?:publiekeomroep|npo)\.nl|(?:consent|cookies|myprivacy|cmp)\..+)"
)
_CAPTCHA_HOSTS = re.compile(r"(?:.+\.captcha-delivery\.com|validate\.perfdrive\.com)")
_CONSENT_ADDRESS = re.compile(
    r"""(?:action|href|src)=["']?(?:https?:)?//cookies(?:v2)?\.publiekeomroep\.nl/"""
    r"(?:accept|consent)\b",
    re.IGNORECASE,
)
_CHALLENGE = re.compile(
    r"""_cf_chl_opt|id=["'](?:challenge-form|cf-challenge|px-captcha|challenge-running)["']"""
    r"""|src=["'][^"']*(?:captcha-delivery\.com|_Incapsula_Resource|perfdrive\.com)""",
    re.IGNORECASE,
)
_SITE_NAME = re.compile(r"(.+?)\s+[|-]\s+([^|]{1,40})")
_SHORT = 200  # characters: more than a statement has
_PROSE = 2000  # characters in paragraphs: more than walls and errors explain

# Words that name a part of a site where it has its newest articles, not one of them.
_FRONTS = frozenset({
    "cultuur", "economie", "home", "index.html", "index.php", "jeugdjournaal", "laatste", "live",
    "nieuws", "nieuwsuur", "op3", "regio", "sport", "teletekst", "uitzendingen", "verkeer",
    "video", "videos", "voorpagina", "weer", "zoeken",
})  # fmt: skip
_REGION = re.compile(r"/regio/[^/]+/", re.IGNORECASE)


def recognise_page(page: SavedPage) -> LookOutcome | None:
    """Return what `page` is that no article can be; None where it may be one.

    Quick for an article: a few searches in its bytes. Never is a redirect told from its address
    alone: for that see `is_home_address`.
    """
    if outcome := recognise_host(page.url):
        return outcome
    if route := _find_route(page.body):
        return None if route.startswith("/item/") else _recognise_route(page, route)
    if any(sign in page.body for sign in _SIGNS_OF_ARTICLES):
        return None
    return _recognise_statement(page) or _recognise_wall(page)


def recognise_host(url: str) -> LookOutcome | None:
    """Return what any page at the host of `url` is; None for a host that may have articles."""
    host = split_address(url).hostname or ""
    if _CONSENT_HOSTS.fullmatch(host):
        return LookOutcome.CONSENT
    return LookOutcome.CAPTCHA if _CAPTCHA_HOSTS.fullmatch(host) else None


def is_home_address(url: str, homepage_url: str) -> bool:
    """Return whether `url` is the front of the publisher at `homepage_url`, or of a part of it.

    Of NOS `/`, `/nieuws/binnenland`, `/?utm_source=x` and `https://jeugdjournaal.nl/` are; so is
    a collection (`/collectie/13965-slug`), where the address of a dead one may lead. What has the
    number of an article is not, nor is any address of another publisher.
    """
    parts, home = split_address(url), split_address(homepage_url)
    domains = _numbered_domains(home)
    if not _is_own_host(parts, home, domains):
        return False
    path = parts.path.lower().removeprefix(home.path.rstrip("/").lower())
    match [segment for segment in path.split("/") if segment]:
        case []:
            return True
        case ["collectie", _] | [_, "collectie", _]:
            return True
        case [front]:
            return front in _FRONTS
        case [front, *rest]:
            # Without numbers `/nieuws/dorpsfeest` may well be an article.
            return bool(domains) and front in _FRONTS and not any(map(NUMBER.match, rest))
    return False


def is_other(
    extracted: Extracted, asked_external_id: str, final_url: str, numbering: Numbering | None
) -> bool:
    """Return whether a page is of another article than the one with `asked_external_id`.

    Goes by the page's own number, else the one in its canonical URL, else the one in `final_url`,
    the address after all redirects. A page that stands at a regional address is numbered in a row
    of its own, perhaps: its number speaks for the article, never against it. A publisher without
    numbers may give an article any address.
    """
    if numbering is None:
        return False
    addresses = [address for address in (extracted.canonical_url, final_url) if address]
    is_regional = any(_REGION.search(split_address(address).path) for address in addresses)
    if extracted.external_id is not None and (
        not is_regional or extracted.external_id == asked_external_id
    ):
        return extracted.external_id != asked_external_id
    numbers = (_number_of(address, numbering) for address in addresses)
    number = next((number for number in numbers if number), asked_external_id)
    return number != asked_external_id


def _number_of(address: str, numbering: Numbering) -> str | None:
    path = split_address(address).path
    return None if _REGION.search(path) else find_number(path, numbering.forms)[0]


def _is_own_host(parts: SplitResult, home: SplitResult, domains: Iterable[str]) -> bool:
    host = _host(parts)
    if host == _host(home) and parts.port == home.port:
        return True
    is_usual = parts.port in {None, 80, 443}
    return is_usual and any(f".{host}".endswith(f".{domain}") for domain in domains)


def _numbered_domains(home: SplitResult) -> list[str]:
    """Return all domains of the publisher at `home` where it numbers its articles."""
    return [
        domain
        for source in SOURCES.values()
        if source.numbering and _host(split_address(source.homepage_url)) == _host(home)
        for domain in source.numbering.domains
    ]


def _host(parts: SplitResult) -> str:
    return (parts.hostname or "").removeprefix("www.")


def _find_route(body: bytes) -> str | None:
    """Return the route by which Next.js made a page, such as `/item/[slug]` (2024)."""
    start = body.rfind(_ROUTE)
    if start < 0:
        return None
    start += len(_ROUTE) - 1
    return body[start : body.find(b'"', start)].decode("utf-8", "replace")


def _recognise_route(page: SavedPage, route: str) -> LookOutcome | None:
    if outcome := _ROUTES_OF_ERRORS.get(route):
        return outcome
    try:
        props = page.page_props or {}
    except ExtractionError:
        return None  # whoever extracts it says what is wrong
    if route == "/_error":
        return _status_outcome(props)
    is_article = any(
        identifier_in(fields, "id") and string_in(fields, "title")
        for fields in (object_in(props, "data"), object_in(props, "article"))
    )
    is_listing = "latestNews" in props or "items" in props or route == "/"
    return LookOutcome.HOME if is_listing and not is_article else None


def _status_outcome(props: Fields) -> LookOutcome:
    is_gone = props.get("statusCode") in _NOT_FOUND
    return LookOutcome.SOFT_404 if is_gone else LookOutcome.ERROR_PAGE


def _recognise_statement(page: SavedPage) -> LookOutcome | None:
    if not page.body.strip():
        return LookOutcome.ERROR_PAGE
    if sum(len(text_of(element)) for element in page.tree.iter("p")) > _PROSE:
        return None
    return next(filter(None, map(find_outcome, _statements(page))), None)


def _statements(page: SavedPage) -> Iterator[str]:
    """Yield what a page declares itself to be: its title, its first heading, or all of it."""
    whole = fold(page.tree.text_content())
    named = (find_first(page.tree, path) for path in ("//title", "//h1"))
    for said in [*(text_of(element) for element in named if element is not None), whole]:
        if len(said) <= _SHORT:
            text = said.replace("\N{EN DASH}", "-")
            yield text
            # `Pagina niet gevonden | NOS`: the site's name is in its address too.
            if (parts := _SITE_NAME.fullmatch(text)) and _is_site(parts[2], page.url):
                yield parts[1]


def _is_site(name: str, url: str) -> bool:
    letters, host = re.sub(r"\W", "", name.lower()), split_address(url).hostname or ""
    return bool(letters) and letters in re.sub(r"\W", "", host)


def _recognise_wall(page: SavedPage) -> LookOutcome | None:
    if page.tree.find(".//article") is not None or page.tree.find(".//time[@datetime]") is not None:
        return None
    if _CHALLENGE.search(page.text):
        return LookOutcome.CAPTCHA
    return LookOutcome.CONSENT if _CONSENT_ADDRESS.search(page.text) else None
