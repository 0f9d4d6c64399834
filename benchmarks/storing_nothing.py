"""A stand-in for the capture: the spider gets what it needs of one, and nothing is written."""

from scrapy.crawler import Crawler
from scrapy.http import Request, Response

from newsarchive.model import Capture
from newsarchive.recording import recording_of


class Nothing:
    """Says of every response that it is recorded, and records none."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Nothing":
        """Make the middleware for `crawler`."""
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        """Return `response`, with a capture that leads nowhere."""
        if "captures" in request.meta:
            now = recording_of(self.crawler).config.clock()
            capture = Capture(request.url, now, "sha256:", "nowhere", 0, 0, status=response.status)
            request.meta["captures"].append(capture)
        return response
