"""What feeds would give: each is asked once, a page in place of one names its own."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any

from scrapy.http import Response, TextResponse

from newsarchive.feeds.discovery import find_feed_links, find_form
from newsarchive.model import Feed, FeedState
from newsarchive.recording import Recording
from newsarchive.sources import Source
from newsarchive.spiders.feed import FeedSpider


class TrialSpider(FeedSpider):
    """Asks every feed of `sources` once, whatever was heard of it before.

    With `discover`, an HTML page in place of a feed is read for the feeds that it names, and
    these are asked. The form of each feed is written into `forms`, by the address asked.
    """

    name = "trial"
    can_share = False

    def __init__(
        self,
        trial: Recording,
        sources: Mapping[str, Source],
        forms: dict[str, str],
        *,
        discover: bool = False,
    ) -> None:
        self.trial = trial
        self.sources = sources
        self.source_name = next(iter(sources))
        super().__init__(pages="none")
        self.feeds = tuple(feed for source in sources.values() for feed in source.feeds)
        self.forms = forms
        self.discover = discover

    def feed_url(self, feed: Feed) -> str:
        """Return the feed's own address."""
        assert feed.url is not None, "a feed that is tried has an address"
        return feed.url

    async def parse(self, response: Response, **kwargs: Any) -> AsyncIterator[Any]:
        """Yield the Document of a feed; of a page, the requests for the feeds that it names."""
        feed: Feed = kwargs["state"].feed
        form = find_form(response.body, response.headers.to_unicode_dict().get("content-type"))
        if form is not None:
            self.forms[self.feed_url(feed)] = form
        elif self.discover and isinstance(response, TextResponse):
            links = find_feed_links(response.text, response.url)
            self.discover = False  # what a feed's address answers with is no homepage
            for position, link in enumerate(links):
                slug = f"feed-{position + 1}"
                found = replace(feed, url=link.url, slug=slug, position=position)
                yield self._poll(FeedState(id=0, feed=found))
            if links:
                self.count("documents_answered")
                return
        async for document in super().parse(response, **kwargs):
            yield document
