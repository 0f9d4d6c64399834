"""Who asks for a page of the site is answered here: redirects, the page, or what befell it.

::

    /l/<id>  /l/t/<id>                      a redirect to the page
    /artikel/<id>-<slug>                    the page; /video and /liveblog by its kind
    /nieuwsuur/artikel/<id>-<slug>  /collectie/<n>/artikel/<id>-<slug>
    /regio/<region>/artikel/<n>-<slug>      <n> is of a row of its own
    /  /nieuws  /sport  /nieuwsuur  /nieuws/<category>  /sport/<category>      listings

An address with another slug, or another part before it, redirects to the right one. The pages of
2024 and 2026 are come to by 308 and a path, as NOS answered on 2024-03-12; older ones by 301 and
an address on nos.nl, those of the Jeugdjournaal on www.jeugdjournaal.nl. Pages that are finished by
script have addresses of their own: see `scripted`.
"""

import re
from http import HTTPStatus
from itertools import islice
from urllib.parse import quote, urlsplit

from newsarchive.replica import scripted
from newsarchive.replica.answers import Representation, Request, Response, answer_conditionally
from newsarchive.replica.articles import Article
from newsarchive.replica.documents import beat_of, number_of
from newsarchive.replica.drafts import Service
from newsarchive.replica.pages import PageEra, page_path, regional_id, write_page
from newsarchive.replica.scenario import Newsroom, article_of
from newsarchive.replica.walls import (
    BODIES,
    write_consent,
    write_error,
    write_front,
    write_not_found,
    write_redesign,
)

HTML = "text/html; charset=utf-8"
RETRY_AFTER_S = 120
SILENCE_S = 600.0

_ADDRESS = re.compile(
    r"/l/(?:[a-z]/)?(?P<short>\d+)"
    r"|(?P<section>(?:/[a-z0-9]+){0,2}|/regio/[a-z-]+|/[a-z0-9]+/collectie/\d+)"
    r"/(?:artikel|video|liveblog|livestream|tekst)/(?P<long>\d+)(?:-[^/]*)?"
)
_FRONT = re.compile(r"/|/(?:nieuws|sport|nieuwsuur|jeugdjournaal)(?:/[a-z-]+)?/?")
_CONSENT_PATH = "/cookies.publiekeomroep.nl/accept/"
_FRONT_LENGTH = 12
_ERRORS = {
    Service.NOT_FOUND: (HTTPStatus.NOT_FOUND, write_not_found),
    Service.GONE: (HTTPStatus.GONE, write_not_found),
    Service.BROKEN: (HTTPStatus.INTERNAL_SERVER_ERROR, write_error),
    Service.UNAVAILABLE: (HTTPStatus.SERVICE_UNAVAILABLE, write_error),
}
_SILENCES = {Service.HANG_UP: 0.0, Service.SILENT: SILENCE_S}
_NEXT = frozenset({PageEra.NEXT_DATA, PageEra.NEXT_ARTICLE})
_Written = tuple[tuple[object, ...], Representation]


class Reception:
    """Answers for all pages of the site; each is written once a state."""

    def __init__(
        self, eras: tuple[PageEra, ...], page_size: int = 0, *, is_scripted: bool = False
    ) -> None:
        self._eras = eras
        self._is_scripted = is_scripted
        self._page_size = page_size
        self._paths: dict[int, str] = {}
        self._written: dict[int, _Written] = {}

    def answer(self, newsroom: Newsroom, request: Request) -> Response | None:
        """Return the answer to `request`; None for an address that no page has."""
        path = urlsplit(request.path).path
        if path == _CONSENT_PATH:
            return _html(HTTPStatus.OK, write_consent("/"))
        if _FRONT.fullmatch(path):
            return _html(HTTPStatus.OK, write_front("NOS", _newest(newsroom)))
        if self._is_scripted and (found := self._find_piece(newsroom, path)):
            return found
        if (address := _ADDRESS.fullmatch(path)) is None:
            return None
        number = _number(newsroom, address)
        if number is None:
            return _html(HTTPStatus.NOT_FOUND, write_not_found())
        return self._answer_for(newsroom, number, path, request)

    def _answer_for(self, newsroom: Newsroom, number: int, path: str, request: Request) -> Response:
        service = newsroom.service(number)
        if refusal := _refuse(service, path):
            return refusal
        right = self._destination(newsroom, number, service)
        if right != path:
            return _redirect(right, beat_of(newsroom.desk, number), self._era(number))
        if service is Service.CONSENT:
            return _html(HTTPStatus.OK, write_consent(path))
        if service in BODIES:
            return _html(HTTPStatus.OK, BODIES[service]())
        return answer_conditionally(self._page(newsroom, number, service), request.headers)

    def _find_piece(self, newsroom: Newsroom, path: str) -> Response | None:
        """Return what finishes a page, the script or what it asks for; None for other addresses."""
        if (address := scripted.ADDRESS.fullmatch(path)) is None:
            return scripted.find_script(path)
        number = number_of(newsroom.desk, address["id"])
        parts = () if number is None else self._parts(newsroom, number)
        return scripted.answer_part(parts, int(address["part"]))

    def _parts(self, newsroom: Newsroom, number: int) -> tuple[str, ...]:
        era = self._era(number)
        is_there = number in newsroom.drafts and newsroom.service(number) is Service.WHOLE
        if not is_there or era not in scripted.SCRIPTED:
            return ()
        page = self._write_whole(newsroom, number, Service.WHOLE)
        return scripted.split(page, article_of(newsroom, number), era).parts

    def _era(self, number: int) -> PageEra:
        return self._eras[number % len(self._eras)]

    def _destination(self, newsroom: Newsroom, number: int, service: Service) -> str:
        """Return the path at which what is asked for stands in the end."""
        target = newsroom.page(number).target
        if service is Service.HOME:
            return "/"
        if service is Service.LISTING:
            article = article_of(newsroom, number)
            return f"/{article.section}/{article.beat}"
        if service is Service.OTHER and target is not None:
            return self._path(newsroom, target)
        return self._path(newsroom, number)

    def _path(self, newsroom: Newsroom, number: int) -> str:
        # It stays what it was at publication, whatever becomes of the headline.
        if number not in self._paths:
            self._paths[number] = page_path(article_of(newsroom, number), self._era(number))
        return self._paths[number]

    def _page(self, newsroom: Newsroom, number: int, service: Service) -> Representation:
        state = (newsroom.drafts[number], newsroom.page(number), service)
        written = self._written.get(number)
        if written is None or written[0] != state:
            page = self._write(newsroom, number, service).encode()
            document = Representation.of(page, HTML, cache_control="public, s-maxage=1")
            written = self._written[number] = state, document
        return written[1]

    def _write(self, newsroom: Newsroom, number: int, service: Service) -> str:
        article = article_of(newsroom, number)
        if service is Service.REDESIGNED:
            return write_redesign(article)
        page = self._write_whole(newsroom, number, service)
        if not self._is_scripted or self._era(number) not in scripted.SCRIPTED:
            return page
        return scripted.split(page, article, self._era(number)).shell

    def _write_whole(self, newsroom: Newsroom, number: int, service: Service) -> str:
        return write_page(
            newsroom.desk,
            article_of(newsroom, number),
            self._era(number),
            page_size=self._page_size,
            has_title=service is not Service.UNTITLED,
        )


def _refuse(service: Service, path: str) -> Response | None:
    """Return the answer of a site that does not even say where the page stands."""
    if service in _SILENCES:
        return Response(HTTPStatus.OK, {}, silence_s=_SILENCES[service])
    if service is Service.CONSENT_REDIRECT:
        target = f"{_CONSENT_PATH}?url={quote(path, safe='')}"
        return Response(HTTPStatus.FOUND, {"Location": target})
    if service not in _ERRORS:
        return None
    status, write = _ERRORS[service]
    waits = service is Service.UNAVAILABLE
    return _html(status, write(), **({"Retry-After": str(RETRY_AFTER_S)} if waits else {}))


def _number(newsroom: Newsroom, address: re.Match[str]) -> int | None:
    external_id = address["short"] or address["long"]
    if (address["section"] or "").startswith("/regio/"):
        external_id = regional_id(int(external_id))
    number = number_of(newsroom.desk, external_id)
    return number if number in newsroom.drafts else None


def _newest(newsroom: Newsroom) -> list[Article]:
    newest = islice(sorted(newsroom.drafts, reverse=True), _FRONT_LENGTH)
    return [article_of(newsroom, number) for number in newest]


def _redirect(path: str, beat: str, era: PageEra) -> Response:
    """Return a redirect to `path`, as the site of `era` gave it."""
    if beat == "jeugdjournaal":
        target = f"https://www.jeugdjournaal.nl{path}"
        return Response(HTTPStatus.MOVED_PERMANENTLY, {"Location": target})
    if era not in _NEXT:
        return Response(HTTPStatus.MOVED_PERMANENTLY, {"Location": f"https://nos.nl{path}"})
    headers = {"Location": path, "Refresh": f"0;url={path}", "Cache-Control": "public, s-maxage=1"}
    return Response(HTTPStatus.PERMANENT_REDIRECT, headers, path.encode())


def _html(status: HTTPStatus, page: str, **headers: str) -> Response:
    return Response(status, {"Content-Type": HTML, **headers}, page.encode())
