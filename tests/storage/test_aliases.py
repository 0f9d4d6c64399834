"""A publisher without numbers: which article is meant, as docs/sources.md has it, row by row."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import event

from newsarchive.comparison.digest import content_digest
from newsarchive.identity import id_of_url, identify
from newsarchive.items import Document, Poll
from newsarchive.model import Feed, Observation, Origin, Validators
from newsarchive.sources import Source
from newsarchive.storage import Archive, NewRun, Owner

from .conftest import NOON, TOO_LONG, Bench

KRANT = Source(
    name="krant",
    homepage_url="https://krant.example",
    feeds=tuple(
        Feed("krant", slug, slug, f"https://krant.example/{slug}/feed", position)
        for position, slug in enumerate(("stad", "sport"))
    ),
)
HOME = "https://krant.example"
ARTICLES = "SELECT url FROM articles ORDER BY url"
ALIASES = (
    "SELECT a.external_id, l.url FROM aliases l "
    "JOIN articles a ON a.id = l.article_id ORDER BY 1, 2"
)


class Press(Bench):
    """A bench whose source has no numbers."""

    def __init__(self, url: str, lease: str = "krant") -> None:
        self.url = url
        self.archive = Archive.open(url)
        run = NewRun("feeds", "krant", {}, "0", NOON, lease, Owner("here", lease))
        self.run_id = self.archive.begin_run(run, KRANT, lambda _: False)
        self.states = {s.feed.slug: s for s in self.archive.find_feed_states(KRANT.feeds)}
        self._captures = 0

    def say(self, link, guid=None, title="Titel", hours=0, *, feed="stad", original_link=None):
        given = {"guid": guid, "link": link, "original_link": original_link}
        html = "<p>Tekst.</p>"
        return Observation(
            origin=Origin.FEED,
            captured_at=NOON + timedelta(hours=hours),
            title=title,
            html=html,
            feed=feed,
            category=feed,
            content_digest=content_digest(title, html),
            identity=identify(source=KRANT, **given),
            **given,
        )

    def poll(self, *said, feed="stad"):
        """Store one poll with these entries; return its counts."""
        at = said[0].captured_at
        capture = self.capture(at)
        seen = [_with(one, capture=capture, feed=feed, category=feed) for one in said]
        asked = Poll(self.states[feed], at, 200, Validators())
        document = Document("krant", seen, captures=[capture], poll=asked)
        return self.archive.record_document(document, self.run_id)

    def look(self, path, link, canonical, hours=0):
        """Store a page of the article at `path`, which was found at `link`."""
        said = self.say(link, original_link=canonical, hours=hours)
        article = identify(source=KRANT, guid=None, link=HOME + path)
        capture = self.capture(said.captured_at)
        values = {"origin": Origin.PAGE, "feed": None, "category": None}
        page = _with(said, **values, identity=article, capture=capture)
        return self.archive.record_document(
            Document("krant", [page], captures=[capture]), self.run_id
        )

    def urls(self):
        return [url.removeprefix(HOME) for (url,) in self.rows(ARTICLES)]

    def aliases(self):
        return [(id_, url.removeprefix(HOME)) for id_, url in self.rows(ALIASES)]


def _with(observation, **values):
    named = {name: getattr(observation, name) for name in Observation.__slots__}
    return Observation(**{**named, **values})


@pytest.fixture
def press(database_url):
    press = Press(database_url)
    yield press
    press.archive.close()


def of(path):
    return id_of_url(HOME + path)


@pytest.mark.parametrize(
    ("first", "second", "aliases"),
    [
        pytest.param(
            {"link": "http://krant.example/brug", "guid": "1"},
            {"link": "https://www.krant.example/brug/?utm_source=rss#kop", "guid": "2"},
            [],
            id="http or https, www, a slash, trackers, a fragment: one address",
        ),
        pytest.param(
            {"link": f"{HOME}/brug", "guid": "1"},
            {"link": f"{HOME}/brug/amp/", "guid": "2"},
            [],
            id="AMP is the same address",
        ),
        pytest.param(
            {"link": f"{HOME}/brug", "guid": f"{HOME}/brug"},
            {"link": f"{HOME}/brug", "guid": "urn:krant:brug"},
            [],
            id="another guid, the same link",
        ),
        pytest.param(
            {"link": f"{HOME}/brug", "guid": f"{HOME}/?p=7"},
            {"link": f"{HOME}/brug", "guid": f"{HOME}/?p=8"},
            ["/?p=7", "/?p=8"],
            id="another guid that is an address, the same link",
        ),
        pytest.param(
            {"link": f"{HOME}/brug", "guid": f"{HOME}/?p=7"},
            {"link": f"{HOME}/brug-dicht", "guid": "http://krant.example/?p=7"},
            ["/?p=7", "/brug-dicht"],
            id="another link, the same guid that is an address",
        ),
        pytest.param(
            {"link": f"{HOME}/brug", "guid": "tag:krant.example,2026:7"},
            {"link": f"{HOME}/brug-dicht", "guid": "tag:krant.example,2026:7"},
            ["/brug-dicht"],
            id="another link, the same guid that is no address",
        ),
        pytest.param(
            {"link": f"{HOME}/brug", "guid": None},
            {"link": "https://kort.example/x", "original_link": f"{HOME}/brug", "guid": None},
            ["https://kort.example/x"],
            id="a detour, with the original link",
        ),
        pytest.param(
            {"link": "/brug", "guid": None},
            {"link": f"{HOME}/brug", "guid": f"{HOME}/"},
            [],
            id="a relative link; the homepage is the address of no article",
        ),
    ],
)
def test_one_article(press, first, second, aliases):
    assert press.poll(press.say(**first))["new"] == 1
    counts = press.poll(press.say(**second, title="Andere titel", hours=1))
    assert (counts["new"], counts["changed"], counts["quarantined"]) == (0, 1, 0)
    assert press.urls() == ["/brug"]
    assert press.aliases() == sorted((of("/brug"), url) for url in aliases)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(
            {"link": f"{HOME}/?p=1", "guid": "1"},
            {"link": f"{HOME}/?p=2", "guid": "2"},
            id="a parameter that nobody knows counts",
        ),
        pytest.param(
            {"link": f"{HOME}/brug", "guid": "1"},
            {"link": f"{HOME}/dijk", "guid": "2"},
            id="another link and another guid",
        ),
        pytest.param(
            {"link": f"{HOME}/brug", "guid": "7"},
            {"link": f"{HOME}/dijk", "guid": "7", "feed": "sport"},
            id="a guid that is no address is known in its own feed only",
        ),
    ],
)
def test_two_articles(press, first, second):
    press.poll(press.say(**first))
    feed = second.get("feed", "stad")
    assert press.poll(press.say(**second, hours=1), feed=feed)["new"] == 1
    assert len(press.urls()) == 2


def test_an_address_is_known_in_every_feed_of_the_source(press):
    press.poll(press.say(f"{HOME}/brug", f"{HOME}/?p=7"))
    press.poll(press.say(f"{HOME}/brug-dicht", f"{HOME}/?p=7", hours=1))
    said = press.say(f"{HOME}/brug-dicht", "urn:7", hours=2, feed="sport")
    assert press.poll(said, feed="sport")["unchanged"] == 1
    assert press.urls() == ["/brug"]


def test_a_slug_that_changes_back_is_the_same_article(press):
    for hours, path in enumerate(["/brug", "/brug-dicht", "/brug", "/brug-open"]):
        press.poll(press.say(HOME + path, "7", hours=hours))
    assert press.urls() == ["/brug"]
    assert press.aliases() == [(of("/brug"), "/brug-dicht"), (of("/brug"), "/brug-open")]


@pytest.mark.parametrize(
    "guid",
    [pytest.param("7", id="no address"), pytest.param(f"{HOME}/?p=7", id="an address")],
)
def test_a_guid_and_a_link_of_two_known_articles_go_to_quarantine(press, guid):
    press.poll(press.say(f"{HOME}/brug", guid), press.say(f"{HOME}/dijk", "8"))
    counts = press.poll(press.say(f"{HOME}/dijk", guid, "Andere titel", hours=1))
    assert (counts["entries"], counts["changed"], counts["quarantined"]) == (1, 0, 1)
    [(stage, url, error)] = press.rows("SELECT stage, url, error FROM quarantine")
    assert (stage, url) == ("identify", f"{HOME}/dijk")
    assert f"krant:{of('/brug')} {HOME}/brug" in error
    assert f"krant:{of('/dijk')} {HOME}/dijk" in error
    press.poll(press.say(f"{HOME}/dijk", guid, "Andere titel", hours=2))
    assert press.rows("SELECT times FROM quarantine") == [(2,)]
    assert press.rows("SELECT count(*) FROM revisions") == [(2,)]


def test_guids_that_are_numbers_from_the_top_name_no_article(press):
    polls = [["/c", "/b", "/a"], ["/d", "/c", "/b"], ["/e", "/d", "/c"]]
    for hours, paths in enumerate(polls):
        said = [press.say(HOME + path, str(n), path, hours) for n, path in enumerate(paths)]
        assert press.poll(*said)["quarantined"] == 0
    assert press.urls() == ["/a", "/b", "/c", "/d", "/e"]
    assert press.rows("SELECT count(*) FROM revisions") == [(5,)]


@pytest.mark.parametrize(
    "guid", [pytest.param("x", id="no address"), pytest.param(f"{HOME}/nieuws", id="an address")]
)
def test_a_guid_that_a_whole_document_shares_names_no_article(press, guid):
    for hours in range(2):
        said = [press.say(HOME + path, guid, path, hours) for path in ("/a", "/b")]
        assert press.poll(*said)["quarantined"] == 0
    assert press.urls() == ["/a", "/b"]
    assert press.aliases() == []
    assert press.rows("SELECT count(*) FROM revisions") == [(2,)]
    assert press.rows("SELECT guid FROM entries ORDER BY 1") == [(f"{HOME}/a",), (f"{HOME}/b",)]


def test_the_address_of_another_entry_is_no_alias(press):
    press.poll(press.say(f"{HOME}/a", "1"), press.say(f"{HOME}/b", f"{HOME}/a"))
    assert press.urls() == ["/a", "/b"]
    assert press.aliases() == []


def test_a_page_tells_where_its_article_is_too(press):
    press.poll(press.say(f"{HOME}/brug", "7"), press.say(f"{HOME}/dijk", "8"))
    assert press.look("/brug", f"{HOME}/nieuws/brug", f"{HOME}/brug-dicht")["new"] == 1
    assert press.aliases() == [(of("/brug"), "/brug-dicht"), (of("/brug"), "/nieuws/brug")]
    # A page that claims to be another's is still the page that was asked for.
    assert press.look("/dijk", f"{HOME}/dijk", f"{HOME}/brug")["new"] == 1
    assert press.urls() == ["/brug", "/dijk"]
    # And an entry that is met at such an address later on is the same article.
    assert press.poll(press.say(f"{HOME}/nieuws/brug", "9", hours=1))["unchanged"] == 1


def test_an_entry_that_the_database_refuses_has_no_aliases(press):
    bad = _with(press.say(f"{HOME}/a", f"{HOME}/?p=1"), title="\ud800")
    counts = press.poll(bad, press.say(f"{HOME}/b", f"{HOME}/?p=2"))
    assert (counts["new"], counts["quarantined"]) == (1, 1)
    assert press.aliases() == [(of("/b"), "/?p=2")]


def test_an_article_is_found_by_every_address_that_it_had(press):
    press.poll(press.say(f"{HOME}/brug", f"{HOME}/?p=7"))
    press.poll(press.say(f"{HOME}/brug-dicht", f"{HOME}/?p=7", hours=1))
    for path in ("/brug", "/brug-dicht", "/?p=7"):
        assert press.archive.find_by_url(["krant"], HOME + path) == ("krant", of("/brug"))
    assert press.archive.find_by_url(["krant"], f"{HOME}/elders") is None
    assert press.archive.find_by_url(["weekblad"], f"{HOME}/brug") is None


def test_nothing_is_asked_where_articles_have_numbers(bench):
    asked = []
    engine = bench.archive._engine
    event.listen(engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
    bench.record(bench.say())
    assert not [statement for statement in asked if "aliases" in statement]


def test_an_endless_address_is_no_alias(press):
    said = press.say(f"{HOME}/detour?{TOO_LONG}", original_link=f"{HOME}/brug")
    assert press.poll(said)["new"] == 1
    assert (press.urls(), press.aliases()) == (["/brug"], [])


ROUNDS = 30


def test_two_workers_that_meet_an_article_under_two_addresses_make_one(database_url):
    workers = [Press(database_url, lease=f"worker {place}") for place in (1, 2)]
    together = Barrier(2)

    def work(worker, address):
        for n in range(ROUNDS):
            said = worker.say(f"{HOME}/{address}/{n}", f"{HOME}/?p={n}")
            together.wait(timeout=60)
            worker.poll(said)

    with ThreadPoolExecutor(2) as pool:
        tasks = [pool.submit(work, *pair) for pair in zip(workers, ("oud", "nieuw"), strict=True)]
        for done in tasks:
            done.result()
    assert workers[0].rows("SELECT count(*) FROM articles") == [(ROUNDS,)]
    assert workers[0].rows("SELECT count(*) FROM revisions") == [(ROUNDS,)]
    assert workers[0].rows("SELECT count(*) FROM aliases") == [(2 * ROUNDS,)]
    assert workers[0].rows("SELECT count(*) FROM quarantine") == [(0,)]
    for worker in workers:
        worker.archive.close()
