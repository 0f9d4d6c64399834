"""Two workers at the same feeds, in any interleaving: one article, one revision."""

from concurrent.futures import ThreadPoolExecutor

from .conftest import Bench


def test_two_workers_store_the_same_documents_once(database_url):
    numbers = range(2280100, 2280130)
    workers = [Bench(database_url, lease=f"worker {place}") for place in (1, 2)]

    def work(worker):
        order = numbers if worker is workers[0] else reversed(numbers)
        for first in order:
            said = [worker.say(f"Titel {n}", number=n) for n in range(first, first + 5)]
            worker.record(*said)

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(work, worker) for worker in workers]:
            done.result()
    counts = workers[0].archive.count_rows()
    assert (counts["articles"], counts["entries"], counts["revisions"]) == (34, 34, 34)
    assert counts["quarantine"] == 0
    for worker in workers:
        worker.archive.close()
