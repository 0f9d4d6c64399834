"""Full-text search, all of it but the databases: words, the query language, snippets, ranking.

`newsarchive.storage` writes and asks the indexes; whatever decides what a hit is stands here, so
that every database has the same hits.
"""

from newsarchive.search.language import parse_query
from newsarchive.search.snippets import Part, Snippet
from newsarchive.search.terms import And, Field, Form, Not, Or, Query, Term

__all__ = [
    "And",
    "Field",
    "Form",
    "Not",
    "Or",
    "Part",
    "Query",
    "Snippet",
    "Term",
    "parse_query",
]
