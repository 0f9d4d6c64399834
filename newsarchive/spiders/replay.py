"""Replay: what WARC files hold travels the road of a crawl again, and makes the same archive.

The files are read in the order in which their runs began, and the documents of each in the order
in which they were stored. What no file tells (polls that were answered 304 or not at all, runs,
leases) is not made again.
"""

import logging
from asyncio import to_thread
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from scrapy import Spider
from scrapy.crawler import Crawler

from newsarchive.answers import Site
from newsarchive.answers.feeds import read_feed_answer
from newsarchive.answers.found import find_subject, read_found, refuse_found
from newsarchive.answers.need import find_need
from newsarchive.answers.pages import (
    PageQuestion,
    read_page_answer,
    read_rendered_answer,
    unanswered,
)
from newsarchive.answers.pictures import PictureQuestion, read_picture_answer
from newsarchive.answers.pictures import unanswered as without_picture
from newsarchive.answers.rendering import answer_of_rendering
from newsarchive.custody.replay import (
    Place,
    RecordedDocument,
    RecordedFile,
    UndecodableError,
    answer_to,
    iter_warc_files,
    read_file,
    read_payload,
    read_recorded,
)
from newsarchive.exceptions import NotFoundError, ParseError
from newsarchive.extraction import rules_of
from newsarchive.items import Document
from newsarchive.model import (
    Identity,
    Kind,
    LookOutcome,
    Media,
    Render,
    Withholding,
    WithholdingAction,
)
from newsarchive.pairing import group_paths
from newsarchive.recording import (
    UNLINKED_FIELD,
    WITHHOLDING_FIELDS,
    Recording,
    recording_of,
)
from newsarchive.rows import is_chunk, read_chunk
from newsarchive.sources import Source, get_source
from newsarchive.spiders.gate import Gate
from newsarchive.spiders.post_files import PostReader, Recorded, path_of

logger = logging.getLogger(__name__)

CHUNK_GROUPS = 50


class ReplaySpider(Spider):
    """Makes an archive from the WARC files of the data folder.

    Media files are written anew where they are missing or damaged, unless `keeps_files` is false.
    """

    name = "replay"
    source_name = "nos"
    lease = "replay"

    def __init__(self, *, keeps_files: bool = True) -> None:
        super().__init__()
        self._keeps_files = keeps_files
        # One at a time: what a document means depends on those before it.
        self.gate = Gate(1)
        # By writer, what its file ended within: a crash's, or to be gone on with in its next file.
        self._begun: dict[str, dict[str, RecordedDocument]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> "ReplaySpider":
        """Make the spider for `crawler` and learn when its items have landed."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.gate.watch(crawler)
        return spider

    async def start(self) -> AsyncIterator[Document]:
        """Read every file, and yield each of its documents when the one before is stored."""
        recording = recording_of(self.crawler)
        data_dir = recording.config.data_dir
        for warc_file in iter_warc_files(data_dir):
            try:
                file = await to_thread(read_file, data_dir, warc_file)
                source = get_source(file.run.source, recording.sources)
            except (OSError, ParseError, NotFoundError) as error:
                self._count("files_not_read")
                logger.error("%s: %s", warc_file, error)  # noqa: TRY400 - nothing but the reason
                continue
            self._count("files_replayed")
            for stretch in file.unreadable:
                if stretch.is_torn:
                    self._count("records_torn")
                else:
                    self._count("records_damaged")
                logger.warning("%s, offset %s: %s", warc_file, stretch.offset, stretch.reason)
            await recording.know(source)
            if file.run.media is not None:
                await recording.choose_media(source.name, Media(file.run.media))
            async for document in self._documents(recording, file, source):
                yield document
            await self.gate.empty()
            await recording.note_earlier(source.name)
        for begun in self._begun.values():
            self._count("documents_cut_off", len(begun))
        await self.gate.settle()

    async def _documents(
        self, recording: Recording, file: RecordedFile, source: Source
    ) -> AsyncIterator[Document]:
        posts = []
        begun = self._go_on(file)
        for recorded in file.documents:
            if _is_post(recorded.last):
                posts.append(recorded.last)
                continue
            if recorded.name in begun:
                recorded.places[:0] = begun.pop(recorded.name).places
            await self.gate.enter()
            try:
                document = await self._document(recording, file, source, recorded)
            except ParseError as error:
                self._count("documents_damaged")
                logger.warning("%s: %s", recorded.name, error)
                self.gate.leave()
                continue
            except Exception:  # a crawl, too, goes on behind a document that our code fails on
                self._count("errors")
                logger.exception("%s, in %s", recorded.name, recorded.last.capture.warc_file)
                self.gate.leave()
                continue
            if document is None:
                begun[recorded.name] = recorded
                self.gate.leave()
            else:
                yield document
        async for document in self._posts(recording, source, posts):
            yield document

    def _go_on(self, file: RecordedFile) -> dict[str, RecordedDocument]:
        """Return the documents that a file's writer had begun, to be noted in when it ends."""
        if file.is_first and file.writer in self._begun:  # another process of the same number
            self._count("documents_cut_off", len(self._begun.pop(file.writer)))
        return self._begun.setdefault(file.writer, {})

    async def _document(
        self,
        recording: Recording,
        file: RecordedFile,
        source: Source,
        recorded: RecordedDocument,
    ) -> Document | None:
        """Return one document as its run made it; None where the file ends within it."""
        kind, _, name = recorded.name.partition(" ")
        name = name.partition("/")[2]
        site = Site(source, file.run.site_url)
        match kind:
            case "feed":
                return await self._feed(recording, source, name, recorded)
            case "page":
                render = Render(file.run.render)
                return await self._page(recording, site, name, recorded, render)
            case "found":
                return await self._found(recording, site, file.run.feeds_url, recorded)
            case "unlink" | "withhold":
                heed = self._unlink if kind == "unlink" else self._withhold
                return await heed(recording, source, name, recorded)
            case "picture":
                shown = Site(source, file.run.media_url)
                return await self._picture(recording, shown, name, recorded)
        if not is_chunk(recorded.last.capture):
            raise ParseError("not recorded by newsarchive: `newsarchive import warc` reads it")
        payload = await to_thread(read_payload, recorded.last, recording.config.data_dir)
        return read_chunk(payload, recorded.last.capture, source, site.base_url)

    async def _feed(
        self, recording: Recording, source: Source, slug: str, recorded: RecordedDocument
    ) -> Document:
        feed = next((feed for feed in source.feeds if feed.slug == slug), None)
        if feed is None:
            raise ParseError(f"{source.name} has no feed {slug!r} any more")
        (state,) = await recording.find_feed_states([feed])
        place = (recording.config.data_dir, state.last_capture)
        try:
            answer = await to_thread(answer_to, recorded, *place)
        except UndecodableError:  # a poll that failed then, too
            return Document(source.name, captures=recorded.captures)
        return read_feed_answer(answer, state, conditional=False)

    async def _page(
        self,
        recording: Recording,
        site: Site,
        external_id: str,
        recorded: RecordedDocument,
        render: Render,
    ) -> Document | None:
        source = site.source
        numbering = source.numbering
        url = numbering.article_url.format(number=external_id) if numbering else ""
        state = await recording.find_page(Identity(source.name, external_id, Kind.ARTICLE, url))
        question = PageQuestion(
            state,
            site,
            rules_of(source.name),
            conditional=False,
            asked=recorded.asked,
            renderings=recorded.renderings,
        )
        last = recorded.last
        if last.error is not None:
            outcome = last.outcome or LookOutcome.FAILED
            return unanswered(question, last.error, recorded.captures, outcome)
        if last.rendering is not None:
            html = await to_thread(read_payload, last, recording.config.data_dir)
            at = last.capture.captured_at
            answer = answer_of_rendering(last.rendering, html, recorded.captures, at)
            return read_rendered_answer(question, answer)
        answer = await to_thread(answer_to, recorded, recording.config.data_dir, state.last_capture)
        found = read_page_answer(question, answer)
        if isinstance(found, PageQuestion) or find_need(found, answer, render):
            return None
        return found

    async def _found(
        self,
        recording: Recording,
        site: Site,
        feeds_url: str | None,
        recorded: RecordedDocument,
    ) -> Document:
        """Return what an answer says that an import found in a WARC file of others."""
        subject = find_subject(recorded.last.capture.url, site, feeds_url)
        if subject is None:
            raise ParseError(f"{site.source.name} has no such feed or article any more")
        try:
            answer = await to_thread(answer_to, recorded, recording.config.data_dir, None)
        except UndecodableError as error:
            return refuse_found(site, recorded.last.capture, error)
        return read_found(answer, subject, site, rules_of(site.source.name))

    async def _unlink(
        self, recording: Recording, source: Source, external_id: str, recorded: RecordedDocument
    ) -> Document:
        """Heed what a person decided of near-duplicates."""
        record = await to_thread(read_recorded, recorded.last, recording.config.data_dir)
        others = [other.partition(":") for other in record.fields()[UNLINKED_FIELD].split()]
        named = [(name, other_id) for name, _, other_id in others]
        at = recorded.last.capture.captured_at
        await recording.note_unlinked((source.name, external_id), named, at)
        return Document(source.name, captures=recorded.captures)

    async def _withhold(
        self, recording: Recording, source: Source, external_id: str, recorded: RecordedDocument
    ) -> Document:
        """Heed what a person decided about showing an article."""
        record = await to_thread(read_recorded, recorded.last, recording.config.data_dir)
        capture = recorded.last.capture
        action, reason, decided_by = (record.fields()[name] for name in WITHHOLDING_FIELDS)
        decision = Withholding(
            source.name,
            external_id,
            WithholdingAction(action),
            reason,
            capture.captured_at,
            decided_by,
        )
        await recording.note_withheld(decision, capture.url, capture)
        return Document(source.name, captures=recorded.captures)

    async def _picture(
        self, recording: Recording, site: Site, url: str, recorded: RecordedDocument
    ) -> Document | None:
        asked = tuple(place.capture.url for place in recorded.places)
        question = PictureQuestion(url, site, asked)
        if recorded.last.error is not None:
            return without_picture(question, recorded.last.error, recorded.captures)
        answer = await to_thread(answer_to, recorded, recording.config.data_dir, None)
        found = read_picture_answer(question, answer)
        if isinstance(found, PictureQuestion):
            return None
        if found.picture is not None and not self._keeps_files:
            return replace(found, picture=replace(found.picture, content=b""))
        return found

    async def _posts(
        self, recording: Recording, source: Source, posts: Sequence[Place]
    ) -> AsyncIterator[Document]:
        """Yield what an import of posts made of its files."""
        reader = PostReader(source.name, self._count)
        places = {path_of(place.capture): place for place in posts}
        groups = group_paths(places)
        while chunk := list(islice(groups, CHUNK_GROUPS)):
            await self.gate.enter()
            recorded = {}
            for path in (path for group in chunk for path in group):
                payload = await to_thread(read_payload, places[path], recording.config.data_dir)
                recorded[path] = Recorded(path, payload, places[path].capture, is_new=True)
            yield reader.read(chunk, recorded)
        await self.gate.empty()
        for text, capture in reader.loose:
            await self.gate.enter()
            held = await recording.find_texts(source.name, text.external_id or "")
            yield reader.compare(text, capture, held)

    def _count(self, name: str, number: int = 1) -> None:
        self.crawler.stats.inc_value(f"newsarchive/{name}", number)


def _is_post(place: Place) -> bool:
    """Return whether a record is a file of an import of posts, which are read in groups."""
    is_file = place.type == "resource" and place.rendering is None
    return is_file and not is_chunk(place.capture)
