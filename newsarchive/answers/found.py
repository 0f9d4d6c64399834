"""What an answer comes to that was found in a WARC file, and not asked for by us.

It is a witness of what a feed or page said at its time, and nothing more: no poll and no look,
so that it changes neither what the archive knows of a server nor when it asks again.
"""

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from newsarchive.answers.base import Answer, Site
from newsarchive.answers.feeds import read_feed_answer
from newsarchive.answers.pages import PageQuestion, read_page_answer
from newsarchive.exceptions import IdentityError, ParseError
from newsarchive.extraction import Extractor
from newsarchive.identity import identify
from newsarchive.items import Document, Quarantined
from newsarchive.model import Capture, Feed, FeedState, Identity, PageState, Stage

Subject = Feed | Identity
"""What an address is of: a feed of the catalogue, or an article."""


def find_subject(url: str, site: Site, feeds_url: str | None) -> Subject | None:
    """Return of which feed or article of the site's source `url` is; None for all else.

    Feeds are found at their own addresses, and at `feeds_url` in place of their host's.
    """
    try:
        place = _place(url)
    except ValueError:  # brackets without an IPv6 address
        return None
    for feed in site.source.feeds:
        if feed.url is not None and place in _places(feed, feeds_url):
            return feed
    try:
        return identify(
            source=site.source, guid=None, link=site.published(url), site_url=site.base_url
        )
    except IdentityError:
        return None


def read_found(
    answer: Answer, subject: Subject, site: Site, rules: Sequence[Extractor]
) -> Document:
    """Return what an answer of status 200 says of its subject, which may be nothing."""
    if isinstance(subject, Feed):
        document = read_feed_answer(answer, FeedState(0, subject), conditional=False)
        return replace(document, poll=None)
    state = PageState(0, subject)
    question = PageQuestion(state, site, rules, conditional=False, asked=(answer.url,))
    found = read_page_answer(question, answer)
    assert isinstance(found, Document), "only a redirect leads to another question"
    return replace(found, looks=())


def refuse_found(site: Site, capture: Capture, error: ParseError) -> Document:
    """Return what a found answer comes to whose body cannot be read."""
    at = capture.captured_at
    failed = Quarantined(Stage.PARSE, str(error), capture.url, None, at, capture)
    return Document(site.source.name, quarantined=[failed], captures=[capture])


def _place(url: str) -> tuple[str, str]:
    """Return what two addresses of one feed have in common, whatever their scheme and query."""
    try:
        parts = urlsplit(url)
    except ValueError:  # such as http://[email protected]
        return "", ""
    return parts.netloc.lower(), parts.path.strip("/").lower()


def _places(feed: Feed, feeds_url: str | None) -> set[tuple[str, str]]:
    places = {_place(feed.url or "")}
    if feeds_url is not None:
        places.add(_place(f"{feeds_url}/{feed.slug}"))
    return places
