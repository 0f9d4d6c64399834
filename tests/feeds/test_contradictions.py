"""Two entries of one feed that say different things of one article."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from newsarchive.feeds.contradictions import set_aside_contradictions
from newsarchive.items import Document
from newsarchive.model import Identity, Kind, Observation, Origin, Stage

AT = datetime(2026, 10, 1, 12, tzinfo=UTC)


def said(number, digest):
    url = f"https://nos.nl/l/{number}"
    return Observation(
        origin=Origin.FEED,
        captured_at=AT,
        title="Brug open",
        html="<p>De brug is open.</p>",
        link=url,
        content_digest=f"sha256:{digest}",
        identity=Identity("nos", str(number), Kind.ARTICLE, url),
    )


@pytest.mark.parametrize(
    ("seen", "kept"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([said(1, "a"), said(2, "a")], [0, 1], id="two articles, one text"),
        pytest.param([said(1, "a"), said(1, "a")], [0, 1], id="one article, the same twice"),
        pytest.param([said(1, "a"), said(1, "b")], [0], id="the first stands"),
        pytest.param([said(1, "a"), said(1, "b"), said(1, "a")], [0, 2], id="and is repeated"),
        pytest.param([said(1, "a"), said(1, "b"), said(1, "c")], [0], id="three texts"),
    ],
)
def test_of_each_article_the_first_text_stands(seen, kept):
    document = set_aside_contradictions(Document("nos", seen))

    assert document.observations == [seen[place] for place in kept]
    assert len(document.quarantined) == len(seen) - len(kept)
    assert all(failed.stage is Stage.IDENTIFY for failed in document.quarantined)


def test_articles_of_two_sources_are_two():
    here, there = said(1, "a"), said(1, "b")
    there = replace(there, identity=replace(there.identity, source="weekblad"))

    assert set_aside_contradictions(Document("nos", [here, there])).quarantined == []
