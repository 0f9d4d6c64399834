"""Capture: bytes first. Every response is in the WARC before anything reads it.

A request opts in with `captures` in its meta, a list that gathers the captures of all its
hops and retries; `repeats` there may hold the last capture of the same URL, and `document`
says what the request is made for. A feed's 304 carries nothing and is not recorded; a page's is,
since every look at a page leaves its evidence: `repeats` is then what it speaks of.
"""

from scrapy.crawler import Crawler
from scrapy.http import Request, Response

from newsarchive.exceptions import StorageError
from newsarchive.recording import recording_of
from newsarchive.warc import Exchange

NOT_MODIFIED = 304


class Capture:
    """Records exchanges. What is not recorded is not read: its request fails by a StorageError."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Capture":
        """Make the middleware for `crawler`."""
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Response:
        """Return `response` once its bytes are recorded."""
        if "captures" not in request.meta:
            return response
        recording = recording_of(self.crawler)
        received_at = request.meta["received_at"] = recording.config.clock()
        repeats = request.meta.get("repeats")
        is_recorded = repeats is not None and request.meta.get("records_not_modified")
        if response.status == NOT_MODIFIED and not is_recorded:
            return response
        exchange = Exchange(
            url=request.url,
            method=request.method,
            request_headers=_pairs(request),
            status=response.status,
            protocol=response.protocol or "HTTP/1.1",
            response_headers=_pairs(response),
            body=response.body,
            captured_at=received_at,
            ip_address=str(response.ip_address) if response.ip_address else None,
            document=request.meta.get("document"),
        )
        try:
            capture = await recording.record_exchange(exchange, repeats)
        except OSError as error:  # not the site's: it has answered
            raise StorageError(f"the answer of {request.url} cannot be kept: {error}") from error
        request.meta["captures"].append(capture)
        self.crawler.stats.inc_value("newsarchive/captures")
        return response


def _pairs(message: Request | Response) -> list[tuple[bytes, bytes]]:
    """Return the header fields, one pair a value."""
    return [(name, value) for name, values in message.headers.items() for value in values]
