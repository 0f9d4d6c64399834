import gzip
import http.client
import json
import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from newsarchive.exceptions import UsageError
from newsarchive.model import Kind
from newsarchive.replica import Replica
from newsarchive.sources import get_source

FEED = "/nosnieuwsalgemeen"
FEEDS = [feed for feed in get_source("nos").feeds if feed.kind is not Kind.CORRECTION]


@pytest.fixture
def replica():
    with Replica(articles=40) as replica:
        yield replica


def ask(replica, path=FEED, method="GET", **headers):
    """Return status, headers and body, whatever the status."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with urlopen(Request(replica.base + path, headers=names, method=method)) as answer:
            return answer.status, answer.headers, answer.read()
    except HTTPError as answer:
        with answer:
            return answer.code, answer.headers, answer.read()


def test_every_feed_of_the_catalogue_is_there(replica):
    for feed in FEEDS:
        status, headers, body = ask(replica, f"/{feed.slug}")
        assert status == 200
        assert headers["Content-Type"].startswith("application/rss+xml")
        assert body.startswith(b"<?xml")
    assert replica.requests == [(f"/{feed.slug}", 200) for feed in FEEDS]


def test_a_path_that_is_no_feed_is_not_found(replica):
    assert ask(replica, "/nosnieuwseuropa")[0] == 404
    assert ask(replica, "/data/image.jpg")[0] == 404
    assert replica.requests == [("/nosnieuwseuropa", 404), ("/data/image.jpg", 404)]


def test_robots_txt_is_that_of_nos(replica):
    _, headers, body = ask(replica, "/robots.txt")
    assert headers["Content-Type"].startswith("text/plain")
    for path in (b"/hybrid/", b"/api", b"/zoeken"):
        assert b"Disallow: " + path + b"\n" in body


def test_a_known_tag_answers_304_without_a_body(replica):
    _, first, _ = ask(replica)
    status, headers, body = ask(replica, If_None_Match=first["ETag"])
    assert (status, body) == (304, b"")
    assert headers["ETag"] == first["ETag"]
    assert headers["Vary"] == "Accept-Encoding"
    assert headers["Content-Length"] is None


@pytest.mark.parametrize(
    ("validators", "expected"),
    [
        pytest.param({"If_None_Match": '"other"'}, 200, id="another tag"),
        pytest.param({"If_None_Match": "W/{etag}"}, 304, id="compared weakly"),
        pytest.param({"If_None_Match": '"other", {etag}'}, 304, id="one of a list"),
        pytest.param({"If_None_Match": "*"}, 304, id="any"),
        pytest.param({"If_Modified_Since": "{last_modified}"}, 304, id="not modified since"),
        pytest.param({"If_Modified_Since": "{later}"}, 304, id="a later time"),
        pytest.param({"If_Modified_Since": "{earlier}"}, 200, id="modified since"),
        pytest.param({"If_Modified_Since": "gisteren"}, 200, id="no date is ignored"),
        pytest.param(
            {"If_None_Match": '"other"', "If_Modified_Since": "{later}"}, 200, id="tags go first"
        ),
    ],
)
def test_preconditions(replica, validators, expected):
    _, headers, _ = ask(replica)
    modified_at = parsedate_to_datetime(headers["Last-Modified"])
    values = {
        "etag": headers["ETag"],
        "last_modified": headers["Last-Modified"],
        "later": format_datetime(modified_at + timedelta(days=1), usegmt=True),
        "earlier": format_datetime(modified_at - timedelta(seconds=1), usegmt=True),
    }
    sent = {name: value.format(**values) for name, value in validators.items()}
    assert ask(replica, **sent)[0] == expected


@pytest.mark.parametrize(
    ("accepted", "is_gzipped"),
    [
        pytest.param("gzip", True, id="gzip"),
        pytest.param("gzip, deflate, br", True, id="among others"),
        pytest.param("*", True, id="anything"),
        pytest.param("GZIP;q=0.5", True, id="weighted"),
        pytest.param("gzip;q=0", False, id="refused"),
        pytest.param("*;q=1, gzip;q=0.000", False, id="anything but"),
        pytest.param("identity", False, id="another"),
    ],
)
def test_gzip(replica, accepted, is_gzipped):
    _, plain, body = ask(replica)
    _, headers, coded = ask(replica, Accept_Encoding=accepted)
    assert headers["Content-Encoding"] == ("gzip" if is_gzipped else None)
    assert (gzip.decompress(coded) if is_gzipped else coded) == body
    assert (headers["ETag"] != plain["ETag"]) is is_gzipped
    assert headers["Vary"] == "Accept-Encoding"
    assert ask(replica, Accept_Encoding=accepted, If_None_Match=headers["ETag"])[0] == 304


def test_head_has_the_headers_of_get_and_no_body(replica):
    _, get, body = ask(replica)
    status, head, nothing = ask(replica, method="HEAD")
    assert (status, nothing) == (200, b"")
    assert head["Content-Length"] == str(len(body))
    assert head["ETag"] == get["ETag"]


def test_one_connection_serves_many_requests(replica):
    host, port = replica.base.removeprefix("http://").split(":")
    connection = http.client.HTTPConnection(host, int(port))
    connection.request("POST", "/replica/step", body=b"ignored")
    connection.getresponse().read()
    first = connection.sock
    for _ in range(3):
        connection.request("GET", FEED)
        assert connection.getresponse().read().startswith(b"<?xml")
    assert connection.sock is first
    connection.close()


def test_a_client_that_hangs_up_is_none_of_its_business(replica, capfd):
    host, port = replica.base.removeprefix("http://").split(":")
    for _ in range(5):
        with socket.create_connection((host, int(port))) as client:
            client.sendall(b"GET " + FEED.encode() + b" HTTP/1.1\r\nHost: x\r\n\r\n")
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    assert ask(replica)[0] == 200
    assert capfd.readouterr().err == ""


def test_a_step_over_http_says_what_happened(replica):
    _, before, _ = ask(replica)
    happened = json.loads(ask(replica, "/replica/step", method="POST")[2])
    assert happened["name"] == "publish"
    assert [article["what"] for article in happened["articles"]] == [["published"]] * 3
    status, after, body = ask(replica, If_None_Match=before["ETag"])
    assert status == 200
    assert after["Last-Modified"] != before["Last-Modified"]
    assert happened["articles"][0]["title"] in body.decode()


def test_state_tells_where_the_scenario_stands(replica):
    replica.step()
    state = json.loads(ask(replica, "/replica/state")[2])
    assert (state["scenario"], state["step"], state["articles"]) == ("day", 1, 43)
    assert state["entries"]["nosnieuwsvideo"] == 1


def test_after_the_last_step_nothing_happens():
    with Replica(articles=20, scenario="quiet") as replica:
        _, before, _ = ask(replica)
        assert json.loads(ask(replica, "/replica/step", method="POST")[2]) == {"done": True}
        assert ask(replica, If_None_Match=before["ETag"])[0] == 304


def test_a_step_must_be_posted(replica):
    status, headers, _ = ask(replica, "/replica/step")
    assert (status, headers["Allow"]) == (405, "POST")
    assert ask(replica, FEED, method="POST")[0] == 405


def test_feeds_that_did_not_change_stay_known(replica):
    tags = {f.slug: ask(replica, f"/{f.slug}")[1]["ETag"] for f in FEEDS}
    replica.step()
    known = [ask(replica, f"/{slug}", If_None_Match=tag)[0] for slug, tag in tags.items()]
    assert 0 < known.count(200) < 8


def test_the_same_seed_serves_the_same_bytes():
    bodies = []
    for _ in range(2):
        with Replica(articles=30, seed=7) as replica:
            replica.step()
            bodies.append(ask(replica)[2])
    assert bodies[0] == bodies[1]


@pytest.mark.parametrize(
    ("era", "forms"),
    [("2026", {False}), ("2019", {True}), ("both", {False, True})],
)
def test_eras(era, forms):
    with Replica(articles=40, era=era) as replica:
        feeds = [ask(replica, f"/{feed.slug}")[2] for feed in FEEDS]
    assert {b"feedburner:origLink" in body for body in feeds if b"<item>" in body} == forms


def test_recorded_documents_are_served_as_they_are(tmp_path):
    recorded = b"\xef\xbb\xbf<rss>niet\r\nhelemaal w\xe9l gevormd"
    (tmp_path / "nosjournaal.xml").write_bytes(recorded)
    with Replica(recorded=tmp_path) as replica:
        status, headers, body = ask(replica, "/nosjournaal")
        assert (status, body) == (200, recorded)
        assert headers["Content-Type"].startswith("application/rss+xml")
        assert parsedate_to_datetime(headers["Last-Modified"]) <= datetime.now(UTC)
        assert ask(replica, "/nosjournaal", If_None_Match=headers["ETag"])[0] == 304
        (tmp_path / "nosjournaal.xml").write_bytes(b"<rss/>")
        assert ask(replica, "/nosjournaal", If_None_Match=headers["ETag"])[2] == b"<rss/>"
        assert ask(replica, FEED)[0] == 404
        assert ask(replica, "/../nosjournaal")[0] == 404
        assert replica.step() is None
        assert replica.expected_revisions() == {}


@pytest.mark.samples
def test_real_documents_are_served_as_they_are(samples, tmp_path):
    recorded = (samples / "feed-nosnieuwsalgemeen-2026-10-01.xml").read_bytes()
    (tmp_path / "nosnieuwsalgemeen.xml").write_bytes(recorded)
    with Replica(recorded=tmp_path) as replica:
        assert gzip.decompress(ask(replica, Accept_Encoding="gzip")[2]) == recorded


def test_a_folder_without_recordings_is_refused(tmp_path):
    with pytest.raises(UsageError, match="no recorded feeds"):
        Replica(recorded=tmp_path)


def test_an_unknown_era_lists_the_known_ones():
    with pytest.raises(UsageError, match="2026, 2019, both"):
        Replica(era="1998")


def test_a_port_in_use_is_said_so(replica):
    port = int(replica.base.rsplit(":", 1)[1])
    with (
        pytest.raises(UsageError, match=f"port {port}: Address already in use"),
        Replica(port=port),
    ):
        pass
