import gc
from pathlib import Path

from newsarchive.items import Document
from newsarchive.model import Origin
from newsarchive.sources import get_source
from newsarchive.storage import NewRun, Owner, Rehearsal

from .conftest import NOON

TABLES = ("crawl_runs", "leases", "captures", "articles", "entries", "revisions", "quarantine")


def rehearse(url, documents):
    run = NewRun("rows", "nos", {}, "0", NOON, "import nos", Owner("here", "1"))
    with Rehearsal(url) as rehearsal:
        run_id = rehearsal.begin_run(run, get_source("nos"), lambda _: False)
        folder = Path(rehearsal._url.removeprefix("sqlite:///")).parent
        assert folder.exists()
        counts = [rehearsal.record_document(document, run_id) for document in documents]
        rehearsal.finish_run(run_id, "finished", {}, NOON)
    del rehearsal
    gc.collect()
    assert not folder.exists()
    return counts


def chunks(bench):
    """Return what an import says of articles that are new, known, and known from a feed."""

    def said(title, hours, number, **more):
        kept = {"capture": bench.capture(NOON), "origin": Origin.IMPORT, "guid": None}
        return bench.say(title, hours=hours, number=number, **kept, **more)

    yield [said("Titel", 0, 2280103), said("Anders", 1, 2280103), said("Nieuw", 0, 2280105)]
    yield [said("Nieuw", 0, 2280105), said("Anders", 2, 2280105), said("Titel", 0, 2280104)]
    yield [said("Ertussen", 1, 2280103, category="muziek", feed=None), said("Oud", -5, 2280104)]


def test_a_rehearsal_counts_what_recording_then_does(bench):
    bench.record(bench.say("Titel", number=2280104))
    kept = {"capture": bench.capture(NOON), "origin": Origin.IMPORT}
    bench.record(bench.say("Titel", **kept), bench.say("Later", hours=3, **kept), poll=False)
    documents = [Document("nos", observations) for observations in chunks(bench)]
    before = {table: bench.rows(f"SELECT * FROM {table}") for table in TABLES}

    rehearsed = rehearse(bench.url, documents)

    assert before == {table: bench.rows(f"SELECT * FROM {table}") for table in TABLES}
    assert [counts.pop("articles", 0) for counts in rehearsed] == [1, 0, 0]
    assert rehearsed == [bench.archive.record_document(one, bench.run_id) for one in documents]


def test_a_rehearsal_without_an_archive_begins_with_nothing(tmp_path, bench):
    documents = [Document("nos", observations) for observations in chunks(bench)]
    counts = rehearse(f"sqlite:///{tmp_path}/none/archive.db", documents)
    assert [one["articles"] for one in counts] == [2, 1, 0]
    assert not (tmp_path / "none").exists()
