import re
from datetime import datetime
from itertools import combinations, pairwise
from statistics import mean

import pytest
from lxml import etree

from newsarchive.replica.documents import Desk, Era, article_url, body, headline, published_at
from newsarchive.replica.documents import write_feed as write
from newsarchive.replica.scenario import compose, open_newsroom

FEEDBURNER = "{http://rssnamespace.org/feedburner/ext/1.0}"
NUMBERS = range(-300, 0)


@pytest.fixture(scope="module")
def newsroom():
    return open_newsroom(300)


@pytest.fixture(scope="module")
def desk(newsroom):
    return newsroom.desk


def document(newsroom, slug, era):
    feed = next(feed for feed in newsroom.feeds if feed.slug == slug)
    stories = [compose(newsroom.desk, draft) for draft in newsroom.entries(slug)]
    return write(feed, stories, newsroom.at, era)


def items(newsroom, slug, era):
    return etree.fromstring(document(newsroom, slug, era)).findall("channel/item")


def test_the_same_seed_gives_the_same_bytes():
    def feed(seed):
        return document(open_newsroom(30, seed=seed), "nosnieuwsbuitenland", Era.NOS)

    assert feed(1) == feed(1)
    assert feed(1) != feed(2)


def test_more_articles_reach_further_back_and_change_none():
    few, many = open_newsroom(20), open_newsroom(40)
    assert compose(few.desk, few.drafts[-20]) == compose(many.desk, many.drafts[-20])


def test_the_form_of_2026(newsroom):
    raw = document(newsroom, "nosnieuwsalgemeen", Era.NOS).decode()
    assert raw.startswith(
        '<?xml version="1.0" encoding="UTF-8"?><?xml-stylesheet href="/public/style.xsl"'
    )
    assert "<description><![CDATA[\n        <p>" in raw
    assert "</p>]]></description>" in raw
    item = items(newsroom, "nosnieuwsalgemeen", Era.NOS)[0]
    assert item.findtext("link") == item.findtext("guid")
    assert re.fullmatch(r"https://nos\.nl/l/26\d{5}", item.findtext("link"))
    assert item.find("guid").get("isPermaLink") == "true"
    assert item.find("enclosure").keys() == ["type", "url"]
    assert item.find("enclosure").get("type") == "image/webp"
    assert re.fullmatch(
        r"https://images\.cdn\.nos\.nl/(\w/){6}\w{40}/\d+x\d+x\d+x\d+-1024x576\.webp",
        item.find("enclosure").get("url"),
    )
    assert item.findtext("pubDate").startswith("Thu, 1 Oct 2026 1")
    assert item.findtext("pubDate").endswith(" +0200")


def test_the_form_of_feedburner(newsroom):
    slug = "nosnieuwspolitiek"
    item = items(newsroom, slug, Era.FEEDBURNER)[0]
    found = re.fullmatch(rf"http://feeds\.nos\.nl/~r/{slug}/~3/([\w-]{{11}})/(\d+)", item[1].text)
    assert found
    token, number = found.groups()
    assert item.findtext("guid") == f"https://nos.nl/l/{number}"
    assert item.find("guid").get("isPermaLink") == "false"
    assert item.findtext(f"{FEEDBURNER}origLink") == f"https://nos.nl/l/{number}"
    pixel = f'<img src="http://feeds.feedburner.com/~r/{slug}/~4/{token}" height="1" width="1"'
    assert item.findtext("description").endswith(f'</p>{pixel} alt=""/>')
    assert dict(item.find("enclosure").attrib)["length"] == "0"
    assert item.findtext("pubDate").startswith("Thu, 01 Oct 2026")


def test_both_forms_tell_of_the_same_articles(newsroom):
    def told(era):
        found = items(newsroom, "nosvoetbal", era)
        return [(i.findtext("title"), i.findtext("description").split("<img")[0]) for i in found]

    assert told(Era.NOS) == told(Era.FEEDBURNER)


def test_a_feed_without_articles_is_a_document_too(newsroom):
    raw = write(newsroom.feeds[0], [], newsroom.at, Era.NOS)
    assert etree.fromstring(raw).findtext("channel/title") == "NOS Binnenland"


def test_articles_of_the_jeugdjournaal_are_guests_in_other_feeds(newsroom):
    guests = {
        item.findtext("link")
        for item in items(newsroom, "nosnieuwsbinnenland", Era.NOS)
        if "www.jeugdjournaal.nl/l/" in item.findtext("link")
    }
    at_home = {item.findtext("link") for item in items(newsroom, "jeugdjournaal", Era.NOS)}
    assert guests
    assert {link.replace("www.jeugdjournaal.nl", "nos.nl") for link in guests} <= at_home


def test_a_video_is_one_plain_sentence(newsroom):
    video = items(newsroom, "nosnieuwsvideo", Era.NOS)[0].findtext("description")
    assert re.fullmatch(r"[A-Z][^<>\n]+\.", video)


def test_the_newest_comes_first_in_every_feed(newsroom):
    for feed in newsroom.feeds:
        times = [compose(newsroom.desk, d).published_at for d in newsroom.entries(feed.slug)]
        assert times == sorted(times, reverse=True)


def test_publication_times_grow_across_the_end_of_summer_time(desk):
    night = Desk(desk.beats, moment=datetime.fromisoformat("2026-10-25T06:00:00+01:00"))
    times = [published_at(night, number) for number in NUMBERS]
    assert all(a.timestamp() < b.timestamp() for a, b in pairwise(times))
    assert {time.utcoffset().seconds for time in times} == {3600, 7200}


def test_titles_differ(desk):
    assert len({headline(desk, number) for number in range(-5000, 0)}) == 5000


def test_the_titles_of_one_article_differ(desk):
    for number in NUMBERS:
        assert len({headline(desk, number, draft) for draft in range(3)}) == 3


def test_bodies_are_no_near_duplicates(desk):
    def shingles(number):
        words = " ".join(body(desk, number)).split()
        return {tuple(words[i : i + 3]) for i in range(len(words) - 2)}

    bodies = [shingles(number) for number in range(-120, 0)]
    assert max(len(a & b) / len(a | b) for a, b in combinations(bodies, 2)) < 0.6


def test_bodies_read_like_news(desk):
    bodies = [body(desk, number) for number in NUMBERS]
    texts = ["\n".join(blocks) for blocks in bodies]
    assert 2200 < mean(len(text.encode()) for text in texts if "<p>" in text) < 4000
    everything = "\n".join(texts)
    assert not re.search(r"[{}\[\]~|*]|  | \.|\.\.", everything)
    assert all(
        wanted in everything
        for wanted in ("<em>", "<strong>", "<h2>", "data-cke-saved-href", "€", "\u00a0", "ë", "ï")
    )
    assert {text.count("<p>") for text in texts if "<p>" in text} <= set(range(3, 11))


def test_links_lead_to_articles_of_the_replica(desk):
    for number in range(-30, 0):
        for url in re.findall(r' href="([^"]+)"', "".join(body(desk, number))):
            assert url in {article_url(desk, other) for other in range(number - 70, number)}
