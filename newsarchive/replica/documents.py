"""How the replica writes: an article from its number, a feed from its articles, in both eras.

All is drawn by seed and number, and no clock is read: the same number gives the same bytes.

The forms are NOS's own. 2026: https://feeds.nos.nl/nosnieuwsalgemeen of 1 October 2026. 2019:
FeedBurner's, as http://feeds.nos.nl/nosjournaal still was on 1 November 2021. The addresses in
a document are NOS's too, never the replica's.
"""

import re
import unicodedata
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from random import Random
from zoneinfo import ZoneInfo

from newsarchive.model import Feed
from newsarchive.replica import content

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MOMENT = datetime(2026, 10, 1, 12, 0, tzinfo=AMSTERDAM)
INTERVAL = timedelta(minutes=11)  # between two articles: some 130 a day, as NOS numbers them

_NEWEST_ID = 2_633_100  # where NOS's numbers stood on 1 October 2026
_ID_STEP = 3
_SLIP = 0.12  # how often an editor leaves something behind
_STRIDE = 787  # a prime that divides no number of places, subjects or titles

_CHOICE = re.compile(r"\[([^\]]*)\]")
_WORD = re.compile(r"\{([^}]+)\}")
_LINK = re.compile("<a>")


class Era(StrEnum):
    """The form in which a feed is written."""

    FEEDBURNER = "2019"
    NOS = "2026"


@dataclass(frozen=True, slots=True)
class Desk:
    """What all articles of one replica have in common."""

    beats: tuple[str, ...]  # the categories that are written for, in turn
    seed: int = 1
    moment: datetime = MOMENT  # articles with a negative number were published before it
    interval: timedelta = INTERVAL


@dataclass(frozen=True, slots=True)
class Story:
    """An article as a feed delivers it."""

    external_id: str
    beat: str
    title: str
    blocks: tuple[str, ...]  # HTML, a block a string; of a video one plain sentence
    published_at: datetime
    is_cropped: bool


def is_video(number: int) -> bool:
    """Tell whether article `number` is a video: one sentence without tags."""
    return number % 29 == 17  # noqa: PLR2004 - a residue that the newest few do not have


def beat_of(desk: Desk, number: int) -> str:
    """Return the category that article `number` was written for."""
    return desk.beats[number % len(desk.beats)]


def external_id(desk: Desk, number: int) -> str:
    """Return NOS's number of the article: increasing, with gaps."""
    return str(_NEWEST_ID + _ID_STEP * number + random_for(desk, number, "id").randrange(_ID_STEP))


def number_of(desk: Desk, external_id_: str) -> int | None:
    """Return which article bears NOS's number `external_id_`; None where there is none."""
    number = (int(external_id_) - _NEWEST_ID) // _ID_STEP
    return number if external_id(desk, number) == external_id_ else None


def published_at(desk: Desk, number: int) -> datetime:
    """Return when article `number` was published: after every lower number."""
    seconds = random_for(desk, number, "time").randrange(int(desk.interval.total_seconds()))
    # Arithmetic in UTC: the clock on the wall skips and repeats hours.
    moment = desk.moment.timestamp() + (desk.interval * number).total_seconds() + seconds
    return datetime.fromtimestamp(moment, AMSTERDAM)


def headline(desk: Desk, number: int, draft: int = 0) -> str:
    """Return the title of article `number`; one draft reads differently from the next.

    Two articles have different titles as long as a category has fewer than 1,280 articles.
    """
    topic = _topic_of(desk, number)
    first = _coordinates(desk, number, topic)[2]
    template = topic.titles[(first + draft) % len(topic.titles)]
    return _fill(template, _cast(desk, number), random_for(desk, number, f"headline {draft}"))


def article_url(desk: Desk, number: int) -> str:
    """Return the long address of article `number` as other articles link to it."""
    return f"https://nos.nl/artikel/{slug(desk, number)}"


def slug(desk: Desk, number: int) -> str:
    """Return number and words of the article's address: those of its first headline."""
    folded = unicodedata.normalize("NFKD", headline(desk, number)).encode("ascii", "ignore")
    words = re.sub(r"[^a-z0-9]+", "-", folded.decode().lower()).strip("-")
    return f"{external_id(desk, number)}-{words}"


def phrase(desk: Desk, number: int, purpose: str, templates: Sequence[str]) -> str:
    """Return one of `templates`, filled with the words of article `number`."""
    random = random_for(desk, number, purpose)
    return _fill(random.choice(templates), _cast(desk, number), random)


def body(desk: Desk, number: int, updates: int = 0) -> tuple[str, ...]:
    """Return article `number` as blocks of HTML, with `updates` paragraphs added to it.

    A video is one plain sentence.
    """
    if is_video(number):
        return (_sentence(desk, number),)
    words, random = _cast(desk, number), random_for(desk, number, "body")
    blocks = [_fill(block, words, random) for block in _outline(desk, number, random)]
    random = random_for(desk, number, "updates")
    added = _shuffled(content.UPDATES, random)[:updates]
    blocks[1:1] = [_fill(f"<p>{update}</p>", words, random) for update in added]
    return tuple(_linked(blocks, desk, number))


def write_feed(feed: Feed, stories: Iterable[Story], changed_at: datetime, era: Era) -> bytes:
    """Return the document of `feed` with `stories`, newest first, as it stood at `changed_at`."""
    head, write_entry = {
        Era.NOS: (_NOS_HEAD, _nos_entry),
        Era.FEEDBURNER: (_FEEDBURNER_HEAD, _feedburner_entry),
    }[era]
    title = _TITLES.get(feed.category, f"NOS {feed.category.capitalize()}")
    written_at = _timestamp(changed_at, era)
    opening = head.format(slug=feed.slug, title=title, written_at=written_at)
    return "".join([opening, *(write_entry(feed, story) for story in stories), _TAIL]).encode()


def _sentence(desk: Desk, number: int) -> str:
    random = random_for(desk, number, "body")
    first, _, _ = random.choice(_topic_of(desk, number).leads).partition(". ")
    return _fill(first.rstrip(".") + ".", _cast(desk, number), random)


def _outline(desk: Desk, number: int, random: Random) -> list[str]:
    """Choose what is said, in which order: the body's blocks, as templates."""
    topic = _topic_of(desk, number)
    common = content.REMARKS.get(beat_of(desk, number), content.SERIOUS)
    details, own_quotes = _shuffled(topic.details, random), _shuffled(topic.quotes, random)
    remarks, quotes = _shuffled(common.details, random), _shuffled(common.quotes, random)
    figures, links = _shuffled(common.figures, random), _shuffled(common.links, random)
    opening = [(random.choice(topic.leads), details[0]), (own_quotes[0], *details[1:3])]
    middle = [(*details[3:5], *remarks[:2]), (*figures[:2], quotes[0]), (*remarks[2:4], quotes[1])]
    ending = [(*details[5:], own_quotes[1]), (*remarks[4:6], figures[2]), (quotes[2], remarks[6])]
    ending = [(*ending[0], links[1]), *ending[1:]][: random.choice((0, 2, 3, 3, 3))]
    closing = [(links[0], *remarks[7:], quotes[3])]
    return [
        *_paragraphs(opening),
        f"<h2>{random.choice(topic.headings)}</h2>",
        *_paragraphs(middle[: random.choice((2, 3, 3, 3))]),
        *([f"<h2>{random.choice(common.headings)}</h2>"] if ending else []),
        *_paragraphs([*ending, *closing]),
    ]


def _shuffled(templates: Sequence[str], random: Random) -> list[str]:
    return random.sample(templates, len(templates))


def _paragraphs(groups: Iterable[Iterable[str]]) -> list[str]:
    return [f"<p>{' '.join(sentences)}</p>" for sentences in groups]


def _linked(blocks: Iterable[str], desk: Desk, number: int) -> list[str]:
    """Put in the links, and what an editor's hand leaves behind."""
    random = random_for(desk, number, "links")

    def link(_: re.Match[str]) -> str:
        url = article_url(desk, number - len(desk.beats) * random.randint(1, 4))
        # CKEditor's own copy of the address, as NOS's feed of 1 October 2026 still had it.
        residue = f'data-cke-saved-href="{url}" ' if random.random() < _SLIP else ""
        return f'<a {residue}href="{url}">'

    linked = [_LINK.sub(link, block) for block in blocks]
    if random.random() < _SLIP:
        linked[-1] = linked[-1].replace("</p>", "<strong> </strong></p>")
    return linked


def _coordinates(desk: Desk, number: int, topic: content.Topic) -> tuple[int, int, int]:
    """Return place, subject and title of article `number`: no other of its beat has all three."""
    places, subjects, titles = len(content.PLACES), len(topic.subjects), len(topic.titles)
    # A walk past every combination, in leaps that never meet the same one twice.
    turn, beat = divmod(number, len(desk.beats))
    position = _STRIDE * turn + 389 * beat + 131 * desk.seed
    rest, place = divmod(position % (places * subjects * titles), places)
    return place, rest % subjects, rest // subjects


@lru_cache(maxsize=256)  # headline and body of one article, and of the one it links to
def _cast(desk: Desk, number: int) -> Mapping[str, str]:
    """Return the words that stay the same throughout one article."""
    topic, random = _topic_of(desk, number), random_for(desk, number, "cast")
    place, subject, _ = _coordinates(desk, number, topic)
    city, country = content.CITIES[place].split("=")
    in_headline, in_sentence = topic.subjects[subject].split("=")
    first_name, surname = _person(random)
    words = {
        "where": city if beat_of(desk, number) in content.ABROAD else content.PLACES[place],
        "country": country,
        "headline": in_headline,
        "subject": in_sentence,
        "surname": _capital(surname),
        "person": f"{first_name} {surname}",
        "expert": " ".join((random.choice(content.EXPERTS), *_person(random))),
        "count": str(random.randrange(24, 480)),
        "weekday": content.WEEKDAYS[published_at(desk, number).weekday()],
    }
    return words | {name.capitalize(): _capital(word) for name, word in words.items()}


def _person(random: Random) -> tuple[str, str]:
    return random.choice(content.FIRST_NAMES), random.choice(content.SURNAMES)


def _capital(word: str) -> str:
    return word[0].upper() + word[1:]


def _fill(template: str, words: Mapping[str, str], random: Random) -> str:
    """Return `template` with its choices made and its words filled in."""

    def choose(found: re.Match[str]) -> str:
        options: list[str] = found[1].split("|")
        return random.choice(options)

    def say(found: re.Match[str]) -> str:
        lowest, dots, highest = found[1].partition("..")
        if dots:
            return str(random.randint(int(lowest), int(highest)))
        if lowest in {"voice", "Voice"}:  # another one each time
            return " ".join(_person(random))
        return random.choice(content.PLACES) if lowest in {"town", "Town"} else words[lowest]

    return _WORD.sub(say, _CHOICE.sub(choose, template)).replace("~", "\N{NO-BREAK SPACE}")


def random_for(desk: Desk, number: int, purpose: str) -> Random:
    """Return the dice of one part of article `number`: a change in it moves no other part."""
    return Random(f"{desk.seed}:{number}:{purpose}")  # noqa: S311 - to be repeatable


def _topic_of(desk: Desk, number: int) -> content.Topic:
    return content.TOPICS.get(beat_of(desk, number), content.TOPICS["binnenland"])


def _nos_entry(feed: Feed, story: Story) -> str:
    link = _link(feed, story)
    return f"""    <item>
      <title><![CDATA[{_delivered_title(story)}]]></title>
      <link>{link}</link>
      <description><![CDATA[{_delivered_body(story)}]]></description>
      <enclosure type="image/webp" url="{_nos_image(story)}"/>
      <pubDate>{_timestamp(story.published_at, Era.NOS)}</pubDate>
      <guid isPermaLink="true">{link}</guid>
    </item>
"""


def _feedburner_entry(feed: Feed, story: Story) -> str:
    digest = sha256(f"{feed.slug} {story.external_id}".encode()).digest()
    token = urlsafe_b64encode(digest).decode()[:11]
    host = f"feeds.feedburner.com/~r/{feed.slug}/~4/{token}"
    pixel = f'<img src="http://{host}" height="1" width="1" alt=""/>'
    link = _link(feed, story)
    return f"""    <item>
      <title><![CDATA[{_delivered_title(story)}]]></title>
      <link>http://feeds.nos.nl/~r/{feed.slug}/~3/{token}/{story.external_id}</link>
      <description><![CDATA[{_delivered_body(story)}{pixel}]]></description>
      <enclosure type="image/jpeg" url="{_feedburner_image(story)}" length="0"/>
      <pubDate>{_timestamp(story.published_at, Era.FEEDBURNER)}</pubDate>
      <guid isPermaLink="false">{link}</guid>
      <feedburner:origLink>{link}</feedburner:origLink>
    </item>
"""


def _link(feed: Feed, story: Story) -> str:
    # Of the Jeugdjournaal's articles, its own feed gives NOS's address, other feeds give its own.
    is_guest = story.beat == "jeugdjournaal" != feed.category
    host = "www.jeugdjournaal.nl" if is_guest else "nos.nl"
    return f"https://{host}/l/{story.external_id}"


def _delivered_title(story: Story) -> str:
    # Some of NOS's titles end in a space.
    return story.title + " " * (int(story.external_id) % 17 == 0)


def _delivered_body(story: Story) -> str:
    if not story.blocks[0].startswith("<"):
        return story.blocks[0]
    return "".join(f"\n        {block}" for block in story.blocks)


def _nos_image(story: Story) -> str:
    random = Random(story.external_id)  # noqa: S311 - to be repeatable
    key = "".join(random.choices(_ALPHABET, k=46))
    left, width = random.randrange(300), random.randrange(1600, 4000)
    if story.is_cropped:
        left, width = left + 16, width - 32
    folders, name = "/".join(key[:6]), key[6:]
    crop = f"{left}x{random.randrange(200)}x{width}x{width * 9 // 16}"
    return f"https://images.cdn.nos.nl/{folders}/{name}/{crop}-1024x576.webp"


def _feedburner_image(story: Story) -> str:
    number = Random(story.external_id).randrange(500_000, 900_000)  # noqa: S311 - likewise
    variant = "a" if story.is_cropped else ""
    day = f"{story.published_at:%Y/%m/%d}"
    return f"https://cdn.nos.nl/image/{day}/{number}/1008x567{variant}.jpg"


def _timestamp(moment: datetime, era: Era) -> str:
    padded = format_datetime(moment.astimezone(AMSTERDAM))
    return padded if era is Era.FEEDBURNER else padded.replace(", 0", ", ")


_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

_TITLES = {  # as read in September 2025, where they are not "NOS" and the category
    "algemeen": "NOS Nieuws",
    "cultuurenmedia": "NOS Cultuur-en-media",
    "formule1": "NOS Formule-1",
    "nieuwsuur": "Nieuwsuur",
    "op3": "NOS op 3",
    "video": "NOS Nieuws",
}

_NOS_HEAD = """\
<?xml version="1.0" encoding="UTF-8"?>\
<?xml-stylesheet href="/public/style.xsl" type="text/xsl"?>
<rss xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" \
xmlns:dcterms="http://purl.org/dc/terms/" version="2.0">
  <channel>
    <title><![CDATA[{title}]]></title>
    <link><![CDATA[https://nos.nl]]></link>
    <description><![CDATA[{title}]]></description>
    <language>nl</language>
    <copyright>Copyright NOS</copyright>
    <pubDate>{written_at}</pubDate>
    <webMaster>digitalemediatechniek@nos.nl (NOS Digitale Media)</webMaster>
"""
_FEEDBURNER_HEAD = """\
<?xml version="1.0" encoding="UTF-8"?>
<?xml-stylesheet type="text/xsl" media="screen" href="/~d/styles/rss2dutchfull.xsl"?>\
<?xml-stylesheet type="text/css" media="screen" href="http://feeds.nos.nl/~d/styles/itemcontent.css"?>
<rss xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" \
xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" version="2.0">
  <channel>
    <title><![CDATA[{title}]]></title>
    <link><![CDATA[https://nos.nl]]></link>
    <description><![CDATA[{title}]]></description>
    <language>nl</language>
    <copyright>Copyright NOS</copyright>
    <pubDate>{written_at}</pubDate>
    <webMaster>podcast@nos.nl (NOS Podcast Beheer)</webMaster>
    <atom10:link xmlns:atom10="http://www.w3.org/2005/Atom" rel="self" \
type="application/rss+xml" href="http://feeds.nos.nl/{slug}"/>
    <feedburner:info uri="{slug}"/>
    <feedburner:feedFlare href="https://add.my.yahoo.com/rss?\
url=http%3A%2F%2Ffeeds.nos.nl%2F{slug}" \
src="http://us.i1.yimg.com/us.yimg.com/i/us/my/addtomyyahoo4.gif">Subscribe with My Yahoo!\
</feedburner:feedFlare>
    <feedburner:feedFlare href="http://www.netvibes.com/subscribe.php?\
url=http%3A%2F%2Ffeeds.nos.nl%2F{slug}" src="//www.netvibes.com/img/add2netvibes.gif">\
Subscribe with Netvibes</feedburner:feedFlare>
    <feedburner:browserFriendly>Dit is een feed van de replica.</feedburner:browserFriendly>
"""
_TAIL = "  </channel>\n</rss>\n"
