"""What is asked, once it is understood: a tree of frozen values."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum


class Form(StrEnum):
    """How a word of a question is compared with a word of a text."""

    STEM = "stem"  # any inflection of it
    EXACT = "exact"  # as it is written, but for case and diacritics
    PREFIX = "prefix"  # likewise; the last word of a term need only begin so


class Field(StrEnum):
    """Where a term is looked for."""

    ANYWHERE = "anywhere"  # title and text
    TITLE = "title"
    REMOVED = "removed"  # among the words that the edit leading to a revision took away


@dataclass(frozen=True, slots=True)
class Term:
    """Words that follow each other: stems for the form STEM, else plain forms.

    There is one at least, and in the field REMOVED no more than one.
    """

    words: tuple[str, ...]
    form: Form = Form.STEM
    field: Field = Field.ANYWHERE


@dataclass(frozen=True, slots=True)
class And:
    """All of the parts, two at least."""

    parts: tuple["Query", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """One of the parts, two at least."""

    parts: tuple["Query", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Everything but the part."""

    part: "Query"


Query = Term | And | Or | Not


def in_title(query: Query) -> Query:
    """Return `query` with every term that is looked for anywhere looked for in the title only."""
    match query:
        case Term(field=Field.ANYWHERE):
            return replace(query, field=Field.TITLE)
        case And(parts) | Or(parts):
            return replace(query, parts=tuple(map(in_title, parts)))
        case Not(part):
            return Not(in_title(part))
    return query


def wanted_terms(query: Query) -> Iterator[Term]:
    """Yield the terms that a hit may have: those that are not behind a NOT, each once."""
    yield from dict.fromkeys(_wanted(query))


def _wanted(query: Query) -> Iterator[Term]:
    match query:
        case Term():
            yield query
        case And(parts) | Or(parts):
            for part in parts:
                yield from _wanted(part)


def asks_removed(query: Query) -> bool:
    """Return whether `query` asks for words that an edit took away."""
    match query:
        case Term():
            return query.field is Field.REMOVED
        case And(parts) | Or(parts):
            return any(map(asks_removed, parts))
        case Not(part):
            return asks_removed(part)
