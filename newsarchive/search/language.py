"""The query language (`docs/search.md` explains it to people): text → tree.

::

    either   = each { "OR" each }
    each     = one { [ "AND" ] one }
    one      = ( "NOT" | "-" | field ":" ) one | operand
    operand  = "(" either ")" | [ "=" ] ( '"' words '"' | word )
    field    = "title" | "removed"

A word, and the last one between quotation marks, may end in `*`. What holds no letter and no
digit is passed over.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NoReturn

from newsarchive.exceptions import UsageError
from newsarchive.search.terms import And, Field, Form, Not, Or, Query, Term
from newsarchive.search.words import ends_in_word, split_words

LONGEST = 1_000
"""Characters of a query."""

MOST_WORDS = 64
DEEPEST = 20
"""Parentheses, NOTs and fields within each other."""

SHORTEST_PREFIX = 3

FIELDS = {"title": Field.TITLE, "removed": Field.REMOVED}

# What people paste: the quotation marks of a newspaper are quotation marks.
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»\uff02", '"'))

_TOKEN = re.compile(
    r"""
    (?P<open>\() | (?P<close>\))
    | (?P<operator>(?:AND|OR|NOT)(?![^\s()"]))
    | (?P<minus>-(?=[^\s)-]))
    | (?P<field>[A-Za-z]+):(?=[^\s/)])
    | (?P<exact>=?)(?:"(?P<quoted>[^"]*)(?P<end>"?)|(?P<bare>[^\s()"]+))
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    place: int  # of its first character, counted from 1
    is_exact: bool = False


def parse_query(text: str) -> Query:
    """Return what `text` asks for.

    Raises UsageError, naming the place and what to do, for a text that cannot be meant.
    """
    if len(text) > LONGEST:
        raise UsageError(f"this query has {len(text)} characters; {LONGEST} are the most")
    return _Parser(list(_read_tokens(text.translate(_QUOTES)))).parse()


def _read_tokens(text: str) -> list[_Token]:
    tokens = []
    place = 0
    while place < len(text):
        found = None if text[place].isspace() else _TOKEN.match(text, place)
        if found is None:
            place += 1
            continue
        tokens.append(_token(found))
        place = found.end()
    return tokens


def _token(found: re.Match[str]) -> _Token:
    place = found.start() + 1
    for kind in ("open", "close", "operator", "minus", "field"):
        if found[kind]:
            return _Token(kind, found[kind], place)
    if found["bare"] is not None:
        return _Token("words", found["bare"], place, is_exact=bool(found["exact"]))
    if not found["end"]:
        _refuse(place, 'this " has no other one to end it; add one, or leave it out')
    return _Token("words", found["quoted"], place, is_exact=bool(found["exact"]))


class _Parser:
    """Reads tokens from the first to the last; each method takes those of one rule.

    An operand without any word is None, and falls out of what it stands in.
    """

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0
        self._words = 0

    def parse(self) -> Query:
        query = self._either(Field.ANYWHERE) if self._tokens else None
        if (token := self._next) is not None:
            _refuse(token.place, "this ) closes nothing; take it away")
        if query is None:
            raise UsageError("there is no word in this query; give at least one")
        return query

    @property
    def _next(self) -> _Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _take(self, kind: str, *texts: str) -> _Token | None:
        """Go past the next token and return it, if it is of this kind and one of `texts`."""
        token = self._next
        if token is None or token.kind != kind or (texts and token.text not in texts):
            return None
        self._at += 1
        return token

    def _either(self, field: Field) -> Query | None:
        parts = [self._each(field)]
        while operator := self._take("operator", "OR"):
            self._expect_operand(operator)
            parts.append(self._each(field))
        return _join(Or, parts)

    def _each(self, field: Field) -> Query | None:
        parts = [self._one(field)]
        while True:
            operator = self._take("operator", "AND")
            if operator is not None:
                self._expect_operand(operator)
            elif not self._is_operand():
                return _join(And, parts)
            parts.append(self._one(field))

    def _one(self, field: Field) -> Query | None:
        if named := self._take("field"):
            return self._deeper(named, _field(named), self._one)
        negation = self._take("operator", "NOT") or self._take("minus")
        if negation is None:
            return self._operand(field)
        self._expect_operand(negation)
        part = self._deeper(negation, field, self._one)
        return None if part is None else Not(part)

    def _operand(self, field: Field) -> Query | None:
        if opening := self._take("open"):
            if self._take("close"):
                return None
            inner = self._deeper(opening, field, self._either)
            if not self._take("close"):
                _refuse(opening.place, "this ( is never closed; add a ), or take it away")
            return inner
        token = self._take("words")
        if token is None:
            self._refuse_next()
        term = _term(token, field)
        self._words += len(split_words(token.text))
        if self._words > MOST_WORDS:
            _refuse(token.place, f"there are more than {MOST_WORDS} words; ask for fewer")
        return term

    def _deeper(self, token: _Token, field: Field, rule: "_Rule") -> Query | None:
        self._depth += 1
        if self._depth > DEEPEST:
            _refuse(
                token.place,
                f"more than {DEEPEST} parentheses, NOTs and fields are within each other",
            )
        found = rule(field)
        self._depth -= 1
        return found

    def _is_operand(self) -> bool:
        token = self._next
        return token is not None and (
            token.kind in {"words", "open", "minus", "field"} or token.text == "NOT"
        )

    def _expect_operand(self, operator: _Token) -> None:
        if not self._is_operand():
            _refuse(
                operator.place,
                f"{operator.text} wants a word after it; to search for the word itself, "
                "write it in small letters",
            )

    def _refuse_next(self) -> NoReturn:
        token = self._next
        if token is None:
            _refuse(self._tokens[-1].place, "a word is wanted behind this")
        if token.kind == "close":
            _refuse(token.place, "this ) closes nothing; take it away")
        _refuse(token.place, f"a word is wanted before {token.text}; or write it in small letters")


_Rule = Callable[[Field], Query | None]


def _join(kind: type[And] | type[Or], parts: Sequence[Query | None]) -> Query | None:
    there = tuple(part for part in parts if part is not None)
    return kind(there) if len(there) > 1 else next(iter(there), None)


def _field(token: _Token) -> Field:
    field = FIELDS.get(token.text.lower())
    if field is None:
        known = ", ".join(f"{name}:" for name in FIELDS)
        _refuse(
            token.place,
            f"there is no field {token.text}:, there are {known}; to search for it as text, "
            f'write it between quotation marks: "{token.text}:…"',
        )
    return field


def _term(token: _Token, field: Field) -> Query | None:
    text = token.text.rstrip()
    is_prefix = text.endswith("*") and ends_in_word(text[:-1])
    if "*" in (text[:-1] if is_prefix else text):
        _refuse(token.place, "a * can stand only at the end of a word, such as verkiez*")
    words = split_words(text)
    if is_prefix and len(words[-1].plain) < SHORTEST_PREFIX:
        _refuse(token.place, f"give at least {SHORTEST_PREFIX} letters before the *")
    if not words:
        return None
    is_exact = is_prefix or token.is_exact
    form = Form.EXACT if is_exact else Form.STEM
    found = tuple(word.plain if is_exact else word.stem for word in words)
    last = Form.PREFIX if is_prefix else form
    if field is not Field.REMOVED:
        return Term(found, last, field)
    # What was taken away are words without an order.
    apart = [Term((word,), form, field) for word in found[:-1]]
    return _join(And, [*apart, Term(found[-1:], last, field)])


def _refuse(place: int, what: str) -> NoReturn:
    raise UsageError(f"in the query, at character {place}: {what}")
