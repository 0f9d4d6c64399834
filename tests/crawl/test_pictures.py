"""Pictures, from the outside: what a crawl asks for, what stands in the folder, what rows say."""

import random
import signal
import subprocess
from contextlib import suppress
from hashlib import sha256

import pytest

from newsarchive.pictures.content import MAX_BYTES
from newsarchive.replica import Replica
from newsarchive.replica.pictures import write_claim, write_jpeg
from newsarchive.spiders.patience import FAILURES

from .conftest import Crawler, Site, feed
from .test_kill9 import check_places
from .test_pages import PAGE, redirect
from .test_rebuild import lose_database, whole

FEED = "/nosnieuwsbuitenland"
FEATURE = "/image/2026/10/01/804211/1008x567.jpg"
INSIDE = "/image/2026/10/01/804300/1008x567.jpg"
EVERYTHING = ("-a", "pages=due")
JPEG = {"Content-Type": "image/jpeg"}

HELD = (
    "SELECT f.path, f.digest, f.size_bytes, p.url FROM pictures p "
    "JOIN media_files f ON f.digest = p.digest ORDER BY p.url"
)
FAILED = "SELECT error FROM pictures WHERE digest IS NULL"


def entry(number=2280103, picture=FEATURE):
    return (
        f"<item><title>Dijk bij Kampen versterkt</title><link>https://nos.nl/l/{number}</link>"
        "<description><![CDATA[<p>De dijk is klaar.</p>]]></description>"
        f'<enclosure type="image/jpeg" url="https://cdn.nos.nl{picture}"/>'
        "<pubDate>Thu, 1 Oct 2026 12:52:42 +0200</pubDate>"
        f'<guid isPermaLink="true">https://nos.nl/l/{number}</guid></item>'
    )


def page():
    """Return a page of the form of 2017, with a picture above its text and one among it."""
    return (
        "<!DOCTYPE html><html lang=nl><head><title>Dijk</title></head>"
        '<body id="article-2280103" data-item-id="2280103"><article>'
        '<h1 class="article__title">Dijk bij Kampen versterkt</h1>'
        '<time datetime="2026-10-01T12:30:00+0200">Vandaag</time>'
        f'<figure class="article_head_image"><img src="https://cdn.nos.nl{FEATURE}">'
        '<div class="caption_content">De dijk</div></figure>'
        '<section class="article_body"><div class="article_textwrap"><p>De dijk is klaar.</p></div>'
        f'<div class="block_image"><figure><img src="https://cdn.nos.nl{INSIDE}"></figure></div>'
        '<div class="article_textwrap"><p>Het gemaal nog niet.</p></div></section></article></body>'
    ).encode()


@pytest.fixture
def pictured(site):
    """Return the site with one article that shows two pictures."""
    site.answers[FEED] = feed(entry())
    site.answers["/l/2280103"] = redirect(PAGE)
    site.answers[PAGE] = page()
    for path in (FEATURE, INSIDE):
        site.answers[path] = (200, JPEG, write_jpeg(path, 1008, 567))
    return site


def crawl(crawler, *more, media="all", base=None, categories="buitenland", **environment):
    url = base or crawler.environment["NEWSARCHIVE_SITE_URL"]
    chosen = {"NEWSARCHIVE_MEDIA": media, "NEWSARCHIVE_MEDIA_URL": url, **environment}
    return crawler.crawl(categories, *EVERYTHING, *more, **chosen)


def files(crawler):
    folder = crawler.data_dir / "media"
    return {
        path.relative_to(crawler.data_dir).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_pictures_are_fetched_once_and_after_the_articles(pictured, crawler_on_each):
    done = crawl(crawler_on_each)
    assert done.returncode == 0, done.stderr
    *articles, one, other = (path for path, _ in pictured.asked())
    assert articles == [FEED, "/l/2280103", PAGE]
    assert {one, other} == {FEATURE, INSIDE}
    held = crawler_on_each.rows(HELD)
    assert {path: f"sha256:{digest}" for path, digest in files(crawler_on_each).items()} == {
        path: digest for path, digest, _, _ in held
    }
    assert [url for *_, url in held] == [f"https://cdn.nos.nl{p}" for p in (FEATURE, INSIDE)]
    assert "2 pictures stored" in done.stderr
    crawl(crawler_on_each, "-a", "full=1")
    assert len(pictured.asked(FEATURE)) == 1


def test_a_revision_leads_to_its_files_and_they_to_their_bytes(pictured, crawler):
    crawl(crawler)
    shown = crawler.rows(
        "SELECT r.origin, m.position, m.role, m.caption, f.content_type, f.width, f.height, c.url "
        "FROM revisions r JOIN revision_media m ON m.revision_id = r.id "
        "JOIN media_files f ON f.digest = m.digest JOIN captures c ON c.id = f.capture_id "
        "ORDER BY r.id, m.position"
    )
    size = ("image/jpeg", 1008, 567)
    assert shown == [
        ("feed", 1, "feature", "", *size, pictured.base + FEATURE),
        ("page", 1, "feature", "De dijk", *size, pictured.base + FEATURE),
        ("page", 2, "body", "", *size, pictured.base + INSIDE),
    ]


@pytest.mark.parametrize(
    ("media", "asked"),
    [
        pytest.param("none", [], id="none"),
        pytest.param("feature", [FEATURE], id="its own"),
        pytest.param("all", [FEATURE, INSIDE], id="all"),
    ],
)
def test_no_more_is_fetched_than_is_asked_for(pictured, crawler, media, asked):
    crawl(crawler, media=media)
    assert [path for path, _ in pictured.asked() if path.startswith("/image")] == asked


def test_a_later_choice_fetches_what_the_archive_shows_already(pictured, crawler):
    crawl(crawler, media="none")
    assert files(crawler) == {}
    crawl(crawler, media="feature")
    assert len(files(crawler)) == 1
    crawl(crawler, media="all")
    assert len(files(crawler)) == 2


def test_a_redirect_is_followed_to_the_base(pictured, crawler):
    moved = INSIDE.replace("804300", "804301")
    pictured.answers[moved] = pictured.answers[INSIDE]
    pictured.answers[INSIDE] = redirect(f"https://cdn.nos.nl{moved}", 301)
    assert crawl(crawler).returncode == 0
    assert [url for *_, url in crawler.rows(HELD)] == [
        f"https://cdn.nos.nl{path}" for path in (FEATURE, INSIDE)
    ]


@pytest.mark.parametrize(
    ("answer", "error", "code"),
    [
        pytest.param((404, {}, b"weg"), "HTTP 404", 0, id="gone"),
        pytest.param((500, {}, b"storing"), "HTTP 500", 7, id="broken"),
        pytest.param((200, JPEG, b"<!DOCTYPE html>"), "no picture, but HTML", 7, id="HTML"),
        pytest.param(
            (200, JPEG, write_claim()), "a picture that claims 60,000 x 60,000 pixels", 7, id="bomb"
        ),
        pytest.param((302, {"Location": INSIDE}, b""), "redirected in circles", 7, id="a circle"),
        pytest.param((200, JPEG, bytes(MAX_BYTES + 1)), "DownloadCancelled", 7, id="too large"),
        pytest.param(
            (200, {"Content-Encoding": "gzip"}, b"geen gzip"), "BadGzipFile", 7, id="bad coding"
        ),
    ],
)
def test_what_is_no_picture_is_told_and_holds_nothing_up(pictured, crawler, answer, error, code):
    pictured.answers[INSIDE] = answer
    assert crawl(crawler).returncode == code
    [(told,)] = crawler.rows(FAILED)
    assert error in told
    assert len(files(crawler)) == 1
    assert crawler.rows("SELECT count(*) FROM revisions") == [(2,)]
    shown = crawler.run("status").stdout
    assert "1 stored, 1 pending, 1 failing, 0 given up" in shown
    assert f"https://cdn.nos.nl{INSIDE}" in shown


def test_a_type_that_is_wrong_is_told_by_the_bytes(pictured, crawler):
    picture = pictured.answers[INSIDE][2]
    pictured.answers[INSIDE] = (200, {"Content-Type": "text/html"}, picture)
    assert crawl(crawler).returncode == 0
    assert crawler.rows("SELECT DISTINCT content_type FROM media_files") == [("image/jpeg",)]


def test_a_picture_that_failed_comes_with_a_later_crawl(pictured, crawler):
    good, pictured.answers[INSIDE] = pictured.answers[INSIDE], (500, {}, b"storing")
    start = "2026-10-01T12:00:00Z"
    crawl(crawler, NEWSARCHIVE_CLOCK=start)
    pictured.answers[INSIDE] = good
    crawl(crawler, NEWSARCHIVE_CLOCK="2026-10-01T12:30:00Z")
    assert len(files(crawler)) == 1
    crawl(crawler, NEWSARCHIVE_CLOCK="2026-10-01T13:05:00Z")
    assert len(files(crawler)) == 2
    assert crawler.rows(FAILED) == []


def test_pictures_that_are_gone_are_no_failures_of_their_host(site, crawler):
    numbers = range(2280100, 2280100 + FAILURES + 2)
    paths = [FEATURE.replace("804211", str(number)) for number in numbers]
    site.answers[FEED] = feed(*map(entry, numbers, paths))
    site.answers[paths[-1]] = (200, JPEG, write_jpeg("a", 64, 36))
    one_by_one = ("-s", "CONCURRENT_REQUESTS_PER_DOMAIN=1")
    assert crawl(crawler, "-a", "pages=none", *one_by_one).returncode == 0
    assert sorted(path for path, _ in site.asked() if path in paths) == paths
    assert len(files(crawler)) == 1


def test_a_host_that_asks_for_a_pause_gets_it(pictured, crawler):
    pictured.answers[FEATURE] = (429, {"Retry-After": "7200"}, b"")
    one_by_one = ("-s", "CONCURRENT_REQUESTS_PER_DOMAIN=1")
    crawl(crawler, *one_by_one, NEWSARCHIVE_CLOCK="2026-10-01T12:00:00Z")
    crawl(crawler, *one_by_one, NEWSARCHIVE_CLOCK="2026-10-01T13:30:00Z")
    assert pictured.asked(FEATURE) == [(FEATURE, 429)]
    assert pictured.asked(INSIDE) == []


def test_the_day_s_budget_is_kept_within_a_crawl_and_from_one_to_the_next(site, crawler):
    paths = [FEATURE.replace("804211", str(number)) for number in range(4)]
    site.answers[FEED] = feed(*map(entry, range(2280100, 2280104), paths))
    site.answers |= {path: (200, JPEG, write_jpeg(path, 64, 36)) for path in paths}
    for hour, budget, held in ((12, 2, 2), (13, 2, 2), (14, 3, 3)):
        now = {"NEWSARCHIVE_CLOCK": f"2026-10-01T{hour}:00:00Z"}
        crawl(crawler, "-a", "pages=none", NEWSARCHIVE_DAILY_BUDGET=str(budget), **now)
        assert len(files(crawler)) == held


def test_a_redirect_to_nobody_is_on_record_with_the_silence_behind_it(pictured, crawler):
    pictured.answers[INSIDE] = redirect("http://127.0.0.1:1/weg.jpg")
    crawl(crawler)
    asked = "SELECT status FROM captures WHERE url LIKE '%/804300/%' OR url LIKE '%/weg.jpg'"
    assert crawler.rows(f"{asked} ORDER BY id") == [(308,), (None,)]
    assert crawler.rows("SELECT requests FROM pictures WHERE digest IS NULL") == [(2,)]


def test_robots_of_the_pictures_host_are_obeyed(pictured, crawler):
    other = Site()
    other.answers |= {path: pictured.answers[path] for path in (FEATURE, INSIDE)}
    other.answers["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /image/2026/10/01/804300\n")
    try:
        crawl(crawler, base=other.base)
    finally:
        other.close()
    assert [path for path, _ in other.asked()] == [FEATURE]
    [(error,)] = crawler.rows(FAILED)
    assert "robots.txt" in error


def test_no_picture_is_fetched_inside(pictured, crawler):
    pictured.answers[PAGE] = page().replace(b"https://cdn.nos.nl", b"http://127.0.0.2:1")
    crawl(crawler)
    errors = [error for (error,) in crawler.rows(FAILED)]
    assert len(errors) == 2
    assert all("an address inside" in error for error in errors)


def bases(replica):
    return {f"NEWSARCHIVE_{of}_URL": replica.base for of in ("FEEDS", "SITE", "MEDIA")}


def test_a_large_crawl_of_a_bad_host_has_every_picture_once(new_sqlite, tmp_path):
    with Replica(articles=500, seed=4) as replica:
        crawler = Crawler(new_sqlite(), tmp_path / "data", replica.base)
        calm = crawl(crawler, categories=None)
        assert calm.returncode == 0, calm.stderr
        [(wanted, held)] = crawler.rows("SELECT count(*), count(digest) FROM pictures")
        assert wanted == held == len(files(crawler)) > 1_000
        asked = [path for path, _ in replica.requests if path.endswith((".jpg", ".webp"))]
        assert len(asked) == len(set(asked)) == held
        kinds = [path.endswith((".jpg", ".webp")) for path, _ in replica.requests]
        last_page = max(n for n, (path, _) in enumerate(replica.requests) if "/artikel/" in path)
        assert last_page < kinds.index(True)

        bad = Crawler(new_sqlite(), tmp_path / "bad", replica.base)
        of = dict.fromkeys(random.Random(3).sample(sorted(asked), 6))
        for name, path in zip(
            ("stall", "claim", "html", "404", "wrong-type", "half"), of, strict=True
        ):
            replica.misbehaviour.begin(name, path)
        done = crawl(bad, "-s", "DOWNLOAD_TIMEOUT=3", categories=None)
        assert done.returncode == 7
        assert len(files(bad)) == held - 5
        assert bad.rows("SELECT count(*) FROM revisions") == crawler.rows(
            "SELECT count(*) FROM revisions"
        )
        replica.misbehaviour.end()
        assert crawl(bad, "-a", "pages=all", categories=None).returncode == 0
        assert files(bad) == files(crawler)


def state(crawler):
    return {
        "files": files(crawler),
        "held": crawler.rows(HELD),
        "shown": crawler.rows(
            "SELECT a.external_id, r.origin, m.position, m.role, m.url, m.digest FROM revisions r "
            "JOIN articles a ON a.id = r.article_id JOIN revision_media m ON m.revision_id = r.id "
            "ORDER BY 1, 2, 3"
        ),
    }


def test_a_crawl_killed_among_its_pictures_is_made_good_by_the_next(new_database, tmp_path, site):
    numbers = range(2280100, 2280140)
    paths = {n: FEATURE.replace("804211", str(n)) for n in numbers}
    site.answers[FEED] = feed(*(entry(n, path) for n, path in paths.items()))
    site.answers |= {p: (200, JPEG, write_jpeg(p, 64, 36)) for p in paths.values()}
    calm = Crawler(new_database(), tmp_path / "calm", site.base)
    assert crawl(calm, "-a", "pages=none").returncode == 0
    want = state(calm)
    assert len(want["files"]) == len(numbers)
    moments = random.Random(11)
    left_a_part = 0
    for kill in range(4):
        killed = Crawler(new_database(), tmp_path / f"killed-{kill}", site.base)
        killed.environment |= {"NEWSARCHIVE_MEDIA": "all", "NEWSARCHIVE_MEDIA_URL": site.base}
        site.log.clear()
        after = moments.randrange(2, len(numbers))
        process = killed.start("-a", "categories=buitenland")
        with site.answered:
            assert site.answered.wait_for(lambda n=after: len(site.asked()) >= n, timeout=30)
        with suppress(subprocess.TimeoutExpired):
            process.wait(moments.uniform(0, 0.03))
        process.send_signal(signal.SIGKILL)
        process.wait()
        site.log.clear()
        done = crawl(killed, "-a", "pages=none")
        assert done.returncode == 0, done.stderr
        left_a_part += 0 < len([p for p, _ in site.asked() if p != FEED]) < len(numbers)
        assert state(killed) == want, f"kill {kill}, after {after} answers"
        check_places(killed)
        assert killed.run("verify").returncode == 0
    assert left_a_part > 0, "else none was killed between the first picture and the last"


def test_rows_and_files_are_made_again_from_the_warc(pictured, crawler):
    pictured.answers[FEED] = feed(entry(), entry(2280104, INSIDE.replace("804300", "804400")))
    crawl(crawler)
    pictured.answers[PAGE] = page().replace(b"804300", b"804500")
    pictured.answers[INSIDE.replace("804300", "804500")] = (200, JPEG, b"<html>")
    crawl(crawler, "-a", "pages=all")
    before = whole(crawler.url.removeprefix("sqlite:///")), files(crawler)
    for path in files(crawler):
        (crawler.data_dir / path).unlink()
    checked = crawler.run("rebuild", "--check")
    assert files(crawler) == {}, checked.stderr
    lose_database(crawler)
    rebuilt = crawler.run("rebuild")
    assert rebuilt.returncode == 0, rebuilt.stderr
    assert (whole(crawler.url.removeprefix("sqlite:///")), files(crawler)) == before
    assert crawler.run("verify").returncode == 0


def test_a_choice_of_more_is_made_again_too(pictured, crawler):
    crawl(crawler, media="none")
    crawl(crawler, media="feature")
    crawl(crawler, media="all")
    before = state(crawler)
    lose_database(crawler)
    assert crawler.run("rebuild").returncode == 0
    assert state(crawler) == before


def test_verify_names_files_that_are_missing_damaged_or_nobody_s(pictured, crawler):
    crawl(crawler)
    missing, damaged = (crawler.data_dir / path for path in sorted(files(crawler)))
    missing.unlink()
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"x")
    stray = crawler.data_dir / "media" / "00" / ".half.jpg.123"
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"half")
    done = crawler.run("verify")
    assert done.returncode == 5
    assert "damage in 2 places" in done.stderr
    assert "2 media files" in done.stderr
    lines = done.stdout.splitlines()
    for name, what in (
        (missing, "the file is missing"),
        (damaged, "has not the digest in its name"),
        (stray, "no row names this file"),
    ):
        place = name.relative_to(crawler.data_dir).as_posix()
        assert any(place in line and what in line for line in lines), done.stdout
