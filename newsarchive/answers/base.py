"""What is known of an answer before anybody reads it, and whose addresses are whose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urldefrag, urljoin, urlsplit, urlunsplit

from w3lib.url import safe_url_string

from newsarchive.model import Capture
from newsarchive.sources import Source


@dataclass(frozen=True, slots=True)
class Answer:
    """The last response to a question, and the record of all that led to it."""

    url: str  # as fetched
    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes  # its Content-Encoding undone
    captures: Sequence[Capture]  # in order of arrival; redirects come first
    received_at: datetime

    @property
    def redirected_to(self) -> str | None:
        """Where a redirect leads; None where it names no address that can be asked.

        What is behind a # is left out: it is not asked for, and would make two addresses of one.
        """
        location = self.headers.get("location")
        if not location:
            return None
        try:
            target = urldefrag(urljoin(self.url, location)).url
            safe_url_string(target)  # as every request does: `http://[`, a port that is no number
        except ValueError:
            return None
        return target


@dataclass(frozen=True, slots=True)
class Site:
    """A source's pages: at its own addresses, or at a base that stands in for them."""

    source: Source
    base_url: str | None = None  # NEWSARCHIVE_SITE_URL

    def is_own(self, url: str) -> bool:
        """Return whether `url` is one of the publisher's, or one of the base."""
        if self._is_at_base(url):
            return True
        host = urlsplit(url).hostname or ""
        return any(f".{host}".endswith(f".{domain}") for domain in self._domains)

    def fetched(self, url: str) -> str:
        """Return where the publisher's address `url` is fetched."""
        if self.base_url is None or self._is_at_base(url) or not self.is_own(url):
            return url
        parts = urlsplit(url)
        return self.base_url + urlunsplit(("", "", parts.path, parts.query, ""))

    def published(self, url: str) -> str:
        """Return the publisher's own address for one that was fetched at the base."""
        if not self._is_at_base(url):
            return url
        return self.source.homepage_url + url.removeprefix(self.base_url or "")

    def _is_at_base(self, url: str) -> bool:
        # With the slash: port 8000 is not at a base whose port is 80.
        return self.base_url is not None and f"{url}/".startswith(f"{self.base_url}/")

    @property
    def hosts(self) -> tuple[str, ...]:
        """Where its pages are fetched: domains, subdomains included, or the base's host:port."""
        return self._domains if self.base_url is None else (urlsplit(self.base_url).netloc,)

    @property
    def _domains(self) -> tuple[str, ...]:
        numbering = self.source.numbering
        return tuple(numbering.domains) if numbering else (_domain(self.source.homepage_url),)


def _domain(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")
