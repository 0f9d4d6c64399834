"""What one crawl run writes with: its archive, its WARC, and the one process that writes.

All writing goes through `write`, in the order in which it was asked for, so that a document's
bytes are in the WARC before the commit that names them, and the crawl never waits for a disk, or
for what it takes to store a page, while it could fetch.
"""

import json
import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, ParamSpec, Self, TypeVar
from weakref import WeakKeyDictionary

from newsarchive import __version__
from newsarchive.answers.rendering import CONTENT_TYPE, write_rendering
from newsarchive.config import Config
from newsarchive.exceptions import StorageError
from newsarchive.items import Document
from newsarchive.media import write_media
from newsarchive.model import (
    Capture,
    Feed,
    FeedState,
    Identity,
    Kind,
    Media,
    Outcome,
    PageState,
    Render,
    Rendering,
    Withholding,
)
from newsarchive.sources import Source, known_sources
from newsarchive.storage import Archive, Manners, NewRun, Owner, Rehearsal
from newsarchive.warc import (
    RUN_FIELD,
    Exchange,
    RehearsedWarc,
    WarcWriter,
    digest,
    target_uri,
)
from newsarchive.watching import Plan
from newsarchive.writing import Writer, WriterLostError

logger = logging.getLogger(__name__)

NOT_MODIFIED = 304

UNLINKED_FIELD = "unlinked-from"
"""In a WARC `metadata` record of an article: of which others a person unlinked it."""

WITHHOLDING_FIELDS = ("withholding", "reason", "decided-by")
"""In a WARC `metadata` record of an article: what a person decided about showing it."""

COMPARED_AT_ONCE = 25
"""New and changed articles after which near-duplicates are looked for: so few that the crawl has
enough to do meanwhile."""

FAILURES = 10
"""So many times in a row that something could not be kept are not its own fault: a disk is full, or
a database is away."""

P = ParamSpec("P")
T = TypeVar("T")


class Recording:
    """An open crawl run. Begin one with `begin`; end it with `finish`."""

    def __init__(self, config: Config, archive: Archive, warc: WarcWriter, run_id: int) -> None:
        self.config = config
        self.run_id = run_id
        self.sources = known_sources(config.source_tables, config.file)
        chosen = Plan() if config.rechecks is None else Plan(rechecks=config.rechecks)
        self._plan = replace(chosen, poll_every=config.poll_every)
        self._archive = archive
        self.claims = archive.claims
        self._warc = warc
        doors = (archive.pictures, archive.claims, archive.withholding, archive.custody)
        self._writer = Writer(self, archive, *doors, warc)
        self._to_compare = 0
        self._failures = 0
        self._when_lost: Callable[[StorageError], None] | None = None

    @classmethod
    def begin(
        cls,
        config: Config,
        run: NewRun,
        source: Source,
        is_alive: Callable[[Owner], bool],
        *,
        is_rehearsal: bool = False,
        fetches_pictures: bool = False,
        render: Render = Render.NONE,
    ) -> Self:
        """Open or create the archive and begin a run in it.

        A rehearsal counts what would be, and writes nothing. A run that fetches pictures chooses
        which ones are noted from now on, by whoever writes. Raises StorageError, SchemaError or
        LeaseHeldError; nothing is left open then.
        """
        opened = Rehearsal if is_rehearsal else Archive.open_or_create
        archive = opened(config.database_url)
        try:
            run_id = archive.begin_run(run, source, is_alive)
            if fetches_pictures:
                archive.pictures.choose(source.name, Media(config.media))
        finally:
            archive.close()  # its connections are no process's but that of whoever writes
        warc = (RehearsedWarc if is_rehearsal else WarcWriter)(
            config.data_dir,
            # Processes of several hosts have the same numbers, and their clocks the same time.
            f"{source.name}-{run_id}" if run.is_shared else source.name,
            software=f"newsarchive/{__version__}",
            clock=config.clock,
            extra={
                "http-header-user-agent": config.user_agent,
                RUN_FIELD: json.dumps(
                    {
                        "spider": run.spider,
                        "source": run.source,
                        "feeds_url": config.feeds_url,
                        "site_url": config.site_url,
                        "media_url": config.media_url,
                        "media": config.media if fetches_pictures else None,
                        "render": render,
                    }
                ),
            },
        )
        try:
            recording = cls(config, archive, warc, run_id)
            recording._writer.begin()
        except (OSError, ValueError) as error:  # the latter where a system has no fork
            archive.finish_run(run_id, Outcome.FAILED, {}, config.clock())
            archive.close()
            raise StorageError(
                f"no process to write with could be started: {error} (is memory short, or the "
                "number of processes limited?)"
            ) from error
        return recording

    async def write(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `function`, a method of archive or WARC, in the process that writes."""
        try:
            return await self._writer.call(function, *args, **kwargs)
        except WriterLostError as error:
            self._tell_lost(error)
            raise

    async def _keep(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Write what a document is made of; say so where that fails again and again."""
        try:
            return await self.write(function, *args, **kwargs)
        except (StorageError, OSError) as error:
            self._failures += 1
            if self._failures >= FAILURES:
                self._tell_lost(
                    StorageError(f"nothing can be kept any more: {error}; the rest is still due")
                )
            raise

    def _tell_lost(self, error: StorageError) -> None:
        if self._when_lost is not None:
            self._when_lost(error)

    def when_lost(self, told: Callable[[StorageError], None]) -> None:
        """Have `told` called when nothing can be kept any more; more than once, perhaps.

        With WriterLostError there is nobody left who could write how the run ended.
        """
        self._when_lost = told

    async def find_feed_states(self, feeds: Sequence[Feed]) -> list[FeedState]:
        """Return what the archive knows of each feed."""
        return await self.write(self._archive.find_feed_states, feeds)

    async def find_due(self, source: str, now: datetime, limit: int, *, every: bool) -> list[int]:
        """Return the articles whose page is due, or `every` article; at most `limit`."""
        return await self.write(self._archive.find_due, source, now, limit, every=every)

    async def find_pages(self, article_ids: Sequence[int]) -> list[PageState]:
        """Return what the archive knows of the articles' pages."""
        return await self.write(self._archive.find_pages, article_ids)

    async def find_manners(self, source: str, since: datetime) -> Manners:
        """Return how many requests were made for pages since then, and when to come back."""
        return await self.write(self._archive.find_manners, source, since)

    async def choose_media(self, source: str, media: Media) -> None:
        """Have the pictures of `media` noted from now on."""
        await self.write(self._archive.pictures.choose, source, media)

    async def note_earlier(self, source: str) -> None:
        """Note the pictures of earlier revisions, where more are chosen than before."""
        while await self.write(self._archive.pictures.note_earlier, source):
            pass  # each batch is a transaction of its own: others may write between them

    async def find_pending(
        self, source: str, media: Media, now: datetime, limit: int, *, every: bool
    ) -> list[str]:
        """Return the addresses of pictures to fetch, or of `every` missing one; at most `limit`."""
        return await self.write(
            self._archive.pictures.find_pending, source, media, now, limit, every=every
        )

    async def find_picture_manners(self, source: str, since: datetime) -> Manners:
        """Return how many requests were made for pictures since then, and when to come back."""
        return await self.write(self._archive.pictures.find_manners, source, since)

    async def know(self, source: Source) -> None:
        """Make another source than the run's own known to the archive."""
        await self.write(self._archive.know, source)

    async def find_page(self, identity: Identity) -> PageState:
        """Return what the archive knows of the page of one article."""
        return await self.write(self._archive.find_page, identity)

    async def find_captures(self, digests: Sequence[str], content_type: str) -> dict[str, Capture]:
        """Return the captures of files that were imported before, by payload digest."""
        return await self.write(self._archive.find_captures, digests, content_type)

    async def find_texts(self, source: str, external_id: str) -> list[str]:
        """Return the text of every revision of an article; none where it is not held."""
        return await self.write(self._archive.find_texts, source, external_id)

    async def has_exchange(self, exchange: Exchange) -> bool:
        """Return whether the archive holds an exchange of that URL, time and payload."""
        url, payload_digest = target_uri(exchange.url), digest(exchange.body)
        return await self.write(
            self._archive.custody.has_capture, url, exchange.captured_at, payload_digest
        )

    async def record_exchange(self, exchange: Exchange, repeats: Capture | None) -> Capture:
        """Write an HTTP exchange to the WARC; a 304 as what it says of `repeats`."""
        if exchange.status == NOT_MODIFIED and repeats is not None:
            return await self._keep(self._warc.write_not_modified, exchange, repeats)
        return await self._keep(self._warc.write_exchange, exchange, repeats)

    async def record_resource(
        self, url: str, content_type: str, payload: bytes, document: str | None = None
    ) -> Capture:
        """Write a file to the WARC; `document` says what it was read for."""
        now = self.config.clock()
        return await self._keep(
            self._warc.write_resource, url, content_type, payload, now, document
        )

    async def record_rendering(
        self, url: str, html: bytes, rendering: Rendering, document: str
    ) -> Capture:
        """Write a page to the WARC as a renderer had it in the end, at `url`."""
        now, told = self.config.clock(), write_rendering(rendering)
        return await self._keep(
            self._warc.write_resource, url, CONTENT_TYPE, html, now, document, rendering=told
        )

    async def record_silence(self, url: str, error: str, document: str, **more: str) -> Capture:
        """Write to the WARC that `url` gave no answer, and why; `more` says of whom."""
        now, said = self.config.clock(), {"error": error, **more}
        return await self._keep(self._warc.write_metadata, url, said, now, document)

    async def store(self, document: Document) -> Counter[str]:
        """Store a document: first its bytes for good, then its rows in one transaction.

        Now and then, look for near-duplicates of what is new: while the crawl fetches and reads,
        and not when nothing else is left to do.
        """
        counts = await self._keep(self._store, document)
        self._failures = 0
        self._to_compare += counts["new"] + counts["changed"]
        if self._to_compare >= COMPARED_AT_ONCE:
            self._to_compare = 0
            await self._compare()
        return counts

    async def _compare(self) -> int:
        """Look for near-duplicates of a batch; return of how many. What fails is due as before."""
        try:
            return await self.write(self._archive.compare_due)
        except StorageError as error:
            logger.warning("Nobody could look for near-duplicates: %s", error)
            return 0

    def _store(self, document: Document) -> Counter[str]:
        # A feed's 304 would hide what a power cut takes from the WARC: it is fsynced first.
        # A page that is lost so is simply due again.
        if document.poll is not None and document.captures:
            self._warc.sync()
        else:
            self._warc.flush()
        picture = document.picture
        if picture is not None and picture.file is not None and picture.content:
            write_media(self.config.data_dir, picture.file.path, picture.content)
        return self._archive.record_document(document, self.run_id, self._plan)

    async def unlink(
        self, article: tuple[str, str], url: str, others: Sequence[tuple[str, str]]
    ) -> None:
        """Undo for good that an article, at `url`, is a near-duplicate of the others.

        They are named by source and external id. That goes to the WARC first.
        """
        said = {UNLINKED_FIELD: " ".join(map(":".join, others))}
        document = f"unlink {'/'.join(article)}"
        now = self.config.clock()
        capture = await self.write(self._warc.write_metadata, url, said, now, document)
        await self.store(Document(article[0], captures=[capture]))
        await self.note_unlinked(article, others, capture.captured_at)

    async def note_unlinked(
        self, article: tuple[str, str], others: Sequence[tuple[str, str]], at: datetime
    ) -> None:
        """Write to the archive what a record of the WARC says of near-duplicates."""
        await self.write(self._archive.unlink, article, others, at)

    async def withhold(self, decision: Withholding, url: str) -> None:
        """Hide an article, at `url`, or show it again. That goes to the WARC first, for good.

        The moment of the decision is that of its record; `reason` stands on one line.
        """
        values = (decision.action, decision.reason, decision.decided_by)
        said = dict(zip(WITHHOLDING_FIELDS, values, strict=True))
        document = f"withhold {decision.source}/{decision.external_id}"
        at = decision.decided_at
        capture = await self.write(self._warc.write_metadata, url, said, at, document)
        await self.write(self._warc.sync)
        await self.note_withheld(replace(decision, decided_at=capture.captured_at), url, capture)

    async def note_withheld(self, decision: Withholding, url: str, capture: Capture) -> None:
        """Write to the archive what a record of the WARC says of showing an article."""
        identity = Identity(decision.source, decision.external_id, Kind.ARTICLE, url)
        record = self._archive.withholding.record
        await self.write(record, decision, identity, capture, self.run_id)

    async def renew_lease(self) -> bool:
        """Give a sign of life; return whether this run still holds its lease."""
        return await self.write(self._archive.renew_lease, self.run_id, self.config.clock())

    async def finish(self, outcome: Outcome, counters: Mapping[str, Any]) -> None:
        """Write how the run ended and close everything."""
        now = self.config.clock()
        try:
            await self.write(self._warc.close)
            await self.write(self._archive.finish_run, self.run_id, outcome, counters, now)
            if outcome is not Outcome.INTERRUPTED:  # the next run does what is due
                while await self._compare():
                    pass  # each batch is a transaction of its own: others may write between them
            await self.write(self._archive.close)
        finally:
            self._writer.close()


_open: WeakKeyDictionary[object, Recording] = WeakKeyDictionary()


def attach(crawler: object, recording: Recording) -> None:
    """Make `recording` the one that `crawler`'s components write with."""
    _open[crawler] = recording


def recording_of(crawler: object) -> Recording:
    """Return what `crawler` writes with; a KeyError means that its run has not begun."""
    return _open[crawler]
