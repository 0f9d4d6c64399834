from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, date, datetime

import pytest

from newsarchive.model import Article, Kind, Origin
from newsarchive.storage import ArticleRevision


@pytest.fixture
def make_article() -> Callable[..., Article]:
    """Make an article, `2280100` unless another id is given, with any field changed."""

    def make(external_id: str = "2280100", **changes) -> Article:
        fields = {
            "article_id": int(external_id),
            "source": "nos",
            "external_id": external_id,
            "kind": Kind.ARTICLE,
            "url": f"https://nos.nl/l/{external_id}",
            "title": "Brug weer open",
            "html": "<p>De brug is weer open.</p>\n<p>Het “café” ernaast ook.</p>",
            "text": "De brug is weer open.\n\nHet “café” ernaast ook.",
            "word_count": 9,
            "category": "binnenland",
            "categories": "algemeen,binnenland",
            "image_url": None,
            "published_at": datetime(2019, 4, 5, 22, 30, tzinfo=UTC),
            "published_on": date(2019, 4, 6),
            "modified_at": None,
            "first_seen_at": datetime(2019, 4, 5, 23, tzinfo=UTC),
            "last_seen_at": datetime(2019, 4, 6, 9, tzinfo=UTC),
            "revision_count": 1,
            "origin": Origin.FEED,
            "number": 1,
            "observed_at": datetime(2019, 4, 5, 23, 0, 0, 250000, tzinfo=UTC),
            "capture_id": 1,
            "withdrawn_at": None,
            "near_duplicate_of": None,
            "link": f"https://nos.nl/l/{external_id}",
        }
        return Article(**(fields | changes))

    return make


@pytest.fixture
def make_revision(make_article) -> Callable[..., ArticleRevision]:
    """Make an imported revision of an article, with any field changed."""

    def make(external_id: str = "2280100", **changes) -> ArticleRevision:
        fields = {
            **asdict(make_article(external_id)),
            "origin": Origin.IMPORT,
            "imported_at": datetime(2026, 10, 1, 12, tzinfo=UTC),
            "is_lossy": True,
            "content_digest": "sha256:" + "0" * 64,
            "digest_rule": 1,
            "crawl_run_id": 7,
            "metadata": {"keywords": ["brug"]},
        }
        return ArticleRevision(**(fields | changes))

    return make
