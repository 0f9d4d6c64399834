"""What the replica shows, and how that changes step by step: states as values, no I/O, no clock.

A `Newsroom` is one state. A scenario is a row of named steps, each of which makes the next state
of the one before. `expected_revisions` says what an archive must hold that polled all of them.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple

from newsarchive.exceptions import UsageError
from newsarchive.model import Feed, Kind
from newsarchive.replica import documents
from newsarchive.replica.content import SPORTS
from newsarchive.replica.documents import MOMENT, Desk, Story
from newsarchive.sources import get_source

WINDOW = 20  # entries in every real NOS feed, from 2020 to 2026
STEP = timedelta(hours=1)  # between one state and the next

_TAG = re.compile(r"<[^>]+>")
_PERCENTAGE = re.compile(r"\d+(?=[ \u00a0]procent)")
_ADDRESS = re.compile(r'<a (data-cke-saved-href="[^"]*" )?href="([^"]*)"')
_GENERAL = frozenset({"algemeen", "sport", "video", "op3"})  # nobody writes for these alone


@dataclass(frozen=True, slots=True)
class Draft:
    """Which version of each of its parts an article shows."""

    number: int  # in order of publication; negative before the desk's moment
    feeds: tuple[str, ...]  # slugs
    headline: int = 0
    updates: int = 0  # paragraphs added after publication
    is_corrected: bool = False  # a figure
    has_hard_spaces: bool = False  # cosmetic, like the next two: no reader sees it
    has_residue: bool = False
    is_cropped: bool = False


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
    articles: tuple[Changed, ...]


Action = Callable[[Newsroom], Iterable[Draft]]
"""Returns the drafts that are new, or that take the place of those with the same number."""


class Step(NamedTuple):
    """One event of a scenario."""

    name: str
    action: Action


def open_newsroom(
    articles: int,
    *,
    seed: int = 1,
    feeds: int | None = None,
    window: int | None = None,
    moment: datetime = MOMENT,
) -> Newsroom:
    """Return the first state: `articles` published before `moment`.

    The first `feeds` feeds of NOS's catalogue that are on by default get them (None: all), and
    the others stay empty. `window` is the most entries that a feed lists; None means 20, as NOS
    does, or as many as it takes for every article to be in the feed of its category.
    """
    catalogue = get_source("nos").feeds
    carrying = [feed for feed in catalogue if feed.enabled][:feeds]
    if feeds is None:
        carrying += [feed for feed in catalogue if not feed.enabled]
    beats = tuple(feed.category for feed in _beat_feeds(carrying))
    desk = Desk(beats=beats, seed=seed, moment=moment)
    drafts = {n: Draft(n, _feeds_of(desk, carrying, n)) for n in range(-articles, 0)}
    entries = Counter(slug for draft in drafts.values() for slug in draft.feeds)
    return Newsroom(
        desk=desk,
        feeds=catalogue,
        carrying=tuple(carrying),
        window=window or max(WINDOW, *(entries[feed.slug] for feed in _beat_feeds(carrying))),
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


def _beat_feeds(carrying: Iterable[Feed]) -> list[Feed]:
    return [f for f in carrying if f.kind is Kind.ARTICLE and f.category not in _GENERAL]


def _feeds_of(desk: Desk, carrying: Sequence[Feed], number: int) -> tuple[str, ...]:
    """Return the slugs of the feeds that article `number` first appears in."""
    turn, place = divmod(number, len(desk.beats))
    beat, share = desk.beats[place], turn + place
    own = next(feed.slug for feed in _beat_feeds(carrying) if feed.category == beat)
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


def advance(newsroom: Newsroom, step: Step) -> tuple[Newsroom, Happened]:
    """Return the state after `step`, and what it did."""
    drafts = list(step.action(newsroom))
    after = replace(
        newsroom,
        drafts={**newsroom.drafts, **{draft.number: draft for draft in drafts}},
        at=newsroom.at + STEP,
        step=newsroom.step + 1,
    )
    slugs = [feed.slug for feed in newsroom.feeds]
    changed = [slug for slug in slugs if newsroom.entries(slug) != after.entries(slug)]
    articles = (_changed(newsroom, newsroom.drafts.get(draft.number), draft) for draft in drafts)
    return (
        replace(after, changed_at={**newsroom.changed_at, **dict.fromkeys(changed, after.at)}),
        Happened(after.step, step.name, tuple(articles)),
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


def _publish(count: int) -> Action:
    def action(newsroom: Newsroom) -> Iterator[Draft]:
        first = max(newsroom.drafts, default=-1) + 1
        for number in range(first, first + count):
            yield Draft(number, _feeds_of(newsroom.desk, newsroom.carrying, number))

    return action


def _change(*places: int, **parts: Any) -> Action:
    """Give the articles at `places` other versions of `parts`."""

    def action(newsroom: Newsroom) -> list[Draft]:
        return [replace(draft, **parts) for draft in _articles(newsroom, places)]

    return action


def _recategorise(place: int) -> Action:
    """Take an article out of its category's feed, and into the next one's."""

    def action(newsroom: Newsroom) -> Iterator[Draft]:
        slugs = [feed.slug for feed in _beat_feeds(newsroom.carrying)]
        for draft in _articles(newsroom, [place]):
            own, *general = draft.feeds
            other = slugs[(slugs.index(own) + 1) % len(slugs)]
            yield replace(draft, feeds=tuple(dict.fromkeys((other, *general))))

    return action


def _together(*actions: Action) -> Action:
    return lambda newsroom: [draft for action in actions for draft in action(newsroom)]


def _articles(newsroom: Newsroom, places: Sequence[int]) -> list[Draft]:
    """Return the articles at `places`, counted from 0 for the newest of before the scenario."""
    first = [-1 - n for n in range(max(places) + 2) if not documents.is_video(-1 - n)]
    return [newsroom.drafts[first[place]] for place in places if first[place] in newsroom.drafts]


SCENARIOS: Mapping[str, tuple[Step, ...]] = {
    "quiet": (),
    "day": (
        Step("publish", _publish(3)),
        Step("edit body", _change(0, 3, updates=1)),
        Step("edit headline", _change(1, headline=1)),
        Step(
            "cosmetic change",
            _together(
                _change(2, has_hard_spaces=True),
                _change(4, has_residue=True),
                _change(5, is_cropped=True),
            ),
        ),
        Step("undo body edit", _change(0, updates=0)),
        Step("recategorise", _recategorise(6)),
        Step("publish", _publish(2)),
        Step("correct figure", _change(7, is_corrected=True)),
        Step("edit headline and body", _change(3, headline=1, updates=2)),
        Step("edit headline again", _change(1, headline=2)),
    ),
}


def get_scenario(name: str) -> tuple[Step, ...]:
    """Return the steps of the scenario called `name`; raises UsageError, listing the known."""
    try:
        return SCENARIOS[name]
    except KeyError:
        known = ", ".join(SCENARIOS)
        raise UsageError(f"Unknown scenario {name!r}. Known scenarios: {known}.") from None
