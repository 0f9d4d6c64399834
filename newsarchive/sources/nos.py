"""NOS, the Dutch public broadcaster: its feeds and the forms of its addresses.

The feeds are those that https://nos.nl/feeds listed in 2026, the specific ones first and the
general ones last: an article of several feeds belongs first to the first of them.
"""

from newsarchive.model import Feed, Kind
from newsarchive.sources.base import Numbering, Source

_CATALOGUE = (
    # slug, category, kind of its entries
    ("nosnieuwsbinnenland", "binnenland", Kind.ARTICLE),
    ("nosnieuwsbuitenland", "buitenland", Kind.ARTICLE),
    ("nosnieuwspolitiek", "politiek", Kind.ARTICLE),
    ("nosnieuwseconomie", "economie", Kind.ARTICLE),
    ("nosnieuwskoningshuis", "koningshuis", Kind.ARTICLE),
    ("nosnieuwstech", "tech", Kind.ARTICLE),
    ("nosnieuwscultuurenmedia", "cultuurenmedia", Kind.ARTICLE),
    ("nosvoetbal", "voetbal", Kind.ARTICLE),
    ("nossportvoetbalvideo", "voetbal", Kind.VIDEO),
    ("nossportwielrennen", "wielrennen", Kind.ARTICLE),
    ("nossportwielrennenvideo", "wielrennen", Kind.VIDEO),
    ("nossportschaatsen", "schaatsen", Kind.ARTICLE),
    ("nossportschaatsenvideo", "schaatsen", Kind.VIDEO),
    ("nossporttennis", "tennis", Kind.ARTICLE),
    ("nossporttennisvideo", "tennis", Kind.VIDEO),
    ("nossportformule1", "formule1", Kind.ARTICLE),
    ("nossportformule1video", "formule1", Kind.VIDEO),
    ("nieuwsuuralgemeen", "nieuwsuur", Kind.ARTICLE),
    ("jeugdjournaal", "jeugdjournaal", Kind.ARTICLE),
    ("nosnieuwsopmerkelijk", "opmerkelijk", Kind.ARTICLE),
    ("nosop3", "op3", Kind.ARTICLE),
    ("nossportalgemeen", "sport", Kind.ARTICLE),
    ("nosnieuwsvideo", "video", Kind.VIDEO),
    ("nosnieuwsalgemeen", "algemeen", Kind.ARTICLE),
)

_STALE = {"nosop3"}  # in September 2025 its newest entry was of October 2024

_FORMER_SLUGS = {"nosjournaal", "nosnieuws"}  # 2013-2021, still in old links

_FORMS: dict[str, Kind | None] = {
    "l": None,  # https://nos.nl/l/2633258: guid and link of every feed since 2017
    "l/t": None,  # the same, for sharing by Twitter, Facebook and mail (2017-2023)
    "l/f": None,
    "l/m": None,
    "artikel": None,  # also below /nieuwsuur, /op3, /regio/<name>, /collectie/<n>, /googleamp
    "tekst": None,  # 2013
    "audio": None,  # 2010
    "liveblog": Kind.LIVEBLOG,
    "livestream": Kind.LIVESTREAM,
    "video": Kind.VIDEO,
}

_FEEDS = tuple(
    Feed(
        source="nos",
        slug=slug,
        category=category,
        url=f"https://feeds.nos.nl/{slug}",
        position=position,
        kind=kind,
        enabled=kind is Kind.ARTICLE and slug not in _STALE,
    )
    for position, (slug, category, kind) in enumerate(_CATALOGUE)
)

# The page on which NOS says what it had wrong: read as a feed is, where it is asked for by name.
_HERSTELRUBRIEK = Feed(
    source="nos",
    slug="herstel",
    category="herstel",
    url="https://nos.nl/herstel",
    position=len(_CATALOGUE),
    kind=Kind.CORRECTION,
    enabled=False,
    has_pages=False,
)

NOS = Source(
    name="nos",
    homepage_url="https://nos.nl",
    feeds=(*_FEEDS, _HERSTELRUBRIEK),
    numbering=Numbering(
        # next.nos.nl (2024), amp.nos.nl (2020) and feeds.nos.nl bear numbers too. Articles
        # of jeugdjournaal.nl are numbered in one row with the others.
        domains=("nos.nl", "jeugdjournaal.nl"),
        forms=_FORMS,
        article_url="https://nos.nl/l/{number}",
        feedburner_slugs=frozenset(slug for slug, _, _ in _CATALOGUE) | _FORMER_SLUGS,
    ),
)
