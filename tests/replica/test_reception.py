"""The pages over HTTP: where they are, how they are come to, and what can befall them."""

import gzip
import http.client
import json
import re
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from newsarchive.extraction.base import SavedPage
from newsarchive.extraction.kinds import is_home_address, recognise_page
from newsarchive.model import Kind, LookOutcome
from newsarchive.replica import Replica
from newsarchive.replica.answers import Request
from newsarchive.replica.composition import kind_of
from newsarchive.replica.deeds import edit, redraft, release, serve
from newsarchive.replica.drafts import Service
from newsarchive.replica.pages import PageEra, page_path
from newsarchive.replica.reception import Reception
from newsarchive.replica.scenario import Step, advance, article_of, open_newsroom

PLAIN = -30  # an ordinary article, and one that others can be redirected to
OTHER = -33


def ask(replica, path, **headers):
    """Return status, headers and body of one answer: no redirect is followed."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    connection = http.client.HTTPConnection(urlsplit(replica.base).netloc, timeout=10)
    try:
        connection.request("GET", path, headers=names)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


@pytest.fixture(scope="module")
def newsroom():
    return open_newsroom(60)


@pytest.fixture(scope="module", params=["2017", "2024"])
def served(request, newsroom):
    with Replica(60, page_era=request.param) as replica:
        yield replica, PageEra(request.param)


def after(newsroom, *actions, **more):
    for action in actions:
        newsroom, _ = advance(newsroom, Step("as told", action, **more))
    return newsroom


def answer(newsroom, path, era=PageEra.NEXT_DATA, **headers):
    return Reception((era,)).answer(newsroom, Request("GET", path, headers))


def path_of(newsroom, number, era=PageEra.NEXT_DATA):
    return page_path(article_of(newsroom, number), era)


def short(newsroom, number):
    return f"/l/{article_of(newsroom, number).external_id}"


def test_every_article_of_a_feed_has_a_page(served):
    replica, _ = served
    _, _, feed = ask(replica, "/nosnieuwsalgemeen")
    links = re.findall(
        r"<link>https://(?:www\.jeugdjournaal|nos)\.nl(/l/\d+)</link>", feed.decode()
    )
    assert len(links) >= 10
    for link in links:
        status, headers, _ = ask(replica, link)
        assert status in {301, 308}
        location = urlsplit(headers["Location"])
        status, headers, body = ask(replica, location.path)
        assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
        assert b"</html>" in body


def test_the_short_address_redirects_as_the_site_of_its_time_did(served, newsroom):
    replica, era = served
    status, headers, body = ask(replica, short(newsroom, PLAIN))
    path = path_of(newsroom, PLAIN, era)
    if era is PageEra.TEXTWRAP:
        assert (status, headers["Location"]) == (301, f"https://nos.nl{path}")
    else:
        assert (status, headers["Location"], body) == (308, path, path.encode())
        assert headers["Refresh"] == f"0;url={path}"
        assert headers["Cache-Control"] == "public, s-maxage=1"


def test_articles_of_the_jeugdjournaal_are_on_its_own_site(served, newsroom):
    replica, _ = served
    number = next(n for n in newsroom.drafts if article_of(newsroom, n).beat == "jeugdjournaal")
    status, headers, _ = ask(replica, short(newsroom, number))
    assert (status, urlsplit(headers["Location"]).netloc) == (301, "www.jeugdjournaal.nl")
    assert ask(replica, urlsplit(headers["Location"]).path)[0] == 200


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param("/artikel/{id}-een-andere-kop", id="another slug"),
        pytest.param("/artikel/{id}", id="no slug"),
        pytest.param("/artikel/{id}-een-andere-kop.html", id="an old ending"),
        pytest.param("/video/{id}-kop", id="another kind"),
        pytest.param("/collectie/13965/artikel/{id}-kop", id="in a collection"),
        pytest.param("/nieuwsuur/artikel/{id}-kop", id="of Nieuwsuur"),
        pytest.param("/l/t/{id}", id="short, for sharing"),
    ],
)
def test_every_other_address_redirects_to_the_right_one(newsroom, wrong):
    number = article_of(newsroom, PLAIN).external_id
    found = answer(newsroom, wrong.format(id=number))
    assert (found.status, found.headers["Location"]) == (308, path_of(newsroom, PLAIN))


@pytest.mark.parametrize(
    ("is_wanted", "beginning"),
    [
        pytest.param(lambda a: a.kind is Kind.VIDEO, "/video/", id="video"),
        pytest.param(lambda a: a.kind is Kind.LIVEBLOG, "/liveblog/", id="liveblog"),
        pytest.param(lambda a: a.beat == "nieuwsuur", "/nieuwsuur/artikel/", id="Nieuwsuur"),
        pytest.param(lambda a: a.region, "/regio/", id="regional"),
        pytest.param(lambda a: a.number == -27, "/collectie/", id="collection"),
    ],
)
def test_where_pages_stand_and_answer(newsroom, is_wanted, beginning):
    articles = (article_of(newsroom, number) for number in newsroom.drafts)
    article = next(article for article in articles if is_wanted(article))
    found = answer(newsroom, f"/l/{article.external_id}")
    path = found.headers["Location"].removeprefix("https://www.jeugdjournaal.nl")
    assert path.startswith(beginning)
    assert answer(newsroom, path).status == 200


@pytest.mark.parametrize(
    "path", ["/l/1234567", "/artikel/1234567-kop", "/regio/brabant/artikel/12-kop", "/l/2633100000"]
)
def test_an_unknown_number_is_not_found(newsroom, path):
    found = answer(newsroom, path)
    assert found.status == 404
    assert b'"page":"/404"' in found.body


@pytest.mark.parametrize("path", ["/", "/nieuws", "/nieuws/binnenland", "/sport/voetbal"])
def test_fronts_list_articles(newsroom, path):
    found = answer(newsroom, path)
    assert found.status == 200
    page = SavedPage(found.body, f"https://nos.nl{path}")
    assert recognise_page(page) is LookOutcome.HOME
    assert article_of(newsroom, -1).external_id.encode() in found.body


def test_no_address_of_a_page(newsroom):
    assert answer(newsroom, "/data/image/2026/1.jpg") is None
    assert answer(newsroom, "/artikel/kop") is None


def test_validators_and_encodings(served, newsroom):
    replica, era = served
    path = path_of(newsroom, PLAIN, era)
    _, plain, body = ask(replica, path)
    _, coded, packed = ask(replica, path, Accept_Encoding="gzip")
    assert gzip.decompress(packed) == body
    assert (plain["Content-Encoding"], coded["Content-Encoding"]) == (None, "gzip")
    assert plain["ETag"] != coded["ETag"]
    assert not plain["ETag"].startswith("W/")
    assert plain["Vary"] == coded["Vary"] == "Accept-Encoding"
    assert plain["Last-Modified"] is None
    for encoding, headers in (("identity", plain), ("gzip", coded)):
        again = {"Accept_Encoding": encoding, "If_None_Match": headers["ETag"]}
        status, _, nothing = ask(replica, path, **again)
        assert (status, nothing) == (304, b"")
    assert ask(replica, path, If_None_Match=coded["ETag"])[0] == 200
    assert ask(replica, path, If_Modified_Since="Fri, 01 Jan 2027 00:00:00 GMT")[0] == 200


@pytest.mark.parametrize(
    ("action", "changes"),
    [
        pytest.param(edit(PLAIN, notes=1), True, id="a paragraph more"),
        pytest.param(edit(PLAIN, is_retitled=True), True, id="another title"),
        pytest.param(edit(PLAIN, is_announced=True), True, id="another time"),
        pytest.param(redraft(PLAIN, updates=1), True, id="a paragraph in the feed too"),
        pytest.param(release, True, id="another build of the site"),
        pytest.param(edit(OTHER, notes=1), False, id="another article"),
    ],
)
def test_a_page_is_another_when_anything_in_it_is(newsroom, action, changes):
    reception = Reception(tuple(PageEra))
    path = path_of(newsroom, PLAIN, list(PageEra)[PLAIN % 4])
    asked = Request("GET", path, {})
    tag = reception.answer(newsroom, asked).headers["ETag"]
    known = Request("GET", path, {"If-None-Match": tag})
    assert reception.answer(newsroom, known).status == 304
    assert reception.answer(after(newsroom, action), known).status == (200 if changes else 304)


@pytest.mark.parametrize(
    ("era", "is_announced", "moves"),
    [
        (PageEra.NEXT_DATA, True, True),
        (PageEra.NEXT_DATA, False, False),
        (PageEra.MODULES, True, True),
        (PageEra.MODULES, False, False),
        (PageEra.TEXTWRAP, True, False),
    ],
)
def test_only_an_announced_edit_moves_the_time(newsroom, era, is_announced, moves):
    def times(newsroom):
        body = answer(newsroom, path_of(newsroom, PLAIN, era), era).body.decode()
        return re.findall(r'(?:modifiedAt":|Aangepast <time date[tT]ime=)"([^"]+)"', body)

    changed = after(newsroom, edit(PLAIN, notes=1, is_announced=is_announced))
    assert (times(newsroom) != times(changed)) is moves


@pytest.mark.parametrize(
    ("service", "status"),
    [
        pytest.param(Service.NOT_FOUND, 404, id="404"),
        pytest.param(Service.GONE, 410, id="410"),
        pytest.param(Service.BROKEN, 500, id="500"),
        pytest.param(Service.UNAVAILABLE, 503, id="503"),
    ],
)
@pytest.mark.parametrize("is_short", [True, False], ids=["short address", "long address"])
def test_what_is_gone_or_broken_says_so(newsroom, service, status, is_short):
    gone = after(newsroom, serve(service, PLAIN))
    found = answer(gone, short(gone, PLAIN) if is_short else path_of(gone, PLAIN))
    assert found.status == status
    assert ("Retry-After" in found.headers) is (status == 503)
    assert answer(gone, path_of(gone, OTHER)).status == 200


@pytest.mark.parametrize("era", [PageEra.TEXTWRAP, PageEra.NEXT_DATA])
@pytest.mark.parametrize("service", [Service.HOME, Service.LISTING])
def test_redirected_to_a_front(newsroom, service, era):
    gone = after(newsroom, serve(service, PLAIN))
    location = answer(gone, short(gone, PLAIN), era).headers["Location"]
    assert is_home_address(f"https://nos.nl{urlsplit(location).path}", "https://nos.nl")
    assert (urlsplit(location).path == "/") is (service is Service.HOME)
    assert answer(gone, path_of(gone, PLAIN, era), era).headers["Location"] == location
    assert answer(gone, urlsplit(location).path).status == 200


def test_two_articles_redirect_to_a_third(newsroom):
    gone = after(newsroom, serve(Service.OTHER, PLAIN, OTHER, target=-31))
    for number in (PLAIN, OTHER):
        for path in (short(gone, number), path_of(gone, number)):
            assert answer(gone, path).headers["Location"] == path_of(gone, -31)
    assert answer(gone, path_of(gone, -31)).status == 200


@pytest.mark.parametrize(
    ("service", "outcome"),
    [
        pytest.param(Service.SOFT_404, LookOutcome.SOFT_404, id="soft 404"),
        pytest.param(Service.ERROR_PAGE, LookOutcome.ERROR_PAGE, id="error page"),
        pytest.param(Service.CAPTCHA, LookOutcome.CAPTCHA, id="captcha"),
        pytest.param(Service.CONSENT, LookOutcome.CONSENT, id="cookie wall"),
        pytest.param(Service.WHOLE, None, id="the article"),
        pytest.param(Service.UNTITLED, None, id="the article without its title"),
        pytest.param(Service.REDESIGNED, None, id="a form that nobody knows"),
    ],
)
def test_what_is_no_article_and_has_status_200(newsroom, service, outcome):
    changed = after(newsroom, serve(service, PLAIN))
    path = path_of(changed, PLAIN)
    assert answer(changed, short(changed, PLAIN)).status == 308
    found = answer(changed, path)
    assert found.status == 200
    assert recognise_page(SavedPage(found.body, f"https://nos.nl{path}")) is outcome


def test_a_cookie_wall_may_be_come_to_by_a_redirect(newsroom):
    changed = after(newsroom, serve(Service.CONSENT_REDIRECT, PLAIN))
    found = answer(changed, short(changed, PLAIN))
    assert found.status == 302
    location = urlsplit(found.headers["Location"])
    assert location.path == "/cookies.publiekeomroep.nl/accept/"
    assert b"cookies.publiekeomroep.nl" in answer(changed, location.path).body


def test_a_page_without_its_title_lacks_it_everywhere(newsroom):
    changed = after(newsroom, serve(Service.UNTITLED, PLAIN))
    body = answer(changed, path_of(changed, PLAIN)).body.decode()
    assert article_of(changed, PLAIN).title not in body
    data = json.loads(re.search(r'__NEXT_DATA__"[^>]*>(.*?)</script>', body)[1])
    assert "title" not in data["props"]["pageProps"]["data"]


def test_an_outage_is_of_every_page_and_passes(newsroom):
    down = after(newsroom, release, outage=Service.UNAVAILABLE)
    paths = [path_of(newsroom, number) for number in newsroom.drafts]
    assert {answer(down, path).status for path in paths} == {503}
    up = after(down, lambda _: ())
    assert {answer(up, path).status for path in paths} == {200}


def test_the_site_may_hang_up():
    with Replica(articles=0, scenario="month") as replica:
        _publish_until(replica, "gone before the outages")
        number = sorted(replica.expected_pages())[3]
        for _ in range(5):
            replica.step()
        with pytest.raises(http.client.RemoteDisconnected):
            ask(replica, f"/l/{number}")
        assert ask(replica, "/nosnieuwsbinnenland")[0] == 200


def _publish_until(replica, name):
    while replica.step().name != name:
        pass


def test_the_site_may_never_answer(newsroom):
    silent = after(newsroom, serve(Service.SILENT, PLAIN))
    with Replica(articles=60) as replica:
        replica._shelf.history.append(silent)
        host, port = urlsplit(replica.base).netloc.split(":")
        with closing(http.client.HTTPConnection(host, int(port), timeout=0.2)) as connection:
            connection.request("GET", short(silent, PLAIN))
            with pytest.raises(TimeoutError):
                connection.getresponse()


def test_recordings_have_no_pages(tmp_path):
    (tmp_path / "nosjournaal.xml").write_bytes(b"<rss/>")
    with Replica(recorded=tmp_path) as replica:
        assert ask(replica, "/l/2633100")[0] == 404
        assert replica.expected_pages() == {}


def test_liveblogs_and_videos_are_among_the_articles(newsroom):
    assert {kind_of(number) for number in newsroom.drafts} == {
        Kind.ARTICLE,
        Kind.LIVEBLOG,
        Kind.VIDEO,
    }
