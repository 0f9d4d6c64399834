"""`scrapy crawl feeds -a source=NAME`: the feeds of a source of one's own, in newsarchive.toml."""

from collections.abc import Mapping
from typing import Any, Self

from scrapy.crawler import Crawler

from newsarchive.config import VARIABLES, Config
from newsarchive.exceptions import UsageError
from newsarchive.model import Feed
from newsarchive.sources import Source, own_sources
from newsarchive.spiders.feed import FeedSpider


class FeedsSpider(FeedSpider):
    """Polls the feeds of the source of newsarchive.toml that is named by the argument `source`."""

    name = "feeds"

    def __init__(self, sources: Mapping[str, Source], source: str = "", **arguments: Any) -> None:
        if source not in sources:
            known = ", ".join(sources) or "none yet, see docs/sources.md"
            raise UsageError(
                f"source={source!r} is no source of newsarchive.toml. Known sources: {known}."
            )
        self.source_name = self.lease = source
        self.sources = sources
        super().__init__(**arguments)
        self.arguments = {"source": source, **self.arguments}

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Make the spider for `crawler`, with the sources of its configuration."""
        config = Config.load({name: crawler.settings.get(name) for name in VARIABLES})
        own = own_sources(config.source_tables, config.file)
        return super().from_crawler(crawler, own, *args, **kwargs)

    def feed_url(self, feed: Feed) -> str:
        """Return the address that newsarchive.toml gives."""
        assert feed.url is not None, "every feed of the file has an address"
        return feed.url
