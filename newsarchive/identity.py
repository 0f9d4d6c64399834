"""Which article an address means, told from the address alone, without network.

The identity of an article is the publisher's number, because nothing else stays: the guid has
changed with FeedBurner, the slug changes with the headline, and one article has an address in
every section of the site. Where a publisher gives no numbers, it is the canonical URL.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

from newsarchive.cleaning.urls import canonicalize_url, make_absolute
from newsarchive.exceptions import IdentityError
from newsarchive.model import Identity, Kind
from newsarchive.sources import DEFAULT_SOURCE, SOURCES, Numbering, Source
from newsarchive.sources.numbers import NUMBER, find_number

_URL_DIGEST = re.compile(r"[0-9a-f]{12}")
_CORRECTION = re.compile(rf"herstel-{_URL_DIGEST.pattern}")  # of the Herstelrubriek, unnumbered
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_SHOWN_LENGTH = 200  # characters of an address in a message
_FEEDBURNER_HOSTS = {"feeds.feedburner.com", "feeds2.feedburner.com", "feedproxy.google.com"}


@dataclass(frozen=True, slots=True)
class _Reading:
    """What one address says."""

    name: str  # guid, feedburner:origLink or link
    address: str
    is_foreign: bool = False
    number: str | None = None
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of an article that an entry or page gives, in canonical form."""

    links: tuple[str, ...]  # of the original link, then of the link
    guid: str | None  # of the guid, where it is an address


def identify(
    *,
    source: Source,
    guid: str | None,
    link: str | None,
    original_link: str | None = None,
    kind: Kind = Kind.ARTICLE,
    site_url: str | None = None,
) -> Identity:
    """Return the identity of the article that an entry or page names.

    `original_link` is FeedBurner's `origLink`. `kind` is that of the feed, for addresses that
    do not tell it. Addresses under the base `site_url` count as the publisher's own. The
    canonical URL of an article with a number is the publisher's short one; without numbers
    the external id is the first 12 hexadecimal digits of the SHA-256 of the canonical URL.
    Raises IdentityError, and nothing else, for addresses that name no article of `source`,
    or more than one.
    """
    addresses = {"guid": guid, "feedburner:origLink": original_link, "link": link}
    given = {name: address for name, address in addresses.items() if address}
    if source.numbering is None:
        found = read_addresses(source.homepage_url, guid, link, original_link)
        return _identify_by_url(source.name, found, given, kind)
    readings = [
        _read(name, address, source.homepage_url, source.numbering, site_url)
        for name, address in given.items()
    ]
    number = _agreed_number(source.name, readings)
    return Identity(
        source=source.name,
        external_id=number,
        kind=next((reading.kind for reading in readings if reading.kind), kind),
        url=source.numbering.article_url.format(number=number),
    )


def find_reference(
    text: str, sources: Mapping[str, Source] = SOURCES, *, site_url: str | None = None
) -> tuple[str, str] | None:
    """Return the source's name and the external id that a person means by `text`.

    That is an external id (of `DEFAULT_SOURCE`), `source:id`, or an address of the article in
    any form that `identify` knows. None where it can be none of these; whether the archive
    has such an article is another question.
    """
    text = text.strip()
    name, _, external_id = text.rpartition(":")
    source = sources.get(name or DEFAULT_SOURCE)
    if source is not None and _is_external_id(external_id, source):
        return source.name, external_id
    return _find_address(text, sources.values(), site_url)


def _is_external_id(text: str, source: Source) -> bool:
    if source.numbering is None:
        return _URL_DIGEST.fullmatch(text) is not None
    return NUMBER.fullmatch(text) is not None or _CORRECTION.fullmatch(text) is not None


def _find_address(
    text: str, sources: Iterable[Source], site_url: str | None
) -> tuple[str, str] | None:
    for source in sources:
        if source.numbering is None and _host(text) != _host(source.homepage_url):
            continue
        try:
            identity = identify(source=source, guid=None, link=text, site_url=site_url)
        except IdentityError:
            continue
        return identity.source, identity.external_id
    return None


def _host(address: str) -> str | None:
    url = _canonical(address)
    return url and urlsplit(url).hostname


def read_addresses(
    homepage_url: str, guid: str | None, link: str | None, original_link: str | None
) -> Addresses:
    """Return the canonical addresses that a publisher without numbers gives an article.

    A link without a host is on the homepage's. The homepage itself is the address of no
    article, and neither is a guid that is no http(s) address, which need not lead anywhere.
    """
    home = canonicalize_url(homepage_url)
    absolute = (make_absolute(url, homepage_url) for url in (original_link, link) if url)
    links = [_canonical(url) for url in absolute]
    named = _canonical(guid) if guid else None
    return Addresses(
        links=tuple(dict.fromkeys(url for url in links if url and url != home)),
        guid=None if named == home else named,
    )


def is_by_url(identity: Identity) -> bool:
    """Return whether an article has no number: its external id is drawn from its URL."""
    return identity.external_id == id_of_url(identity.url)


def id_of_url(url: str) -> str:
    """Return the external id of the article without number whose canonical URL is `url`."""
    return hashlib.sha256(url.encode()).hexdigest()[:12]


def _canonical(address: str) -> str | None:
    try:
        return canonicalize_url(address)
    except ValueError:
        return None


def _identify_by_url(
    source: str, addresses: Addresses, given: Mapping[str, str], kind: Kind
) -> Identity:
    # The guid comes last: it need not be an address, and FeedBurner's link is a detour.
    url = next(iter(addresses.links), addresses.guid)
    if url is None:
        raise IdentityError(f"No address names an article of {source!r}: {_shown(given)}")
    return Identity(source=source, external_id=id_of_url(url), kind=kind, url=url)


def _agreed_number(source: str, readings: Sequence[_Reading]) -> str:
    """Return the number that all readings with a number bear; raises IdentityError."""
    bearing: dict[str, _Reading] = {}
    for reading in readings:
        # A guid need not lead anywhere. A link does, and one that leads elsewhere is not the
        # publisher's entry, whatever its guid claims.
        if reading.is_foreign and reading.name != "guid":
            shown = _shown({reading.name: reading.address})
            raise IdentityError(f"An address is not of {source!r}: {shown}")
        if reading.number is not None:
            bearing.setdefault(reading.number, reading)
    if not bearing:
        given = {reading.name: reading.address for reading in readings}
        raise IdentityError(f"No address bears a number of {source!r}: {_shown(given)}")
    if len(bearing) > 1:
        given = {reading.name: reading.address for reading in bearing.values()}
        raise IdentityError(f"The addresses name {' and '.join(bearing)}: {_shown(given)}")
    return next(iter(bearing))


def _shown(given: Mapping[str, str]) -> str:
    shown = [f"{name} {address[:_SHOWN_LENGTH]!r}" for name, address in given.items()]
    return ", ".join(shown) or "none is given"


def _read(
    name: str, address: str, homepage_url: str, numbering: Numbering, site_url: str | None
) -> _Reading:
    try:
        parts = _split(address, homepage_url)
        is_own = _is_own(parts, numbering, site_url)
    except ValueError:  # brackets without an IPv6 address, a port that is no number
        return _Reading(name, address)
    if not is_own:
        return _Reading(name, address, is_foreign=parts.hostname is not None)
    number, kind = find_number(parts.path, numbering.forms)
    return _Reading(name, address, number=number, kind=kind)


def _split(address: str, homepage_url: str) -> SplitResult:
    """Split `address` as a browser reads it (https://url.spec.whatwg.org/).

    But white space inside is kept, as a space, so that no two numbers grow together. Without
    a scheme it is what one types into a browser; without a host it is on the homepage's.
    """
    address = " ".join(address.split()).replace("\\", "/")
    if address.startswith("/"):
        return urlsplit(urljoin(homepage_url, address))
    return urlsplit(address if _SCHEME.match(address) else f"https://{address}")


def _is_own(parts: SplitResult, numbering: Numbering, site_url: str | None) -> bool:
    if parts.scheme not in _DEFAULT_PORTS:
        return False
    if site_url is not None and _is_under(parts, urlsplit(site_url)):
        return True
    if parts.port not in {None, *_DEFAULT_PORTS.values()}:
        return False
    host = (parts.hostname or "").rstrip(".")
    if host in _FEEDBURNER_HOSTS:
        return _feedburner_slug(parts.path) in numbering.feedburner_slugs
    return any(f".{host}".endswith(f".{domain}") for domain in numbering.domains)


def _is_under(parts: SplitResult, base: SplitResult) -> bool:
    return (
        parts.hostname == base.hostname
        and _port(parts) == _port(base)
        and f"{parts.path}/".startswith(f"{base.path.rstrip('/')}/")
    )


def _port(parts: SplitResult) -> int | None:
    return parts.port or _DEFAULT_PORTS.get(parts.scheme)


def _feedburner_slug(path: str) -> str | None:
    match path.split("/"):
        case ["", "~r", slug, *_]:
            return slug
    return None
