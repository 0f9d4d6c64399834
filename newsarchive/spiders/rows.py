"""Import of tables as a spider: rows of JSON lines and CSV go the road of a feed's entries.

A file is cut into chunks. Each is recorded in the WARC as a `resource` before it is read, under
the file's address and `#lines=1-500`; one that is recorded already is not recorded again.
"""

import logging
from asyncio import to_thread
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from scrapy import Spider
from scrapy.crawler import Crawler

from newsarchive.exceptions import ParseError, UsageError
from newsarchive.items import Document
from newsarchive.model import Capture
from newsarchive.recording import recording_of
from newsarchive.rows import (
    FIELDS,
    Chunk,
    Form,
    check_header,
    content_type,
    iter_chunks,
    read_chunk,
)
from newsarchive.sources import get_source
from newsarchive.spiders.gate import Gate
from newsarchive.spiders.posts import file_url, find_files

logger = logging.getLogger(__name__)

IN_FLIGHT = 1
"""Documents between file and archive: with chunks this large, more of them cost memory only."""

LONGEST_LINE = 16 << 20  # bytes; what is longer comes in pieces, and is no table


class RowsSpider(Spider):
    """Imports JSON lines (`form=items`) or CSV (`form=csv`).

    `fields` names columns for `FIELDS` where they bear other names than usual.
    """

    name = "rows"
    source_name = "nos"
    lease = "import nos"

    def __init__(
        self,
        paths: Sequence[str] = (),
        form: str = "items",
        fields: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__()
        if form not in set(Form):
            raise UsageError(f"form={form!r}; it may be {', '.join(Form)}")
        self.form = Form(form)
        self.fields = fields or {}
        if unknown := sorted(self.fields.keys() - FIELDS.keys()):
            raise UsageError(f"no field is called {unknown[0]!r}; there are {', '.join(FIELDS)}")
        self.files = sorted(find_files(paths))
        if self.form is Form.CSV:
            _check_headers(self.files, self.fields)
        self.arguments = {"paths": [str(p) for p in paths], "form": form, "fields": self.fields}
        self.gate = Gate(IN_FLIGHT)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> "RowsSpider":
        """Make the spider for `crawler` and learn when its items have landed."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.gate.watch(crawler)
        return spider

    async def start(self) -> AsyncIterator[Document]:
        """Read the files, chunk by chunk, no faster than they are stored."""
        for path in self.files:
            chunks = _read_chunks(path, self.form)
            while True:
                await self.gate.enter()
                chunk = await to_thread(self._next, chunks, path)
                if chunk is None:
                    self.gate.leave()
                    break
                yield await self._read(path, chunk)
        await self.gate.settle()

    def _next(self, chunks: Iterator[Chunk], path: str) -> Chunk | None:
        try:
            return next(chunks, None)
        except OSError as error:
            self._count("documents_failed", 1)
            logger.warning("%s: cannot be read: %s", path, error.strerror)
            return None

    async def _read(self, path: str, chunk: Chunk) -> Document:
        recording = recording_of(self.crawler)
        capture = await self._record(path, chunk)
        source = get_source(self.source_name, recording.sources)
        document = read_chunk(chunk.payload, capture, source, recording.config.site_url)
        self._count("rows_read", len(document.observations))
        return document

    async def _record(self, path: str, chunk: Chunk) -> Capture:
        """See to it that the chunk is in the WARC, as the table that it is read as."""
        recording = recording_of(self.crawler)
        kind = content_type(self.form, self.fields)
        digest = f"sha256:{sha256(chunk.payload).hexdigest()}"
        known = (await recording.find_captures([digest], kind)).get(digest)
        if known is not None:
            return known
        url = f"{file_url(path)}#lines={chunk.first_line}-{chunk.last_line}"
        return await recording.record_resource(url, kind, chunk.payload)

    def _count(self, name: str, number: int) -> None:
        self.crawler.stats.inc_value(f"newsarchive/{name}", number)


def _check_headers(files: Sequence[str], fields: Mapping[str, str]) -> None:
    """Raise UsageError for a file that lacks a column, before anything is imported."""
    for path in files:
        try:
            with Path(path).open("rb") as file:
                header = file.readline(LONGEST_LINE)
            check_header(header, fields)
        except OSError as error:
            raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
        except ParseError as error:
            raise UsageError(f"{path}: {error}. Name it: --field title=COLUMN.") from error


def _read_chunks(path: str, form: Form) -> Iterator[Chunk]:
    with Path(path).open("rb") as file:
        yield from iter_chunks(iter(partial(file.readline, LONGEST_LINE), b""), form)
