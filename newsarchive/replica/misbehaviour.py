"""Feeds and pictures on a bad day: what servers do that they should not, by name.

`newsarchive replica --misbehave NAME[=FEED]` begins with one, and while the replica runs::

    POST /replica/misbehave?name=NAME&feed=FEED   from now on (every feed where none is named)
    POST /replica/misbehave?name=NAME&feed=/image/  pictures whose path begins so: see `pictures`
    POST /replica/misbehave                       behave again

A misbehaviour gets the answer that would be right, to an unconditional request for plain bytes,
and returns another.
"""

import json
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from http import HTTPStatus
from threading import Event
from urllib.parse import parse_qs, urlsplit

from newsarchive.exceptions import UsageError
from newsarchive.replica.answers import Request, Response
from newsarchive.replica.pictures import PICTURE_MISBEHAVIOURS, find_picture
from newsarchive.sources import get_source

HUGE = 100_000
"""Entries of the feed that is too long."""

BOMB_MEBIBYTES = 128
"""What the gzip bomb of half a megabyte becomes: more than a crawl takes."""

_LEVER = "/replica/misbehave"
_ITEM = re.compile(rb"[ \t]*<item>.*?</item>\s*", re.DOTALL)
_GUID = re.compile(rb"<guid[^>]*>[^<]*?(\d+)</guid>")
_TEXT = re.compile(rb"<!\[CDATA\[.*?\]\]>", re.DOTALL)
_HOUR = timedelta(hours=1)
_PAUSE_S = 0.5


@dataclass(frozen=True, slots=True)
class Poll:
    """One request for a feed, and what would be the right answer."""

    request: Request
    right: Response
    number: int  # of this feed since it began to misbehave, from 0
    neighbour: Response  # the right answer for the next feed of the catalogue

    def body(self, body: bytes) -> Response:
        """Return the right answer with another body, and no validators."""
        kept = {name: self.right.headers[name] for name in ("Content-Type", "Cache-Control")}
        return Response(HTTPStatus.OK, kept, body)

    def items(self, change: Callable[[bytes], bytes]) -> Response:
        """Return the right answer with each of its items changed."""
        return self.body(_ITEM.sub(lambda item: change(item[0]), self.right.body))

    def condition(self, name: str) -> str | None:
        """Return what the client knows already, as it says in a header."""
        return self.request.headers.get(name)


class Misbehaviour:
    """Which feeds and pictures misbehave, and how; none at first."""

    def __init__(self) -> None:
        self._slugs = [feed.slug for feed in get_source("nos").feeds]
        self._chosen: dict[str, str] = {}
        self._polls: Counter[str] = Counter()

    def begin(self, name: str, feed: str | None = None) -> None:
        """Have `feed` (all of them where it is None) misbehave; raise UsageError for no such.

        A `feed` that begins with a slash is the beginning of the paths of pictures.
        """
        is_path = feed is not None and feed.startswith("/")
        names = PICTURE_MISBEHAVIOURS if is_path else MISBEHAVIOURS
        if name not in names:
            known = ", ".join(names)
            raise UsageError(f"Unknown misbehaviour {name!r}. Known misbehaviours: {known}.")
        if feed is not None and not is_path and feed not in self._slugs:
            raise UsageError(f"Unknown feed {feed!r}. Known feeds: {', '.join(self._slugs)}.")
        self._polls.clear()
        self._chosen |= dict.fromkeys(self._slugs if feed is None else [feed], name)

    def end(self) -> None:
        """Have every feed behave again."""
        self._chosen.clear()

    def answer(self, request: Request, respond: Callable[[Request], Response]) -> Response:
        """Return the answer to `request`, where `respond` gives the right one."""
        path = urlsplit(request.path).path
        slug = path.removeprefix("/")
        if path == _LEVER and request.method == "POST":
            return self._pull(parse_qs(urlsplit(request.path).query))
        name = self._chosen.get(slug)
        if name is None:
            return self._picture(path, respond(request))
        number = self._polls[slug]
        self._polls[slug] += 1
        following = self._slugs[(self._slugs.index(slug) + 1) % len(self._slugs)]
        right, neighbour = (respond(Request("GET", f"/{s}", {})) for s in (slug, following))
        return MISBEHAVIOURS[name](Poll(request, right, number, neighbour))

    def _picture(self, path: str, right: Response) -> Response:
        """Return the answer for what is no feed: the right one but for a picture that was named."""
        chosen = (name for start, name in self._chosen.items() if path.startswith(start))
        name = next(chosen, None) if find_picture(path) else None
        return PICTURE_MISBEHAVIOURS[name](right) if name else right

    def _pull(self, query: Mapping[str, list[str]]) -> Response:
        """Return where things stand once the lever was pulled."""
        try:
            if "name" in query:
                self.begin(query["name"][0], query["feed"][0] if "feed" in query else None)
            else:
                self.end()
        except UsageError as error:
            return Response(HTTPStatus.BAD_REQUEST, {"Content-Type": "text/plain"}, b"%a" % error)
        body = json.dumps(self._chosen, indent=1).encode() + b"\n"
        return Response(HTTPStatus.OK, {"Content-Type": "application/json"}, body)


def _server_error(_poll: Poll) -> Response:
    return Response(HTTPStatus.INTERNAL_SERVER_ERROR, {"Content-Type": "text/html"}, b"Storing")


def _too_many_requests(_poll: Poll) -> Response:
    return Response(HTTPStatus.TOO_MANY_REQUESTS, {"Retry-After": "3600"})


def _too_many_requests_until(_poll: Poll) -> Response:
    moment = format_datetime(datetime.now(UTC) + _HOUR, usegmt=True)
    return Response(HTTPStatus.TOO_MANY_REQUESTS, {"Retry-After": moment})


def _slow(poll: Poll) -> Response:
    def trickle() -> Iterator[bytes]:
        never = Event()
        for place in range(0, len(poll.right.body), 100):
            yield poll.right.body[place : place + 100]
            never.wait(_PAUSE_S)

    return poll.body(b"")._replace(stream=trickle())


def _endless(poll: Poll) -> Response:
    def pour() -> Iterator[bytes]:
        items = _ITEM.findall(poll.right.body) or [b"<item/>"]
        while True:
            yield from items

    return poll.body(poll.right.body.partition(b"<item>")[0])._replace(stream=pour())


def _truncated(poll: Poll) -> Response:
    """Break off in the middle of what was announced."""
    body = poll.right.body
    headers = {**poll.right.headers, "Content-Length": str(len(body))}
    return Response(HTTPStatus.OK, headers, stream=iter([body[: len(body) // 2]]))


def _half(poll: Poll) -> Response:
    """Announce no more than is sent: HTTP has no complaint."""
    return poll.body(poll.right.body[: len(poll.right.body) // 2])


def _html(poll: Poll) -> Response:
    page = b"<!DOCTYPE html><html><head><title>Even geduld</title></head><body>Onderhoud</body>"
    return poll.body(page)


def _wrong_charset(poll: Poll) -> Response:
    """Send Windows-1252 and call it UTF-8."""
    return poll.body(poll.right.body.decode().encode("cp1252", "replace"))


def _lying_304(poll: Poll) -> Response:
    is_conditional = poll.condition("If-None-Match") or poll.condition("If-Modified-Since")
    return Response(HTTPStatus.NOT_MODIFIED, {}) if is_conditional else poll.right


def _unasked_304(_poll: Poll) -> Response:
    return Response(HTTPStatus.NOT_MODIFIED, {})


def _frozen_etag(poll: Poll) -> Response:
    if poll.condition("If-None-Match") == '"frozen"':
        return Response(HTTPStatus.NOT_MODIFIED, {"ETag": '"frozen"'})
    right = poll.body(poll.right.body)
    return right._replace(headers={**right.headers, "ETag": '"frozen"'})


def _changed_guids(poll: Poll) -> Response:
    return poll.items(
        lambda item: _GUID.sub(rb'<guid isPermaLink="false">tag:nos.nl,2026:\1</guid>', item)
    )


def _bare_entries(poll: Poll) -> Response:
    bare = re.compile(rb"<(guid|pubDate)\b[^>]*>[^<]*</\1>")
    return poll.items(lambda item: bare.sub(b"", item))


def _future_dates(poll: Poll) -> Response:
    year = re.compile(rb"(<pubDate>[^<]*?)(\d{4})")
    return poll.items(
        lambda item: year.sub(lambda found: found[1] + b"%d" % (int(found[2]) + 1), item)
    )


def _wandering_entry(poll: Poll) -> Response:
    """At every second poll, show the neighbour's first entry in place of the own one."""
    others = _ITEM.findall(poll.neighbour.body)
    if poll.number % 2 == 0 or not others:
        return poll.body(poll.right.body)
    return poll.body(_ITEM.sub(lambda _: others[0], poll.right.body, count=1))


def _huge(poll: Poll) -> Response:
    more = b"".join(
        b"<item><title>Bericht %d</title><link>https://nos.nl/l/%d</link>"
        b"<description><![CDATA[<p>Uit het archief: bericht %d.</p>]]></description>"
        b'<guid isPermaLink="true">https://nos.nl/l/%d</guid></item>\n' % (n, n, n, n)
        for n in range(1_000_000, 1_000_000 + HUGE - len(_ITEM.findall(poll.right.body)))
    )
    long = poll.body(poll.right.body.replace(b"</channel>", more + b"</channel>"))
    return long._replace(headers={**long.headers, "ETag": '"huge"'})


def _duplicates(poll: Poll) -> Response:
    return poll.items(lambda item: item * 2)


def _contradictions(poll: Poll) -> Response:
    """List the first entry twice, with two texts."""
    first = _ITEM.search(poll.right.body)
    if first is None:
        return poll.right
    other = re.sub(rb"<description>.*</description>", _OTHER_TEXT, first[0], flags=re.DOTALL)
    return poll.body(poll.right.body.replace(first[0], first[0] + other))


_OTHER_TEXT = b"<description><![CDATA[<p>Het was anders.</p>]]></description>"


def _nul_bytes(poll: Poll) -> Response:
    return poll.items(lambda item: _TEXT.sub(lambda text: text[0].replace(b" ", b"\0 "), item))


def _entity_bomb(poll: Poll) -> Response:
    """Send the billion laughs, which are three gigabytes when expanded."""
    levels = ['<!ENTITY a0 "ha">']
    levels += [f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9)]
    item = "<item><title>&a9;</title><link>https://nos.nl/l/1000000</link></item>"
    head = f'<?xml version="1.0"?><!DOCTYPE rss [{"".join(levels)}]>'
    return poll.body(f'{head}<rss version="2.0"><channel>{item}</channel></rss>'.encode())


def _gzip_bomb(poll: Poll) -> Response:
    bomb = poll.body(_compressed_nothing())
    return bomb._replace(headers={**bomb.headers, "Content-Encoding": "gzip"})


@cache
def _compressed_nothing() -> bytes:
    compressor = zlib.compressobj(level=1, wbits=31)  # gzip's format
    pieces = [compressor.compress(bytes(2**20)) for _ in range(BOMB_MEBIBYTES)]
    return b"".join([*pieces, compressor.flush()])


MISBEHAVIOURS: dict[str, Callable[[Poll], Response]] = {
    "500": _server_error,
    "429": _too_many_requests,
    "429-until": _too_many_requests_until,
    "slow": _slow,
    "endless": _endless,
    "truncated": _truncated,
    "half": _half,
    "html": _html,
    "wrong-charset": _wrong_charset,
    "lying-304": _lying_304,
    "unasked-304": _unasked_304,
    "frozen-etag": _frozen_etag,
    "changed-guids": _changed_guids,
    "bare-entries": _bare_entries,
    "future-dates": _future_dates,
    "wandering-entry": _wandering_entry,
    "huge": _huge,
    "duplicates": _duplicates,
    "contradictions": _contradictions,
    "nul-bytes": _nul_bytes,
    "entity-bomb": _entity_bomb,
    "gzip-bomb": _gzip_bomb,
}
