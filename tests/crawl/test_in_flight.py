"""Documents take the road one by one; none that fails on it holds up those behind."""

import pytest

from .conftest import feed, item

SLUGS = {
    "buitenland": "/nosnieuwsbuitenland",
    "politiek": "/nosnieuwspolitiek",
    "tech": "/nosnieuwstech",
}
UNIDENTIFIED = '{"newsarchive.pipelines.store.Store": 900}'


@pytest.mark.parametrize(
    ("pipelines", "code", "errors"),
    [
        pytest.param("{}", 0, [], id="no pipeline at all"),
        pytest.param(UNIDENTIFIED, 7, [3], id="a pipeline that raises"),
    ],
)
def test_every_document_makes_room_for_the_next(crawler, site, pipelines, code, errors):
    site.answers |= {path: feed(item(2280103 + n)) for n, path in enumerate(SLUGS.values())}
    done = crawler.crawl(",".join(SLUGS), "-s", f"ITEM_PIPELINES={pipelines}")
    assert done.returncode == code, done.stderr
    assert len(site.asked()) == len(SLUGS)
    counted = crawler.rows("SELECT counters ->> 'errors' FROM crawl_runs")
    assert [int(count) for (count,) in counted if count] == errors


def test_a_feed_that_may_not_be_asked_for_holds_up_none(crawler, site):
    site.answers |= {path: feed(item(2280103 + n)) for n, path in enumerate(SLUGS.values())}
    forbidden = f"User-agent: *\nDisallow: {SLUGS['buitenland']}\n"
    site.answers["/robots.txt"] = (200, {}, forbidden.encode())
    assert crawler.crawl(",".join(SLUGS)).returncode == 7
    assert crawler.rows("SELECT count(*) FROM articles") == [(2,)]
