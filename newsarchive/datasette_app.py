"""All of Datasette (https://docs.datasette.io/): a SQLite archive, to be browsed in SQL.

Read-only and on this machine alone. The cookbook's questions are pages; SQL of one's own may ask
what they ask, the views, so that a withheld article is seen nowhere. The database is opened for
reading and not as immutable: a crawl may be writing in it.
"""

import re
import socket
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import uvicorn
from datasette.app import Datasette
from datasette.database import Database, Results

from newsarchive.cookbook import Question
from newsarchive.exceptions import UsageError
from newsarchive.storage import PUBLIC_SEARCH, PublicFace, add_functions

HOST = "127.0.0.1"
NAME = "newsarchive"
"""Of the database in addresses: http://127.0.0.1:8001/newsarchive."""

_SETTINGS = {
    "sql_time_limit_ms": 10_000,
    "facet_time_limit_ms": 3_000,
    "suggest_facets": False,  # it would try every column of a view
    "max_returned_rows": 5_000,
    "default_page_size": 50,
    "truncate_cells_html": 300,
    "allow_download": False,
}

_AS_OF = """
SELECT external_id, category, origin, number, withdrawn_at, title, url
  FROM articles_over_time
 WHERE stood_from <= :moment AND (stood_until > :moment OR stood_until IS NULL)
 ORDER BY external_id DESC
"""
_EDITS_OF_ONE = """
SELECT origin, number, observed_at, is_silent, old_title, new_title, old_text, new_text
  FROM edits
 WHERE external_id = :external_id
 ORDER BY origin, observed_at, number
"""

_ASKED = {
    "search": {
        "title": "Zoek artikelen",
        "description": "The newest first; the language is that of newsarchive search.",
        "sql": PUBLIC_SEARCH,
        "params": ["words"],
    },
    "as-of": {
        "title": "Het nieuws zoals het op een moment was",
        "description": "moment: 2026-10-05 10:00:00, in UTC.",
        "sql": _AS_OF,
        "params": ["moment"],
    },
    "edits-of-an-article": {
        "title": "Wat veranderde er in een artikel?",
        "description": "external_id: the number of the article at its publisher.",
        "sql": _EDITS_OF_ONE,
        "params": ["external_id"],
    },
}
"""Questions beside those of the cookbook, for which something is to be filled in."""


class ArchiveDatabase(Database):  # type: ignore[misc]  # Datasette has no types
    """An archive as Datasette's database: read-only, and asked for its public face only."""

    def __init__(self, datasette: Datasette, path: Path, face: PublicFace) -> None:
        super().__init__(datasette, str(path), is_mutable=True)
        self._face = face

    def connect(self, write: bool = False) -> Any:  # noqa: ARG002 - Datasette's interface
        """Return a connection for reading, whatever it is asked for."""
        connection = super().connect(write=False)
        add_functions(connection)
        return connection

    async def execute(self, sql: str, params: Any = None, **options: Any) -> Results:
        """Run a statement that names nothing but what may be seen."""
        self._face.check(sql, params)
        return await super().execute(sql, params, **options)


def create_app(path: Path, cookbook: Iterable[Question]) -> Datasette:
    """Return Datasette over the archive in the database file at `path`."""
    face = PublicFace.read(path)
    datasette = Datasette([], metadata=_metadata(cookbook, face.hidden), settings=_SETTINGS)
    datasette.remove_database("_memory")  # it comes where there is no file
    datasette.add_database(ArchiveDatabase(datasette, path, face), name=NAME)
    return datasette


def _metadata(cookbook: Iterable[Question], hidden: Iterable[str]) -> dict[str, Any]:
    """Return titles, questions and facets as Datasette's metadata has them."""
    questions = {
        question.slug: {
            "title": f"{question.number}. {question.title}",
            "description": _plain(question.explanation),
            "sql": question.sql,
        }
        for question in cookbook
    }
    views = {
        "current_articles": {
            "title": "Artikelen",
            "description": "Each article as it is now.",
            "facets": ["category", "kind", "origin"],
        },
        "edits": {
            "title": "Wijzigingen",
            "description": "Each edit, with what was there before.",
            "facets": ["origin", "category", "is_silent", "title_changed"],
        },
    }
    tables: dict[str, Any] = {table: {"hidden": True, "allow": False} for table in hidden}
    database = {
        "description": "Views and their columns are described in docs/data-model.md.",
        "queries": _ASKED | questions,
        "tables": tables | views,
    }
    return {
        "title": "newsarchive",
        "description": "Every article, every edit, and the bytes they came from; for reading.",
        "databases": {NAME: database},
    }


def _plain(markdown: str) -> str:
    """Return a sentence without its links and marks of code, which Datasette would show."""
    return re.sub(r"\[([^]]+)\]\([^)]+\)", r"\1", markdown).replace("`", "")


def serve(datasette: Datasette, port: int, ready: Callable[[str], None]) -> None:
    """Serve until it is interrupted; call `ready` with the address once requests are heard.

    Raises UsageError where nobody can listen at that port.
    """
    try:
        listening = socket.create_server((HOST, port))
    except OSError as error:
        raise UsageError(
            f"cannot listen at {HOST}, port {port}: {error.strerror}; choose another --port"
        ) from error
    with listening, suppress(KeyboardInterrupt):
        ready(f"http://{HOST}:{listening.getsockname()[1]}/")
        settings = uvicorn.Config(
            datasette.app(), log_level="warning", lifespan="on", timeout_graceful_shutdown=3
        )
        uvicorn.Server(settings).run(sockets=[listening])
