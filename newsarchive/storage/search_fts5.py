"""The index on SQLite: an FTS5 table (https://www.sqlite.org/fts5.html).

It holds no texts (`content=''`), so that a row is taken out by saying again what was put in.
Row ids are places: FTS5 walks them downwards without sorting, and skips what lies outside a
period. Its tokenizer does no more than cut at spaces, since all that is not ASCII belongs to
a token, and of ASCII there is nothing in our tokens but letters, digits and the marks.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    Text,
    column,
    literal,
    literal_column,
    select,
)
from sqlalchemy import table as named_table

from newsarchive.search import And, Form, Not, Or, Query, Term
from newsarchive.search.indexing import EVERY, term_tokens
from newsarchive.storage.schema import articles
from newsarchive.storage.search_schema import (
    INDEX,
    Asked,
    articles_in,
    is_in_category,
    is_rare,
    search_documents,
)

words = named_table(INDEX, column("rowid", Integer), column(INDEX, Text))

# The + keeps SQLite from asking the index for one row after another, which is 1000 times slower.
joined = search_documents.c.place == literal_column(f"+{INDEX}.rowid", Integer)

BATCH = 200
"""Hits that are held at a time."""

_SEPARATOR = " | "  # a token: no term runs from one stream into the next


def add(connection: Connection, rows: Iterable[tuple[int, Sequence[str]]]) -> None:
    """Put the streams of tokens of places into the index."""
    # FTS5 starts a new segment for each row that comes behind a higher one.
    values = [(at, _SEPARATOR.join(streams)) for at, streams in sorted(rows)]
    connection.exec_driver_sql("INSERT INTO search_words (rowid, tokens) VALUES (?, ?)", values)


def remove(connection: Connection, rows: Iterable[tuple[int, Sequence[str]]]) -> None:
    """Take places out again; their streams must be those that were put in."""
    values = [(at, _SEPARATOR.join(streams)) for at, streams in sorted(rows)]
    statement = "INSERT INTO search_words (search_words, rowid, tokens) VALUES ('delete', ?, ?)"
    connection.exec_driver_sql(statement, values)


def clear(connection: Connection) -> None:
    """Empty the index."""
    connection.exec_driver_sql("INSERT INTO search_words (search_words) VALUES ('delete-all')")


def complete(_connection: Connection) -> None:
    """Do nothing: FTS5 is complete as it is written."""


def is_complete(_connection: Connection) -> bool:
    """Return that it is."""
    return True


def iter_places(connection: Connection, asked: Asked) -> Iterator[int]:
    """Yield the places of hits, the newest first.

    FTS5 walks them in this order, so that nothing is sorted, nor more of them read than wanted.
    """
    statement = (
        select(search_documents.c.place)
        .select_from(words)
        .join(search_documents, joined)
        .join(articles, articles.c.id == search_documents.c.article_id)
        .where(matches(asked.query), asked.is_in_period(words.c.rowid), *asked.conditions)
        .order_by(words.c.rowid.desc())
        .limit(asked.limit)
    )
    if asked.category is not None:
        # All articles of a rare one are listed beforehand: nearly every hit is of another.
        its_own = search_documents.c.article_id.in_(articles_in(asked.category))
        rare = is_rare(connection, asked.category)
        statement = statement.where(its_own if rare else is_in_category(asked.category))
    with closing(connection.scalars(statement.execution_options(yield_per=BATCH))) as places:
        yield from places


def select_all() -> Select[int]:
    """Return the statement that gives every place of which the index has words."""
    return select(words.c.rowid).where(_is_match(f'"{EVERY}"'))


def matches(query: Query) -> ColumnElement[bool]:
    """Return the condition that a row of `words` is a hit."""
    return _is_match(render(query))


def _is_match(asked: str) -> ColumnElement[bool]:
    return words.c[INDEX].op("MATCH", is_comparison=True)(literal(asked))


def render(query: Query) -> str:
    """Return `query` in FTS5's language."""
    match query:
        case Term(form=Form.PREFIX):
            return f'"{" ".join(term_tokens(query))}" *'
        case Term():
            return f'"{" ".join(term_tokens(query))}"'
        case Or(parts):
            return f"({' OR '.join(map(render, parts))})"
        case And(parts):
            wanted = [render(part) for part in parts if not isinstance(part, Not)]
            unwanted = [render(part.part) for part in parts if isinstance(part, Not)]
            return _without(" AND ".join(wanted) or f'"{EVERY}"', unwanted)
        case Not(part):
            return _without(f'"{EVERY}"', [render(part)])


def _without(wanted: str, unwanted: Sequence[str]) -> str:
    if not unwanted:
        return f"({wanted})"
    return f"(({wanted}) NOT ({' OR '.join(unwanted)}))"
