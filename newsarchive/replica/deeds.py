"""The deeds that scenarios are made of."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from newsarchive.replica import documents
from newsarchive.replica.drafts import Draft, Live, PageDraft, Service
from newsarchive.replica.scenario import Action, Newsroom, beat_feeds, feeds_of


def publish(count: int) -> Action:
    """Publish `count` articles, whatever their hour."""

    def action(newsroom: Newsroom) -> Iterator[Draft]:
        first = max(newsroom.drafts, default=-1) + 1
        for number in range(first, first + count):
            yield Draft(number, feeds_of(newsroom.desk, newsroom.carrying, number))

    return action


def change(*places: int, **parts: Any) -> Action:
    """Give the articles at `places` other versions of `parts`."""

    def action(newsroom: Newsroom) -> list[Draft]:
        return [replace(draft, **parts) for draft in _articles(newsroom, places)]

    return action


def recategorise(place: int) -> Action:
    """Take an article out of its category's feed, and into the next one's."""

    def action(newsroom: Newsroom) -> Iterator[Draft]:
        slugs = [feed.slug for feed in beat_feeds(newsroom.carrying)]
        for draft in _articles(newsroom, [place]):
            own, *general = draft.feeds
            other = slugs[(slugs.index(own) + 1) % len(slugs)]
            yield replace(draft, feeds=tuple(dict.fromkeys((other, *general))))

    return action


def together(*actions: Action) -> Action:
    """Do one after the other, to different articles."""
    return lambda newsroom: [made for action in actions for made in action(newsroom)]


def publish_due(last: int) -> Action:
    """Publish every article up to number `last` whose hour has come."""

    def action(newsroom: Newsroom) -> Iterator[Draft]:
        for number in range(max(newsroom.drafts, default=-1) + 1, last + 1):
            if documents.published_at(newsroom.desk, number) <= newsroom.at:
                yield Draft(number, feeds_of(newsroom.desk, newsroom.carrying, number))

    return action


def redraft(number: int, **parts: Any) -> Action:
    """Give article `number` other versions of `parts`, in feeds and on its page."""

    def action(newsroom: Newsroom) -> list[Draft]:
        found = newsroom.drafts.get(number)
        return [replace(found, **parts)] if found else []

    return action


def edit(number: int, *, is_announced: bool = False, **parts: Any) -> Action:
    """Give the page of article `number` other versions of `parts`; its time moves if announced."""

    def action(newsroom: Newsroom) -> list[PageDraft]:
        page = newsroom.page(number)
        modified_at = newsroom.at if is_announced else page.modified_at
        return [replace(page, modified_at=modified_at, **parts)]

    return action


def serve(service: Service, *numbers: int, target: int | None = None) -> Action:
    """Have the pages of articles `numbers` answered as `service` says."""
    return together(*(edit(number, service=service, target=target) for number in numbers))


def go_live(number: int) -> Action:
    """Add an update to liveblog `number`."""

    def action(newsroom: Newsroom) -> list[PageDraft]:
        page = newsroom.page(number)
        live = (*page.live, Live(newsroom.at))
        return [replace(page, live=live, modified_at=newsroom.at)]

    return action


def correct_live(number: int, place: int) -> Action:
    """Correct an update of liveblog `number`, without a word about it."""

    def action(newsroom: Newsroom) -> list[PageDraft]:
        page = newsroom.page(number)
        live = [
            old._replace(is_corrected=old.is_corrected or n == place)
            for n, old in enumerate(page.live)
        ]
        return [replace(page, live=tuple(live))]

    return action


def release(newsroom: Newsroom) -> list[PageDraft]:
    """Rebuild the site: other class names, related links and numbers of the build."""
    pages = map(newsroom.page, newsroom.drafts)
    return [replace(page, furniture=page.furniture + 1) for page in pages]


def _articles(newsroom: Newsroom, places: Sequence[int]) -> list[Draft]:
    """Return the articles at `places`, counted from 0 for the newest of before the scenario."""
    first = [-1 - n for n in range(max(places) + 2) if not documents.is_video(-1 - n)]
    return [newsroom.drafts[first[place]] for place in places if first[place] in newsroom.drafts]
