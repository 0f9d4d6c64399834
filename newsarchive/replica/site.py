"""The replica over HTTP: feeds and pages of NOS, robots.txt, and a lever for the scenario.

::

    GET  /<slug>          the feed, with ETag, Last-Modified, 304 and gzip
    GET  /l/<id>          a redirect to the page of an article: see `reception`
    GET  /image/…         a picture, under the paths of all of NOS's hosts: see `pictures`
    GET  /robots.txt      as NOS's was quoted in October 2025
    GET  /replica/state   where the scenario stands, as JSON
    POST /replica/step    take its next step; what happened, as JSON
    POST /replica/misbehave   have feeds or pictures answer as they should not: see `misbehaviour`

`respond` makes every response; the rest carries it.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import TCPServer
from sys import exc_info
from threading import Thread
from typing import Any, Self
from urllib.parse import urlsplit

from newsarchive.exceptions import UsageError
from newsarchive.replica.answers import (
    Request,
    Response,
    answer_conditionally,
    answer_json,
    answer_text,
)
from newsarchive.replica.documents import MOMENT, Era
from newsarchive.replica.looks import PageTruth, expected_pages
from newsarchive.replica.misbehaviour import Misbehaviour
from newsarchive.replica.pages import PAGE_ERAS
from newsarchive.replica.pictures import find_picture
from newsarchive.replica.reception import Reception
from newsarchive.replica.scenario import Happened, Text, expected_revisions, open_newsroom
from newsarchive.replica.script import get_scenario
from newsarchive.replica.shelves import Newsstand, Recordings, Shelf

ERAS = {"2026": (Era.NOS,), "2019": (Era.FEEDBURNER,), "both": (Era.NOS, Era.FEEDBURNER)}

_ROBOTS = """\
User-agent: GPTBot
User-agent: ClaudeBot
Disallow: /

User-agent: *
Disallow: /hybrid/
Disallow: /humans.txt
Disallow: /api
Disallow: /zoeken
"""


def respond(shelf: Shelf, request: Request) -> Response:
    """Return the answer to `request`: the one place where a response is made."""
    path = urlsplit(request.path).path
    allowed = {"POST"} if path == "/replica/step" else {"GET", "HEAD"}
    if request.method not in allowed:
        refusal = f"{request.method} is not for {path}\n"
        return answer_text(HTTPStatus.METHOD_NOT_ALLOWED, refusal, Allow=", ".join(sorted(allowed)))
    match path:
        case "/robots.txt":
            return answer_text(HTTPStatus.OK, _ROBOTS)
        case "/replica/state":
            return answer_json(shelf.state())
        case "/replica/step":
            happened = shelf.step()
            return answer_json({"done": not happened, **(asdict(happened) if happened else {})})
    if document := shelf.document(path.removeprefix("/")):
        return answer_conditionally(document, request.headers)
    found = shelf.page(request) or _find_picture(path, request)
    return found or answer_text(HTTPStatus.NOT_FOUND, f"Hier is niets: {path}\n")


def _find_picture(path: str, request: Request) -> Response | None:
    picture = find_picture(path)
    # Packed already: no server compresses them again.
    unpacked = {n: v for n, v in request.headers.items() if n != "Accept-Encoding"}
    return answer_conditionally(picture, unpacked) if picture else None


class Replica:
    """A small NOS in this process, for as long as it is entered.

    ::

        with Replica(articles=40) as replica:
            urlopen(replica.base + "/nosnieuwsalgemeen")
            replica.step()
            replica.expected_revisions()

    `articles` were published before the scenario starts (None: as many as it wants). `era` is
    `2026`, `2019` (FeedBurner's form) or `both` (feeds take turns), `page_era` one of `PageEra`
    or `mixed` (articles take turns), or `script` (likewise, half of them finished by script: see
    `scripted`); a page has about `page_size` bytes where its own are fewer.
    `feeds`, `window`, `seed` and `moment` are those of `open_newsroom`. With `recorded`, the
    documents of that folder are served and the rest means nothing. Raises UsageError for what
    cannot be meant.
    """

    base: str  # http://<host>:<port>

    def __init__(
        self,
        articles: int | None = None,
        *,
        scenario: str = "day",
        era: str = "2026",
        page_era: str = "mixed",
        page_size: int = 0,
        recorded: Path | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        seed: int = 1,
        feeds: int | None = None,
        window: int | None = None,
        moment: datetime = MOMENT,
    ) -> None:
        for given, known in ((era, ERAS), (page_era, PAGE_ERAS)):
            if given not in known:
                raise UsageError(f"Unknown era {given!r}. Known eras: {', '.join(known)}.")
        self.requests: list[tuple[str, int]] = []  # path and status, in order of answering
        self.misbehaviour = Misbehaviour()
        self._address = (host, port)
        self._shelf: Shelf
        if recorded:
            self._shelf = Recordings(recorded)
        else:
            ground = get_scenario(scenario)
            opening = open_newsroom(
                ground.articles if articles is None else articles,
                seed=seed,
                feeds=feeds,
                window=window,
                moment=moment,
                interval=ground.interval,
            )
            is_scripted = page_era == "script"
            reception = Reception(PAGE_ERAS[page_era], page_size, is_scripted=is_scripted)
            self._shelf = Newsstand(opening, scenario, ERAS[era], reception)

    def __enter__(self) -> Self:
        host, port = self._address
        try:
            self._server = _Server(self._address, partial(_Handler, self.answer))
        except OSError as error:
            raise UsageError(f"Cannot listen on {host}, port {port}: {error.strerror}.") from error
        self.base = f"http://{host}:{self._server.server_address[1]}"
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer(self, request: Request) -> Response:
        """Return the answer to `request`, and note it in `requests`."""
        response = self.misbehaviour.answer(request, partial(respond, self._shelf))
        self.requests.append((request.path, int(response.status)))
        return response

    def step(self) -> Happened | None:
        """Take the next step of the scenario; None when it is over."""
        return self._shelf.step()

    def state(self) -> dict[str, Any]:
        """Return where things stand, as `GET /replica/state` does."""
        return self._shelf.state()

    def expected_revisions(self) -> dict[str, list[Text]]:
        """Return what an archive must hold that polled every feed in every state until now."""
        return expected_revisions(self._shelf.history)

    def expected_pages(self, *, is_every_page_read: bool = False) -> dict[str, PageTruth]:
        """Return what it must hold of pages, looking at those that are due: see `looks`."""
        return expected_pages(self._shelf.history, is_every_page_read=is_every_page_read)


class _Server(ThreadingHTTPServer):
    request_queue_size = 512  # a crawl without delay opens many connections at once

    def server_bind(self) -> None:
        # Not HTTPServer's: it asks the resolver for a host name, which can take seconds.
        TCPServer.server_bind(self)

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A client that hangs up is none of the replica's business.
        if not isinstance(exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "newsarchive-replica"
    sys_version = ""
    wbufsize = -1  # head and body of a small document in one packet
    disable_nagle_algorithm = True  # else the end of a large one waits 40 ms for the other side
    timeout = 60

    def __init__(self, answer: Callable[[Request], Response], *connection: Any) -> None:
        self._answer = answer
        super().__init__(*connection)

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.title(): value for name, value in self.headers.items()}
        response = self._answer(Request(self.command, self.path, headers))
        if response.silence_s is not None:
            self._keep_silent(response.silence_s)
            return
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        if response.stream is not None:
            self.close_connection = True
        elif response.status is not HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)
            for piece in response.stream or ():
                self.wfile.write(piece)
                self.wfile.flush()

    do_HEAD = do_POST = do_GET  # noqa: N815 - likewise

    def _keep_silent(self, seconds: float) -> None:
        """Hang up, after `seconds` or when the client has had enough."""
        self.close_connection = True
        if seconds:
            self.connection.settimeout(seconds)
            with suppress(TimeoutError, ConnectionError):
                self.rfile.read(1)

    def log_message(self, *_: Any) -> None:
        """Say nothing: `Replica.requests` has it all."""
