"""Pictures in the database: noted, pending, tried, stored once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from newsarchive.items import Document, PictureFetch
from newsarchive.model import Media, MediaFile

from .conftest import NOON, TOO_LONG
from .test_aliases import HOME, Press

HEAD = "https://cdn.nos.nl/image/2026/10/01/804211/1008x567.jpg"
LARGE = "https://cdn.nos.nl/image/2026/10/01/804211/3840x2160.jpg"
SQUARE = "https://cdn.nos.nl/image/2026/10/01/804211/320x320.jpg"
INSIDE = "https://cdn.nos.nl/image/2026/10/01/804300/1008x567.jpg"
SHOWS = f'<p>Tekst.</p>\n<figure><img src="{INSIDE}"></figure>'
YEAR = timedelta(days=365)

LINKS = "SELECT position, role, url, digest FROM revision_media ORDER BY revision_id, position"


@pytest.fixture
def choose(bench):
    return lambda media: bench.archive.pictures.choose("nos", Media(media))


def note(bench):
    while bench.archive.pictures.note_earlier("nos"):
        pass


def pending(bench, media="all", at=NOON, *, every=False):
    return bench.archive.pictures.find_pending("nos", Media(media), at, 100, every=every)


def fetch(bench, url, content="a" * 64, hours=1, **more):
    """Record what came of asking for `url`, `hours` after noon; no content: a failure."""
    at = NOON + timedelta(hours=hours)
    capture = bench.capture(at)
    file = content and MediaFile(
        f"sha256:{content}", "image/jpeg", 100, 10, 10, f"media/{content}", url
    )
    picture = PictureFetch(url, at, capture=capture, file=file or None, **more)
    document = Document("nos", captures=[capture], picture=picture)
    return bench.archive.record_document(document, bench.run_id)


def test_nothing_is_noted_where_nothing_was_chosen(bench):
    bench.record(bench.say(image_url=HEAD, html=SHOWS))
    assert pending(bench) == []
    assert bench.rows(LINKS) == []


def test_a_picture_at_an_endless_address_is_not_noted(bench, choose):
    choose("all")
    counts = bench.record(bench.say(image_url=f"https://cdn.nos.nl/{TOO_LONG}.jpg", html=SHOWS))
    assert counts["new"] == 1
    assert bench.rows(LINKS) == [(1, "body", INSIDE, None)]


@pytest.mark.parametrize(
    ("media", "expected"),
    [
        pytest.param("feature", [(1, "feature", HEAD, None)], id="its own"),
        pytest.param(
            "all", [(1, "feature", HEAD, None), (2, "body", INSIDE, None)], id="those inside too"
        ),
    ],
)
def test_what_a_revision_shows_is_noted_with_it(bench, choose, media, expected):
    choose(media)
    bench.record(bench.say(image_url=HEAD, html=SHOWS))
    assert bench.rows(LINKS) == expected
    assert pending(bench) == [url for _, _, url, _ in expected]


def test_a_later_choice_makes_pending_what_earlier_revisions_show(bench, choose):
    bench.record(bench.say(image_url=HEAD, html=SHOWS))
    choose("feature")
    note(bench)
    assert pending(bench) == [HEAD]
    choose("all")
    bench.record(bench.say(number=2280104, image_url=SQUARE))
    note(bench)
    assert sorted(pending(bench)) == sorted([HEAD, INSIDE, SQUARE])
    assert [row[:3] for row in bench.rows(LINKS)] == [
        (1, "feature", HEAD),
        (2, "body", INSIDE),
        (1, "feature", SQUARE),
    ]


def test_a_choice_that_was_interrupted_by_none_misses_nothing(bench, choose):
    choose("all")
    choose("none")
    bench.record(bench.say(image_url=HEAD))
    assert pending(bench) == []
    choose("all")
    note(bench)
    assert pending(bench) == [HEAD]


def test_body_pictures_wait_while_only_features_are_wanted(bench, choose):
    choose("all")
    bench.record(bench.say(image_url=HEAD, html=SHOWS))
    assert pending(bench, "feature") == [HEAD]


def test_sizes_of_one_crop_are_one_picture_at_its_widest(bench, choose):
    choose("all")
    bench.record(bench.say(image_url=HEAD))
    bench.record(bench.say(title="Anders", image_url=LARGE, hours=1))
    assert pending(bench) == [LARGE]
    fetch(bench, LARGE, hours=2)
    assert {row[3] for row in bench.rows(LINKS)} == {"sha256:" + "a" * 64}
    bench.record(bench.say(title="Weer anders", image_url=HEAD, hours=3))
    assert pending(bench, at=NOON + YEAR) == []
    assert bench.rows(LINKS)[-1] == (1, "feature", HEAD, "sha256:" + "a" * 64)


def test_the_widest_is_found_among_what_is_noted_together(bench, choose):
    for hours, url in enumerate((HEAD, LARGE, HEAD)):
        bench.record(bench.say(f"Titel {hours}", image_url=url, hours=hours))
    choose("feature")
    note(bench)
    assert pending(bench) == [LARGE]


def test_what_is_there_is_not_wanted_larger(bench, choose):
    choose("all")
    bench.record(bench.say(image_url=HEAD))
    fetch(bench, HEAD)
    bench.record(bench.say(title="Anders", image_url=LARGE, hours=1))
    assert bench.rows("SELECT url, width FROM pictures") == [(HEAD, 1008)]
    assert pending(bench, at=NOON + YEAR, every=True) == []


def test_a_picture_may_stand_in_the_text_alone(bench, choose):
    choose("all")
    bench.record(bench.say(html=SHOWS))
    assert bench.rows(LINKS) == [(1, "body", INSIDE, None)]


def test_what_was_never_tried_comes_first(bench, choose):
    choose("all")
    bench.record(bench.say(image_url=HEAD, html=SHOWS))
    fetch(bench, HEAD, content="", error="HTTP 500")
    assert pending(bench, at=NOON + YEAR) == [INSIDE, HEAD]


def test_each_source_has_its_own(bench, choose):
    choose("all")
    press = Press(bench.url)
    press.poll(replace(press.say(f"{HOME}/brug"), image_url=f"{HOME}/brug.jpg"))
    bench.record(bench.say(image_url=HEAD))
    note(bench)
    assert pending(bench) == [HEAD]
    press.archive.pictures.choose("krant", Media.ALL)
    while press.archive.pictures.note_earlier("krant"):
        pass
    assert pending(bench) == [HEAD]
    assert len(bench.rows(LINKS)) == 2
    fetch(bench, HEAD, requests=3)
    assert bench.archive.pictures.find_manners("nos", NOON).requests == 3
    assert bench.archive.pictures.find_manners("krant", NOON).requests == 0
    press.archive.close()


def test_another_crop_is_fetched_too_and_known_as_the_same_picture(bench, choose):
    choose("all")
    bench.record(bench.say(image_url=HEAD))
    bench.record(bench.say(title="Anders", image_url=SQUARE, hours=1))
    assert bench.rows("SELECT picture, crop FROM pictures ORDER BY id") == [
        ("2026/10/01/804211", "16:9"),
        ("2026/10/01/804211", "1:1"),
    ]


def test_the_same_bytes_under_two_addresses_are_one_file(bench, choose):
    choose("all")
    bench.record(bench.say(image_url=HEAD, html=SHOWS))
    fetch(bench, HEAD)
    fetch(bench, INSIDE)
    [file] = bench.archive.pictures.iter_files()
    assert file.url == HEAD
    assert bench.archive.pictures.count()["stored"] == 2


def test_a_failure_is_tried_again_a_few_times_and_then_given_up(bench, choose):
    choose("all")
    bench.record(bench.say(image_url=HEAD))
    hours, tries = 0, []
    while asked := pending(bench, at=NOON + timedelta(hours=hours)):
        fetch(bench, asked[0], content="", hours=hours, error="HTTP 500")
        tries.append(hours)
        [(after,)] = bench.rows("SELECT next_try_at IS NOT NULL FROM pictures")
        hours += {1: 1, 2: 6, 3: 24, 4: 168}.get(len(tries), 10_000)
    assert tries == [0, 1, 7, 31, 199]
    assert not after
    told = bench.archive.pictures.count()
    assert (told["pending"], told["failing"], told["given_up"]) == (0, 0, 1)
    assert [(f["url"], f["attempts"], f["error"]) for f in told["failures"]] == [
        (HEAD, 5, "HTTP 500")
    ]
    assert pending(bench, every=True) == [HEAD]


def test_a_picture_comes_at_last(bench, choose):
    choose("all")
    bench.record(bench.say(image_url=HEAD))
    fetch(bench, HEAD, content="", error="HTTP 500")
    fetch(bench, HEAD, hours=2)
    assert bench.rows("SELECT attempts, error FROM pictures") == [(2, None)]
    assert bench.archive.pictures.count()["failures"] == []


def test_the_day_s_requests_and_the_pause_that_was_asked_for(bench, choose):
    choose("all")
    bench.record(bench.say(image_url=HEAD))
    until = NOON + timedelta(hours=5)
    fetch(bench, HEAD, content="", error="HTTP 429", retry_after_at=until, requests=2)
    assert pending(bench, at=until - timedelta(minutes=1)) == []
    assert pending(bench, at=until) == [HEAD]
    fetch(bench, HEAD, content="", hours=2, error="HTTP 429", requests=1)
    manners = bench.archive.pictures.find_manners("nos", NOON)
    assert (manners.requests, manners.retry_after_at) == (3, until)
    fetch(bench, HEAD, content="", hours=30, error="HTTP 429")
    assert bench.archive.pictures.find_manners("nos", NOON + timedelta(hours=12)).requests == 1


def test_what_was_fetched_before_it_was_noted_is_linked_afterwards(bench, choose):
    fetch(bench, LARGE)
    bench.record(bench.say(image_url=HEAD))
    choose("feature")
    note(bench)
    assert bench.rows(LINKS) == [(1, "feature", HEAD, "sha256:" + "a" * 64)]
    assert pending(bench) == []


def test_two_choices_in_a_row_are_one(bench, choose):
    choose("all")
    note(bench)
    choose("all")
    assert bench.rows("SELECT media, media_noted_to FROM sources") == [("all", None)]


def test_an_address_that_is_none_harms_nothing(bench, choose):
    choose("all")
    said = bench.say(image_url="https://[kapot")
    counts = bench.record(replace(said, metadata={"image": "geen veld"}))
    assert counts["new"] == 1
    assert bench.rows(LINKS) == []
