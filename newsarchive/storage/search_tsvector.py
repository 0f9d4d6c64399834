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
from newsarchive.storage.schema import articles
from newsarchive.storage.search_schema import (
    INDEX,
    Asked,
    articles_in,
    is_in_category,
    search_documents,
)

WALKED = 800
"""Revisions that are looked at first, beside two for each hit that is wanted."""

WALKED_FOR_CATEGORY = 4_000
"""Likewise, in a category: most are of another, which is soon seen."""

FURTHER = 4
"""How many times more are looked at next, where the first have promised so many hits."""

RARE = 1_000
"""Entries up to which a category is so rare that its articles are where to begin."""

BATCH, MOST_AT_ONCE = 200, 3_200
"""Places that are looked at together, first and at last."""

MOST_PLACES = 255
LAST_PLACE = 16_383

words = named_table(INDEX, column("place", BigInteger), column("tokens"), column("overflow", Text))

joined = search_documents.c.place == words.c.place


def add(connection: Connection, rows: Iterable[tuple[int, Sequence[str]]]) -> None:
    """Put the streams of tokens of places into the index."""
    statement = insert(words).values(tokens=cast(bindparam("tokens", type_=Text), TSVECTOR))
    connection.execute(statement, [_row(at, streams) for at, streams in rows])


def remove(connection: Connection, rows: Iterable[tuple[int, Sequence[str]]]) -> None:
    """Take places out again."""
    places = [at for at, _ in rows]
    connection.execute(delete(words).where(words.c.place.in_(places)))


def clear(connection: Connection) -> None:
    """Empty the index."""
    connection.execute(text("TRUNCATE search_words"))


def iter_places(connection: Connection, asked: Asked) -> Iterator[int]:
    """Yield the places of hits, the newest first.

    First the words of the newest revisions are looked at: of what is frequent, that is enough. Of
    what is not, the index lists all that may be hits, and the newest of these are looked at.
    PostgreSQL would choose between the two by estimates, which leave out what it costs to look at
    a revision's words.
    """
    for setting in ("enable_seqscan", "enable_hashjoin", "enable_mergejoin", "jit"):
        connection.exec_driver_sql(f"SET LOCAL {setting} = off")
    if asked.category is not None and _is_rare(connection, asked.category):
        yield from connection.scalars(_of_few(asked, asked.category))
        return
    for found, rest in _walk(connection, asked):
        yield from found
        asked = rest
    if asked.limit != 0:
        yield from islice(_iter_listed(connection, asked), asked.limit)


def _is_rare(connection: Connection, category: str) -> bool:
    some = articles_in(category).limit(RARE + 1).subquery()
    return connection.execute(select(func.count()).select_from(some)).scalar_one() <= RARE


def _of_few(asked: Asked, category: str) -> Select[int]:
    """Return the statement that looks at the words of all articles of a category."""
    listed = articles_in(category).scalar_subquery()
    documents = search_documents.c
    # Of an array PostgreSQL expects few, and so begins with them; and by an expression, of which
    # there is no index, it sorts in the end.
    statement = _select(asked).where(documents.article_id == func.any(func.array(listed)))
    last = (documents.place + literal_column("0")).desc()
    return statement.where(_is_found(asked.query)).order_by(last).limit(asked.limit)


def _walk(connection: Connection, asked: Asked) -> Iterator[tuple[list[int], Asked]]:
    """Yield what is found among the newest revisions, and what is left to ask for."""
    if asked.limit is None:
        return
    count = WALKED + 2 * asked.limit if asked.category is None else WALKED_FOR_CATEGORY
    while asked.limit:
        edge = _find_edge(connection, asked, count)
        if edge is None:  # all of them: the index is quicker
            return
        statement = _select(replace(asked, first=edge)).where(_is_found(asked.query))
        newest = statement.order_by(search_documents.c.place.desc()).limit(asked.limit)
        found = list(connection.scalars(newest))
        asked = replace(asked, end=edge, limit=asked.limit - len(found))
        yield found, asked
        count *= FURTHER
        if len(found) * FURTHER < (asked.limit or 0):  # nor would it be enough then
            return


def _find_edge(connection: Connection, asked: Asked, count: int) -> int | None:
    """Return the place of the last of so many revisions; None where there are not so many."""
    place = search_documents.c.place
    statement = select(place).where(asked.is_in_period(place)).order_by(place.desc())
    return connection.scalar(statement.offset(count).limit(1))


def _iter_listed(connection: Connection, asked: Asked) -> Iterator[int]:
    """Yield hits, having the index list all that may be some."""
    may_be = _asks(words.c.tokens.op("@@", is_comparison=True), _loosened(asked.query))
    # Of the period nothing is said here, nor is it the place by which they are sorted: else its
    # index would be walked, and the words of every revision looked at.
    last = (words.c.place + literal_column("0")).desc()
    listed = select(words.c.place).where(may_be).order_by(last)
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
    return statement if asked.category is None else statement.where(is_in_category(asked.category))


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
