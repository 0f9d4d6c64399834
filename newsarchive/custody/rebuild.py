"""What today's code makes of the recorded bytes, beside what the archive holds."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from newsarchive.storage import Archive, Rendition

EXAMPLES = 3
"""Articles that are named for each difference."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One way in which renditions of one form differ."""

    form: str  # of a page, else the origin
    what: str  # a field, or `not made`, or `made anew`


@dataclass(slots=True)
class Comparison:
    """How two archives of the same bytes differ."""

    compared: int = 0
    differences: Counter[Difference] = field(default_factory=Counter)
    examples: dict[Difference, list[str]] = field(default_factory=dict)

    def note(self, rendition: Rendition, what: str) -> None:
        """Count a difference, and keep its first examples."""
        difference = Difference(rendition.form or rendition.origin, what)
        self.differences[difference] += 1
        examples = self.examples.setdefault(difference, [])
        article = f"{rendition.source}:{rendition.external_id}"
        if len(examples) < EXAMPLES and article not in examples:
            examples.append(article)


def compare(held: Archive, derived: Archive) -> Comparison:
    """Return what `derived`, made of the same WARC files, has otherwise than `held`."""
    found = Comparison()
    for old, new in _pairs(held.custody.iter_renditions(), derived.custody.iter_renditions()):
        if old is None:
            assert new is not None, "one of a pair is there"
            found.note(new, "made anew")
        elif new is None:
            found.note(old, "not made")
        else:
            found.compared += 1
            for name, value in old.fields.items():
                if new.fields[name] != value:
                    found.note(new, name)
    return found


def _pairs(
    held: Iterable[Rendition], derived: Iterable[Rendition]
) -> Iterator[tuple[Rendition | None, Rendition | None]]:
    """Yield the renditions of both by their keys; both are in the order of these."""
    olds, news = iter(held), iter(derived)
    old, new = next(olds, None), next(news, None)
    while old is not None or new is not None:
        if new is None or (old is not None and old.key < new.key):
            yield old, None
            old = next(olds, None)
        elif old is None or new.key < old.key:
            yield None, new
            new = next(news, None)
        else:
            yield old, new
            old, new = next(olds, None), next(news, None)
