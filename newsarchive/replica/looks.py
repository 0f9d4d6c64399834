"""What an archive must hold of the pages, and when it looks at them: the rule, said once more.

The rule is the crawler's, stated here on its own so that the two can be compared.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from newsarchive.model import Kind
from newsarchive.replica.articles import PageText, read_article
from newsarchive.replica.composition import kind_of
from newsarchive.replica.documents import external_id
from newsarchive.replica.drafts import Draft, Service
from newsarchive.replica.scenario import Newsroom, Text, article_of, compose, read

_AFTER_CHANGE = tuple(timedelta(hours=hours) for hours in (1, 6, 24, 72, 168, 720))
_AFTER_GONE = (timedelta(hours=6), timedelta(days=1))
_GONE = frozenset({Service.NOT_FOUND, Service.GONE, Service.HOME, Service.LISTING})
_LOOKS_TO_CONFIRM = 3
_TIME_TO_CONFIRM = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class PageTruth:
    """What an archive must hold of the page of one article."""

    external_id: str
    kind: Kind
    revisions: tuple[PageText, ...]  # in order; one that comes back is there twice
    gone_at: datetime | None  # since when it is gone, if it is so in the end
    withdrawn_at: datetime | None  # the look that `withdrawn_at` names, if it is withdrawn then


@dataclass(slots=True)
class _Watch:
    """What a crawler keeps of one article from look to look."""

    draft: Draft | None = None  # as the feeds had it last
    told: Text | None = None  # what a reader saw of that
    changed_at: datetime | None = None
    due_at: datetime | None = None  # None: no further look
    revisions: list[PageText] = field(default_factory=list)
    gone_looks: list[datetime] = field(default_factory=list)

    @property
    def withdrawn_at(self) -> datetime | None:
        if len(self.gone_looks) < _LOOKS_TO_CONFIRM:
            return None
        first, *_, last = self.gone_looks
        return first if last - first >= _TIME_TO_CONFIRM else None


def expected_pages(
    states: Iterable[Newsroom],
    *,
    is_every_page_read: bool = False,
    retry_after: timedelta | None = timedelta(hours=1),
) -> dict[str, PageTruth]:
    """Return what an archive must hold of every page, by external id, that crawled every state.

    A crawl polls all feeds and then looks at the pages that are due: at once when an article is
    new or changed in a feed; then 1 h, 6 h, 1 d, 3 d, 7 d and 30 d after the last change, in feed
    or page; after a look that finds it gone (404, 410, redirected to a front) 6 h later, and
    then day by day, until it counts as withdrawn, which is a change; `retry_after` a look that
    came to nothing, or when the page is due anyway. With `is_every_page_read`, every crawl looks
    at every page.

    An article is withdrawn when at least 3 looks in a row, 48 hours or more from first to last,
    found it gone: since the first of them. Looks that came to nothing do not break the row.
    """
    watches: dict[int, _Watch] = {}
    gone_at: dict[int, datetime] = {}
    newsroom = None
    for newsroom in states:
        listed = {d for feed in newsroom.feeds for d in newsroom.entries(feed.slug)}
        for number, draft in newsroom.drafts.items():
            watch = watches.setdefault(number, _Watch())
            if draft in listed and draft != watch.draft:
                _poll(newsroom, draft, watch)
            if is_every_page_read or (watch.due_at and watch.due_at <= newsroom.at):
                _look(newsroom, number, watch, retry_after)
        gone_at = {n: gone_at.get(n, newsroom.at) for n in _gone(newsroom)}
    if newsroom is None:
        return {}
    truths = (_truth(newsroom, n, watch, gone_at.get(n)) for n, watch in watches.items())
    return {truth.external_id: truth for truth in truths}


def _gone(newsroom: Newsroom) -> Iterator[int]:
    return (n for n in newsroom.drafts if newsroom.page(n).service in _GONE)


def _truth(newsroom: Newsroom, number: int, watch: _Watch, gone_at: datetime | None) -> PageTruth:
    return PageTruth(
        external_id=external_id(newsroom.desk, number),
        kind=kind_of(number),
        revisions=tuple(watch.revisions),
        gone_at=gone_at,
        withdrawn_at=watch.withdrawn_at,
    )


def _poll(newsroom: Newsroom, draft: Draft, watch: _Watch) -> None:
    told = read(compose(newsroom.desk, draft))
    watch.draft = draft
    if told != watch.told:
        watch.told = told
        watch.changed_at = watch.due_at = newsroom.at


def _look(newsroom: Newsroom, number: int, watch: _Watch, retry_after: timedelta | None) -> None:
    service, at = newsroom.service(number), newsroom.at
    if service in _GONE:
        watch.gone_looks.append(at)
        watch.due_at = at + _AFTER_GONE[min(len(watch.gone_looks), len(_AFTER_GONE)) - 1]
        if watch.withdrawn_at:
            watch.due_at = _next_look(watch.withdrawn_at, at)
    elif service is Service.WHOLE:
        _see(watch, read_article(article_of(newsroom, number)), at)
    else:
        watch.due_at = at + retry_after if retry_after else _next_look(watch.changed_at, at)


def _see(watch: _Watch, seen: PageText, at: datetime) -> None:
    is_new = watch.revisions[-1:] != [seen]
    if is_new:
        watch.revisions.append(seen)
    if is_new or watch.withdrawn_at:
        watch.changed_at = at
    watch.gone_looks.clear()
    watch.due_at = _next_look(watch.changed_at, at)


def _next_look(changed_at: datetime | None, now: datetime) -> datetime | None:
    if changed_at is None:
        return None
    return next((at for wait in _AFTER_CHANGE if (at := changed_at + wait) > now), None)
