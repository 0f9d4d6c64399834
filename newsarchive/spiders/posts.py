"""Import of files as a spider: posts and their texts travel the same road as a feed's entries.

Files go in chunks. Each is recorded in the WARC as a `resource` before it is read; one that
is recorded already is not recorded again. A text beside its post adds nothing where both say
the same. Where only damaged characters differ, the sound one of the two counts; where they
contradict each other, the text goes to quarantine.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

from scrapy import Spider
from scrapy.crawler import Crawler

from newsarchive.cleaning.markup import render
from newsarchive.cleaning.mojibake import repair_text
from newsarchive.exceptions import ParseError, UsageError
from newsarchive.items import Document, Quarantined
from newsarchive.model import Capture, Observation, Origin, Stage
from newsarchive.pairing import (
    ImportedFile,
    PostFile,
    Stray,
    TextFile,
    decode_file,
    group_paths,
    sort_group,
)
from newsarchive.reconciliation import Agreement, heal, reconcile
from newsarchive.recording import recording_of
from newsarchive.spiders.gate import Gate

CHUNK_GROUPS = 50
IN_FLIGHT = 4


@dataclass(frozen=True, slots=True)
class Recorded:
    """A file of an import that is in the WARC."""

    path: str
    payload: bytes
    capture: Capture
    is_new: bool


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
        self._gate = Gate(IN_FLIGHT)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> "PostsSpider":
        """Make the spider for `crawler` and learn when its items have landed."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider._gate.watch(crawler)
        return spider

    async def start(self) -> AsyncIterator[Document]:
        """Read the files, chunk by chunk, no faster than they are stored."""
        groups = group_paths(find_files(self.paths))
        loose: list[TextFile] = []
        while chunk := list(islice(groups, CHUNK_GROUPS)):
            await self._gate.enter()
            yield await self._read(chunk, loose)
        await self._gate.empty()  # what a text is compared with must be in the archive
        for text in loose:
            await self._gate.enter()
            yield await self._compare(text)
        await self._gate.settle()

    async def _read(self, groups: Sequence[Sequence[str]], loose: list[TextFile]) -> Document:
        """Return one chunk of files as a document; texts without a post here go to `loose`."""
        recorded = await self._record([path for group in groups for path in group])
        observations: list[Observation] = []
        quarantined: list[Quarantined] = []
        for group in groups:
            files = []
            for path in group:
                try:
                    files.append(self._decode(recorded[path]))
                except ParseError as error:
                    quarantined.append(self._refuse(path, str(error), None, recorded[path]))
            said = self._sort(files, recorded, loose)
            observations += said[0]
            quarantined += said[1]
        captures = [one.capture for one in recorded.values() if one.is_new]
        return Document(self.source_name, observations, quarantined, captures)

    async def _record(self, paths: Sequence[str]) -> dict[str, Recorded]:
        """Read the files and see to it that each is in the WARC."""
        recording = recording_of(self.crawler)
        payloads = await recording.write(_read_files, paths)
        digests = {
            path: f"sha256:{sha256(payload).hexdigest()}" for path, payload in payloads.items()
        }
        known = await recording.find_captures(list(digests.values()))
        recorded = {}
        for path, payload in payloads.items():
            capture = known.get(digests[path])
            is_new = capture is None
            if capture is None:
                url = _file_url(path)
                capture = await recording.record_resource(url, "text/plain; charset=utf-8", payload)
                known[digests[path]] = capture
            recorded[path] = Recorded(path, payload, capture, is_new)
        return recorded

    def _decode(self, file: Recorded) -> ImportedFile:
        decoded = decode_file(file.payload)
        if decoded.encoding != "utf-8":
            self._count("files_in_cp1252")
        return ImportedFile(file.path, decoded.text)

    def _sort(
        self, files: Sequence[ImportedFile], recorded: dict[str, Recorded], loose: list[TextFile]
    ) -> tuple[list[Observation], list[Quarantined]]:
        """Say what the files of one group are, and what each comes to."""
        observed: dict[str, Observation] = {}
        quarantined = []
        for file in sort_group(files):
            origin = recorded[file.path]
            if isinstance(file, PostFile):
                observed[file.path] = self._observe(file, origin.capture)
            elif isinstance(file, Stray):
                quarantined.append(self._refuse(file.path, file.reason, file.text, origin))
            elif file.post_path is None:
                loose.append(file)
            elif healed := self._reconcile(observed[file.post_path], file):
                observed[file.post_path] = healed
            else:
                reason = f"says something else than its post {file.post_path}"
                quarantined.append(self._refuse(file.path, reason, file.text, origin))
        return list(observed.values()), quarantined

    def _observe(self, file: PostFile, capture: Capture) -> Observation:
        post, now = file.post, recording_of(self.crawler).config.clock()
        self._count("posts_read")
        return Observation(
            origin=Origin.IMPORT,
            captured_at=post.published_at or now,
            imported_at=now,
            title=post.title,
            html=post.html,
            link=post.link,
            category=post.category,
            published_at=post.published_at,
            image_url=post.image_url,
            metadata=post.metadata,
            capture=capture,
        )

    def _reconcile(self, observation: Observation, file: TextFile) -> Observation | None:
        """Return the post with what its text could mend; None where the two contradict."""
        of_post = render(repair_text(observation.html)[0], "").text
        text = repair_text(file.text)[0]
        agreement = reconcile(of_post, text)
        self._count(f"texts_{agreement.replace(' ', '_')}")
        if agreement is Agreement.CONTRADICTED:
            return None
        if agreement is Agreement.POST_DAMAGED:
            return replace(observation, html=heal(observation.html, of_post, text))
        return observation

    async def _compare(self, file: TextFile) -> Document:
        """Compare a text that names its article by an id with what the archive holds of it."""
        assert file.external_id is not None
        recording = recording_of(self.crawler)
        recorded = (await self._record([file.path]))[file.path]
        held = await recording.find_texts(self.source_name, file.external_id)
        text = repair_text(file.text)[0]
        agreements = {reconcile(of_post, text) for of_post in held}
        if agreements - {Agreement.CONTRADICTED, Agreement.POST_DAMAGED}:
            self._count("texts_same")
            return Document(self.source_name)
        reason = (
            f"says something else than article {file.external_id}"
            if held
            else f"a text without a post: {file.external_id} is not in this archive"
        )
        failed = self._refuse(file.path, reason, file.text, recorded)
        return Document(self.source_name, quarantined=[failed])

    def _refuse(self, path: str, reason: str, text: str | None, file: Recorded) -> Quarantined:
        now = recording_of(self.crawler).config.clock()
        return Quarantined(
            Stage.PARSE, f"{path}: {reason}", file.capture.url, text, now, file.capture
        )

    def _count(self, name: str) -> None:
        self.crawler.stats.inc_value(f"newsarchive/{name}")


def _read_files(paths: Sequence[str]) -> dict[str, bytes]:
    return {path: Path(path).read_bytes() for path in paths}


def _file_url(path: str) -> str:
    return Path(path).resolve().as_uri()


def find_files(paths: Sequence[str]) -> Iterator[str]:
    """Yield every file of `paths`: files as they are, folders with all below them.

    Raises UsageError for a path that does not exist.
    """
    for given in paths:
        path = Path(given)
        if path.is_dir():
            for found in path.rglob("*"):
                if found.is_file() and not found.name.startswith("."):
                    yield str(found)
        elif path.exists():
            yield str(path)
        else:
            raise UsageError(f"{given}: no such file or folder")
