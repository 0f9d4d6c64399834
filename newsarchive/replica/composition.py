"""How the page of an article is composed: all that its feed tells, and the blocks that feeds drop.

Everything is drawn by seed and number, as in `documents`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from html import unescape

from newsarchive.model import Kind
from newsarchive.replica import documents
from newsarchive.replica import page_content as content
from newsarchive.replica.articles import (
    Article,
    Block,
    Bullets,
    Clip,
    Embed,
    Heading,
    Paragraph,
    Picture,
    Quote,
    Related,
    Update,
    plain,
)
from newsarchive.replica.documents import Desk, Story, phrase, random_for
from newsarchive.replica.drafts import Live, PageDraft

_OUTER = re.compile(r"<(p|h2)>(.*)</\1>", re.DOTALL)
_FIRST_UPDATES = 2  # of a liveblog, there from the start


def kind_of(number: int) -> Kind:
    """Return what sort of work article `number` is; the feed of a liveblog has its opening."""
    if documents.is_video(number):
        return Kind.VIDEO
    return Kind.LIVEBLOG if number % 31 == 5 else Kind.ARTICLE  # noqa: PLR2004 - a residue


def make_article(desk: Desk, story: Story, page: PageDraft) -> Article:
    """Return the article of `page`, told by the feed as `story`."""
    number, kind = page.number, kind_of(page.number)
    title = story.title
    if page.is_retitled:
        title = next(
            other for n in range(4) if (other := documents.headline(desk, number, n)) != title
        )
    return Article(
        number=number,
        external_id=story.external_id,
        kind=kind,
        beat=story.beat,
        slug=documents.slug(desk, number),
        title=title + " " * (int(story.external_id) % 17 == 0),
        description=_description(desk, story, page),
        blocks=_blocks(desk, story, page, title),
        updates=_updates(desk, story, page) if kind is Kind.LIVEBLOG else (),
        keywords=tuple(phrase(desk, number, "keywords", [k]) for k in ("{where}", "{headline}")),
        published_at=story.published_at,
        modified_at=page.modified_at,
        picture=_picture(desk, number, "head"),
        region=_region(story.beat, number),
        related=_related(desk, number, page.furniture),
        furniture=page.furniture,
    )


def neighbours(desk: Desk, number: int, start: int = 1) -> Iterator[Related]:
    """Yield articles before `number`, without end: what a listing beside it has."""
    while True:
        other = number - start
        yield Related(
            documents.external_id(desk, other),
            documents.slug(desk, other),
            documents.headline(desk, other),
            random_for(desk, other, "head").randrange(300_000, 1_200_000),
        )
        start += 1


def _related(desk: Desk, number: int, furniture: int) -> tuple[Related, ...]:
    found = neighbours(desk, number, 2 + 3 * furniture)
    return tuple(next(found) for _ in range(2 + number % 2))


def _region(beat: str, number: int) -> str | None:
    if beat != "binnenland" or number // 15 % 2 == 0:
        return None
    return sorted(content.PARTNERS)[number // 30 % len(content.PARTNERS)]


def _picture(desk: Desk, number: int, purpose: str) -> Picture:
    return Picture(
        random_for(desk, number, purpose).randrange(300_000, 1_200_000),
        phrase(desk, number, f"caption {purpose}", content.CAPTIONS),
        phrase(desk, number, f"copyright {purpose}", content.COPYRIGHTS),
    )


def _blocks(desk: Desk, story: Story, page: PageDraft, title: str) -> tuple[Block, ...]:
    number, kind = page.number, kind_of(page.number)
    notes = [Paragraph(n) for n in _several(desk, number, "notes", content.NOTES, page.notes)]
    if kind is Kind.VIDEO:
        clip = _clip(desk, number)._replace(title=title)
        return (Paragraph(_description(desk, story, page)), clip, *notes)
    blocks = [_told(block) for block in story.blocks]
    if kind is Kind.LIVEBLOG:
        return (blocks[0], *notes)
    for place, block in sorted(_dropped(desk, number).items(), reverse=True):
        blocks.insert(min(place, len(blocks)), block)
    return (*blocks, *notes)


def _description(desk: Desk, story: Story, page: PageDraft) -> str:
    sentence = plain(story.blocks[0]).partition(". ")[0].rstrip(".") + "."
    if not page.is_described:
        return sentence
    return f"{sentence} {plain(phrase(desk, page.number, 'more', content.CLIP_DESCRIPTIONS))}"


def _told(block: str) -> Block:
    outer = _OUTER.fullmatch(block)
    tag, inner = outer.groups() if outer else ("p", block)
    return Paragraph(inner) if tag == "p" else Heading(unescape(inner))


def _dropped(desk: Desk, number: int) -> Mapping[int, Block]:
    """Return the blocks that the feed leaves out, by their place among those that it has."""
    found: dict[int, Block] = {}
    if number % 2 == 0:
        found[2] = _picture(desk, number, "inside")
    if number % 3 == 0:
        found[4] = Bullets(tuple(_several(desk, number, "items", content.ITEMS, 3 + number % 3)))
    if number % 3 == 1:
        quote = phrase(desk, number, "quote", content.QUOTES)
        found[5] = Quote(quote, phrase(desk, number, "author", ["{person}", "{expert}"]))
    if number % 5 == 0:
        found[6] = _clip(desk, number)
    if number % 5 == 2:  # noqa: PLR2004 - likewise
        title = phrase(desk, number, "embed", content.EMBEDS)
        found[7] = Embed(f"https://kaart.example/embed/{-number % 10_000:04}", title)
    return found


def _clip(desk: Desk, number: int) -> Clip:
    return Clip(
        int(documents.external_id(desk, number)) - 1,
        phrase(desk, number, "clip", content.CLIPS),
        phrase(desk, number, "clip description", content.CLIP_DESCRIPTIONS),
    )


def _several(
    desk: Desk, number: int, purpose: str, templates: Sequence[str], count: int
) -> list[str]:
    """Return `count` different phrases; a higher count adds to them and changes none."""
    order = random_for(desk, number, purpose).sample(templates, len(templates))
    return [phrase(desk, number, f"{purpose} {n}", [order[n]]) for n in range(count)]


def _updates(desk: Desk, story: Story, page: PageDraft) -> tuple[Update, ...]:
    first = [
        Live(story.published_at + timedelta(minutes=7 * n)) for n in range(1, 1 + _FIRST_UPDATES)
    ]
    told = [_update(desk, page.number, n, live) for n, live in enumerate([*first, *page.live])]
    return tuple(reversed(told))


def _update(desk: Desk, number: int, place: int, live: Live) -> Update:
    texts = [phrase(desk, number, f"live text {place}", content.LIVE_TEXTS)]
    if live.is_corrected:
        texts.append(phrase(desk, number, f"live correction {place}", content.LIVE_CORRECTIONS))
    return Update(
        update_id=str(10 * int(documents.external_id(desk, number)) + 40_000_000 + place),
        title=phrase(desk, number, f"live title {place}", content.LIVE_TITLES),
        published_at=live.published_at,
        blocks=tuple(map(Paragraph, texts)),
    )
