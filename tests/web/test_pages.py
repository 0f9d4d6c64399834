import re
import resource
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape

import feedparser
import lxml.html
import pytest
from prometheus_client.parser import text_string_to_metric_families
from warcio.archiveiterator import ArchiveIterator

from newsarchive.items import Document
from newsarchive.model import Origin
from newsarchive.storage import Archive
from newsarchive.web import create_app

from .conftest import MANY, PARAGRAPHS, SECRET, Reader, Writer, at, body

EVERY_PAGE = [
    "/",
    "/day/2026-10-01",
    "/day/2026-10-01?category=tech",
    "/day/2019-04-12",
    "/category/tech",
    "/category/buitenland",
    "/calendar",
    "/calendar/2019",
    "/search",
    "/search?q=netwerk",
    "/search?q=netwerk&category=tech&kind=article&since=2026-10-01&until=2026-10-01&order=ranked",
    "/search?q=title:brug&scope=all",
    "/search?q=removed:dagen",
    "/article/nos/2633001",
    "/article/nos/2633001/feed/1",
    "/article/nos/2633001/page/1",
    "/article/nos/2633001/page/1/text",
    "/article/nos/2633001/page/1/record",
    "/article/nos/2633001/history",
    "/article/nos/2633001/compare",
    "/article/nos/2633001/compare?origin=page&a=1&b=3&view=beside",
    "/article/nos/2633001/compare?origin=feed",
    "/article/nos/2633004",
    "/article/nos/2633010",
    "/article/nos/2633020",
    "/article/nos/2633020/history",
    "/article/nos/2633020/compare",
    "/article/nos/2633020/compare?view=beside",
    "/article/nos/2633020/page/1/text",
    "/article/nos/2633020/page/1/record",
    "/article/nos/2280100",
    "/edits",
    "/edits?only=silent",
    "/edits?only=headlines&category=buitenland&day=2026-10-01",
    "/dashboard",
    "/download",
    "/feeds",
    "/api",
]

ELEMENTS = frozenset(
    {
        *(
            "a",
            "abbr",
            "article",
            "aside",
            "b",
            "blockquote",
            "body",
            "br",
            "button",
            "caption",
            "cite",
        ),
        *(
            "code",
            "dd",
            "del",
            "details",
            "div",
            "dl",
            "dt",
            "em",
            "figcaption",
            "figure",
            "footer",
        ),
        *(
            "form",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "head",
            "header",
            "html",
            "i",
            "img",
            "input",
        ),
        *("ins", "label", "li", "line", "link", "main", "mark", "meta", "nav", "ol", "option", "p"),
        *("pre", "rect", "section", "select", "small", "span", "strong", "sub", "summary", "sup"),
        *("svg", "table", "tbody", "td", "text", "th", "thead", "time", "title", "tr", "u", "ul"),
    }
)


def text_of(page: str) -> str:
    """Return what a page says, without its markup."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def find_acting(page: str) -> Iterator[str]:
    """Yield what on a page runs, loads from elsewhere, or leads to no http(s) address."""
    for element in lxml.html.fromstring(page).iter(lxml.etree.Element):
        if element.tag not in ELEMENTS:
            yield element.tag
        for name, value in element.attrib.items():
            if name.startswith("on") or name in {"style", "srcset", "background", "formaction"}:
                yield f"{element.tag} {name}"
            loads = name == "src" or (element.tag == "link" and name == "href")
            if loads and not re.match(r"/(?!/)", value):
                yield f"{element.tag} {name}={value}"
            if name in {"href", "action"} and not re.match(r"/(?!/)|#|https?://|mailto:", value):
                yield f"{element.tag} {name}={value}"


def test_every_page_is_shown_and_keeps_to_itself(ask):
    for path in EVERY_PAGE:
        answer = ask.get(path)
        assert answer.status_code == 200, path
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'self'; img-src 'self'"), path
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "access-control-allow-origin" not in answer.headers
        assert list(find_acting(answer.text)) == [], path
        assert SECRET not in answer.text, path


def test_every_page_asks_the_same_of_both_databases(ask):
    shown = ask.get("/day/2026-10-01").text
    titles = [unescape(t) for t in re.findall(r'<h2 lang="nl"><a [^>]+>([^<]+)</a>', shown)]

    assert titles[:2] == ["Brug bij Zutphen open", f"Netwerk {2634000 + MANY - 1} vernieuwd"]
    assert len(titles) == MANY + 5


def test_the_front_page_is_the_latest_day_with_news(ask):
    page = text_of(ask.get("/").text)

    assert "Thursday 1 October 2026" in page
    assert "Edited on this day" in page
    assert "Brug bij Zutphen na dagen weer open Brug weer open" in page


def test_a_category_goes_on_where_its_first_page_ends(ask):
    path, seen = "/category/tech", []
    while path:
        page = ask.get(path).text
        seen += re.findall(r"Netwerk (\d+) vernieuwd", page)
        more = re.search(r'rel="next" href="([^"]+)"', page)
        path = unescape(more[1]) if more else None

    assert seen == [str(n) for n in reversed(range(2634000, 2634000 + MANY))]


def test_an_article_shows_its_pictures_where_they_are_held(ask):
    page = ask.get("/article/nos/2633004").text
    [address] = set(re.findall(r'<img src="(/media/[^"]+)"', page))
    picture = ask.get(address)

    assert picture.headers["content-type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")
    assert "Picture not kept: De kade" in text_of(page)
    assert "De kade bij avond Eigen foto" in text_of(page)
    assert "javascript:" not in page
    assert 'rel="noopener noreferrer nofollow" href="https://nos.nl/l/2633001"' in page


def test_a_liveblog_is_a_timeline(ask):
    page = text_of(ask.get("/article/nos/2633010").text)

    assert (
        "11:03 Storm, bericht 3 Windkracht 3 aan zee. 1 October 2026, 11:02 Storm, bericht 2"
        in page
    )


def test_a_history_names_each_headline_once_and_says_what_was_silent(ask):
    page = text_of(ask.get("/article/nos/2633001/history").text)

    assert page.count("feed, page Brug weer open") == 1
    assert "page announced Brug bij Zutphen na dagen weer open" in page
    assert re.search(r"2 1 October 2026, 13:00 Brug weer open \d+ silent", page)


def test_two_revisions_are_compared_word_by_word(ask):
    page = ask.get("/article/nos/2633001/compare?origin=page&a=1&b=2").text
    beside = ask.get("/article/nos/2633001/compare?origin=page&a=1&b=2&view=beside").text

    assert "na <del>2</del><ins>3</ins> dagen werk" in page
    assert "na <del>2</del> dagen werk" in beside
    assert "na <ins>3</ins> dagen werk" in beside


def test_near_duplicates_are_named(ask):
    page = text_of(ask.get("/article/nos/2633003").text)

    assert "Nearly the same text stands in: Brug bij Zutphen na dagen weer open" in page


def test_the_record_of_a_revision_can_be_taken_away(ask, tmp_path):
    answer = ask.get("/article/nos/2633001/page/2/record.warc.gz")
    taken = tmp_path / "record.warc.gz"
    taken.write_bytes(answer.content)

    assert answer.headers["content-disposition"].endswith('"nos-2633001-page-2.warc.gz"')
    with taken.open("rb") as file:
        [record] = ArchiveIterator(file)
        assert record.rec_headers["WARC-Target-URI"] == "https://nos.nl/artikel/2633001"


def test_a_record_that_cannot_be_read_is_said_to_be_damaged(filled, archive, tmp_path):
    elsewhere = Reader(create_app(archive, tmp_path, lambda: at(20)))
    answer = elsewhere.get("/article/nos/2633001/page/2/record.warc.gz")

    assert answer.status_code == 404
    assert "cannot be read: run `newsarchive verify`" in answer.text


def test_a_withheld_article_is_nowhere(ask):
    for tail in ("", "/history", "/compare", "/page/1", "/page/1/text", "/page/1/record.warc.gz"):
        answer = ask.get(f"/article/nos/2633005{tail}")
        assert answer.status_code == 404
        assert "withheld" in answer.text
        assert SECRET not in answer.text
    for path in ("/new.atom", "/edits.atom", "/api/v1/articles", f"/search?q={SECRET}2"):
        assert SECRET not in ask.get(path).text.replace(f"{SECRET}2", "")


def test_bytes_that_also_hold_a_withheld_article_are_kept_back(ask):
    page = ask.get("/article/nos/2633001/feed/1/record")

    assert "not handed out" in page.text
    assert ask.get("/article/nos/2633001/feed/1/record.warc.gz").status_code == 404


def test_a_piece_of_a_table_with_an_unchanged_row_of_a_withheld_article_is_kept_back(
    database_url, tmp_path
):
    writer = Writer(database_url, tmp_path)
    for number, text in ((1, "Open."), (2, "Dicht.")):
        rows = f"regel {number}, {SECRET}"
        piece = writer.capture(f"file:///oud{number}.jsonl#lines=1-2", at(8 + number), rows)
        told = {"origin": Origin.IMPORT, "imported_at": at(8 + number), "capture": piece}
        brug = writer.observe("2633001", at(8 + number), "Brug", body(text), **told)
        hidden = writer.observe("2633005", at(9), SECRET, body(SECRET), **told)
        writer.record(Document("nos", [brug, hidden], captures=[piece]))
    writer.withhold("2633005")
    writer.close()

    with Archive.read(database_url) as archive:
        reader = Reader(create_app(archive, tmp_path, lambda: at(20)))
        for number in (1, 2):
            place = f"/article/nos/2633001/import/{number}/record"
            assert reader.get(f"{place}.warc.gz").status_code == 404
            assert "not handed out" in reader.get(place).text
            assert SECRET not in reader.get(place).text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param("/article/nos/9999999", 404, id="an article that is not held"),
        pytest.param("/article/nos/2633001/page/9", 404, id="a revision that is not"),
        pytest.param("/article/nos/2633001/blog/1", 422, id="an origin that is none"),
        pytest.param("/category/zeppelins", 404, id="a category that is none"),
        pytest.param("/day/2026-13-01", 422, id="a day that is none"),
        pytest.param("/day/0001-01-01", 422, id="a day before all news"),
        pytest.param("/category/tech?cursor=%00", 422, id="a cursor that is none"),
        pytest.param("/edits?cursor=IDE", 422, id="a cursor without a time"),
        pytest.param("/edits?category=%00", 422, id="a category with a NUL"),
        pytest.param("/search?q=brug&source=nos%00", 422, id="a source with a NUL"),
        pytest.param("/search?q=brug%001", 422, id="a question with a NUL"),
        pytest.param("/article/nos/1%00", 422, id="an id with a NUL"),
        pytest.param("/article/%00/1", 422, id="a publisher with a NUL"),
        pytest.param("/article/1%00", 422, id="a reference with a NUL"),
        pytest.param("/download/articles?category=%00", 422, id="a file of such a category"),
        pytest.param("/media/" + "0" * 64, 404, id="a picture that is not held"),
        pytest.param("/media/../../etc/passwd", 404, id="a path that leads out"),
        pytest.param("/static/..%2fapp.py", 404, id="a file that is not shown"),
        pytest.param("/nowhere", 404, id="no page at all"),
    ],
)
def test_what_is_not_there_is_said_on_a_page(ask, path, status):
    answer = ask.get(path)

    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_query_that_cannot_be_meant_says_why(ask):
    answer = ask.get('/search?q="brug')

    assert answer.status_code == 200
    assert 'role="alert"' in answer.text


@pytest.mark.parametrize("named", ["2633001", "nos:2633001", "https://nos.nl/l/2633001"])
def test_a_search_for_an_id_or_address_leads_to_the_article(ask, named):
    answer = ask.get("/search", params={"q": named})

    assert answer.headers["location"] == "/article/nos/2633001"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        pytest.param("localhost:8000", 200, id="a loopback name"),
        pytest.param("[::1]:8000", 200, id="loopback, version 6"),
        pytest.param("attacker.example", 400, id="a name that leads here"),
        pytest.param("127.0.0.1.attacker.example", 400, id="one that looks like loopback"),
        pytest.param("", 400, id="no name"),
    ],
)
def test_only_known_hosts_are_answered(ask, host, status):
    assert ask.get("/robots.txt", headers={"Host": host}).status_code == status


def test_more_hosts_can_be_known(filled, archive):
    app = create_app(
        *(archive, filled.data_dir, lambda: at(20)),
        hosts=["::"],
        base_url="https://archief.example",
    )
    feed = feedparser.parse(Reader(app, "http://archief.example").get("/new.atom").content)

    assert feed.entries[0].link.startswith("https://archief.example/article/nos/")


def test_a_page_that_did_not_change_is_not_sent_again(ask):
    first = ask.get("/article/nos/2633001")
    again = ask.get("/article/nos/2633001", headers={"If-None-Match": first.headers["etag"]})
    other = ask.get("/article/nos/2633001", headers={"If-None-Match": '"other"'})

    assert first.headers["cache-control"] == "private, no-cache"
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert other.status_code == 200


def test_head_is_answered_like_get_without_a_body(ask):
    for path in ("/", "/robots.txt", "/api/v1/articles", "/nowhere"):
        shown, told = ask.get(path), ask.head(path)
        assert (told.status_code, told.content) == (shown.status_code, b"")
        assert told.headers["content-length"] == shown.headers["content-length"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_nothing_can_be_sent(ask, method):
    assert ask.request(method, "/search").status_code == 405


def test_feeds_are_sound_atom(ask):
    for path in ("/new.atom", "/category/tech/new.atom", "/edits.atom", "/edits.atom?only=silent"):
        answer = ask.get(path)
        feed = feedparser.parse(answer.content)
        assert not feed.bozo, path
        assert answer.headers["content-type"].startswith("application/atom+xml")
        assert feed.entries
        assert feed.feed.links[0].href == f"http://127.0.0.1{path}"
        assert ask.get(feed.entries[0].link).status_code == 200


def test_a_file_of_a_category_and_year_can_be_taken_away(ask, tmp_path):
    import pyarrow.parquet

    answer = ask.get("/download/articles?form=parquet&category=buitenland&year=2026")
    taken = tmp_path / "articles.parquet"
    taken.write_bytes(answer.content)
    table = pyarrow.parquet.read_table(taken)

    assert "articles-buitenland-2026.parquet" in answer.headers["content-disposition"]
    assert sorted(table["external_id"].to_pylist()) == [
        *("2633001", "2633003", "2633004", "2633010", "2633020")
    ]


@pytest.mark.filterwarnings("error::ResourceWarning")
def test_a_file_for_which_there_is_no_room_is_no_crash(ask, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    soft, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, most))
    try:
        answer = ask.get("/download/articles?form=csv")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, most))

    assert answer.status_code == 503
    assert "cannot be written" in answer.text
    assert list(tmp_path.iterdir()) == []
    assert ask.get("/download/articles?form=csv").status_code == 200


def test_the_text_of_a_revision_is_its_text_rendition(ask):
    page = ask.get("/article/nos/2633001/page/1/text").text
    [shown] = re.findall(r'<div class="plain" lang="nl">(.*?)</div>', page, re.DOTALL)

    assert unescape(shown) == "\n\n".join(PARAGRAPHS)


def test_an_empty_archive_says_what_to_do(database_url, tmp_path):
    with Archive.read(database_url) as empty:
        reader = Reader(create_app(empty, tmp_path, lambda: at(20)))
        for path in ("/", "/calendar"):
            assert "newsarchive crawl" in reader.get(path).text
        for path in ("/dashboard", "/edits", "/search?q=brug", "/download", "/new.atom", "/feeds"):
            assert reader.get(path).status_code == 200
        for path in ("/api/v1/articles", "/api/v1/days", "/api/v1/edits"):
            assert reader.get(path).status_code == 200


def test_an_archive_of_articles_without_a_date_is_not_said_to_be_empty(database_url, tmp_path):
    writer = Writer(database_url, tmp_path)
    writer.page("2633001", at(10), "Brug weer open", body("Open."), published_at=None)
    writer.close()

    with Archive.read(database_url) as archive:
        reader = Reader(create_app(archive, tmp_path, lambda: at(20)))
        for path in ("/", "/calendar"):
            page = reader.get(path).text
            assert "Brug weer open" in page
            assert "newsarchive crawl" not in page


@pytest.mark.parametrize("name", ["sport/voetbal", "r&d", "wat?", "100%", "a#b", "bij ons"])
def test_an_imported_category_has_its_page_and_feed_whatever_its_name(new_sqlite, tmp_path, name):
    writer = Writer(url := new_sqlite(), tmp_path)
    kept = writer.capture("file:oud.html", at(14), "oud")
    told = {"origin": Origin.IMPORT, "category": name, "imported_at": at(14), "capture": kept}
    said = writer.observe("2633001", at(10), "Brug weer open", body("Open."), **told)
    writer.record(Document("nos", [said], captures=[kept]))
    writer.close()

    with Archive.read(url) as archive:
        reader = Reader(create_app(archive, tmp_path, lambda: at(20)))
        [feed] = re.findall(r'href="(/category/[^"]+)"', reader.get("/feeds").text)
        for path in (feed, feed.removesuffix("/new.atom")):
            assert "Brug weer open" in reader.get(unescape(path)).text


def test_wrong_dates_do_not_hide_the_news_of_today(database_url, tmp_path):
    writer = Writer(database_url, tmp_path)
    for number, year in (("2633001", 2026), ("2633002", 2199), ("2633003", 1900)):
        moment = datetime(year, 10, 1, 8, tzinfo=UTC)
        writer.page(number, at(10), f"Brug {year}", body(f"Uit {year}."), published_at=moment)
    writer.close()

    with Archive.read(database_url) as archive:
        reader = Reader(create_app(archive, tmp_path, lambda: at(20)))
        assert "Brug 2026" in reader.get("/").text
        assert "Published in 2026: 1 article." in text_of(reader.get("/calendar").text)
        assert reader.get("/api/v1/days").json() == [{"day": "2026-10-01", "articles": 1}]
        growth = reader.get("/dashboard").text.partition('id="chart-articles"')[2]
        labels = re.findall(r'<th scope="row">(\w+ \d{4})</th>', growth.partition("</figure>")[0])
        assert (labels[0], labels[-1], len(labels)) == ("Nov 2006", "Oct 2026", 240)


def test_the_metrics_are_given_to_prometheus(ask):
    answer = ask.get("/metrics")

    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    families = {family.name: family for family in text_string_to_metric_families(answer.text)}
    rows = {one.labels["kind"]: one.value for one in families["newsarchive_rows"].samples}
    assert rows["articles"] > 0


def test_the_dashboard_says_whether_the_archive_was_blind(ask):
    page = ask.get("/dashboard").text

    assert "When the archive was blind" in page
    assert "No alarm stands." in page
