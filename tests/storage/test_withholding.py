"""Withholding: what no question gets to see any more, and what goes on behind it."""

import itertools
from dataclasses import asdict
from datetime import timedelta

import pytest

from newsarchive.exceptions import NotFoundError, WithheldError
from newsarchive.model import (
    Capture,
    Identity,
    Kind,
    Origin,
    Update,
    Withholding,
    WithholdingAction,
)
from newsarchive.storage import Archive
from newsarchive.storage.views import VIEWS

from .conftest import NOON

SECRET = "Geheimschrift"
STORY = "<p>" + " ".join(f"{SECRET}{number} loopt langs de dijk." for number in range(60)) + "</p>"
WITHHOLD, LIFT = WithholdingAction.WITHHOLD, WithholdingAction.LIFT
places = itertools.count(1)


def decide(bench, action, hours=10, number=2280103, reason="een verzoek"):
    """Record a decision about an article, `hours` after noon."""
    at = NOON + timedelta(hours=hours)
    decision = Withholding("nos", str(number), action, reason, at, "iemand@hier")
    url = f"https://nos.nl/l/{number}"
    place = next(places)
    capture = Capture(url, at, f"sha256:{place:064}", f"warc/decision-{place}.warc.gz", 0, 9)
    identity = Identity("nos", str(number), Kind.ARTICLE, url)
    bench.archive.withholding.record(decision, identity, capture, bench.run_id)


@pytest.fixture
def telling(bench):
    """Give an archive in which much is told of one article, and something of others."""
    bench.record(
        bench.say(f"{SECRET} in de krant", STORY, image_url="https://nos.nl/a.jpg"),
        bench.say("Een ander verhaal", "<p>Over de zee.</p>", number=2280104),
    )
    bench.record(
        bench.say(f"{SECRET} ook hier", f"{STORY}<p>En meer.</p>", number=2280105, hours=1)
    )
    page = {"origin": Origin.PAGE, "feed": None, "category": None}
    for hours in (2, 3):
        update = Update("1", SECRET, f"<p>{SECRET}</p>", NOON, SECRET)
        said = bench.say(f"{SECRET} {hours}", STORY, hours=hours, updates=[update], **page)
        bench.record(said, poll=False)
    correction = {
        "identity": Identity("nos", "herstel-1", Kind.CORRECTION, "https://nos.nl/herstel#1"),
        "guid": "https://nos.nl/herstel#1",
        "corrects": ["2280103"],
    }
    bench.record(bench.say("Herstel", "<p>Dit was anders.</p>", hours=4, **correction))
    while bench.archive.compare_due():
        pass
    return bench


def everything(bench):
    """Return all that questions to the front door and the views give, as one text."""
    archive = bench.archive
    found = [bench.rows(f"SELECT * FROM {view}") for view in VIEWS]
    found += [map(asdict, archive.iter_articles()), map(asdict, archive.iter_revisions())]
    found += [map(asdict, archive.iter_changes()), map(asdict, archive.find_duplicates())]
    found += [archive.find_revisions(number) for number in range(1, 9)]
    return "\n".join(row for rows in found for row in sorted(map(repr, rows)))


def test_nothing_tells_of_a_withheld_article(telling):
    assert telling.archive.find_duplicates()
    assert SECRET in everything(telling)
    decide(telling, WITHHOLD, number=2280105)
    assert telling.archive.find_duplicates() == []
    assert "near_duplicate_of=2" not in everything(telling)
    decide(telling, WITHHOLD)
    told = everything(telling)
    assert SECRET not in told
    assert "Over de zee" in told
    assert telling.rows("SELECT count(*) FROM near_duplicates") == [(0,)]


def test_it_is_held_all_the_same(telling):
    before = telling.archive.count_rows()
    decide(telling, WITHHOLD)
    assert telling.archive.count_rows() == before
    kept = list(telling.archive.custody.iter_kept_revisions())
    assert sum(one.article == "nos:2280103" for one in kept) == 3
    assert len(list(telling.archive.custody.iter_renditions())) == before["revisions"]


def test_who_asks_for_it_learns_that_it_is_withheld_and_no_more(telling):
    decide(telling, WITHHOLD)
    with pytest.raises(
        WithheldError, match="nos:2280103 is withheld since 2026-10-01 22:00"
    ) as told:
        telling.archive.get_article("nos", "2280103")
    assert SECRET not in str(told.value)
    with pytest.raises(NotFoundError, match="not in this archive"):
        telling.archive.get_article("nos", "1")


def test_no_crawl_brings_it_back_and_it_is_archived_on(telling):
    decide(telling, WITHHOLD)
    edited = telling.say(f"{SECRET} opnieuw", f"{STORY}<p>Nieuw.</p>", hours=20)
    assert telling.record(edited)["changed"] == 1
    while telling.archive.compare_due():
        pass
    assert f"{SECRET} opnieuw" not in everything(telling)
    titles = telling.rows("SELECT title FROM revisions ORDER BY id DESC LIMIT 1")
    assert titles == [(f"{SECRET} opnieuw",)]
    decide(telling, LIFT, hours=21)
    assert f"{SECRET} opnieuw" in everything(telling)


def test_lifting_gives_back_all_that_was_hidden(telling):
    before = everything(telling)
    decide(telling, WITHHOLD)
    assert everything(telling) != before
    decide(telling, LIFT, hours=11)
    assert everything(telling) == before


def test_a_link_that_a_person_undid_stays_undone(telling):
    telling.archive.unlink(("nos", "2280105"), [("nos", "2280103")], NOON)
    decide(telling, WITHHOLD)
    assert telling.rows("SELECT CAST(passages AS text) FROM near_duplicates") == [("[]",)]
    decide(telling, LIFT, hours=11)
    assert telling.archive.find_duplicates() == []
    assert telling.rows("SELECT count(*) FROM near_duplicates") == [(1,)]


@pytest.mark.parametrize(
    ("decisions", "is_withheld"),
    [
        pytest.param([(WITHHOLD, 1)], True, id="withheld"),
        pytest.param([(WITHHOLD, 1), (LIFT, 2)], False, id="lifted"),
        pytest.param([(LIFT, 2), (WITHHOLD, 1)], False, id="recorded the other way round"),
        pytest.param([(WITHHOLD, 1), (LIFT, 2), (WITHHOLD, 3)], True, id="withheld again"),
        pytest.param([(WITHHOLD, 1), (LIFT, 1)], False, id="at one moment, the last recorded"),
    ],
)
def test_the_latest_decision_holds(bench, decisions, is_withheld):
    bench.record(bench.say())
    for action, hours in decisions:
        decide(bench, action, hours)
    standing = bench.archive.withholding.get_standing("nos", "2280103")
    latest = NOON + timedelta(hours=max(hours for _, hours in decisions))
    assert standing.withheld_at == (latest if is_withheld else None)
    in_force = bench.archive.withholding.find_withheld()
    assert [one.decided_at for one in in_force] == ([latest] if is_withheld else [])


def test_every_decision_is_on_record(bench):
    bench.record(bench.say(), bench.say(number=2280104))
    decide(bench, WITHHOLD, 1, reason="een verzoek")
    decide(bench, WITHHOLD, 2, number=2280104)
    decide(bench, LIFT, 3, reason="ingetrokken")
    trail = bench.archive.withholding.find_decisions()
    assert [(one.external_id, one.action, one.reason) for one in trail] == [
        ("2280103", LIFT, "ingetrokken"),
        ("2280104", WITHHOLD, "een verzoek"),
        ("2280103", WITHHOLD, "een verzoek"),
    ]
    assert {one.decided_by for one in trail} == {"iemand@hier"}
    own = bench.archive.withholding.find_decisions(("nos", "2280103"))
    assert own == [trail[0], trail[2]]
    named = "SELECT c.warc_file FROM withholdings w JOIN captures c ON c.id = w.capture_id"
    assert len(set(bench.rows(named))) == 3


def test_an_article_that_is_not_held_yet_is_hidden_from_its_first_revision_on(bench):
    decide(bench, WITHHOLD, hours=-1)
    bench.record(bench.say(SECRET))
    assert SECRET not in everything(bench)
    with pytest.raises(WithheldError):
        bench.archive.get_article("nos", "2280103")


def test_the_standing_of_an_article_that_is_not_held(bench):
    with pytest.raises(NotFoundError, match="nos:2280103 is not in this archive"):
        bench.archive.withholding.get_standing("nos", "2280103")


def test_a_reader_cannot_withhold(telling):
    with Archive.read(telling.url) as archive:
        reading, telling.archive = telling.archive, archive
        with pytest.raises(Exception, match=r"(?i)read.?only"):
            decide(telling, WITHHOLD)
        telling.archive = reading
