"""What a stranger may ask of a SQLite archive in SQL of their own, where others made the tool.

A withheld article is in no view, but it is in the tables; so SQL from outside may name views only,
and tables that hold nothing of an article. Whether it does is not read from its text: it must
compile, as it is, in an empty database that has nothing else. An authorizer could not tell, since
to SQLite a common table expression that is called like a view is that view.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Self

from newsarchive.exceptions import UsageError
from newsarchive.search import parse_query
from newsarchive.storage.search_fts5 import render
from newsarchive.storage.views import VIEWS

TABLES = ("sources", "feeds", "feed_polls", "crawl_runs")
"""Tables that hold nothing of an article."""

SEARCH = """
SELECT a.external_id, a.published_at, a.category, a.title, a.url
  FROM search_words w
  JOIN search_documents d ON d.place = +w.rowid
  JOIN current_articles a ON a.article_id = d.article_id
 WHERE search_words MATCH search_terms(:words) AND d.is_current
 ORDER BY w.rowid DESC LIMIT 100
"""
"""The newest articles on `:words`, in the language of `newsarchive search`: the one question that
may ask more than views."""

_NOTHING = '""'  # FTS5's words for what no text has
# Made by SQLite itself, out of nothing in the database but its schema.
_OF_SQLITE = {"sqlite_master", "sqlite_schema", "json_each", "json_tree"}


class PublicFace:
    """The views of one archive, and the tables of it that may be seen."""

    def __init__(self, columns: Mapping[str, Sequence[str]], hidden: Iterable[str]) -> None:
        self.hidden = frozenset(hidden)
        """Names of the tables that may not be seen."""
        self._names = frozenset(columns)
        self._schema = ";".join(
            f"CREATE TABLE {name} ({', '.join(names)})" for name, names in columns.items()
        )

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read which there are from the database file of an archive."""
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as found:
            tables = "SELECT name FROM sqlite_schema WHERE type = 'table'"
            held = {name for (name,) in found.execute(tables)}
            columns = {
                name: [f'"{column}"' for (column,) in found.execute(_COLUMNS, [name])]
                for name in (*VIEWS, *TABLES)
            }
        return cls(columns, held - set(TABLES))

    def check(self, statement: str, parameters: Any = ()) -> None:
        """Raise sqlite3.DatabaseError, as if there were nothing else, for what asks for more."""
        if statement == SEARCH:
            return
        with closing(sqlite3.connect(":memory:")) as nothing_else:
            nothing_else.executescript(self._schema)
            nothing_else.set_authorizer(self._authorize)
            nothing_else.execute(f"EXPLAIN {statement}", parameters or ())

    def _authorize(self, action: int, table: str | None, *_: object) -> int:
        """Refuse tables that SQLite may make of itself, such as one of the file's raw pages."""
        is_known = table in self._names | _OF_SQLITE or str(table).startswith("pragma_")
        if action == sqlite3.SQLITE_READ and not is_known:
            return sqlite3.SQLITE_DENY
        return sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_ATTACH else sqlite3.SQLITE_OK


_COLUMNS = "SELECT name FROM pragma_table_info(?)"


def add_functions(connection: sqlite3.Connection) -> None:
    """Give a connection `search_terms`, by which SEARCH understands what people write."""
    connection.create_function("search_terms", 1, _search_terms, deterministic=True)


def _search_terms(asked: str | None) -> str:
    try:
        return render(parse_query(asked or ""))
    except UsageError:  # SQLite would show none of its words
        return _NOTHING
