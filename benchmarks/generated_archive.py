"""An archive of any size for benchmarks, made up and written by SQL.

Its texts have the lengths of articles of NOS, and words as frequent as those of Dutch; but the
sentences come from a stock, so they recur as no newspaper's do. Of each article there is a feed
revision and a longer page revision, and of one in ten a second, edited one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Any

from sqlalchemy import Table, insert

from newsarchive.cleaning.dates import day_in_amsterdam
from newsarchive.comparison.digest import DIGEST_RULE
from newsarchive.sources import get_source
from newsarchive.storage import Archive, NewRun, Owner
from newsarchive.storage.engine import connect
from newsarchive.storage.schema import articles, captures, entries, revisions

FIRST = datetime(2021, 1, 1, 5, tzinfo=UTC)
A_DAY = 150
"""Articles a day."""

FREQUENT = [
    "de",
    "het",
    "een",
    "van",
    "in",
    "en",
    "is",
    "op",
    "dat",
    "te",
    "voor",
    "zijn",
    "met",
    "die",
    "niet",
    "er",
    "aan",
    "om",
    "ook",
    "als",
    "bij",
    "dan",
    "nog",
    "door",
    "over",
    "uit",
    "naar",
    "maar",
    "worden",
    "heeft",
    "wordt",
    "kan",
    "nederland",
    "tegen",
    "minister",
    "jaar",
    "kabinet",
    "mensen",
    "politie",
    "tweede",
    "kamer",
    "nieuwe",
    "moet",
    "volgens",
    "partij",
    "land",
    "euro",
    "verkiezingen",
    "stikstof",
    "rechter",
    "onderzoek",
]
SYLLABLES = [
    "ba",
    "ver",
    "lo",
    "stik",
    "kan",
    "ge",
    "meen",
    "te",
    "ka",
    "bi",
    "net",
    "be",
    "lei",
    "ding",
    "hof",
    "stad",
    "wa",
    "ter",
    "dijk",
    "huis",
    "vrij",
    "rij",
    "ko",
    "ning",
    "voet",
    "bal",
    "wed",
    "strijd",
    "po",
    "li",
    "tiek",
    "markt",
    "prijs",
    "bank",
    "zaak",
    "schip",
    "brug",
    "trein",
    "weg",
    "school",
    "kind",
    "arts",
    "zorg",
    "wet",
    "raad",
    "lid",
    "stem",
    "win",
    "ver",
    "lies",
    "doel",
    "punt",
    "ploeg",
    "ren",
    "ner",
    "tijd",
]
ENDINGS = ("", "", "", "en", "s", "e", "ing", "ingen", "heid", "t")
VOCABULARY = 60_000
SENTENCES = 20_000
WORDS_A_SENTENCE = 15

# How many of a hundred articles are in each category beside the general one.
WEIGHTS = {
    "binnenland": 26,
    "buitenland": 24,
    "politiek": 10,
    "economie": 9,
    "voetbal": 9,
    "sport": 8,
    "tech": 4,
    "wielrennen": 3,
    "cultuurenmedia": 3,
    "schaatsen": 2,
    "opmerkelijk": 1.5,
    "koningshuis": 0.5,
}
KINDS = {"article": 92, "video": 6, "liveblog": 2}
BATCH = 1_000


@dataclass(frozen=True)
class Stock:
    """What texts are made of."""

    words: Sequence[str]  # the most frequent first
    sentences: Sequence[str]


def make_stock(random: Random) -> Stock:
    """Return words as frequent as Zipf says, and sentences of them."""
    words = dict.fromkeys(FREQUENT)
    while len(words) < VOCABULARY:
        parts = random.choices(SYLLABLES, k=random.randint(2, 4))
        words["".join(parts) + random.choice(ENDINGS)] = None
    known = list(words)
    weights = list(accumulate(1 / (rank + 2.7) ** 1.05 for rank in range(len(known))))
    sentences = []
    for _ in range(SENTENCES):
        count = random.randint(WORDS_A_SENTENCE // 2, WORDS_A_SENTENCE * 3 // 2)
        sentences.append(
            " ".join(random.choices(known, cum_weights=weights, k=count)).capitalize() + "."
        )
    return Stock(known, sentences)


def fill(url: str, count: int, seed: int = 1) -> Stock:
    """Make an archive of `count` articles, without its index; return what it is made of."""
    random = Random(seed)
    stock = make_stock(random)
    Archive.create(url)
    source = get_source("nos")
    with Archive.open(url) as archive:
        run = NewRun("nos", "nos", {}, "0", FIRST, "nos", Owner("here", "1"))
        run_id = archive.begin_run(run, source, lambda _: False)
        states = archive.find_feed_states(source.feeds)
        feed_ids = {state.feed.category: state.id for state in states}
    engine = connect(url)
    for first in range(0, count, BATCH):
        numbers = range(first + 1, min(first + BATCH, count) + 1)
        with engine.begin() as connection:
            for table, rows in _make_rows(random, stock, feed_ids, run_id, numbers).items():
                connection.execute(insert(table), rows)
    if engine.dialect.name == "postgresql":  # whose counters have not seen these numbers
        with engine.begin() as connection:
            for name in ("captures", "articles"):
                following = f"setval(pg_get_serial_sequence('{name}', 'id'), {count})"
                connection.exec_driver_sql(f"SELECT {following}")
    engine.dispose()
    return stock


def index(url: str) -> None:
    """Index what `fill` wrote, as `newsarchive reindex` does."""
    with Archive.open(url) as archive:
        missing = archive.search.find_unindexed()
        for first in range(0, len(missing), BATCH):
            archive.search.index(missing[first : first + BATCH])


def _make_rows(
    random: Random, stock: Stock, feed_ids: dict[str, int], run_id: int, numbers: Sequence[int]
) -> dict[Table, list[dict[str, Any]]]:
    rows: dict[Table, list[dict[str, Any]]] = {
        captures: [],
        articles: [],
        entries: [],
        revisions: [],
    }
    for number in numbers:
        moment = FIRST + timedelta(days=1) * ((number - 1) / A_DAY)
        moment = moment.replace(microsecond=0)
        rows[captures].append(_capture(number, moment, run_id))
        rows[articles].append(_article(random, number, moment))
        rows[entries] += _entries(random, number, moment, feed_ids)
        rows[revisions] += _revisions(random, stock, number, moment, run_id)
    return rows


def _capture(number: int, moment: datetime, run_id: int) -> dict[str, Any]:
    return {
        "id": number,
        "crawl_run_id": run_id,
        "url": f"https://nos.nl/l/{2_000_000 + number}",
        "status": 200,
        "captured_at": moment,
        "payload_digest": f"sha256:{number:064x}",
        "warc_file": "warc/made-up.warc.gz",
        "warc_offset": number,
        "warc_length": 1,
    }


def _article(random: Random, number: int, moment: datetime) -> dict[str, Any]:
    external_id = str(2_000_000 + number)
    [kind] = random.choices(list(KINDS), list(KINDS.values()))
    return {
        "id": number,
        "source": "nos",
        "external_id": external_id,
        "kind": kind,
        "url": f"https://nos.nl/l/{external_id}",
        "published_at": moment,
        "published_on": day_in_amsterdam(moment),
        "published_origin": "page",
        "first_seen_at": moment,
        "last_seen_at": moment,
    }


def _entries(
    random: Random, number: int, moment: datetime, feed_ids: dict[str, int]
) -> Iterator[dict[str, Any]]:
    chosen = random.choices(list(WEIGHTS), list(WEIGHTS.values()))
    for category in (*chosen, "algemeen"):
        address = f"https://nos.nl/l/{2_000_000 + number}"
        yield {
            "feed_id": feed_ids[category],
            "article_id": number,
            "guid": address,
            "link": address,
            "first_seen_at": moment,
            "last_seen_at": moment,
        }


def _revisions(
    random: Random, stock: Stock, number: int, moment: datetime, run_id: int
) -> Iterator[dict[str, Any]]:
    count = max(4, int(random.lognormvariate(3, 0.5)))
    told = random.choices(stock.sentences, k=count)
    title = " ".join(random.choice(stock.sentences).split()[:8]).rstrip(".")
    said = [("feed", 1, told[: count * 2 // 3]), ("page", 1, told)]
    if number % 10 == 0:
        edited = [*told[: count // 2], random.choice(stock.sentences), *told[count // 2 + 1 :]]
        said.append(("page", 2, edited))
    for origin, place, sentences in said:
        blocks = [" ".join(sentences[at : at + 3]) for at in range(0, len(sentences), 3)]
        text = "\n\n".join(blocks)
        yield {
            "article_id": number,
            "origin": origin,
            "number": place,
            "content_digest": f"sha256:{number * 10 + place:064x}",
            "digest_rule": DIGEST_RULE,
            "observed_at": moment + timedelta(minutes=5 * place),
            "published_at": moment,
            "capture_id": number,
            "crawl_run_id": run_id,
            "word_count": len(text.split()),
            "metadata": {},
            "title": title,
            "text": text,
            "html": "\n".join(f"<p>{block}</p>" for block in blocks),
        }
