"""The index on PostgreSQL: a tsvector a revision (https://www.postgresql.org/docs/current/datatype-textsearch.html).

It is made here and not by PostgreSQL's parser and dictionaries, so that its words are those of
every other database. A tsvector keeps 255 places of a word, none beyond 16383: of a revision with
more, `overflow` has all tokens as text, in which its phrases are looked up. That is the case of
few, of some 5000 words and more.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    column,
    delete,
    exists,
    func,
    insert,
    literal,
    literal_column,
    not_,
    or_,
    select,
    text,
)
from sqlalchemy import table as named_table
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR

from newsarchive.search import And, Form, Not, Or, Query, Term
from newsarchive.search.indexing import EVERY, term_tokens
from newsarchive.storage.schema import articles, entries, feeds
from newsarchive.storage.search_schema import (
    INDEX,
    Asked,
    articles_in,
    is_rare,
    search_documents,
)

SAMPLE = 200
"""Revisions, the newest, that tell how frequent the words of a query are."""

LISTED_FOR_ONE = {False: 20, True: 8}
"""So many entries of the index are listed while the words of one revision are looked at; in a
category of fewer, since most are of another, which is soon seen. Measured: docs/search.md."""

BATCH, MOST_AT_ONCE = 200, 3_200
"""Places that are looked at together, first and at last."""

MOST_PLACES = 255
LAST_PLACE = 16_383

words = named_table(INDEX, column("place", BigInteger), column("tokens"), column("overflow", Text))

joined = search_documents.c.place == words.c.place

_GIN = "ix_search_words_tokens"


def add(connection: Connection, rows: Iterable[tuple[int, Sequence[str]]]) -> None:
    """Put the streams of tokens of places into the index."""
    statement = insert(words).values(tokens=cast(bindparam("tokens", type_=Text), TSVECTOR))
    connection.execute(statement, [_row(at, streams) for at, streams in rows])


def remove(connection: Connection, rows: Iterable[tuple[int, Sequence[str]]]) -> None:
    """Take places out again."""
    places = [at for at, _ in rows]
    connection.execute(delete(words).where(words.c.place.in_(places)))


def clear(connection: Connection) -> None:
    """Empty the index; `complete` makes anew what finds words in it, in a tenth of the time."""
    connection.execute(text("TRUNCATE search_words"))
    connection.execute(text(f"DROP INDEX IF EXISTS {_GIN}"))


def complete(connection: Connection) -> None:
    """Make what finds words in the index, where that is not there."""
    connection.execute(text("SET LOCAL maintenance_work_mem = '256MB'"))
    connection.execute(text(f"CREATE INDEX IF NOT EXISTS {_GIN} ON {INDEX} USING gin (tokens)"))


def is_complete(connection: Connection) -> bool:
    """Return whether it is there."""
    return connection.scalar(select(func.to_regclass(_GIN))) is not None


def iter_places(connection: Connection, asked: Asked) -> Iterator[int]:
    """Yield the places of hits, the newest first.

    First the words of the newest revisions are looked at: of what is frequent, that is enough. Of
    what is not, the index lists all that may be hits, and the newest of these are looked at. The
    former goes on for as long as the latter would take, so that the two never take more than
    twice the time of the better one. PostgreSQL would choose by estimates, which leave out what it
    costs to look at a revision's words.
    """
    for setting in ("enable_seqscan", "enable_hashjoin", "enable_mergejoin", "jit"):
        connection.exec_driver_sql(f"SET LOCAL {setting} = off")
    if asked.category is not None and is_rare(connection, asked.category):
        yield from connection.scalars(_of_few(asked, asked.category))
        return
    rest: Asked | None = asked
    if asked.limit is not None:
        edge = _find_edge(connection, asked, _how_far(connection, asked))
        newest = asked if edge is None else replace(asked, first=edge)
        found = list(connection.scalars(_of_newest(newest)))
        yield from found
        is_over = edge is None or len(found) == asked.limit
        rest = None if is_over else replace(asked, end=edge, limit=asked.limit - len(found))
    if rest is not None:
        yield from islice(_iter_listed(connection, rest), rest.limit)


def _of_few(asked: Asked, category: str) -> Select[int]:
    """Return the statement that looks at the words of all articles of a category."""
    listed = articles_in(category).scalar_subquery()
    documents = search_documents.c
    # Of an array PostgreSQL expects few, and so begins with them; and by an expression, of which
    # there is no index, it sorts in the end.
    statement = _select(asked).where(documents.article_id == func.any(func.array(listed)))
    last = (documents.place + literal_column("0")).desc()
    return statement.where(_is_found(asked.query)).order_by(last).limit(asked.limit)


def _how_far(connection: Connection, asked: Asked) -> int:
    """Return how many of the newest revisions to look at before the index is asked."""
    newest = (
        select(search_documents.c.place)
        .where(asked.is_in_period(search_documents.c.place))
        .order_by(search_documents.c.place.desc())
        .limit(SAMPLE)
        .subquery()
    )
    may_be = _asks(partial(func.ts_match_vq, words.c.tokens), _loosened(asked.query))
    sample = select(func.count()).join(newest, newest.c.place == words.c.place).where(may_be)
    counted = select(sample.select_from(words).scalar_subquery(), _HELD.scalar_subquery())
    promising, held = connection.execute(counted).one()
    listed = promising / SAMPLE * max(held, 0)
    return max(SAMPLE, int(listed / LISTED_FOR_ONE[asked.category is not None]))


# How many revisions the index has, as PostgreSQL last counted; -1 where it never did.
_HELD: Select[Any] = (
    select(literal_column("reltuples"))
    .select_from(named_table("pg_class"))
    .where(literal_column(f"oid = '{INDEX}'::regclass"))
)


def _of_newest(asked: Asked) -> Select[int]:
    """Return the statement that looks at the words of one revision after another."""
    statement = _select(asked).where(_is_found(asked.query))
    return statement.order_by(search_documents.c.place.desc()).limit(asked.limit)


def _find_edge(connection: Connection, asked: Asked, count: int) -> int | None:
    """Return the place of the last of so many revisions; None where there are not so many."""
    place = search_documents.c.place
    statement = select(place).where(asked.is_in_period(place)).order_by(place.desc())
    return connection.scalar(statement.offset(count).limit(1))


def _iter_listed(connection: Connection, asked: Asked) -> Iterator[int]:
    """Yield hits, having the index list all that may be some."""
    may_be = _asks(words.c.tokens.op("@@", is_comparison=True), _loosened(asked.query))
    # An expression, of which there is no index: else that would be walked, and the words of every
    # revision looked at.
    place = words.c.place + literal_column("0")
    listed = select(words.c.place).where(may_be, asked.is_in_period(place)).order_by(place.desc())
    streamed = connection.scalars(listed.execution_options(yield_per=MOST_AT_ONCE))
    with closing(streamed) as candidates:
        count = BATCH
        while places := list(islice(candidates, count)):
            yield from _keep_hits(connection, asked, places)
            count = min(2 * count, MOST_AT_ONCE)


def _keep_hits(connection: Connection, asked: Asked, places: list[int]) -> Iterator[int]:
    """Yield those of the listed places that are hits, in their order."""
    array = cast(literal(places, ARRAY(BigInteger)), ARRAY(BigInteger))
    statement = _select(asked).where(search_documents.c.place == func.any(array))
    if _has_phrase(asked.query) or _has_negation(asked.query):
        statement = statement.where(_is_found(asked.query))
    hits = set(connection.scalars(statement))
    yield from (place for place in places if place in hits)


def _select(asked: Asked) -> Select[int]:
    documents = search_documents.c
    statement = (
        select(documents.place)
        .join(articles, articles.c.id == documents.article_id)
        .join(words, words.c.place == documents.place)
        .where(asked.is_in_period(documents.place), *asked.conditions)
    )
    return statement if asked.category is None else statement.where(_is_in_category(asked.category))


def _is_in_category(category: str) -> ColumnElement[bool]:
    """Return the condition that a document's article has a category, looked up one by one.

    The category's feeds are found once, as an array. And an offset of 0 means nothing, but that
    PostgreSQL makes no join of it: it would begin with all articles of the category, and sort them
    in the end.
    """
    its_feeds = select(feeds.c.id).where(feeds.c.category == category).scalar_subquery()
    own = select(entries.c.id).where(
        entries.c.article_id == search_documents.c.article_id,
        entries.c.feed_id == func.any(func.array(its_feeds)),
    )
    return exists(own.correlate(search_documents).offset(0))


def select_all() -> Select[int]:
    """Return the statement that gives every place of which the index has words."""
    return select(words.c.place)


def matches(query: Query) -> ColumnElement[bool]:
    """Return the condition that a row of `words` is a hit, for the index to find."""
    may_be = _asks(words.c.tokens.op("@@", is_comparison=True), _loosened(query))
    is_exact = not (_has_phrase(query) or _has_negation(query))
    return may_be if is_exact else and_(may_be, _is_found(query))


def _is_found(query: Query) -> ColumnElement[bool]:
    """Return the condition that a row of `words` is a hit, of which no index knows."""
    found = _asks(partial(func.ts_match_vq, words.c.tokens), query)
    if not _has_phrase(query):
        return found
    overflow = words.c.overflow
    long = and_(overflow.is_not(None), _is_in(overflow, query))
    return or_(and_(overflow.is_(None), found), long)


def _asks(
    compare: Callable[[ColumnElement[Any]], ColumnElement[bool]], query: Query
) -> ColumnElement[bool]:
    # Written into the statement: a plan made for any query at all is a bad one for most.
    written = literal(render(query), Text, literal_execute=True)
    return compare(written.op("::")(literal_column("tsquery")))


def _loosened(query: Query) -> Query:
    """Return what finds all that `query` finds, and need not look where words stand."""
    match query:
        case Term(words=(_, _, *_)):
            return And(tuple(_apart(query)))
        case And(parts) | Or(parts):
            return replace(query, parts=tuple(map(_loosened, parts)))
        case Not(part) if _has_phrase(part):
            return Term((EVERY,))
    return query


def _apart(term: Term) -> Iterator[Term]:
    *first, last = term.words
    form = Form.EXACT if term.form is Form.PREFIX else term.form
    for word in first:
        yield replace(term, words=(word,), form=form)
    yield replace(term, words=(last,))


def render(query: Query) -> str:
    """Return `query` as a tsquery."""
    match query:
        case Term():
            told = " <-> ".join(f"'{token}'" for token in term_tokens(query))
            return f"({told}{':*' if query.form is Form.PREFIX else ''})"
        case Or(parts):
            return f"({' | '.join(map(render, parts))})"
        case And(parts):
            return f"({' & '.join(map(render, parts))})"
        case Not(part):
            return f"!{render(part)}"


def _has_phrase(query: Query) -> bool:
    match query:
        case Term():
            return len(query.words) > 1
        case And(parts) | Or(parts):
            return any(map(_has_phrase, parts))
        case Not(part):
            return _has_phrase(part)


def _is_in(overflow: ColumnElement[str], query: Query) -> ColumnElement[bool]:
    """Return the condition that a text of tokens, each between spaces, is a hit."""
    match query:
        case Term():
            end = "" if query.form is Form.PREFIX else " "
            return func.strpos(overflow, f" {' '.join(term_tokens(query))}{end}") > 0
        case Or(parts):
            return or_(*(_is_in(overflow, part) for part in parts))
        case And(parts):
            return and_(*(_is_in(overflow, part) for part in parts))
        case Not(part):
            return not_(_is_in(overflow, part))


def _row(at: int, streams: Sequence[str]) -> dict[str, object]:
    places: dict[str, list[int]] = {}
    for stream in streams:
        for number, token in enumerate(stream.split(), start=1):
            places.setdefault(token, []).append(number)
    is_long = any(len(of) > MOST_PLACES or of[-1] > LAST_PLACE for of in places.values())
    return {
        "place": at,
        "tokens": " ".join(_lexemes(places)),
        "overflow": f" {' | '.join(streams)} " if is_long else None,
    }


def _lexemes(places: dict[str, list[int]]) -> Iterator[str]:
    for token, of in places.items():
        known = [str(number) for number in of[:MOST_PLACES] if number <= LAST_PLACE]
        yield f"'{token}':{','.join(known)}" if known else f"'{token}'"


def _has_negation(query: Query) -> bool:
    """Return whether `query` has a NOT: the index was seen to list more than the hits of some."""
    match query:
        case And(parts) | Or(parts):
            return any(map(_has_negation, parts))
    return isinstance(query, Not)
