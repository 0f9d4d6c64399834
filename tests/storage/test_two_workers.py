"""Two workers at the same feeds and pictures, in any interleaving: nothing doubled or lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import create_engine, event, text

from newsarchive.items import Document, Look, PictureFetch, Quarantined
from newsarchive.model import LookOutcome, Media, MediaFile, Origin, Stage
from newsarchive.storage import documents
from newsarchive.watching import Plan

from .conftest import NOON, Bench
from .test_pictures import HEAD, LINKS, fetch

WAITING = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@pytest.fixture
def workers(database_url):
    yield from _two(database_url)


@pytest.fixture
def postgres_workers(new_postgres):
    yield from _two(new_postgres())


def _two(url):
    both = [Bench(url, lease=f"worker {place}") for place in (1, 2)]
    yield both
    for worker in both:
        worker.archive.close()


def at_once(workers: list[Bench], rounds: int, work: Callable[[Bench, int, bool], object]) -> None:
    """Have both work at the same time, once a round."""
    together = Barrier(2)

    def go_on(worker: Bench) -> None:
        for n in range(rounds):
            together.wait(timeout=60)
            work(worker, n, worker is workers[0])

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(go_on, worker) for worker in workers]:
            done.result()


def test_two_workers_store_the_same_documents_once(workers):
    numbers = range(2280100, 2280130)

    def work(worker, n, is_first):
        first = numbers[n] if is_first else numbers[-1 - n]
        worker.record(*[worker.say(f"Titel {m}", number=m) for m in range(first, first + 5)])

    at_once(workers, len(numbers), work)
    counts = workers[0].archive.count_rows()
    assert (counts["articles"], counts["entries"], counts["revisions"]) == (34, 34, 34)
    assert counts["quarantine"] == 0


def test_two_workers_that_wait_for_each_other_both_get_on(workers):
    bad = [Quarantined(Stage.IDENTIFY, f"fout {n}", f"http://{n}", None, NOON) for n in range(12)]

    def work(worker, _, is_first):
        worker.record(quarantined=bad if is_first else bad[::-1], poll=False)

    at_once(workers, 2, work)
    assert workers[0].rows("SELECT times, count(*) FROM quarantine GROUP BY times") == [(4, 12)]


def test_two_workers_with_the_same_picture_store_it_once(workers):
    def work(worker, n, is_first):
        address = f"https://cdn.nos.nl/{n}-{is_first}.jpg"
        capture = worker.capture(NOON)
        file = MediaFile(f"sha256:{n:064d}", "image/jpeg", 9, 1, 1, f"media/{n}", address)
        picture = PictureFetch(address, NOON, capture=capture, file=file)
        document = Document("nos", captures=[capture], picture=picture)
        worker.archive.record_document(document, worker.run_id)

    at_once(workers, 30, work)
    held = "SELECT count(*), count(DISTINCT digest) FROM pictures WHERE next_try_at IS NULL"
    assert workers[0].rows(held) == [(60, 30)]


def test_no_worker_waits_for_another_to_note_that_the_site_wants_a_pause(postgres_workers):
    def pages(worker, number):
        """Return what came of a page with news, and of one whose site asked for a pause."""
        capture = worker.capture(NOON)
        said = worker.say(origin=Origin.PAGE, number=number, capture=capture, feed=None)
        read = Look(said.identity, NOON, LookOutcome.READ, "url", capture=capture, status=200)
        other = worker.say(number=number + 1).identity
        pause = NOON + timedelta(minutes=5)
        paused = Look(other, NOON, LookOutcome.FAILED, "url", status=429, retry_after_at=pause)
        return Document("nos", [said], captures=[capture], looks=[read, paused])

    first, second = postgres_workers
    with first.archive._engine.begin() as connection:
        news = Document("nos", pages(first, 2280103).observations)
        documents.record_document(connection, news, first.run_id, Plan())
        with second.archive._engine.begin() as other:
            other.execute(text("SET LOCAL lock_timeout = 5000"))
            documents.record_document(other, pages(second, 2280203), second.run_id, Plan())
    assert first.rows("SELECT retry_after_at FROM sources") == [(NOON + timedelta(minutes=5),)]


def address(number):
    return HEAD.replace("804211", str(number))


def test_two_workers_that_note_the_same_pictures_note_them_once(workers):
    workers[0].archive.pictures.choose("nos", Media.ALL)

    def work(worker, n, is_first):
        shown = [address(20 * n + place) for place in range(20)]
        images = "".join(f'<img src="{url}">' for url in (shown if is_first else shown[::-1]))
        number = 2280100 + 2 * n + is_first
        worker.record(worker.say(number=number, html=f"<p>{images}</p>"))

    at_once(workers, 30, work)
    assert workers[0].archive.pictures.count()["pending"] == 20 * 30
    assert workers[0].archive.count_rows()["quarantine"] == 0


def test_a_picture_that_comes_while_a_revision_is_stored_is_shown_by_it(postgres_workers):
    storing, fetching = postgres_workers
    watching = create_engine(storing.url)
    storing.archive.pictures.choose("nos", Media.ALL)
    storing.record(storing.say(image_url=HEAD))
    comes = Thread(target=fetch, args=(fetching, HEAD))

    def waits():
        with watching.begin() as connection:
            return connection.exec_driver_sql(WAITING).scalar_one()

    @event.listens_for(storing.archive._engine, "before_cursor_execute")
    def let_it_come(_connection, _cursor, statement, *_):
        if statement.startswith("INSERT INTO revision_media"):
            comes.start()
            while comes.is_alive() and not waits():
                pass

    storing.record(storing.say(number=2280104, image_url=HEAD, hours=1))
    comes.join()
    watching.dispose()
    assert {digest for *_, digest in storing.rows(LINKS)} == {"sha256:" + "a" * 64}
