import csv
import io
import json
from datetime import UTC, datetime

import pytest

from newsarchive.cleaning.markup import render
from newsarchive.exceptions import ParseError
from newsarchive.model import Capture, Kind, Origin, Stage
from newsarchive.rows import check_header, is_chunk, read_chunk
from newsarchive.rows.forms import Form, content_type
from newsarchive.sources import get_source

NOS = get_source("nos")
RECORDED = datetime(2026, 10, 3, 8, tzinfo=UTC)
ITEM = {
    "feed": "NOS Binnenland",
    "title": "Dijk bij Kampen versterkt",
    "url": "https://nos.nl/l/2280103",
    "published": "Fri, 12 Apr 2019 10:44:57 +0200",
    "summary": "<p>De dijk is klaar.</p>\n        <h2>Kosten</h2>",
    "full_text": "vrijdag 12 april 2019, 10:44 De dijk is klaar. Kosten",
    "scraped_at": "2019-04-13T06:00:00.250000Z",
}


def recorded(form=Form.ITEMS, first_line=1, last_line=9, columns=None):
    return Capture(
        url=f"file:///oud/mijn%20items.jsonl#lines={first_line}-{last_line}",
        captured_at=RECORDED,
        payload_digest="sha256:1",
        warc_file="warc/a.warc.gz",
        warc_offset=1,
        warc_length=1,
        content_type=content_type(form, columns or {}),
    )


def read(*items, first_line=1, columns=None, **more):
    payload = b"".join(json.dumps(item).encode() + b"\n" for item in items)
    return read_chunk(payload, recorded(Form.ITEMS, first_line, columns=columns), NOS, **more)


def observe(columns=None, **changes):
    item = {k: v for k, v in (ITEM | changes).items() if v is not None}
    document = read(item, columns=columns)
    assert document.quarantined == []
    [observation] = document.observations
    return observation


def refuse(columns=None, **changes):
    document = read(ITEM, ITEM | changes, first_line=41, columns=columns)
    assert len(document.observations) == 1
    [quarantined] = document.quarantined
    return quarantined


def test_an_item_becomes_an_observation():
    seen = observe()
    assert (seen.origin, seen.title) == (Origin.IMPORT, ITEM["title"])
    assert seen.html == ITEM["summary"]
    assert seen.published_at == datetime(2019, 4, 12, 8, 44, 57, tzinfo=UTC)
    assert seen.captured_at == datetime(2019, 4, 13, 6, 0, 0, 250000, tzinfo=UTC)
    assert seen.imported_at == RECORDED
    assert (seen.feed, seen.category, seen.link) == (None, "binnenland", ITEM["url"])
    assert seen.identity.external_id == "2280103"
    assert (seen.guid, seen.is_lossy) == (None, False)
    assert seen.capture == recorded()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({}, datetime(2019, 4, 13, 6, 0, 0, 250000, tzinfo=UTC), id="when it was read"),
        pytest.param(
            {"scraped_at": None}, datetime(2019, 4, 12, 8, 44, 57, tzinfo=UTC), id="else published"
        ),
        pytest.param({"scraped_at": None, "published": ""}, RECORDED, id="else recorded"),
    ],
)
def test_it_stood_so_at_the_time_that_the_row_gives(changes, expected):
    assert observe(**changes).captured_at == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("2019-01-12 10:44:57", (9, 44, 57), id="without a zone, Amsterdam in winter"),
        pytest.param("2019-07-12 10:44:57", (8, 44, 57), id="without a zone, Amsterdam in summer"),
        pytest.param("2019-10-27 02:30:00", (0, 30, 0), id="the hour that comes twice: the first"),
        pytest.param("2019-10-27 03:30:00", (2, 30, 0), id="after it"),
        pytest.param("2019-03-31 02:30:00", (1, 30, 0), id="the hour that never comes"),
        pytest.param("2019-01-12T10:44:57+00:00", (10, 44, 57), id="with a zone"),
        pytest.param("Thu, 1 Oct 2026 12:52:42 +0200", (10, 52, 42), id="as feeds write it"),
    ],
)
def test_times(written, expected):
    moment = observe(published=written).published_at
    assert (moment.hour, moment.minute, moment.second) == expected


@pytest.mark.parametrize(
    ("changes", "html", "is_lossy"),
    [
        pytest.param({}, ITEM["summary"], False, id="HTML before text"),
        pytest.param({"summary": None}, f"<p>{ITEM['full_text']}</p>", True, id="text if no more"),
        pytest.param(
            {"summary": "Kort.", "full_text": "Lang.\n\nEn meer."},
            "<p>Lang.</p>\n<p>En meer.</p>",
            True,
            id="lines before none",
        ),
        pytest.param(
            {"summary": "Een zin.", "full_text": "NOS • Een zin."},
            "<p>Een zin.</p>",
            True,
            id="of equals, what the feed said",
        ),
        pytest.param({"body": "Eigen."}, "<p>Eigen.</p>", True, id="a body before all"),
        pytest.param({"summary": None, "full_text": None}, "", True, id="a title only"),
        pytest.param(
            {"body": "R&D: 3 < 5, caf&eacute; & zo\r\n"},
            "<p>R&amp;D: 3 &lt; 5, caf&eacute; &amp; zo</p>",
            True,
            id="what is text stays text, and a character reference what it means",
        ),
        pytest.param({"body": "Kop<br/>regel"}, "Kop<br/>regel", False, id="one tag is HTML"),
        pytest.param({"body": "a <aap> b"}, "<p>a &lt;aap&gt; b</p>", True, id="not every < is"),
    ],
)
def test_bodies(changes, html, is_lossy):
    seen = observe(**changes)
    assert (seen.html, seen.is_lossy) == (html, is_lossy)


def test_a_text_of_several_lines_has_so_many_paragraphs():
    html = observe(body="Een.\nTwee.\n\n  \nDrie & vier.").html
    assert render(html, "https://nos.nl").text == "Een.\n\nTwee.\n\nDrie & vier."


@pytest.mark.parametrize(
    ("written", "slug", "category"),
    [
        pytest.param("NOS Nieuws", None, "algemeen", id="the general feed, by its title"),
        pytest.param("NOS Formule-1", None, "formule1", id="a title"),
        pytest.param("NOS op 3", None, "op3", id="a title of three words"),
        pytest.param("NOS Cultuur-en-media", None, "cultuurenmedia", id="a title with hyphens"),
        pytest.param("Cultuur & media", None, "cultuurenmedia", id="a label of the site"),
        pytest.param("Nieuwsuur", None, "nieuwsuur", id="a title without NOS"),
        pytest.param("NOS.nl buitenlands nieuws", None, "buitenland", id="a title of 2018"),
        pytest.param("tech", None, "tech", id="a category"),
        pytest.param("nosnieuwstech", "nosnieuwstech", "tech", id="a slug"),
        pytest.param(
            "https://feeds.nos.nl/nosnieuwstech", "nosnieuwstech", "tech", id="an address"
        ),
        pytest.param("Regionaal nieuws", None, "Regionaal nieuws", id="one that we do not know"),
        pytest.param(None, None, None, id="none"),
    ],
)
def test_the_feed_that_a_row_names(written, slug, category):
    seen = observe(feed=written)
    assert (seen.feed, seen.category) == (slug, category)


def test_a_feed_of_videos_tells_the_kind():
    assert observe(feed="nosnieuwsvideo").identity.kind is Kind.VIDEO


def test_columns_of_other_names():
    seen = observe(
        columns={"title": "kop", "body": "tekst"}, kop="Dijk af", tekst="<p>Af.</p>", title=None
    )
    assert (seen.title, seen.html) == ("Dijk af", "<p>Af.</p>")


def test_a_column_that_was_named_stands_alone():
    document = read(ITEM, columns={"title": "kop"})
    assert document.observations == []
    assert "line 1: no title" in document.quarantined[0].error


@pytest.mark.parametrize(
    ("changes", "stage", "complaint"),
    [
        pytest.param({"title": " "}, Stage.PARSE, "no title", id="no title"),
        pytest.param({"url": None}, Stage.PARSE, "no url", id="no address"),
        pytest.param({"title": ["a"]}, Stage.PARSE, "title is not a text", id="a list of titles"),
        pytest.param({"published": "gisteren"}, Stage.PARSE, "'gisteren'", id="no time"),
        pytest.param({"scraped_at": 12}, Stage.PARSE, "scraped_at is not a text", id="a number"),
        pytest.param(
            {"url": "https://krant.example/artikel/2280103"},
            Stage.IDENTIFY,
            "not of 'nos'",
            id="another publisher's address",
        ),
        pytest.param(
            {"url": "https://nos.nl/sport"}, Stage.IDENTIFY, "No address bears", id="no article"
        ),
    ],
)
def test_what_cannot_be_used_is_quarantined_with_its_file_and_line(changes, stage, complaint):
    failed = refuse(**changes)
    assert failed.error.startswith("/oud/mijn items.jsonl, line 42: ")
    assert complaint in failed.error
    assert failed.stage is stage
    assert failed.url == recorded(first_line=41).url
    assert json.loads(failed.payload)["summary"] == ITEM["summary"]
    assert (failed.observed_at, failed.capture) == (RECORDED, recorded(first_line=41))


def test_addresses_under_the_configured_base_are_the_publishers_own():
    item = ITEM | {"url": "http://127.0.0.1:8000/artikel/2280103-dijk"}
    assert read(item).observations == []
    [seen] = read(item, site_url="http://127.0.0.1:8000").observations
    assert seen.identity.url == "https://nos.nl/l/2280103"


def test_a_row_of_csv_becomes_an_observation():
    sheet = io.StringIO(newline="")
    csv.writer(sheet).writerows(
        [
            ["datetime", "title", "content", "category", "url"],
            [
                "2010-01-01 00:49:00",
                "Vuurwerk in de polder",
                "Het was druk. Er was vuurwerk.",
                "Binnenland",
                "https://nos.nl/artikel/126231-vuurwerk.html",
            ],
        ]
    )
    document = read_chunk(sheet.getvalue().encode(), recorded(Form.CSV, 2), NOS)
    [seen] = document.observations
    assert (seen.identity.external_id, seen.category) == ("126231", "binnenland")
    assert seen.published_at == seen.captured_at == datetime(2009, 12, 31, 23, 49, tzinfo=UTC)
    assert (seen.html, seen.is_lossy) == ("<p>Het was druk. Er was vuurwerk.</p>", True)


def test_a_document_has_its_capture():
    assert read().captures == [recorded()]
    assert read().source == "nos"


@pytest.mark.parametrize(
    ("header", "columns", "complaint"),
    [
        pytest.param(b"kop,url\n", {}, "no column is the title; there are kop, url", id="a title"),
        pytest.param(b"title,adres\n", {}, "no column is the url", id="an address"),
        pytest.param(
            b"title,url\n", {"title": "kop"}, "no column is the title", id="the one that was named"
        ),
    ],
)
def test_a_header_must_name_what_every_row_needs(header, columns, complaint):
    with pytest.raises(ParseError, match=complaint):
        check_header(header, columns)


def test_a_header_that_names_it_will_do():
    check_header(b"headline,link\n", {})
    check_header(b"kop;url\n", {"title": "kop"})


@pytest.mark.parametrize(
    ("kind", "fragment", "expected"),
    [
        pytest.param("application/x-ndjson", "#lines=1-2", True, id="JSON lines"),
        pytest.param("text/csv; header=present", "#lines=2-3", True, id="CSV"),
        pytest.param("application/x-ndjson", "", False, id="a whole file"),
        pytest.param("text/plain; charset=utf-8", "#lines=1-2", False, id="another file"),
        pytest.param(None, "", False, id="no file"),
    ],
)
def test_which_captures_are_chunks(kind, fragment, expected):
    capture = Capture(f"file:///a{fragment}", RECORDED, "sha256:", "a", 0, 0, content_type=kind)
    assert is_chunk(capture) is expected
