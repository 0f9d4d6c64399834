"""What Scrapy says of documents: which one, and not all that is in it, which may be megabytes."""

from typing import Any

from scrapy import Spider
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure

from newsarchive.items import Document

Answer = Response | Failure | None


class Messages(LogFormatter):
    """Scrapy's own messages, in which a document has a name."""

    def scraped(self, item: Any, response: Answer, spider: Spider) -> LogFormatterResult:
        """Say that a document reached the end of its road."""
        return super().scraped(name_of(item), response, spider)

    def item_error(
        self, item: Any, exception: BaseException, response: Answer, spider: Spider
    ) -> LogFormatterResult:
        """Say that a document could not be processed; the traceback tells why."""
        return super().item_error(name_of(item), exception, response, spider)


def name_of(item: Document) -> str:
    """Return what `item` is called in a log: its feed, or the first address that it came from."""
    if item.poll is not None:
        return f"the feed {item.poll.feed.feed.slug}"
    return item.captures[0].url if item.captures else f"a document of {item.source}"
