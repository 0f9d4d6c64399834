"""A person's decisions, each a run of its own: on record in a WARC file, then in the database."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from newsarchive.config import Config

if TYPE_CHECKING:
    from newsarchive.recording import Recording
    from newsarchive.sources import Source


@asynccontextmanager
async def decide(
    command: str, source: "Source", arguments: Mapping[str, Any]
) -> AsyncIterator["Recording"]:
    """Give what a decision about an article of a source is recorded with.

    `command` is its lease and, in `crawl_runs`, its spider. Raises LeaseHeldError where somebody
    else is at the same command.
    """
    from newsarchive import __version__
    from newsarchive.model import Outcome
    from newsarchive.processes import is_alive, this_process
    from newsarchive.recording import Recording
    from newsarchive.storage import NewRun

    config = Config.load()
    run = NewRun(
        spider=command,
        source=source.name,
        arguments=dict(arguments),
        version=__version__,
        started_at=config.clock(),
        lease=command,
        owner=this_process(),
    )
    recording = Recording.begin(config, run, source, is_alive)
    outcome = Outcome.FAILED
    try:
        yield recording
        outcome = Outcome.FINISHED
    finally:
        await recording.finish(outcome, {})
