"""Crawls that render: what is archived, what stays due, and what a rebuild makes of it."""

import json
import threading

import pytest

from newsarchive.replica import Replica

from ..crawl.conftest import (  # noqa: TID252 - tests are no package to name
    Crawler,
    Site,
    feed,
    item,
)
from ..crawl.test_pages import page, redirect  # noqa: TID252 - likewise
from ..crawl.test_rebuild import database, lose_database, whole  # noqa: TID252 - likewise
from .conftest import own_splash, shell

AUTO = ("-a", "render=auto", "-a", "categories=buitenland,politiek")
FAST = ("-s", "DOWNLOAD_DELAY=0", "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=8")
BOTH = "splash,playwright"
PAGES = (
    "SELECT a.external_id, r.title, r.text FROM revisions r"
    " JOIN articles a ON a.id = r.article_id WHERE r.origin = 'page' ORDER BY 1"
)
RENDERED = (
    "SELECT json_extract(metadata, '$.form'), json_extract(metadata, '$.renderer'), count(*)"
    " FROM revisions WHERE origin = 'page' GROUP BY 1, 2 ORDER BY 1"
)
LOOKS = "SELECT outcome, count(*) FROM looks GROUP BY outcome ORDER BY outcome"

in_splash = [pytest.mark.splash]
in_chromium = [pytest.mark.chromium]


def crawl(crawler, *arguments, **environment):
    return crawler.run("crawl", *FAST, *arguments, **environment)


def counters(crawler):
    (row,) = crawler.rows("SELECT counters FROM crawl_runs ORDER BY id DESC LIMIT 1")
    return json.loads(row[0]) if isinstance(row[0], str) else row[0]


@pytest.fixture
def replica():
    # Half of its pages come by script, and these by turns in the language of 2009 and of today; of
    # the 16 articles in its feeds of politics and abroad, one of each is a liveblog.
    with Replica(120, scenario="quiet", page_era="script") as replica:
        yield replica


@pytest.fixture
def crawler_of(new_sqlite, tmp_path):
    return lambda base: Crawler(new_sqlite(), tmp_path / "data", base)


def expected(replica, crawler):
    """Return what the replica says of the pages of the articles that its feeds told of."""
    told = {number for (number,) in crawler.rows("SELECT external_id FROM articles")}
    pages = replica.expected_pages(is_every_page_read=True).items()
    return sorted((n, p.revisions[0].title, p.revisions[0].text) for n, p in pages if n in told)


@pytest.mark.splash
@pytest.mark.chromium
def test_pages_that_script_finishes_are_archived_whole_and_the_others_plainly(
    replica, crawler_of, splash_url, chromium
):
    crawler = crawler_of(replica.base)
    settings = {"NEWSARCHIVE_SPLASH_URL": splash_url, "NEWSARCHIVE_RENDERER": BOTH}
    done = crawl(crawler, *AUTO, **settings)
    assert done.returncode == 0, done.stderr
    assert crawler.rows(PAGES) == expected(replica, crawler)
    counted = counters(crawler)
    assert counted["pages_read"] == 16
    assert counted["pages_needing_script"] == counted["pages_rendered_splash"] == 8
    assert counted["pages_rendered_playwright"] == 4
    assert crawler.rows(RENDERED) == [
        ("modules", "playwright", 4),
        ("next-article", None, 4),
        ("next-data", None, 4),
        ("textwrap", "splash", 4),
    ]
    assert crawler.rows("SELECT count(*) FROM liveblog_updates") == [(4,)]
    # What they asked of the site is counted against its budget.
    (asked,) = crawler.rows("SELECT sum(requests) FROM looks")[0]
    others = {f"/{slug}" for slug in replica.state()["entries"]} | {"/robots.txt"}
    assert asked == sum(path not in others for path, _ in replica.requests)
    assert crawler.run("verify").returncode == 0
    check = crawler.run("rebuild", "--check", "--json")
    assert json.loads(check.stdout)["differences"] == [], check.stderr
    before = whole(database(crawler))
    lose_database(crawler)
    assert crawler.run("rebuild").returncode == 0
    assert whole(database(crawler)) == before


@pytest.mark.splash
def test_a_splash_that_is_killed_loses_nothing_and_the_next_crawl_finishes(replica, crawler_of):
    crawler = crawler_of(replica.base)
    with own_splash() as server:
        killed = threading.Event()

        def kill_in_the_middle():
            # Its first page is whole by then, and its second one is on its way.
            while sum(path.startswith("/inhoud/") for path, _ in replica.requests) < 2:
                if killed.wait(0.02):
                    return
            server.stop()
            killed.set()

        killer = threading.Thread(target=kill_in_the_middle)
        killer.start()
        done = crawl(crawler, *AUTO, NEWSARCHIVE_SPLASH_URL=server.url)
        was_killed = killed.is_set()
        killed.set()
        killer.join()
        assert was_killed
        assert done.returncode == 7, done.stderr
        looks = dict(crawler.rows(LOOKS))
        assert looks["unrendered"] >= 5
        assert looks["read"] >= 8
        (held,) = crawler.rows("SELECT count(*) FROM quarantine WHERE error LIKE '%Splash%'")[0]
        assert held == 0
        before = whole(database(crawler))
        lose_database(crawler)
        assert crawler.run("rebuild").returncode == 0
        assert whole(database(crawler)) == before
        server.start()
        crawl(crawler, *AUTO, NEWSARCHIVE_SPLASH_URL=server.url)
    # The pages of today's language are beyond it; all others are there, and none twice.
    held = crawler.rows(PAGES)
    modern = {row[0] for row in expected(replica, crawler)} - {row[0] for row in held}
    assert len(modern) == 3  # the liveblog is there, with the updates that it shows without script
    whole_ones = [row for row in expected(replica, crawler) if row[0] not in modern]
    assert sum(row in held for row in whole_ones) == len(whole_ones) - 1


@pytest.fixture
def site():
    site = Site()
    yield site
    site.close()


def with_pages(site):
    """Give the site three articles: one plain, one that script finishes, one that is gone then."""
    numbers = (2280103, 2280104, 2280105)
    site.answers["/nosnieuwsbuitenland"] = feed(*(item(n, f"Titel {n}") for n in numbers))
    for number in numbers:
        site.answers[f"/l/{number}"] = redirect(f"/artikel/{number}-x")
    site.answers["/artikel/2280103-x"] = page(2280103, "Titel 2280103", "Plat.")
    for number in numbers[1:]:
        site.answers[f"/artikel/{number}-x"] = html(scripted(number))


def html(text, status=200):
    return (status, {"Content-Type": "text/html; charset=utf-8"}, text.encode())


def scripted(number):
    whole = page(number, f"Titel {number}", "Door script.").decode()
    state = whole.partition('type="application/json">')[2].partition("</script>")[0]
    text = json.dumps(state).replace("<", "\\u003c")
    return shell(
        "var state = document.createElement('script'); state.id = '__NEXT_DATA__';"
        f"state.type = 'application/json'; state.text = {text}; document.body.appendChild(state);"
    )


def test_without_a_renderer_that_answers_pages_stay_due_and_the_crawl_goes_on(site, crawler_of):
    with_pages(site)
    crawler = crawler_of(site.base)
    nobody = {"NEWSARCHIVE_SPLASH_URL": "http://127.0.0.1:9"}
    done = crawl(crawler, "-a", "categories=buitenland", **nobody)
    assert done.returncode == 7
    assert crawler.rows(LOOKS) == [("read", 1), ("unrendered", 2)]
    (error,) = crawler.rows("SELECT DISTINCT error FROM looks WHERE outcome = 'unrendered'")[0]
    assert error.startswith("splash: ")
    due = "SELECT count(*) FROM articles a JOIN looks l ON l.article_id = a.id"
    assert crawler.rows(f"{due} WHERE a.next_check_at = l.captured_at") == [(2,)]
    assert crawler.rows("SELECT count(*) FROM quarantine") == [(0,)]
    before = whole(database(crawler))
    lose_database(crawler)
    assert crawler.run("rebuild").returncode == 0
    assert whole(database(crawler)) == before


@pytest.mark.parametrize(
    ("render", "rendered"),
    [
        pytest.param("auto", 2, id="only what needs it"),
        pytest.param("always", 3, id="every page"),
        pytest.param("none", 0, id="no page"),
    ],
)
@pytest.mark.splash
def test_which_pages_are_rendered(site, crawler_of, splash_url, render, rendered):
    with_pages(site)
    crawler = crawler_of(site.base)
    settings = {"NEWSARCHIVE_SPLASH_URL": splash_url}
    crawl(crawler, "-a", "categories=buitenland", "-a", f"render={render}", **settings)
    assert counters(crawler).get("pages_rendered_splash", 0) == rendered
    read = 3 if rendered else 1
    assert counters(crawler)["pages_read"] == read
    texts = crawler.rows("SELECT text FROM revisions WHERE origin = 'page' ORDER BY id")
    assert sorted(texts) == sorted([("Plat.",), ("Door script.",), ("Door script.",)][:read])


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("splash", marks=in_splash),
        pytest.param("playwright", marks=in_chromium),
    ],
)
def test_a_404_behind_a_renderer_is_a_404(site, crawler_of, request, name):
    with_pages(site)
    settings = {"NEWSARCHIVE_RENDERER": name}
    if name == "splash":
        settings["NEWSARCHIVE_SPLASH_URL"] = request.getfixturevalue("splash_url")
    else:
        request.getfixturevalue("chromium")
    # The plain page is there still; when the renderer asks, it is gone.
    gone = "/artikel/2280105-x"
    found = site.answers[gone]

    class Answers(dict):
        def get(self, path, default):
            if path == gone and site.asked(gone):
                return html(found[2].decode(), status=404)
            return super().get(path, default)

    site.answers = Answers(site.answers)
    crawler = crawler_of(site.base)
    crawl(crawler, "-a", "categories=buitenland", **settings)
    looks = "SELECT a.external_id, l.outcome, l.status FROM looks l JOIN articles a"
    assert crawler.rows(f"{looks} ON a.id = l.article_id ORDER BY 1") == [
        ("2280103", "read", 200),
        ("2280104", "read", 200),
        ("2280105", "gone", 404),
    ]


def test_a_link_to_splash_itself_is_not_followed(site, crawler_of):
    other = Site()
    link = f"{other.base}/render.html?url=http://169.254.169.254/"
    site.answers["/nosnieuwsbuitenland"] = feed(item(2280103))
    site.answers["/l/2280103"] = redirect(link)
    crawler = crawler_of(site.base)
    crawl(crawler, "-a", "categories=buitenland", NEWSARCHIVE_SPLASH_URL=other.base)
    other.close()
    assert other.log == []


@pytest.mark.parametrize(
    ("arguments", "settings", "named"),
    [
        pytest.param(
            ("-a", "render=auto"), {}, "NEWSARCHIVE_SPLASH_URL", id="rendering without a renderer"
        ),
        pytest.param(("-a", "render=yes"), {}, "none, auto, always", id="an unknown value"),
        pytest.param(
            (), {"NEWSARCHIVE_RENDERER": "firefox"}, "splash, playwright", id="an unknown renderer"
        ),
        pytest.param(
            (), {"NEWSARCHIVE_RENDERER": "splash"}, "NEWSARCHIVE_SPLASH_URL", id="Splash, nowhere"
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(site, crawler_of, arguments, settings, named):
    done = crawl(crawler_of(site.base), *arguments, **settings)
    assert done.returncode == 2
    assert named in done.stderr
    assert site.asked() == []
