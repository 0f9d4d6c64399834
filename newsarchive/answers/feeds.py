"""What an answer to a poll of a feed comes to: one Document, whatever it is."""

from dataclasses import replace
from typing import TYPE_CHECKING

from newsarchive.answers.base import Answer
from newsarchive.exceptions import ParseError
from newsarchive.feeds import pace, polling
from newsarchive.items import Document, Poll, Quarantined
from newsarchive.model import Capture, Entry, Feed, FeedState, Kind, Observation, Origin, Stage

if TYPE_CHECKING:
    from newsarchive.feeds.parser import ParsedFeed, RejectedEntry

OK, NOT_MODIFIED = 200, 304


def read_feed_answer(answer: Answer, state: FeedState, *, conditional: bool) -> Document:
    """Return the document of a poll that was answered with `answer`."""
    source = state.feed.source
    if answer.status == NOT_MODIFIED and conditional:
        wish = pace.read_wish(answer.headers)
        poll = Poll(state, answer.received_at, NOT_MODIFIED, conditional=conditional, wish=wish)
        return Document(source, poll=poll)
    if answer.status != OK:
        retry_after = answer.headers.get("retry-after")
        poll = Poll(
            state,
            answer.received_at,
            answer.status,
            error=f"HTTP {answer.status}",
            retry_after_at=polling.parse_retry_after(retry_after, answer.received_at),
        )
        return Document(source, captures=answer.captures, poll=poll)
    if state.feed.kind is Kind.CORRECTION:
        return _read_corrections(answer, state, conditional=conditional)
    from newsarchive.feeds.parser import parse_feed  # noqa: PLC0415 - a 304 needs none of it

    try:
        parsed = parse_feed(answer.body, answer.headers.get("content-type"))
    except ParseError as error:
        return _unreadable(answer, state, error)
    return _read(answer, state, parsed, conditional=conditional)


def _read_corrections(answer: Answer, state: FeedState, *, conditional: bool) -> Document:
    """Return the corrections on a page that is polled as a feed is."""
    from newsarchive.answers.corrections import observe_corrections  # noqa: PLC0415 - as below

    try:
        observations = observe_corrections(answer, state.feed)
    except ParseError as error:
        return _unreadable(answer, state, error)
    poll = _poll(answer, state, conditional=conditional)
    return Document(state.feed.source, observations, captures=answer.captures, poll=poll)


def _poll(
    answer: Answer,
    state: FeedState,
    *,
    conditional: bool,
    title: str | None = None,
    ttl: str | None = None,
) -> Poll:
    return Poll(
        state,
        answer.captures[-1].captured_at,
        OK,
        validators=polling.read_validators(answer.headers),
        conditional=conditional,
        title=title,
        wish=pace.read_wish(answer.headers, pace.parse_ttl(ttl)),
    )


def _read(answer: Answer, state: FeedState, parsed: "ParsedFeed", *, conditional: bool) -> Document:
    capture = answer.captures[-1]
    poll = _poll(answer, state, conditional=conditional, title=parsed.title, ttl=parsed.ttl)
    if parsed.unread:
        # Its validators would hide what was not read behind a 304.
        poll = replace(poll, validators=None, error=_unread(parsed))
    return Document(
        state.feed.source,
        observations=[_observe(entry, state.feed, capture) for entry in parsed.entries],
        quarantined=[_reject(rejected, answer.url, capture) for rejected in parsed.rejected],
        captures=answer.captures,
        poll=poll,
    )


def _unread(parsed: "ParsedFeed") -> str:
    """Say that a feed is too long to be read to its end; the capture has all of it."""
    return f"{parsed.unread:,} entries behind the first {len(parsed.entries):,} were not read"


def _unreadable(answer: Answer, state: FeedState, error: ParseError) -> Document:
    capture = answer.captures[-1]
    failed = Quarantined(Stage.PARSE, str(error), capture.url, None, capture.captured_at, capture)
    poll = Poll(state, capture.captured_at, OK, error=str(error))
    return Document(state.feed.source, quarantined=[failed], captures=answer.captures, poll=poll)


def _observe(entry: Entry, feed: Feed, capture: Capture) -> Observation:
    return Observation(
        origin=Origin.FEED,
        captured_at=capture.captured_at,
        title=entry.title,
        html=entry.body,
        guid=entry.guid,
        link=entry.link,
        original_link=entry.original_link,
        feed=feed.slug,
        category=feed.category,
        published_at=entry.published_at,
        image_url=entry.image_url,
        kind=feed.kind,
        capture=capture,
    )


def _reject(rejected: "RejectedEntry", url: str, capture: Capture) -> Quarantined:
    return Quarantined(
        Stage.PARSE, rejected.error, url, rejected.payload, capture.captured_at, capture
    )
