"""Import of WARC files as a spider: what others recorded of feeds and pages travels their road.

Each answer of status 200 that is a feed's of the catalogue, or an article's by its address, is
copied into a WARC file of ours, under its own time, before it is read; one that is recorded
already is passed over. What else a file holds (redirects, pictures, other sites) is counted.
"""

import logging
from asyncio import to_thread
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any

from scrapy import Spider
from scrapy.crawler import Crawler

from newsarchive.answers import Site
from newsarchive.answers.found import find_subject, read_found, refuse_found
from newsarchive.custody.replay import Place, RecordedDocument, answer_to
from newsarchive.exceptions import ParseError, UsageError
from newsarchive.extraction import rules_of
from newsarchive.items import Document
from newsarchive.recording import Recording, recording_of
from newsarchive.sources import get_source
from newsarchive.spiders.gate import Gate
from newsarchive.spiders.posts import find_files
from newsarchive.warc import FOREIGN_ENDINGS, Exchange, Record, Unreadable, iter_foreign_records

logger = logging.getLogger(__name__)

OK = 200
FOUND = "found"
"""What a document of such an answer begins with, in its `X-Newsarchive-Document`."""


class WarcsSpider(Spider):
    """Imports files that end in `.warc`, `.warc.gz` or `.wacz`, and those of folders."""

    name = "warcs"
    source_name = "nos"
    lease = "import nos"

    def __init__(self, paths: Sequence[str] = (), form: str = "warc") -> None:
        super().__init__()
        self.files = sorted(path for path in find_files(paths) if path.endswith(FOREIGN_ENDINGS))
        if not self.files:
            raise UsageError(f"no file there ends in {', '.join(FOREIGN_ENDINGS)}")
        self.arguments = {"paths": [str(path) for path in paths], "form": form}
        # One at a time: what a document means depends on those before it.
        self.gate = Gate(1)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> "WarcsSpider":
        """Make the spider for `crawler` and learn when its items have landed."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.gate.watch(crawler)
        return spider

    async def start(self) -> AsyncIterator[Document]:
        """Read the files, and yield what each answer says when the one before is stored."""
        recording = recording_of(self.crawler)
        for path in self.files:
            records = iter_foreign_records(Path(path))
            while (found := await to_thread(_next, records)) is not None:
                await self.gate.enter()
                document = await self._read(recording, found, path)
                if document is None:
                    self.gate.leave()
                else:
                    yield document
        await self.gate.settle()

    async def _read(
        self, recording: Recording, record: Record | Unreadable, path: str
    ) -> Document | None:
        if isinstance(record, Unreadable):
            self._count("records_torn" if record.is_torn else "documents_failed")
            logger.warning("%s, offset %s: %s", path, record.offset, record.reason)
            return None
        config = recording.config
        site = Site(get_source(self.source_name, recording.sources), config.site_url)
        subject = find_subject(record.url or "", site, config.feeds_url)
        exchange = self._exchange(record, path)
        if exchange is None or subject is None:
            self._count("records_passed_over")
            return None
        if await recording.has_exchange(exchange):
            self._count("records_known")
            return None
        self._count("records_read")
        capture = await recording.record_exchange(exchange, None)
        recorded = RecordedDocument(exchange.document or "", [Place("response", capture)])
        try:
            answer = await to_thread(answer_to, recorded, config.data_dir, None)
        except ParseError as error:
            return refuse_found(site, capture, error)
        return read_found(answer, subject, site, rules_of(site.source.name))

    def _exchange(self, record: Record, path: str) -> Exchange | None:
        """Return an answer of status 200 as something to record; None for all else."""
        at, url = record.captured_at, record.url
        if record.type != "response" or record.status != OK or at is None or url is None:
            return None
        return Exchange(
            url=url,
            request_headers=(),
            status=OK,
            response_headers=record.http_headers,
            body=record.payload,
            captured_at=at,
            ip_address=record.headers.get("WARC-IP-Address"),
            document=f"{FOUND} {self.source_name}/{at.isoformat()} {url}",
            found_in=f"{record.id} {Path(path).name}",
        )

    def _count(self, name: str) -> None:
        self.crawler.stats.inc_value(f"newsarchive/{name}")


def _next(records: Iterator[Record | Unreadable]) -> Record | Unreadable | None:
    try:
        return next(records, None)
    except (OSError, ParseError) as error:
        return Unreadable(0, 0, f"cannot be read: {error}", is_torn=False)
