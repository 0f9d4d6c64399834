"""`scrapy crawl nos`: the category feeds of NOS."""

from newsarchive.model import Feed, Kind
from newsarchive.recording import recording_of
from newsarchive.spiders.feed import FeedSpider


class NosSpider(FeedSpider):
    """Polls the feeds of NOS, or those of the base in NEWSARCHIVE_FEEDS_URL."""

    name = "nos"
    source_name = "nos"

    def feed_url(self, feed: Feed) -> str:
        """Return the feed's own address, or its place at the configured base."""
        config = recording_of(self.crawler).config
        # The Herstelrubriek is a page of the site.
        base = config.site_url if feed.kind is Kind.CORRECTION else config.feeds_url
        assert feed.url is not None, "every feed of the catalogue has an address"
        return f"{base}/{feed.slug}" if base else feed.url
