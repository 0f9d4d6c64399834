"""Import of files as a spider: posts and their texts travel the same road as a feed's entries.

Files go in chunks. Each is recorded in the WARC as a `resource` before it is read. Those that
belong together are recorded together, unless all of them are already: a rebuild has nothing else to
pair them by. A file that cannot be opened is told and counted, and the others are read. A text
beside its post adds nothing where both say the same. Where only damaged characters differ, the
sound one of the two counts; where they contradict each other, the text goes to quarantine.
"""

import logging
from asyncio import to_thread
from collections.abc import AsyncIterator, Iterator, Sequence
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

from scrapy import Spider
from scrapy.crawler import Crawler

from newsarchive.exceptions import UsageError
from newsarchive.items import Document
from newsarchive.pairing import group_paths
from newsarchive.recording import recording_of
from newsarchive.spiders.gate import Gate
from newsarchive.spiders.post_files import PostReader, Recorded

logger = logging.getLogger(__name__)

CONTENT_TYPE = "text/plain; charset=utf-8"
LARGEST_FILE = 16 << 20  # bytes; a film among the posts is neither held in memory nor recorded
CHUNK_GROUPS = 50
IN_FLIGHT = 4


class PostsSpider(Spider):
    """Imports posts (`format=jekyll`), or the texts that belong to them (`format=text`) too."""

    name = "posts"
    source_name = "nos"
    lease = "import nos"

    def __init__(self, paths: Sequence[str] = (), form: str = "jekyll") -> None:
        super().__init__()
        if form not in {"jekyll", "text"}:
            raise UsageError(f"form={form!r}; it may be jekyll or text")
        self.paths = paths
        self.form = form
        self.arguments = {"paths": [str(path) for path in paths], "form": form}
        self.gate = Gate(IN_FLIGHT)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> "PostsSpider":
        """Make the spider for `crawler` and learn when its items have landed."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.gate.watch(crawler)
        return spider

    async def start(self) -> AsyncIterator[Document]:
        """Read the files, chunk by chunk, no faster than they are stored."""
        groups = group_paths(find_files(self.paths))
        recording = recording_of(self.crawler)
        reader = PostReader(self.source_name, self._count)
        while chunk := list(islice(groups, CHUNK_GROUPS)):
            await self.gate.enter()
            recorded = await self._record(chunk)
            found = [[path for path in group if path in recorded] for group in chunk]
            yield reader.read(found, recorded)
        await self.gate.empty()  # what a text is compared with must be in the archive
        for text, capture in reader.loose:
            await self.gate.enter()
            held = await recording.find_texts(self.source_name, text.external_id or "")
            yield reader.compare(text, capture, held)
        await self.gate.settle()

    async def _record(self, groups: Sequence[Sequence[str]]) -> dict[str, Recorded]:
        """Read the files that can be read, and see to it that each is in the WARC."""
        recording = recording_of(self.crawler)
        payloads, failed = await to_thread(_read_files, [p for group in groups for p in group])
        for path, reason in failed.items():
            self._count("documents_failed")
            logger.warning("%s: cannot be read: %s", path, reason)
        digests = {
            path: f"sha256:{sha256(payload).hexdigest()}" for path, payload in payloads.items()
        }
        known = await recording.find_captures(list(digests.values()), CONTENT_TYPE)
        recorded = {}
        for group in groups:
            paths = [path for path in group if path in payloads]
            is_new = any(digests[path] not in known for path in paths)
            for path in paths:
                if is_new:
                    known[digests[path]] = await recording.record_resource(
                        file_url(path), CONTENT_TYPE, payloads[path]
                    )
                recorded[path] = Recorded(path, payloads[path], known[digests[path]], is_new)
        return recorded

    def _count(self, name: str) -> None:
        self.crawler.stats.inc_value(f"newsarchive/{name}")


def _read_files(paths: Sequence[str]) -> tuple[dict[str, bytes], dict[str, str]]:
    """Return the bytes of each file, or why it cannot be read."""
    payloads, failed = {}, {}
    for path in paths:
        try:
            with Path(path).open("rb") as file:
                payload = file.read(LARGEST_FILE + 1)
        except OSError as error:
            failed[path] = error.strerror or str(error)
            continue
        if len(payload) > LARGEST_FILE:
            failed[path] = f"it has more than {LARGEST_FILE >> 20} MiB, and is no post"
        else:
            payloads[path] = payload
    return payloads, failed


def file_url(path: str) -> str:
    """Return the address of a file, wherever the import was started."""
    return Path(path).resolve().as_uri()


def find_files(paths: Sequence[str]) -> Iterator[str]:
    """Yield every file of `paths`: files as they are, folders with all below them.

    What is hidden in a folder, such as `.git`, is passed over. Raises UsageError for a path that
    does not exist.
    """
    for given in paths:
        path = Path(given)
        if path.is_dir():
            for found in path.rglob("*"):
                if found.is_file() and not _is_hidden(found.relative_to(path)):
                    yield str(found)
        elif path.exists():
            yield str(path)
        else:
            raise UsageError(f"{given}: no such file or folder")


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)
