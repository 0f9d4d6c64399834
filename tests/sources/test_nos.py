import pytest

from newsarchive.exceptions import NotFoundError, UsageError
from newsarchive.model import Kind
from newsarchive.sources import DEFAULT_SOURCE, SOURCES, get_source

NOS = get_source("nos")

CATEGORIES = [
    "binnenland", "buitenland", "politiek", "economie", "koningshuis", "tech", "cultuurenmedia",
    "voetbal", "wielrennen", "schaatsen", "tennis", "formule1", "nieuwsuur", "jeugdjournaal",
    "opmerkelijk", "op3", "sport", "video", "algemeen", "herstel",
]  # fmt: skip


def slugs(feeds):
    return [feed.slug for feed in feeds]


def test_the_registry_knows_its_sources_by_name():
    assert SOURCES["nos"] is NOS
    assert DEFAULT_SOURCE in SOURCES
    assert all(name == source.name for name, source in SOURCES.items())


def test_an_unknown_source_is_answered_with_the_known_ones():
    with pytest.raises(NotFoundError, match=r"'nvt'.*Known sources: nos"):
        get_source("nvt")


def test_categories_stand_in_catalogue_order_the_specific_before_the_general():
    assert list(NOS.categories) == CATEGORIES


def test_positions_count_the_catalogue():
    assert [feed.position for feed in NOS.feeds] == list(range(25))


def test_slugs_are_unique_and_their_addresses_follow_from_them():
    assert len(set(slugs(NOS.feeds))) == len(NOS.feeds)
    *feeds, corrections = NOS.feeds
    assert all(feed.url == f"https://feeds.nos.nl/{feed.slug}" for feed in feeds)
    assert corrections.url == "https://nos.nl/herstel"
    assert {feed.source for feed in NOS.feeds} == {"nos"}


def test_a_text_feed_stands_before_the_video_feed_of_its_category():
    assert slugs(feed for feed in NOS.feeds if feed.category == "tennis") == [
        "nossporttennis",
        "nossporttennisvideo",
    ]


def test_video_feeds_hold_videos_and_are_off_with_the_stale_one():
    videos = [feed.slug for feed in NOS.feeds if feed.kind is Kind.VIDEO]
    assert videos == [slug for slug in slugs(NOS.feeds) if slug.endswith("video")]
    assert [feed.slug for feed in NOS.feeds if not feed.enabled] == [
        "nossportvoetbalvideo",
        "nossportwielrennenvideo",
        "nossportschaatsenvideo",
        "nossporttennisvideo",
        "nossportformule1video",
        "nosop3",
        "nosnieuwsvideo",
        "herstel",
    ]


@pytest.mark.parametrize(
    ("categories", "expected"),
    [
        pytest.param(["tech"], ["nosnieuwstech"], id="one category is its feed"),
        pytest.param(
            ["tech", "buitenland", "tech"],
            ["nosnieuwsbuitenland", "nosnieuwstech"],
            id="catalogue order, each feed once",
        ),
        pytest.param(["voetbal"], ["nosvoetbal"], id="its video feed stays off"),
        pytest.param(["video"], ["nosnieuwsvideo"], id="a category of videos only is polled"),
        pytest.param(["op3"], ["nosop3"], id="a stale feed is polled when it is named"),
        pytest.param([], [], id="no category is no feed"),
    ],
)
def test_feeds_of_named_categories(categories, expected):
    assert slugs(NOS.feeds_of(categories)) == expected


def test_all_that_are_on_by_default_when_no_categories_are_named():
    feeds = NOS.feeds_of(None)
    assert len(feeds) == 17
    assert feeds == tuple(feed for feed in NOS.feeds if feed.enabled)


def test_an_unknown_category_is_answered_with_the_known_ones_in_catalogue_order():
    with pytest.raises(UsageError) as caught:
        NOS.feeds_of(["tech", "weer"])
    assert "'weer'" in str(caught.value)
    assert ", ".join(CATEGORIES) in str(caught.value)
