"""The index of full-text search: what is missing, or all of it anew.

It is written in batches, each a transaction of its own: a crawl may be at work meanwhile, and what
was interrupted goes on where it was.
"""

from collections.abc import Callable

from newsarchive.storage import Archive

BATCH = 200
"""Articles that are indexed at a time."""


def index_missing(archive: Archive, progress: Callable[[int, int], None] = lambda *_: None) -> int:
    """Index the revisions that are not; return of how many articles.

    `progress` is told how many articles are done, of how many. `archive` is open for writing.
    """
    missing = archive.search.find_unindexed()
    for done in range(0, len(missing), BATCH):
        archive.search.index(missing[done : done + BATCH])
        progress(min(done + BATCH, len(missing)), len(missing))
    archive.search.complete()
    return len(missing)


def reindex(archive: Archive, progress: Callable[[int, int], None] = lambda *_: None) -> int:
    """Empty the index and write it anew; return of how many articles.

    Until that is done, a search finds only what was written already.
    """
    archive.search.clear()
    return index_missing(archive, progress)
