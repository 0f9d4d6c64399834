"""Near-duplicates in the archive: the same links whatever the order, and none for a template."""

import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, insert

from newsarchive.model import Identity, Kind, Origin
from newsarchive.replica.content import PLACES, SURNAMES, UPDATES
from newsarchive.storage.duplicates import MAX_HOLDERS, compare_due
from newsarchive.storage.schema import near_duplicates

from .conftest import NOON, Bench

WORDS = sorted(set(re.findall(r"[a-z]{3,}", " ".join([*PLACES, *SURNAMES, *UPDATES]).lower())))


def blocks_of(number):
    """Return nine paragraphs of which no other number has a phrase."""
    random = Random(number)
    blocks = (" ".join(random.choices(WORDS, k=39)) for _ in range(9))
    return [f"{block.capitalize()} {random.randrange(10_000)}." for block in blocks]


def tell(bench, number, blocks, hours=0, title=None, **more):
    text = "\n\n".join(blocks)
    html = "\n".join(f"<p>{block}</p>" for block in blocks)
    more.setdefault("published_at", NOON + timedelta(hours=hours))
    return bench.say(title or "Bericht van vandaag", html, hours, number, text=text, **more)


def compare(bench):
    total = 0
    while done := bench.archive.compare_due():
        total += done
    return total


def links(bench):
    """Return each link as (later, earlier), by external id."""
    return set(
        bench.rows(
            "SELECT a.external_id, b.external_id FROM near_duplicates n"
            " JOIN articles a ON a.id = n.article_id JOIN articles b ON b.id = n.of_article_id"
            " WHERE n.unlinked_at IS NULL"
        )
    )


def earliest(bench):
    return dict(
        bench.rows(
            "SELECT a.external_id, b.external_id FROM articles a"
            " JOIN articles b ON b.id = a.near_duplicate_of"
        )
    )


def article(number):
    return ("nos", str(number))


def test_a_story_issued_again_is_linked_to_the_earlier_one(bench):
    blocks = blocks_of(1)
    bench.record(tell(bench, 2280200, [*blocks, "Een alinea meer."], hours=2))
    bench.record(tell(bench, 2280100, blocks), tell(bench, 2280300, blocks_of(2), hours=3))
    assert compare(bench) == 3
    assert links(bench) == {("2280200", "2280100")}
    assert earliest(bench) == {"2280200": "2280100"}
    (group,) = bench.archive.find_duplicates()
    assert [member.external_id for member in group.members] == ["2280100", "2280200"]
    (link,) = group.links
    assert link.similarity > 0.9
    assert blocks[0].split()[0] in link.passages[0]["text"]
    [(observed_at,)] = bench.rows("SELECT observed_at FROM near_duplicates")
    assert str(observed_at).startswith("2026-10-01 14:00"), "when there were both"


def test_nothing_new_leaves_nothing_to_compare(bench):
    said = tell(bench, 2280100, blocks_of(1))
    bench.record(said)
    assert compare(bench) == 1
    bench.record(said)
    assert compare(bench) == 0


def test_what_there_was_no_time_for_stays_due(bench):
    bench.record(*(tell(bench, 2280100 + n, blocks_of(1), n) for n in range(3)))
    with bench.archive._engine.begin() as connection:
        assert compare_due(connection, limit=2) == 2
    assert compare(bench) == 1
    assert len(links(bench)) == 3


def test_an_edit_may_end_a_likeness_and_an_earlier_date_turns_it_round(bench):
    blocks = blocks_of(1)
    bench.record(tell(bench, 2280100, blocks), tell(bench, 2280200, blocks, hours=2))
    compare(bench)
    page = {"origin": Origin.PAGE, "feed": None, "category": None}
    early = NOON - timedelta(days=1)
    again = tell(bench, 2280200, blocks, hours=3, published_at=early, **page)
    bench.record(again, poll=False)
    compare(bench)
    assert links(bench) == {("2280100", "2280200")}
    assert earliest(bench) == {"2280100": "2280200"}
    bench.record(tell(bench, 2280200, blocks_of(5), hours=4, **page), poll=False)
    compare(bench)
    assert (links(bench), earliest(bench)) == (set(), {})


@pytest.mark.parametrize("kind", [Kind.VIDEO, Kind.LIVEBLOG])
def test_only_articles_are_compared(bench, kind):
    blocks = blocks_of(1)
    of_kind = Identity("nos", "2280200", kind, "https://nos.nl/l/2280200")
    bench.record(tell(bench, 2280100, blocks), tell(bench, 2280200, blocks, 1, identity=of_kind))
    compare(bench)
    assert links(bench) == set()


def test_a_text_that_very_many_share_is_a_template(bench):
    """It links the few that have it first, and none of them once they are many."""
    template = blocks_of(1)
    said = [tell(bench, 2280100 + n, template, n, title=f"{n} x") for n in range(MAX_HOLDERS + 1)]
    bench.record(*said[:-1])
    compare(bench)
    assert earliest(bench) == {}, "their titles differ in a number only"
    said = [
        tell(bench, 2290100 + n, template, 50 + n, title=f"Titel {chr(97 + n)}") for n in range(3)
    ]
    bench.record(*said)
    compare(bench)
    assert links(bench) == set()


def test_links_over_what_becomes_common_are_undone(bench):
    template = blocks_of(1)
    said = [
        tell(bench, 2280100 + n, template, n, title=f"Titel {chr(97 + n)}")
        for n in range(MAX_HOLDERS + 1)
    ]
    bench.record(*said[:-1])
    compare(bench)
    assert len(links(bench)) == MAX_HOLDERS * (MAX_HOLDERS - 1) // 2
    bench.record(said[-1])
    compare(bench)
    assert (links(bench), earliest(bench)) == (set(), {})


def test_unlinking_is_for_good(bench):
    blocks = blocks_of(1)
    bench.record(tell(bench, 2280100, blocks), tell(bench, 2280200, blocks, hours=2))
    compare(bench)
    bench.archive.unlink(article(2280200), [article(2280100)], NOON)
    assert (links(bench), earliest(bench)) == (set(), {})
    assert bench.archive.find_duplicates() == []
    bench.record(tell(bench, 2280200, [*blocks, "Nog een alinea."], hours=3))
    compare(bench)
    assert (links(bench), earliest(bench)) == (set(), {})
    bench.record(tell(bench, 2280200, blocks_of(5), hours=4))
    compare(bench)
    bench.record(tell(bench, 2280200, blocks, hours=5))
    compare(bench)
    assert (links(bench), earliest(bench)) == (set(), {}), "also once they were unlike"
    # A third that is like both is a near-duplicate of the earliest; it brings them not together.
    bench.record(tell(bench, 2280300, blocks, hours=6))
    compare(bench)
    assert earliest(bench) == {"2280300": "2280100"}


def test_what_is_unlinked_before_it_is_compared_is_never_linked(bench):
    blocks = blocks_of(1)
    bench.record(tell(bench, 2280100, blocks), tell(bench, 2280200, blocks, hours=2))
    bench.archive.unlink(article(2280100), [article(2280200)], NOON)
    compare(bench)
    assert (links(bench), earliest(bench)) == (set(), {})


def test_groups_are_told_however_many_there_are(new_sqlite):
    bench = Bench(new_sqlite())
    numbers = range(2280100, 2281300)
    bench.record(*(bench.say(number=number, published_at=NOON) for number in numbers))
    ids = [key for (key,) in bench.rows("SELECT id FROM articles ORDER BY external_id")]
    pairs = list(zip(ids[::2], ids[1::2], strict=True))
    engine = bench.archive._engine
    with engine.begin() as connection:
        values = {"similarity": 1.0, "rule": 1, "observed_at": NOON, "passages": []}
        rows = [{"article_id": two, "of_article_id": one, **values} for one, two in pairs]
        connection.execute(insert(near_duplicates), rows)
    engine.dispose()

    @event.listens_for(engine, "connect")
    def restrict(connection, _):  # to what some builds of SQLite take
        connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 999)

    groups = bench.archive.find_duplicates()
    assert [[one.article_id for one in group.members] for group in groups] == [*map(list, pairs)]
    assert [len(group.links) for group in groups] == [1] * len(pairs)
    bench.archive.close()


def family():
    """Return articles of which some are like others, by number: (hours, title, blocks)."""
    one, two, many = blocks_of(1), blocks_of(2), blocks_of(3)
    told = {
        2280100: (0, "Brand", one),
        2280101: (1, "Grote brand", [*one, "Een alinea meer."]),
        2280102: (1, "Brand geblust", [*one[:6], *blocks_of(7)[:5]]),
        2280103: (2, "Brand: terugblik", [*blocks_of(7)[:5], *one[5:], *one[:3]]),
        2280110: (0, "Debat", two),
        2280111: (5, "Debat ten einde", two[1:]),
        2280112: (6, "Wekdienst 1/10: debat", two),
    }
    template = {
        2280200 + n: (n, f"Column {chr(97 + n)}", [*many, *blocks_of(20 + n)[:2]])
        for n in range(MAX_HOLDERS + 2)
    }
    return {**told, **template}


def archive_in(url, order, size):
    """Return links and earliest ones of an archive that got the family in this order."""
    bench, told = Bench(url), family()
    for place in range(0, len(order), size):
        said = [tell(bench, n, told[n][2], *told[n][:2]) for n in order[place : place + size]]
        bench.record(*said)
        if place % 2:
            compare(bench)
    compare(bench)
    found = (links(bench), earliest(bench))
    bench.archive.close()
    return found


@pytest.fixture(scope="module")
def in_order(sqlite_template, tmp_path_factory):
    path = tmp_path_factory.mktemp("in_order") / "newsarchive.db"
    path.write_bytes(sqlite_template.read_bytes())
    return archive_in(f"sqlite:///{path}", sorted(family()), 100)


def test_a_family_is_linked_without_its_columns(in_order):
    found, first = in_order
    assert {("2280101", "2280100"), ("2280102", "2280100"), ("2280111", "2280110")} <= found
    assert all(first[number] == "2280100" for number in ("2280101", "2280102"))
    assert max(number for link in found for number in link) < "2280112"


@settings(max_examples=8, suppress_health_check=list(HealthCheck))
@given(order=st.permutations(sorted(family())), size=st.integers(1, 9))
def test_the_links_are_the_same_whatever_the_order_of_arrival(new_database, in_order, order, size):
    assert archive_in(new_database(), order, size) == in_order


def test_the_links_are_the_same_whoever_writes_at_once(new_database, in_order):
    url, told = new_database(), family()
    workers = [Bench(url, lease=f"worker {place}") for place in range(3)]

    def work(place):
        worker = workers[place]
        own = sorted(told)[place::3]
        for number in Random(place).sample(own, len(own)):
            worker.record(tell(worker, number, told[number][2], *told[number][:2]))
            compare(worker)

    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(work, place) for place in range(3)]:
            done.result()
    assert (links(workers[0]), earliest(workers[0])) == in_order
    for worker in workers:
        worker.archive.close()
