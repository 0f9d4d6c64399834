"""Pages, from the outside: what a crawl asks, and what the archive then holds."""

import json
from itertools import pairwise

import pytest

from .conftest import feed, item

DUE = ("-a", "pages=due")
ALL = ("-a", "pages=all")
SLUG = "dijk-bij-kampen-versterkt"
PAGE = f"/artikel/2280103-{SLUG}"


def page(number=2280103, title="Dijk bij Kampen versterkt", text="De dijk is klaar.", **more):
    """Return a page in the form of 2024."""
    data = {
        "id": str(number),
        "type": more.get("type", "article"),
        "title": title,
        "publishedAt": "2026-10-01T12:30:00+0200",
        "modifiedAt": more.get("modified", "2026-10-01T12:30:00+0200"),
        "items": [{"type": "text", "text": f"<p>{text}</p>"}],
        "owner": "nos",
        "supplyChannelName": "NOS Nieuws",
        "url": f"https://nos.nl/l/{number}",
    }
    if more.get("without"):
        del data[more["without"]]
    state = json.dumps({"props": {"pageProps": {"data": data}}, "page": "/item/[slug]"})
    return (
        f"<!DOCTYPE html><html lang=nl><head><title>{title}</title></head><body>"
        f'<main id="content"><h1>{title}</h1><p>{text}</p></main>'
        f'<script id="__NEXT_DATA__" type="application/json">{state}</script></body></html>'
    ).encode()


def redirect(to, status=308):
    return (status, {"Location": to}, b"")


@pytest.fixture
def with_page(site):
    """Return the site with one article and its page behind the short address."""
    site.answers["/nosnieuwsbuitenland"] = feed(item())
    site.answers["/l/2280103"] = redirect(PAGE)
    site.answers[PAGE] = page(text="De dijk is klaar, schrijft de pagina.")
    return site


def outcomes(crawler):
    return [row[0] for row in crawler.rows("SELECT outcome FROM looks ORDER BY captured_at, id")]


def test_the_page_behind_an_entry_is_archived_in_the_same_crawl(with_page, crawler_on_each):
    done = crawler_on_each.crawl("buitenland", *DUE)
    assert done.returncode == 0, done.stderr
    assert crawler_on_each.rows("SELECT origin, text, revision_count FROM current_articles") == [
        ("page", "De dijk is klaar, schrijft de pagina.", 1)
    ]
    assert crawler_on_each.rows("SELECT outcome, status, requests FROM looks") == [("read", 200, 2)]


def test_the_chain_that_led_to_the_page_is_in_the_archive(with_page, crawler):
    crawler.crawl("buitenland", *DUE)
    captured = crawler.rows("SELECT url, status FROM captures ORDER BY id")
    assert [(url.removeprefix(with_page.base), status) for url, status in captured] == [
        ("/nosnieuwsbuitenland", 200),
        ("/l/2280103", 308),
        (PAGE, 200),
    ]


def test_no_page_is_fetched_where_none_is_asked_for(with_page, crawler):
    crawler.crawl("buitenland")
    assert with_page.asked() == [("/nosnieuwsbuitenland", 200)]
    crawler.crawl("buitenland", *DUE)
    assert outcomes(crawler) == ["read"]


def test_an_unchanged_page_is_told_so_and_asked_whole_every_third_time(with_page, crawler):
    for _ in range(5):
        assert crawler.crawl("buitenland", *ALL).returncode == 0
    assert with_page.asked(PAGE) == [
        (PAGE, 200),
        (PAGE, 304),
        (PAGE, 304),
        (PAGE, 200),
        (PAGE, 304),
    ]
    assert outcomes(crawler) == ["read", "not modified", "not modified", "read", "not modified"]
    assert crawler.rows("SELECT count(*) FROM revisions WHERE origin = 'page'") == [(1,)]


def test_due_means_due(with_page, crawler):
    start = "2026-10-01T12:00:00Z"
    crawler.crawl("buitenland", *DUE, NEWSARCHIVE_CLOCK=start)
    crawler.crawl("buitenland", *DUE, NEWSARCHIVE_CLOCK="2026-10-01T12:30:00Z")
    assert len(with_page.asked(PAGE)) == 1
    crawler.crawl("buitenland", *DUE, NEWSARCHIVE_CLOCK="2026-10-01T13:01:00Z")
    assert len(with_page.asked(PAGE)) == 2
    crawler.crawl(
        "buitenland", *DUE, NEWSARCHIVE_CLOCK="2026-10-01T13:05:00Z", NEWSARCHIVE_RECHECKS="1h"
    )
    assert len(with_page.asked(PAGE)) == 2


def test_edits_are_told_as_silent_or_announced(with_page, crawler):
    for text, modified in (("Een.", "12:30"), ("Twee.", "12:30"), ("Drie.", "14:45")):
        with_page.answers[PAGE] = page(text=text, modified=f"2026-10-01T{modified}:00+0200")
        crawler.crawl("buitenland", *ALL)
    told = crawler.rows(
        "SELECT new_text, is_silent FROM changes WHERE origin = 'page' ORDER BY number"
    )
    assert told == [("Twee.", 1), ("Drie.", 0)]


@pytest.mark.parametrize(
    ("answer", "outcome", "code"),
    [
        pytest.param((404, {}, b"weg"), "gone", 0, id="404"),
        pytest.param((410, {}, b"weg"), "gone", 0, id="410"),
        pytest.param(redirect("/"), "home", 0, id="home"),
        pytest.param(redirect("https://nos.nl/nieuws"), "home", 0, id="the front of a part"),
        pytest.param(page(2280104), "other", 0, id="another article"),
        pytest.param(redirect("https://elders.example/x"), "elsewhere", 0, id="another site"),
        pytest.param(
            redirect("https://cookies.publiekeomroep.nl/accept/"), "consent", 7, id="consent"
        ),
        pytest.param(
            b"<title>Pagina niet gevonden | NOS</title><h1>Pagina niet gevonden</h1>",
            "soft 404",
            0,
            id="not found with status 200",
        ),
        pytest.param(
            b"<title>502 Bad Gateway</title>", "error page", 7, id="error with status 200"
        ),
        pytest.param(b"<title>Just a moment...</title><p>?</p>", "captcha", 7, id="captcha"),
        pytest.param(b"<main><h1>Nieuw</h1></main>", "unknown form", 7, id="a redesign"),
        pytest.param(page(without="title"), "incomplete", 7, id="no title"),
        pytest.param(page(without="items"), "incomplete", 7, id="no body"),
        pytest.param((500, {}, b"stuk"), "failed", 7, id="500"),
        pytest.param((403, {}, b"nee"), "failed", 7, id="403"),
        pytest.param(redirect("/l/2280103"), "failed", 7, id="in circles"),
        pytest.param((301, {}, b""), "failed", 7, id="a redirect to nowhere"),
        pytest.param(redirect("http://[::1/x"), "failed", 7, id="a redirect to no address"),
    ],
)
def test_what_is_no_article_is_never_stored_as_one(with_page, crawler, answer, outcome, code):
    with_page.answers[PAGE] = answer
    done = crawler.crawl("buitenland", *DUE)
    assert (outcomes(crawler), done.returncode) == ([outcome], code), done.stderr
    assert crawler.rows("SELECT origin FROM current_articles") == [("feed",)]
    counted = json.loads(crawler.rows("SELECT counters FROM crawl_runs")[0][0])
    assert counted[f"pages_{outcome.replace(' ', '_')}"] == 1
    quarantined = crawler.rows("SELECT stage, capture_id IS NOT NULL FROM quarantine")
    assert quarantined == ([("extract", 1)] if outcome in {"unknown form", "incomplete"} else [])
    assert crawler.rows("SELECT count(*) FROM looks WHERE capture_id IS NULL") == [(0,)]


@pytest.mark.parametrize(
    "address",
    [
        pytest.param(f"https://nos.nl/artikel/2280103-{SLUG}", id="NOS's own"),
        pytest.param(f"https://www.nos.nl/artikel/2280103-{SLUG}", id="with www"),
        pytest.param(f"http://jeugdjournaal.nl/artikel/2280103-{SLUG}", id="Jeugdjournaal"),
        pytest.param(f"../artikel/2280103-{SLUG}", id="relative"),
        pytest.param(f"/artikel/2280103-{SLUG}#reacties", id="with a place in the page"),
    ],
)
def test_a_redirect_of_the_publisher_is_followed_at_the_base(with_page, crawler, address):
    with_page.answers["/l/2280103"] = redirect(address, 301)
    crawler.crawl("buitenland", *DUE)
    assert outcomes(crawler) == ["read"]
    assert crawler.rows("SELECT url FROM captures ORDER BY id DESC LIMIT 1") == [
        (f"{with_page.base}{PAGE}",)
    ]


def test_several_articles_that_lead_to_one_page_are_several_looks(with_page, crawler):
    numbers = range(2280103, 2280108)
    with_page.answers["/nosnieuwsbuitenland"] = feed(*(item(number) for number in numbers))
    for number in numbers:
        with_page.answers[f"/l/{number}"] = redirect(PAGE)
    crawler.crawl("buitenland", *DUE)
    assert sorted(outcomes(crawler)) == ["other"] * 4 + ["read"]


def test_robots_txt_holds_for_pages(with_page, crawler):
    with_page.answers["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /artikel/\n")
    crawler.crawl("buitenland", *DUE)
    assert with_page.asked(PAGE) == []
    ((outcome, error, status),) = crawler.rows("SELECT outcome, error, status FROM looks")
    assert (outcome, status) == ("failed", None)
    assert "robots.txt" in error


def many(site, answer, count=30):
    """Give the site `count` articles, each of whose pages gets `answer`."""
    numbers = range(2280103, 2280103 + count)
    site.answers["/nosnieuwsbuitenland"] = feed(*(item(number) for number in numbers))
    for number in numbers:
        site.answers[f"/l/{number}"] = answer


def test_the_budget_of_a_day_is_kept_across_crawls(with_page, crawler):
    many(with_page, (404, {}, b""))
    environment = {"NEWSARCHIVE_DAILY_BUDGET": "10"}
    for clock in ("2026-10-01T12:00:00Z", "2026-10-01T12:05:00Z", "2026-10-01T22:30:00Z"):
        crawler.crawl("buitenland", *DUE, NEWSARCHIVE_CLOCK=clock, **environment)
    # A look may take two requests, of which these took one: the second crawl has some left.
    # The third is on another day in Amsterdam.
    per_run = crawler.rows("SELECT crawl_run_id, count(*) FROM looks GROUP BY 1 ORDER BY 1")
    assert sum(count for run, count in per_run if run < 3) <= 10
    assert per_run[-1] == (3, 5)


def test_a_page_that_is_far_takes_more_of_the_budget(site, crawler):
    numbers = range(2280103, 2280123)
    site.answers["/nosnieuwsbuitenland"] = feed(*(item(number) for number in numbers))
    for number in numbers:
        hops = [f"/l/{number}", *(f"/artikel/{number}-{place}" for place in range(3))]
        site.answers |= {here: redirect(there) for here, there in pairwise(hops)}
    slow = ("-s", "CONCURRENT_REQUESTS_PER_DOMAIN=1")
    crawler.crawl("buitenland", *DUE, *slow, NEWSARCHIVE_DAILY_BUDGET="10")
    asked = [path for path, _ in site.asked() if path != "/nosnieuwsbuitenland"]
    # Five looks of two requests were planned; each took four, and the last began within the budget.
    assert 10 < len(asked) < 20


def test_a_site_that_asks_for_a_pause_gets_it_from_the_next_crawl_too(with_page, crawler):
    many(with_page, (429, {"Retry-After": "3600"}, b""))
    slow = ("-s", "CONCURRENT_REQUESTS_PER_DOMAIN=1")
    done = crawler.crawl("buitenland", *DUE, *slow, NEWSARCHIVE_CLOCK="2026-10-01T12:00:00Z")
    asked = len(outcomes(crawler))
    assert asked == 1
    assert "asked not to come before" in done.stderr
    crawler.crawl("buitenland", *DUE, NEWSARCHIVE_CLOCK="2026-10-01T12:55:00Z")
    assert len(outcomes(crawler)) == asked
    crawler.crawl("buitenland", *DUE, NEWSARCHIVE_CLOCK="2026-10-01T13:05:00Z")
    assert len(outcomes(crawler)) > asked


def test_a_site_that_fails_again_and_again_is_left_alone(with_page, crawler):
    many(with_page, (500, {}, b""), count=100)
    done = crawler.crawl("buitenland", *DUE)
    assert len(outcomes(crawler)) < 100
    assert "failures in a row; the rest stay due" in done.stderr
