"""Finding the words of a question in texts."""

from collections.abc import Iterable, Sequence
from string import ascii_letters, digits

from newsarchive.search.terms import Form, Term
from newsarchive.search.words import read_word


class Finder:
    """Finds one term in texts, whatever its field, and remembers which words it met are its own.

    So a word that recurs in a thousand texts is read once.
    """

    def __init__(self, term: Term) -> None:
        self.term = term
        self._forms = [_Forms(term, number) for number in range(len(term.words))]

    def find_places(self, shown: Sequence[str]) -> list[int]:
        """Return at which words the term begins, counted from 0.

        `shown` has the words of a text as they stand there (`words.split_shown`).
        """
        first, *others = self._forms
        elsewhere = first.other_letters
        places = [
            place for place, word in enumerate(shown) if word[0] not in elsewhere and first[word]
        ]
        if not others:
            return places
        last = len(shown) - len(others)
        return [
            place
            for place in places
            if place < last
            and all(form[shown[place + far]] for far, form in enumerate(others, start=1))
        ]


def find_all(terms: Iterable[Term]) -> list[Finder]:
    """Return what finds each of `terms`."""
    return [Finder(term) for term in terms]


_LETTERS = frozenset(ascii_letters + digits)


class _Forms(dict[str, bool]):
    """Whether words, as they are shown, are the one of that number in a term."""

    def __init__(self, term: Term, number: int) -> None:
        super().__init__()
        self._asked = term.words[number]
        is_last = number == len(term.words) - 1
        self._form = Form.EXACT if term.form is Form.PREFIX and not is_last else term.form
        # A stem begins as its word does, so most words need not be read to be passed over.
        self.other_letters = _LETTERS - {self._asked[0], self._asked[0].upper()}

    def __missing__(self, shown: str) -> bool:
        word = read_word(shown)
        if word is None:
            is_asked = False
        elif self._form is Form.STEM:
            is_asked = word.stem == self._asked
        elif self._form is Form.PREFIX:
            is_asked = word.plain.startswith(self._asked)
        else:
            is_asked = word.plain == self._asked
        self[shown] = is_asked
        return is_asked
