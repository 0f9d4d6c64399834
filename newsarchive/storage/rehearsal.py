"""What documents would mean to an archive that is left as it is."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any
from weakref import finalize

from sqlalchemy import Connection, RowMapping, insert, select, tuple_

from newsarchive.items import Document
from newsarchive.model import Capture, Observation
from newsarchive.storage.archive import Archive
from newsarchive.storage.captures import add_captures
from newsarchive.storage.engine import connect, sqlite_path, sqlite_url
from newsarchive.storage.schema import articles, revisions
from newsarchive.watching import Plan

NEW_ARTICLES = "articles"
"""Counted beside what `record_document` counts: those that nobody knew."""

_ARTICLE = (
    articles.c.id,
    articles.c.source,
    articles.c.external_id,
    articles.c.kind,
    articles.c.url,
    articles.c.first_seen_at,
    articles.c.last_seen_at,
)
_REVISION = (
    revisions.c.article_id,
    revisions.c.origin,
    revisions.c.number,
    revisions.c.content_digest,
    revisions.c.digest_rule,
    revisions.c.observed_at,
)
_WITHOUT_TEXTS = {"title": "", "text": "", "html": "", "word_count": 0, "metadata": {}}

Key = tuple[str, str]  # source, external id


class Rehearsal(Archive):
    """An archive of its own, in a temporary folder, that knows what another one knows.

    The other is opened for reading only. Of the articles of each document it lends what a
    decision needs, and the document is recorded here, without its texts, by the very code that
    would record it there: so what is counted is what would be. For sources with numbers.
    """

    def __init__(self, url: str) -> None:
        """Begin with what the archive at `url` holds; with nothing where there is none."""
        path = sqlite_path(url)
        self._lender = None if path is not None and not path.exists() else Archive.read(url)
        folder = mkdtemp(prefix="newsarchive-rehearsal-")
        finalize(self, rmtree, folder, ignore_errors=True)
        scratch = sqlite_url(Path(folder, "rehearsal.db"))
        Archive.create(scratch)
        super().__init__(scratch, connect(scratch))

    def close(self) -> None:
        """Give up all connections; what was counted is forgotten with the object."""
        super().close()
        if self._lender is not None:
            self._lender.close()

    def record_document(
        self, document: Document, run_id: int, plan: Plan | None = None
    ) -> Counter[str]:
        """Return how many of what there would be."""
        identities = (observation.identity for observation in document.observations)
        keys = {(i.source, i.external_id) for i in identities if i is not None}
        with self._transaction() as connection:
            unknown = keys - _find_ids(connection, keys).keys()
            known = self._borrow(unknown)
            if known:
                _add(connection, known, self._revisions_of(known), run_id)
        bare = replace(document, observations=[_bare(one) for one in document.observations])
        counts = super().record_document(bare, run_id, plan)
        counts[NEW_ARTICLES] = len(unknown) - len(known)
        return counts

    def _borrow(self, keys: Collection[Key]) -> Sequence[RowMapping]:
        """Return the articles of the other archive among `keys`."""
        if self._lender is None or not keys:
            return []
        with self._lender._transaction() as connection:  # noqa: SLF001 - it is of this class
            return connection.execute(select(*_ARTICLE).where(_is_one_of(keys))).mappings().all()

    def _revisions_of(self, known: Sequence[RowMapping]) -> Sequence[RowMapping]:
        assert self._lender is not None, "it knows these articles"
        ids = [row["id"] for row in known]
        with self._lender._transaction() as connection:  # noqa: SLF001 - as above
            statement = select(*_REVISION).where(revisions.c.article_id.in_(ids))
            return connection.execute(statement).mappings().all()


def _add(
    connection: Connection, known: Sequence[RowMapping], said: Sequence[RowMapping], run_id: int
) -> None:
    """Add articles and revisions of another archive, under ids of this one."""
    connection.execute(insert(articles), [{k: row[k] for k in row if k != "id"} for row in known])
    keys = {row["id"]: (row["source"], row["external_id"]) for row in known}
    ids = _find_ids(connection, keys.values())
    first = known[0]
    capture = Capture(first["url"], first["first_seen_at"], "sha256:", "lent", 0, 0)
    own = {"capture_id": add_captures(connection, [capture], run_id)[capture]}
    rows = [
        {
            **row,
            **_WITHOUT_TEXTS,
            **own,
            "crawl_run_id": run_id,
            "article_id": ids[keys[row.article_id]],
        }
        for row in said
    ]
    if rows:
        connection.execute(insert(revisions), rows)


def _find_ids(connection: Connection, keys: Collection[Key]) -> dict[Key, int]:
    statement = select(*_ARTICLE[:3]).where(_is_one_of(keys))
    return {(row.source, row.external_id): row.id for row in connection.execute(statement)}


def _is_one_of(keys: Collection[Key]) -> Any:
    return tuple_(articles.c.source, articles.c.external_id).in_(sorted(keys))


def _bare(observation: Observation) -> Observation:
    """Return the observation without its texts; its digest is what is compared."""
    return replace(observation, title="", html="", text="")
