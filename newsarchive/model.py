"""The values that travel through newsarchive: frozen, without behaviour, without I/O.

All times are aware. All digests are written `sha256:<hex>`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum


class Kind(StrEnum):
    """What sort of work an article is (schema.org's word for all of them)."""

    ARTICLE = "article"
    CORRECTION = "correction"  # of the Herstelrubriek
    LIVEBLOG = "liveblog"
    LIVESTREAM = "livestream"
    VIDEO = "video"


class Origin(StrEnum):
    """Where the body of a revision was read. Revisions are compared within one origin only."""

    FEED = "feed"
    PAGE = "page"
    IMPORT = "import"


class Stage(StrEnum):
    """Where a document or entry failed on its way into the archive."""

    FETCH = "fetch"
    PARSE = "parse"
    EXTRACT = "extract"
    REPAIR = "repair"
    STRIP = "strip"
    SANITISE = "sanitise"
    IDENTIFY = "identify"
    STORE = "store"


class LookOutcome(StrEnum):
    """What looking at an article's page came to."""

    READ = "read"  # the article itself, whether or not it had changed
    NOT_MODIFIED = "not modified"  # 304
    GONE = "gone"  # 404 or 410
    HOME = "home"  # redirected to a front page
    OTHER = "other"  # another article than was asked for
    ELSEWHERE = "elsewhere"  # redirected to an address that is none of the publisher's
    CONSENT = "consent"  # a wall that asks for cookies
    CAPTCHA = "captcha"
    SOFT_404 = "soft 404"  # "not found", said with status 200
    ERROR_PAGE = "error page"  # "something went wrong", said with status 200
    UNKNOWN_FORM = "unknown form"  # a page that no rule knows
    INCOMPLETE = "incomplete"  # a form that is known, without a field that it must have
    FAILED = "failed"  # no answer, or one of no use (5xx, 429, a loop of redirects)
    UNRENDERED = "unrendered"  # its script must be run, and there was no renderer to run it


class Media(StrEnum):
    """Which pictures are kept; each of them includes those before it."""

    NONE = "none"
    FEATURE = "feature"  # an article's own
    ALL = "all"  # those among its text too


class Render(StrEnum):
    """Which pages have their script run before they are read."""

    NONE = "none"
    AUTO = "auto"  # those whose body comes by script alone
    ALWAYS = "always"


class WithholdingAction(StrEnum):
    """What a person decided about showing an article."""

    WITHHOLD = "withhold"
    LIFT = "lift"  # show it again


class OutageKind(StrEnum):
    """Why a feed was not seen for a time."""

    UNREACHABLE = "unreachable"  # asked, and it gave no feed: its reason says what instead
    OFFLINE = "offline"  # asked, and nothing could be reached at all: ours, not the feed's
    NOT_POLLED = "not polled"  # nobody asked
    NO_OVERLAP = "no overlap"  # asked in time, and all that it had shown was gone already


class Outcome(StrEnum):
    """How a crawl run ended."""

    FINISHED = "finished"  # everything that was asked for was done
    FAILED = "failed"  # it ran to its end, but something failed: see its counters
    UNREACHABLE = "unreachable"  # not one document could be fetched
    INTERRUPTED = "interrupted"  # stopped by a signal or by the operator
    ABANDONED = "abandoned"  # its process died; a later run found its lease


@dataclass(frozen=True, slots=True)
class Feed:
    """One feed of a source, a fact about the publisher."""

    source: str
    slug: str
    category: str
    url: str | None  # the publisher's own; None where there is nothing to poll (imports)
    position: int  # order in the catalogue: the lower, the more specific
    kind: Kind = Kind.ARTICLE  # of its entries, where their links do not tell
    enabled: bool = True  # polled when no categories are named
    has_pages: bool = True  # the pages behind its entries are fetched too


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave to ask conditionally with (RFC 9110, 8.8), verbatim; from one 200."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """Which article a link or guid means."""

    source: str
    external_id: str
    kind: Kind
    url: str  # canonical (RFC 6596)


@dataclass(frozen=True, slots=True)
class Capture:
    """One recorded HTTP exchange, or one recorded file, and its place in a WARC."""

    url: str  # the URL fetched
    captured_at: datetime
    payload_digest: str
    warc_file: str  # relative to the data folder, with forward slashes
    warc_offset: int
    warc_length: int  # bytes of one whole record: one gzip member
    status: int | None = None  # None for a file
    content_type: str | None = None


@dataclass(frozen=True, slots=True)
class Rendering:
    """What a renderer tells of a page, beside the HTML that it had in the end."""

    renderer: str  # `splash` or `playwright`
    engine: str  # with its version
    status: int  # the page's own
    headers: Mapping[str, str]  # the page's own, names in lower case
    requests: int  # to the page's host, that for the page itself included
    arguments: Mapping[str, object]  # JSON values: what it was told


@dataclass(frozen=True, slots=True)
class MediaFile:
    """One picture's bytes, stored once by their digest."""

    digest: str
    content_type: str  # as its bytes tell
    size_bytes: int
    width: int
    height: int
    path: str  # relative to the data folder, with forward slashes
    url: str  # the publisher's address at which it was found first


@dataclass(frozen=True, slots=True)
class FeedState:
    """What the archive knows of a feed before it is polled."""

    id: int
    feed: Feed
    validators: Validators = Validators()
    conditional_polls: int = 0  # conditional polls since the last unconditional one
    consecutive_failures: int = 0
    retry_after_at: datetime | None = None  # the server asked not to come before
    last_capture: Capture | None = None  # of its last 200, for a WARC revisit
    last_polled_at: datetime | None = None
    last_error: str | None = None  # of the last poll; None: that was a good one
    next_poll_at: datetime | None = None  # when it is due by our own plan
    interval: timedelta | None = None  # from one good poll to the next, as planned last


@dataclass(frozen=True, slots=True)
class PageState:
    """What the archive knows of an article's page before it is looked at."""

    article_id: int
    identity: Identity
    etag: str | None = None  # of the page as it was read last
    conditional_looks: int = 0  # since the last unconditional one
    last_capture: Capture | None = None  # of the page as it was read last, for a WARC revisit


@dataclass(frozen=True, slots=True)
class Entry:
    """One feed's mention of an article, exactly as the feed delivers it, uncleaned."""

    guid: str | None
    link: str | None
    original_link: str | None  # feedburner:origLink
    title: str
    body: str  # HTML, or text without tags
    published_at: datetime | None
    image_url: str | None  # the enclosure's
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Update:
    """One update of a liveblog, in the order of the page."""

    update_id: str  # the publisher's own, unique within the liveblog
    title: str
    html: str
    published_at: datetime | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Observation:
    """What one document said of one article at one moment.

    A spider makes it with the publisher's `title` and `html` as they came; each pipeline
    passes on a cleaner copy; store finds what it means.
    """

    origin: Origin
    captured_at: datetime  # when it stood so; the file's own date for an import
    title: str
    html: str
    guid: str | None = None
    link: str | None = None  # as delivered
    original_link: str | None = None
    feed: str | None = None  # slug
    category: str | None = None  # of an import: names the feed where `feed` does not
    published_at: datetime | None = None
    modified_at: datetime | None = None
    image_url: str | None = None
    kind: Kind = Kind.ARTICLE  # of the feed
    text: str = ""
    word_count: int = 0
    content_digest: str = ""
    imported_at: datetime | None = None
    capture: Capture | None = None
    identity: Identity | None = None
    metadata: Mapping[str, object] = field(default_factory=dict)
    updates: Sequence[Update] = ()  # of a liveblog's page; its `html` has them too
    corrects: Sequence[str] = ()  # external ids of the articles that a correction names
    is_lossy: bool = False  # an import that is known to lack structure (headings, links)


@dataclass(frozen=True, slots=True)
class Revision:
    """One distinct state of an article's content, as the archive holds it."""

    id: int
    article_id: int
    origin: Origin
    number: int
    title: str
    html: str
    text: str
    word_count: int
    content_digest: str
    digest_rule: int
    observed_at: datetime
    image_url: str | None = None
    published_at: datetime | None = None
    modified_at: datetime | None = None
    imported_at: datetime | None = None
    capture_id: int | None = None
    crawl_run_id: int | None = None
    metadata: Mapping[str, object] = field(default_factory=dict)
    is_lossy: bool = False


@dataclass(frozen=True, slots=True)
class Article:
    """An article with its current rendition: one row of the view `current_articles`."""

    article_id: int
    source: str
    external_id: str
    kind: Kind
    url: str
    title: str
    html: str
    text: str
    word_count: int
    category: str | None
    categories: str | None
    image_url: str | None
    published_at: datetime | None
    published_on: date | None
    modified_at: datetime | None
    first_seen_at: datetime
    last_seen_at: datetime
    revision_count: int
    origin: Origin
    number: int
    observed_at: datetime
    capture_id: int | None
    withdrawn_at: datetime | None
    near_duplicate_of: int | None
    link: str | None = None  # as delivered by the feed of `category`, where it was asked for


@dataclass(frozen=True, slots=True)
class Change:
    """One revision after its origin's first: a row of the view `changes`, and whose it is."""

    article_id: int
    external_id: str
    origin: Origin
    number: int
    observed_at: datetime
    old_title: str
    new_title: str
    old_text: str
    new_text: str
    is_silent: bool | None
    source: str
    url: str  # of the article, canonical
    category: str | None  # of the article, as it is now


@dataclass(frozen=True, slots=True)
class Withholding:
    """One decision of a person about showing an article."""

    source: str
    external_id: str
    action: WithholdingAction
    reason: str
    decided_at: datetime
    decided_by: str  # as the deciding process was known: `login@host`
