"""Guard: no connection to an address inside, whatever a feed, a link or a redirect says.

A name is checked when it is resolved for the connection itself, so that it cannot answer one
thing to us and another to the network; an address written as such is checked in the request,
and each redirect is a request of its own. Inside is what is not global (IANA's registries of
special addresses): private, loopback, link-local, a cloud's metadata address. The hosts of the
configured bases and proxies, and of the feeds of the operator's own sources, are the operator's
word and pass; what those feeds link to does not. A configured Splash, which would fetch anything
for whoever reaches it, is reached by what renders a page and by nothing else.
"""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import ParseResult, SplitResult, urlsplit
from urllib.request import getproxies

from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request
from scrapy.resolver import CachingThreadedResolver
from scrapy.settings import BaseSettings
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.defer import Deferred

from newsarchive.config import VARIABLES, Config
from newsarchive.rendering import RENDERS
from newsarchive.sources import own_sources

_TRANSLATED = tuple(map(ip_network, ("64:ff9b::/96", "::/96")))
"""Prefixes behind which an IPv4 address stands: NAT64 (RFC 6052), and RFC 4291, 2.5.5.1."""

_OF_A_SITE = tuple(map(ip_network, ("64:ff9b:1::/48", "fec0::/10")))
"""A site's own (RFC 8215, RFC 3879), which not every Python takes for such."""


def is_inside(address: str) -> bool:
    """Return whether an IP address, as text, is one that the internet at large cannot reach."""
    ip = ip_address(address.partition("%")[0])
    if any(ip in network for network in _OF_A_SITE):
        return True
    if isinstance(ip, IPv6Address):
        # An IPv4 address in IPv6's clothes is what it is underneath.
        ip = ip.ipv4_mapped or ip.sixtofour or _find_translated(ip) or ip
    return not ip.is_global or ip.is_multicast


def _find_translated(ip: IPv6Address) -> IPv4Address | None:
    is_translated = any(ip in network for network in _TRANSLATED)
    return IPv4Address(int(ip) & 0xFFFFFFFF) if is_translated else None


def allowed_hosts(settings: BaseSettings) -> frozenset[str]:
    """Return the hosts that the operator named: of bases, own sources' feeds, proxies in use."""
    config = Config.load({name: settings.get(name) for name in VARIABLES})
    own = own_sources(config.source_tables, config.file).values()
    feeds = (feed.url for source in own for feed in source.feeds)
    tried = settings.get("NEWSARCHIVE_TRIED_URL")
    named = (
        config.feeds_url,
        config.site_url,
        config.media_url,
        config.splash_url,
        tried,
        *feeds,
        *getproxies().values(),
    )
    return frozenset(urlsplit(url).hostname or "" for url in named if url)


def _place(url: SplitResult | ParseResult) -> tuple[str | None, int]:
    return url.hostname, url.port or (443 if url.scheme == "https" else 80)


class Guard:
    """Refuses requests to an address inside that is written as such."""

    def __init__(self, crawler: Crawler) -> None:
        self.allowed = allowed_hosts(crawler.settings)
        config = Config.load({name: crawler.settings.get(name) for name in VARIABLES})
        self.renderer = _place(urlsplit(config.splash_url)) if config.splash_url else None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Guard":
        """Make the middleware for `crawler`."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raise IgnoreRequest for an address inside, and for a Splash that somebody links to."""
        place = _place(urlparse_cached(request))
        if place == self.renderer and RENDERS not in request.meta:
            raise IgnoreRequest(f"{request.url} is at a renderer; nothing there is fetched")
        host = urlparse_cached(request).hostname or ""
        if host in self.allowed:
            return
        try:
            inside = is_inside(host)
        except ValueError:
            return  # a name: the resolver sees what it leads to
        if inside:
            raise IgnoreRequest(f"{host} is an address inside; nothing there is fetched")


class GuardedResolver(CachingThreadedResolver):
    """Scrapy's resolver, which gives no address inside for a name that was not allowed."""

    allowed: frozenset[str] = frozenset()

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> "GuardedResolver":
        """Make the resolver for `crawler`."""
        resolver = super().from_crawler(crawler, reactor)
        resolver.allowed = allowed_hosts(crawler.settings)
        return resolver

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> "Deferred[str]":  # noqa: N802 - Twisted's interface
        """Resolve `name`; fail with IgnoreRequest where it leads inside."""
        return super().getHostByName(name, timeout).addCallback(self._check, name)

    def _check(self, address: str, name: str) -> str:
        if name not in self.allowed and is_inside(address):
            raise IgnoreRequest(f"{name} leads to {address}, an address inside")
        return address
