"""What a source is: facts about a publisher as plain data, and questions about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from newsarchive.exceptions import UsageError
from newsarchive.model import Feed, Kind


@dataclass(frozen=True, slots=True)
class Numbering:
    """How a publisher's addresses bear the numbers of its articles."""

    domains: tuple[str, ...]  # the publisher's own, each with all its subdomains
    forms: Mapping[str, Kind | None] = field(hash=False)
    """The end of the path before a number, in lower case, and the kind of article it tells."""
    article_url: str  # canonical, with `{number}` in it
    feedburner_slugs: frozenset[str] = frozenset()  # of its feeds at FeedBurner's own hosts


@dataclass(frozen=True, slots=True)
class Source:
    """A publisher we archive."""

    name: str
    homepage_url: str
    feeds: tuple[Feed, ...]  # in catalogue order
    numbering: Numbering | None = None  # None: articles are identified by canonical URL
    language: str = "nl"  # BCP 47

    @property
    def categories(self) -> tuple[str, ...]:
        """The categories of all feeds, in catalogue order."""
        return tuple(dict.fromkeys(feed.category for feed in self.feeds))

    def feeds_of(self, categories: Sequence[str] | None) -> tuple[Feed, ...]:
        """Return the feeds to poll for `categories`, in catalogue order.

        None means every feed that is on by default. A category that is named means its feeds
        that are on by default, or all of them where none is: naming `tennis` polls its text
        feed only, naming `video` or `op3` polls feeds that are otherwise off. Raises
        UsageError for an unknown category, listing the known ones.
        """
        if categories is None:
            return tuple(feed for feed in self.feeds if feed.enabled)
        self._require(categories)
        on_by_default = {feed.category for feed in self.feeds if feed.enabled}
        return tuple(
            feed
            for feed in self.feeds
            if feed.category in categories and (feed.enabled or feed.category not in on_by_default)
        )

    def _require(self, categories: Sequence[str]) -> None:
        known = self.categories
        if unknown := [category for category in categories if category not in known]:
            raise UsageError(
                f"Unknown category {unknown[0]!r} of source {self.name!r}. "
                f"Known categories: {', '.join(known)}."
            )
