"""The replica over HTTP: all feeds of NOS's catalogue, robots.txt, and a lever for the scenario.

::

    GET  /<slug>          the feed, with ETag, Last-Modified, 304 and gzip
    GET  /robots.txt      as NOS's was quoted in October 2025
    GET  /replica/state   where the scenario stands, as JSON
    POST /replica/step    take its next step; what happened, as JSON

`respond` makes every response; the rest carries it.
"""

import gzip
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import partial
from hashlib import sha256
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import TCPServer
from sys import exc_info
from threading import Lock, Thread
from typing import Any, NamedTuple, Protocol, Self
from urllib.parse import urlsplit

from newsarchive.exceptions import UsageError
from newsarchive.replica.documents import MOMENT, Era, write_feed
from newsarchive.replica.scenario import (
    Happened,
    Newsroom,
    Text,
    advance,
    compose,
    expected_revisions,
    get_scenario,
    open_newsroom,
)

RSS = "application/rss+xml; charset=UTF-8"
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


class Request(NamedTuple):
    """What a client asked for."""

    method: str
    path: str  # as sent, with its query
    headers: Mapping[str, str]  # names In-Title-Case


class Response(NamedTuple):
    """What it is answered; Date, Server and Content-Length are added on the way out."""

    status: HTTPStatus
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Representation:
    """One state of a document, in both its encodings, with its validators."""

    body: bytes
    gzipped: bytes
    last_modified: datetime
    tag: str

    @classmethod
    def of(cls, body: bytes, last_modified: datetime) -> Self:
        """Return the representation of `body`; the same bytes always get the same tag."""
        compressed = gzip.compress(body, compresslevel=6, mtime=0)
        return cls(body, compressed, last_modified, sha256(body).hexdigest()[:20])


class Shelf(Protocol):
    """Where documents come from."""

    history: list[Newsroom]  # every state so far; none of recordings

    def document(self, slug: str) -> Representation | None:
        """Return the feed `slug` as it stands now."""

    def state(self) -> dict[str, Any]:
        """Return where things stand, for JSON."""

    def step(self) -> Happened | None:
        """Take the next step of the scenario; None when it is over."""


class Newsstand:
    """The shelf of a scenario: each feed is written once a state."""

    def __init__(self, opening: Newsroom, name: str, eras: tuple[Era, ...]) -> None:
        self.history = [opening]
        self._name = name
        self._steps = get_scenario(name)
        self._eras = {f.slug: eras[i % len(eras)] for i, f in enumerate(opening.feeds)}
        self._feeds = {feed.slug: feed for feed in opening.feeds}
        self._written: dict[str, Representation] = {}
        self._lock = Lock()

    def document(self, slug: str) -> Representation | None:
        """Return the feed `slug` as it stands now."""
        if slug not in self._feeds:
            return None
        with self._lock:
            newsroom = self.history[-1]
            changed_at = newsroom.changed_at.get(slug, newsroom.desk.moment)
            written = self._written.get(slug)
            if written is None or written.last_modified != changed_at:
                written = self._written[slug] = self._write(newsroom, slug, changed_at)
            return written

    def state(self) -> dict[str, Any]:
        """Return where the scenario stands."""
        newsroom = self.history[-1]
        return {
            "scenario": self._name,
            "step": newsroom.step,
            "steps": [step.name for step in self._steps],
            "articles": len(newsroom.drafts),
            "entries": {slug: len(newsroom.entries(slug)) for slug in self._feeds},
        }

    def step(self) -> Happened | None:
        """Take the next step of the scenario; None when it is over."""
        with self._lock:
            newsroom = self.history[-1]
            if newsroom.step == len(self._steps):
                return None
            newsroom, happened = advance(newsroom, self._steps[newsroom.step])
            self.history.append(newsroom)
            return happened

    def _write(self, newsroom: Newsroom, slug: str, changed_at: datetime) -> Representation:
        drafts = newsroom.entries(slug)
        stories = (compose(newsroom.desk, draft) for draft in drafts)
        body = write_feed(self._feeds[slug], stories, changed_at, self._eras[slug])
        return Representation.of(body, changed_at)


class Recordings:
    """The shelf of recorded documents: `<slug>.xml` in a folder, as they are and as they change."""

    def __init__(self, folder: Path) -> None:
        self.history: list[Newsroom] = []
        self._folder = folder
        if not self._slugs():
            raise UsageError(f"{folder}: no recorded feeds there. Give a folder of <slug>.xml.")

    def document(self, slug: str) -> Representation | None:
        """Return the bytes of the file, last modified when the file was."""
        if slug not in self._slugs():
            return None
        file = self._folder / f"{slug}.xml"
        modified_at = datetime.fromtimestamp(int(file.stat().st_mtime), UTC)
        return Representation.of(file.read_bytes(), modified_at)

    def state(self) -> dict[str, Any]:
        """Return which feeds there are."""
        return {"recorded": str(self._folder), "feeds": self._slugs()}

    def step(self) -> None:
        """Do nothing: recordings take no steps."""

    def _slugs(self) -> list[str]:
        return sorted(file.stem for file in self._folder.glob("*.xml"))


def respond(shelf: Shelf, request: Request) -> Response:
    """Return the answer to `request`: the one place where a response is made."""
    path = urlsplit(request.path).path
    allowed = {"POST"} if path == "/replica/step" else {"GET", "HEAD"}
    if request.method not in allowed:
        refusal = f"{request.method} is not for {path}\n"
        return _text(HTTPStatus.METHOD_NOT_ALLOWED, refusal, Allow=", ".join(sorted(allowed)))
    match path:
        case "/robots.txt":
            return _text(HTTPStatus.OK, _ROBOTS)
        case "/replica/state":
            return _json(shelf.state())
        case "/replica/step":
            happened = shelf.step()
            return _json({"done": not happened, **(asdict(happened) if happened else {})})
    document = shelf.document(path.removeprefix("/"))
    if document is None:
        return _text(HTTPStatus.NOT_FOUND, f"Hier is niets: {path}\n")
    return _conditionally(document, request.headers)


def _conditionally(document: Representation, headers: Mapping[str, str]) -> Response:
    """Return 200 or 304 by the preconditions of RFC 9110, 13.2.2."""
    is_gzipped = _accepts_gzip(headers.get("Accept-Encoding", ""))
    # The two encodings are two representations: a strong tag may not stand for both (8.8.3.3).
    etag = f'"{document.tag}-gzip"' if is_gzipped else f'"{document.tag}"'
    answer = {
        "Content-Type": RSS,
        "ETag": etag,
        "Last-Modified": format_datetime(document.last_modified.astimezone(UTC), usegmt=True),
        "Vary": "Accept-Encoding",
        "Cache-Control": "public, max-age=0",
    }
    if _is_known(headers, etag, document.last_modified):
        return Response(HTTPStatus.NOT_MODIFIED, answer)
    if is_gzipped:
        answer["Content-Encoding"] = "gzip"
    return Response(HTTPStatus.OK, answer, document.gzipped if is_gzipped else document.body)


def _is_known(headers: Mapping[str, str], etag: str, last_modified: datetime) -> bool:
    if (tags := headers.get("If-None-Match")) is not None:
        # Weak comparison; with it present, If-Modified-Since is not even looked at.
        known = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        return etag in known or tags.strip() == "*"
    try:
        since = parsedate_to_datetime(headers.get("If-Modified-Since", ""))
    except ValueError:  # none, or no date: the condition is ignored
        return False
    return last_modified <= since.replace(tzinfo=since.tzinfo or UTC)


def _accepts_gzip(header: str) -> bool:
    """Tell whether Accept-Encoding allows gzip (RFC 9110, 12.5.3)."""
    is_allowed = {}
    for item in header.lower().replace(" ", "").split(","):
        coding, _, weight = item.partition(";q=")
        is_allowed[coding] = not weight or weight.strip("0.") != ""  # q=0, q=0.000: not acceptable
    return is_allowed.get("gzip", is_allowed.get("*", False))


def _json(value: object) -> Response:
    body = json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"
    return Response(HTTPStatus.OK, {"Content-Type": "application/json"}, body)


def _text(status: HTTPStatus, text: str, **headers: str) -> Response:
    return Response(status, {"Content-Type": "text/plain; charset=UTF-8", **headers}, text.encode())


class Replica:
    """A small NOS in this process, for as long as it is entered.

    ::

        with Replica(articles=40) as replica:
            urlopen(replica.base + "/nosnieuwsalgemeen")
            replica.step()
            replica.expected_revisions()

    `era` is `2026`, `2019` (FeedBurner's form) or `both` (feeds take turns); `feeds`, `window`,
    `seed` and `moment` are those of `open_newsroom`. With `recorded`, the documents of
    that folder are served and the rest means nothing. Raises UsageError for what cannot be meant.
    """

    base: str  # http://<host>:<port>

    def __init__(
        self,
        articles: int = 60,
        *,
        scenario: str = "day",
        era: str = "2026",
        recorded: Path | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        seed: int = 1,
        feeds: int | None = None,
        window: int | None = None,
        moment: datetime = MOMENT,
    ) -> None:
        if era not in ERAS:
            raise UsageError(f"Unknown era {era!r}. Known eras: {', '.join(ERAS)}.")
        self.requests: list[tuple[str, int]] = []  # path and status, in order of answering
        self._address = (host, port)
        self._shelf: Shelf
        if recorded:
            self._shelf = Recordings(recorded)
        else:
            opening = open_newsroom(articles, seed=seed, feeds=feeds, window=window, moment=moment)
            self._shelf = Newsstand(opening, scenario, ERAS[era])

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
        response = respond(self._shelf, request)
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
    wbufsize = -1  # head and body in one packet: else Nagle waits 40 ms for the other side
    timeout = 60

    def __init__(self, answer: Callable[[Request], Response], *connection: Any) -> None:
        self._answer = answer
        super().__init__(*connection)

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.title(): value for name, value in self.headers.items()}
        response = self._answer(Request(self.command, self.path, headers))
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        if response.status is not HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)

    do_HEAD = do_POST = do_GET  # noqa: N815 - likewise

    def log_message(self, *_: Any) -> None:
        """Say nothing: `Replica.requests` has it all."""
