"""What is written into an index for one revision: streams of tokens, the same for every database.

A token is a word with a mark before it that says what sort of token it is; words have no marks.
Tokens of one stream that follow each other stand for words that do. The marks:

====  ========================================================================================
none  a stem of the title or the text
`=`   a plain form of the title or the text
`^`   a stem of the title; `^=` a plain form of it
`-`   a stem that the revision before had and this one has not; `-=` a plain form
`+`   alone: the token of every revision, so that a question may consist of a NOT
`|`   alone: between title and text, so that no term runs from one into the other
====  ========================================================================================
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, takewhile
from operator import itemgetter

from newsarchive.search.terms import Field, Form, Term
from newsarchive.search.words import Word, split_words

PLAIN, STEM = itemgetter(0), itemgetter(1)

EVERY = "+"
BREAK = "|"

MOST_WORDS = 20_000
"""Words of a text that are indexed, counted from its beginning: some 60 pages of a book."""

MOST_BYTES = 150_000
"""Bytes of their plain forms in UTF-8, likewise: PostgreSQL's index of a text has 1 MB."""

MOST_TITLE_WORDS = 100

_MARKS = {Field.ANYWHERE: "", Field.TITLE: "^", Field.REMOVED: "-"}


@dataclass(frozen=True, slots=True)
class Content:
    """The words of a revision, as far as they are indexed."""

    title: Sequence[Word]
    text: Sequence[Word]


def read_content(title: str, text: str) -> Content:
    """Return the words of a revision that are indexed."""
    return Content(split_words(title)[:MOST_TITLE_WORDS], _shortened(split_words(text)))


def _shortened(words: list[Word]) -> list[Word]:
    if len(words) * 4 * 64 <= MOST_BYTES:  # the longest word has 64 characters, of 4 bytes each
        return words
    sizes = accumulate(len(word.plain.encode()) for word in words[:MOST_WORDS])
    return words[: sum(1 for _ in takewhile(lambda size: size <= MOST_BYTES, sizes))]


def iter_streams(content: Content, before: Content | None) -> Iterator[str]:
    """Yield the streams of a revision: tokens, each followed by a space but for the last.

    `before` is the revision before it, if there is one.
    """
    title, text = content.title, content.text
    yield EVERY
    yield f"{_join('', title, STEM)} {BREAK} {_join('', text, STEM)}"
    yield f"{_join('=', title, PLAIN)} {BREAK} {_join('=', text, PLAIN)}"
    yield _join("^", title, STEM)
    yield _join("^=", title, PLAIN)
    if before is not None:
        old, new = {*before.title, *before.text}, {*title, *text}
        for mark, form in (("-", STEM), ("-=", PLAIN)):
            gone = set(map(form, old)) - set(map(form, new))
            yield " ".join(mark + word for word in sorted(gone))


def _join(mark: str, words: Sequence[Word], form: Callable[[Word], str]) -> str:
    return mark + f" {mark}".join(map(form, words)) if words else ""


def term_tokens(term: Term) -> list[str]:
    """Return the tokens that stand for the words of a term."""
    mark = _MARKS[term.field] + ("" if term.form is Form.STEM else "=")
    return [mark + word for word in term.words]
