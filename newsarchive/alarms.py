"""When somebody must look: figures of an archive → the alarms that stand.

Each condition is a function of figures; what changed against the alarms that stood before is what
anybody is told. Pure: the time is a figure.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

GIBIBYTE = 2**30

FAILURES = 3
"""Failures of a feed in a row."""

UNMODIFIED = 20
"""Conditional polls of which none told anything, while unconditional ones did."""

NEWS_BEHIND = 2
"""Unconditional polls with news: one alone may be chance."""

SHORT = 0.5
"""Today's articles, by their median length, against those of the month."""

FEWEST_TEXTS, FEWEST_USUAL_TEXTS = 20, 100
"""Articles that it takes to speak of today's length, and of the month's."""

MASS = 0.3
"""The share of pages that changed, or could not be read, in one run: a redesign, not news."""

FEWEST_LOOKS = 20
"""Looks that it takes to speak of a share."""

LOW_DISK_BYTES, ENOUGH_DISK_BYTES = 2 * GIBIBYTE, 3 * GIBIBYTE
"""Where the alarm is raised, and where it is cleared."""

OVERDUE = timedelta(hours=2)
"""How long a crawl may be late."""

JOB_OVERDUE = timedelta(days=1)
"""How long any other job may be late."""

DAMAGE = 5
"""The exit code of `newsarchive verify` for damage."""

_HTML = "an HTML page"


class AlarmKind(StrEnum):
    """What an alarm is about."""

    FEED_QUIET = "feed quiet"  # it says nothing new for longer than it ever did
    FEED_FAILING = "feed failing"
    HTML_FOR_FEED = "html for feed"
    FEED_FROZEN = "feed frozen"  # its server denies changes that there are
    TEXTS_SHORT = "texts short"
    MASS_CHANGE = "mass change"
    PAGES_UNREADABLE = "pages unreadable"
    SOURCE_UNREACHABLE = "source unreachable"
    CRAWL_OVERDUE = "crawl overdue"
    JOB_OVERDUE = "job overdue"
    DAMAGE = "damage"
    DISK_FULL = "disk full"


@dataclass(frozen=True, slots=True)
class FeedFigures:
    """How one feed answers."""

    source: str
    slug: str
    health: str = "well"
    consecutive_failures: int = 0
    last_error: str | None = None
    last_polled_at: datetime | None = None
    last_success_at: datetime | None = None
    last_changed_at: datetime | None = None
    interval_s: float | None = None  # from one poll to the next, as planned
    overlap: float | None = None  # of its last good poll
    # In the last days: conditional polls that told nothing and something; unconditional with news.
    unmodified: int = 0
    modified: int = 0
    news_behind: int = 0


@dataclass(frozen=True, slots=True)
class SourceFigures:
    """How a source is crawled, and how its pages read."""

    name: str
    is_offline: bool = False  # nothing of it could be reached at all, and still cannot
    last_outcome: str | None = None  # of its last crawl run that ended
    last_started_at: datetime | None = None
    due_at: datetime | None = None  # of the feed that is due longest or next
    pages_due: int = 0
    words: float = 0  # the median of articles first read in the last day …
    articles: int = 0  # … and their number
    usual_words: float = 0  # of those of the 30 days before
    usual_articles: int = 0
    looks: int = 0  # in the last run that looked at a fair number of pages
    looks_again: int = 0  # of these at pages that were read before
    changed: int = 0  # of these with other content
    unreadable: int = 0  # looks at pages of no form that is known


@dataclass(frozen=True, slots=True)
class JobFigures:
    """What the schedule did of one of its jobs."""

    name: str
    command: str
    started_at: datetime | None = None
    finished_at: datetime | None = None
    exit_code: int | None = None
    due_at: datetime | None = None  # None: not in the plan any more, or a crawl


@dataclass(frozen=True, slots=True)
class Figures:
    """How an archive does at one moment."""

    at: datetime
    feeds: Sequence[FeedFigures] = ()
    sources: Sequence[SourceFigures] = ()
    jobs: Sequence[JobFigures] = ()
    free_bytes: int | None = None  # on the disk of the data folder


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that somebody must look at; `kind` and `subject` say which one it is."""

    kind: AlarmKind
    subject: str
    message: str

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from every other alarm that may stand beside it."""
        return (self.kind, self.subject)


def find_alarms(figures: Figures, standing: Collection[tuple[str, str]] = ()) -> list[Alarm]:
    """Return the alarms that these figures are reason for.

    `standing` has the keys of those that stood before: a disk that fills and empties around one
    limit would else ring for ever.
    """
    found = [alarm for feed in figures.feeds for alarm in _of_feed(feed)]
    for source in figures.sources:
        found += _of_source(source, figures.at)
    for job in figures.jobs:
        found += _of_job(job, figures.at)
    return [*found, *_of_disk(figures.free_bytes, standing)]


def split(
    found: Iterable[Alarm], standing: Collection[tuple[str, str]]
) -> tuple[list[Alarm], set[tuple[str, str]]]:
    """Return which alarms are to be raised, and the keys of those that are over."""
    by_key = {alarm.key: alarm for alarm in found}
    raised = [alarm for key, alarm in by_key.items() if key not in standing]
    return raised, set(standing) - by_key.keys()


def _of_feed(feed: FeedFigures) -> Iterator[Alarm]:
    subject = f"{feed.source}/{feed.slug}"
    if feed.health == "quiet":
        since = f"{feed.last_changed_at:%Y-%m-%d %H:%M} UTC"
        message = f"nothing new since {since}, which is long for this feed"
        yield Alarm(AlarmKind.FEED_QUIET, subject, message)
    if feed.last_error is not None and _HTML in feed.last_error:
        yield Alarm(AlarmKind.HTML_FOR_FEED, subject, feed.last_error)
    elif feed.consecutive_failures >= FAILURES:
        message = f"{FAILURES} polls or more in a row failed, lastly: {feed.last_error}"
        yield Alarm(AlarmKind.FEED_FAILING, subject, message)
    if feed.unmodified >= UNMODIFIED and not feed.modified and feed.news_behind >= NEWS_BEHIND:
        message = "its server answers 304 while there is news: a validator that never changes"
        yield Alarm(AlarmKind.FEED_FROZEN, subject, message)


def _of_source(source: SourceFigures, at: datetime) -> Iterator[Alarm]:
    name = source.name
    if source.is_offline:
        message = "nothing could be reached; `newsarchive doctor` looks at the way there"
        yield Alarm(AlarmKind.SOURCE_UNREACHABLE, name, message)
    if source.due_at is not None and at - source.due_at > OVERDUE:
        message = f"a feed is due since {source.due_at:%Y-%m-%d %H:%M} UTC, and nobody crawls"
        yield Alarm(AlarmKind.CRAWL_OVERDUE, name, message)
    yield from _of_texts(source)
    if source.looks_again >= FEWEST_LOOKS and source.changed > MASS * source.looks_again:
        message = (
            f"{source.changed} of {source.looks_again} pages changed at once: "
            "the site may have been redesigned"
        )
        yield Alarm(AlarmKind.MASS_CHANGE, name, message)
    if source.looks >= FEWEST_LOOKS and source.unreadable > MASS * source.looks:
        message = f"{source.unreadable} of {source.looks} pages are of no form that is known"
        yield Alarm(AlarmKind.PAGES_UNREADABLE, name, message)


def _of_texts(source: SourceFigures) -> Iterator[Alarm]:
    if source.articles < FEWEST_TEXTS or source.usual_articles < FEWEST_USUAL_TEXTS:
        return
    if source.words < SHORT * source.usual_words:
        message = (
            f"today's articles have {source.words:.0f} words, by their median, and those of the "
            f"month before {source.usual_words:.0f}: is all of the text still found?"
        )
        yield Alarm(AlarmKind.TEXTS_SHORT, source.name, message)


def _of_job(job: JobFigures, at: datetime) -> Iterator[Alarm]:
    if job.exit_code == DAMAGE:
        message = f"`newsarchive {job.command}` found damage; run it again to see where"
        yield Alarm(AlarmKind.DAMAGE, job.name, message)
    if job.due_at is not None and at - job.due_at > JOB_OVERDUE:
        message = f"`newsarchive {job.command}` is due since {job.due_at:%Y-%m-%d %H:%M} UTC"
        yield Alarm(AlarmKind.JOB_OVERDUE, job.name, message)


def _of_disk(free_bytes: int | None, standing: Collection[tuple[str, str]]) -> Iterator[Alarm]:
    stands = (AlarmKind.DISK_FULL, "") in standing
    limit = ENOUGH_DISK_BYTES if stands else LOW_DISK_BYTES
    if free_bytes is not None and free_bytes < limit:
        message = f"{free_bytes / GIBIBYTE:.1f} GiB are left where the archive is"
        yield Alarm(AlarmKind.DISK_FULL, "", message)
