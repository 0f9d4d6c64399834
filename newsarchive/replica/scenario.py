"""What the replica shows, and how that changes step by step: states as values, no I/O, no clock.

A `Newsroom` is one state. A scenario (`script` has them) is a row of named steps, each of which
makes the next state of the one before. `expected_revisions` says what an archive must hold of the
feeds that polled all of them; `looks` says it of the pages.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import NamedTuple

from newsarchive.model import Feed, Kind
from newsarchive.replica import documents
from newsarchive.replica.articles import Article
from newsarchive.replica.composition import make_article
from newsarchive.replica.content import SPORTS
from newsarchive.replica.documents import INTERVAL, MOMENT, Desk, Story
from newsarchive.replica.drafts import Draft, PageDraft, Service
from newsarchive.sources import get_source

WINDOW = 20  # entries in every real NOS feed, from 2020 to 2026
STEP = timedelta(hours=1)  # between one state and the next

_TAG = re.compile(r"<[^>]+>")
_PERCENTAGE = re.compile(r"\d+(?=[ \u00a0]procent)")
_ADDRESS = re.compile(r'<a (data-cke-saved-href="[^"]*" )?href="([^"]*)"')
_GENERAL = frozenset({"algemeen", "sport", "video", "op3"})  # nobody writes for these alone


@dataclass(frozen=True, slots=True)
class Newsroom:
    """All that the replica shows at one moment."""

    desk: Desk
    feeds: tuple[Feed, ...]  # the whole catalogue
    carrying: tuple[Feed, ...]  # those that get articles
    window: int  # entries in a feed, at most
    drafts: Mapping[int, Draft]  # by number
    at: datetime
    step: int = 0
    changed_at: Mapping[str, datetime] = field(default_factory=dict)  # by slug, if it ever did
    pages: Mapping[int, PageDraft] = field(default_factory=dict)  # by number, where it says more
    outage: Service | None = None  # how every page is answered, for as long as it lasts

    def page(self, number: int) -> PageDraft:
        """Return what the page of article `number` says more than its draft."""
        return self.pages.get(number) or PageDraft(number)

    def service(self, number: int) -> Service:
        """Return how the page of article `number` is answered."""
        return self.outage or self.page(number).service

    def entries(self, slug: str) -> list[Draft]:
        """Return what the feed `slug` lists: the newest first."""
        found = (self.drafts[n] for n in sorted(self.drafts, reverse=True))
        return list(islice((draft for draft in found if slug in draft.feeds), self.window))


class Text(NamedTuple):
    """What a reader sees of an article, and what makes a revision."""

    title: str
    paragraphs: tuple[str, ...]  # plain text, headings among them, spaces folded


@dataclass(frozen=True, slots=True)
class Changed:
    """What a step did to one article."""

    external_id: str
    title: str  # as it reads now
    feeds: tuple[str, ...]  # now
    what: tuple[str, ...]  # published, headline, body, cosmetics, feeds
    is_revision: bool  # an archive must hold a new revision of it


@dataclass(frozen=True, slots=True)
class Happened:
    """What one step did."""

    step: int  # from 1
    name: str
    at: str  # ISO 8601
    articles: tuple[Changed, ...]
    pages: tuple[str, ...]  # external ids of those with a page that is no longer what it was


Action = Callable[[Newsroom], Iterable[Draft | PageDraft]]
"""Returns what is new, or takes the place of what has the same number; the time is come already."""


class Step(NamedTuple):
    """One event of a scenario."""

    name: str
    action: Action
    after: timedelta = STEP
    outage: Service | None = None  # until the next step


class Scenario(NamedTuple):
    """What happens, and on which ground."""

    steps: tuple[Step, ...]
    articles: int = 200  # published before it starts, unless asked for otherwise
    interval: timedelta = INTERVAL  # between two articles


def open_newsroom(
    articles: int,
    *,
    seed: int = 1,
    feeds: int | None = None,
    window: int | None = None,
    moment: datetime = MOMENT,
    interval: timedelta = INTERVAL,
) -> Newsroom:
    """Return the first state: `articles` published before `moment`, one in each `interval`.

    The first `feeds` feeds of NOS's catalogue that are on by default get them (None: all), and
    the others stay empty. `window` is the most entries that a feed lists; None means 20, as NOS
    does, or as many as it takes for every article to be in the feed of its category.
    """
    catalogue = tuple(feed for feed in get_source("nos").feeds if feed.kind is not Kind.CORRECTION)
    carrying = [feed for feed in catalogue if feed.enabled][:feeds]
    if feeds is None:
        carrying += [feed for feed in catalogue if not feed.enabled]
    beats = tuple(feed.category for feed in beat_feeds(carrying))
    desk = Desk(beats=beats, seed=seed, moment=moment, interval=interval)
    drafts = {n: Draft(n, feeds_of(desk, carrying, n)) for n in range(-articles, 0)}
    entries = Counter(slug for draft in drafts.values() for slug in draft.feeds)
    return Newsroom(
        desk=desk,
        feeds=catalogue,
        carrying=tuple(carrying),
        window=window or max(WINDOW, *(entries[feed.slug] for feed in beat_feeds(carrying))),
        drafts=drafts,
        at=moment,
    )


def compose(desk: Desk, draft: Draft) -> Story:
    """Return the article that `draft` describes."""
    blocks = documents.body(desk, draft.number, draft.updates)
    if draft.is_corrected:
        blocks = tuple(_PERCENTAGE.sub(_two_more, "\n".join(blocks), count=1).split("\n"))
    if draft.has_hard_spaces:
        blocks = (blocks[0].replace(" ", "\N{NO-BREAK SPACE}", 2), *blocks[1:])
    if draft.has_residue:
        blocks = tuple(_ADDRESS.sub(_other_residue, block) for block in blocks)
    return Story(
        external_id=documents.external_id(desk, draft.number),
        beat=documents.beat_of(desk, draft.number),
        title=documents.headline(desk, draft.number, draft.headline),
        blocks=blocks,
        published_at=documents.published_at(desk, draft.number),
        is_cropped=draft.is_cropped,
    )


def _two_more(percentage: re.Match[str]) -> str:
    return str(int(percentage[0]) + 2)


def _other_residue(link: re.Match[str]) -> str:
    residue = "" if link[1] else f'data-cke-saved-href="{link[2]}" '
    return f'<a {residue}href="{link[2]}"'


def beat_feeds(carrying: Iterable[Feed]) -> list[Feed]:
    """Return the feeds that have articles of their own: one a category that is written for."""
    return [f for f in carrying if f.kind is Kind.ARTICLE and f.category not in _GENERAL]


def feeds_of(desk: Desk, carrying: Sequence[Feed], number: int) -> tuple[str, ...]:
    """Return the slugs of the feeds that article `number` first appears in."""
    turn, place = divmod(number, len(desk.beats))
    beat, share = desk.beats[place], turn + place
    own = next(feed.slug for feed in beat_feeds(carrying) if feed.category == beat)
    is_sport = beat in SPORTS
    also = {
        "sport": is_sport and share % 4 > 0,
        "algemeen": beat != "jeugdjournaal" and share % (6 if is_sport else 3) == 0,
        "op3": beat in {"tech", "cultuurenmedia"} and share % 4 == 0,
        "binnenland": beat == "jeugdjournaal" and share % 3 == 0,
    }
    video = (beat if is_sport else "video") if documents.is_video(number) else None
    general = (
        feed.slug
        for feed in carrying
        if (also.get(feed.category) if feed.kind is Kind.ARTICLE else feed.category == video)
    )
    return own, *general


def article_of(newsroom: Newsroom, number: int) -> Article:
    """Return article `number` as its page has it now."""
    story = compose(newsroom.desk, newsroom.drafts[number])
    return make_article(newsroom.desk, story, newsroom.page(number))


def advance(newsroom: Newsroom, step: Step) -> tuple[Newsroom, Happened]:
    """Return the state after `step`, and what it did."""
    now = replace(newsroom, at=newsroom.at + step.after, step=newsroom.step + 1, outage=step.outage)
    made = list(step.action(now))
    drafts = {draft.number: draft for draft in made if isinstance(draft, Draft)}
    pages = {page.number: page for page in made if isinstance(page, PageDraft)}
    after = replace(now, drafts={**now.drafts, **drafts}, pages={**now.pages, **pages})
    slugs = [feed.slug for feed in newsroom.feeds]
    changed = [slug for slug in slugs if newsroom.entries(slug) != after.entries(slug)]
    return (
        replace(after, changed_at={**newsroom.changed_at, **dict.fromkeys(changed, after.at)}),
        Happened(
            step=after.step,
            name=step.name,
            at=after.at.isoformat(),
            articles=tuple(_changed(newsroom, newsroom.drafts.get(n), drafts[n]) for n in drafts),
            pages=tuple(
                documents.external_id(after.desk, n) for n in pages if newsroom.page(n) != pages[n]
            ),
        ),
    )


def play(newsroom: Newsroom, steps: Iterable[Step]) -> Iterator[Newsroom]:
    """Yield every state of a scenario: `newsroom`, and the one after each step."""
    yield newsroom
    for step in steps:
        newsroom, _ = advance(newsroom, step)
        yield newsroom


def expected_revisions(states: Iterable[Newsroom]) -> dict[str, list[Text]]:
    """Return what an archive must hold, by external id, that polled every feed in every state.

    Each list has the article's texts in the order in which they were seen, one a revision: a
    text that comes back is there twice, one that only looks different to a machine is not.
    """
    seen: dict[int, Draft] = {}
    texts: dict[str, list[Text]] = {}
    for newsroom in states:
        listed = {d.number: d for feed in newsroom.feeds for d in newsroom.entries(feed.slug)}
        fresh = {number: draft for number, draft in listed.items() if seen.get(number) != draft}
        for draft in fresh.values():
            story = compose(newsroom.desk, draft)
            revisions = texts.setdefault(story.external_id, [])
            if revisions[-1:] != [read(story)]:
                revisions.append(read(story))
        seen |= fresh
    return texts


def read(story: Story) -> Text:
    """Return what a reader sees of `story`."""
    return Text(story.title, tuple(" ".join(_TAG.sub("", b).split()) for b in story.blocks))


def _changed(newsroom: Newsroom, before: Draft | None, draft: Draft) -> Changed:
    story = compose(newsroom.desk, draft)
    now, then = read(story), read(compose(newsroom.desk, before)) if before else None
    return Changed(
        external_id=story.external_id,
        title=story.title,
        feeds=draft.feeds,
        what=_differences(before, draft, then, now) if before and then else ("published",),
        is_revision=now != then,
    )


def _differences(before: Draft, draft: Draft, then: Text, now: Text) -> tuple[str, ...]:
    differs = {
        "headline": then.title != now.title,
        "body": then.paragraphs != now.paragraphs,
        "feeds": before.feeds != draft.feeds,
    }
    return tuple(what for what, is_so in differs.items() if is_so) or ("cosmetics",)
