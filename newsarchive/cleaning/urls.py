"""Web addresses: made absolute, rid of trackers, brought to one canonical form."""

import re
from urllib.parse import urljoin, urlsplit, urlunsplit

from w3lib.url import safe_url_string

_DEFAULT_PORTS = {"http": 80, "https": 443}

_FOLDED_HOST = re.compile(r"^(?:(?:www|amp)\.)+(?=[^.]+\.)")  # but www.nl is a domain of its own

# The same article in the form for telephones (https://amp.dev, 2015-): /amp/a, /a/amp, ?amp=1.
# A path of nothing else is left alone.
_AMP_BEFORE = re.compile(r"^(?:/+amp)+(?=/+[^/])")
_AMP_BEHIND = re.compile(r"(?<=[^/])(?:/+amp)+/*$")
_AMP_PARAMETERS = frozenset({"amp", "amp=", "amp=1", "amp=true", "outputtype=amp"})

_TRACKER_PREFIXES = (
    "utm_",  # Google Analytics, and everyone after it
    "mtm_",  # Matomo
    "pk_",  # Matomo, as Piwik
    "npo_cc",  # the consent wall of the Dutch public broadcasters (2013-2016)
)

_TRACKERS = frozenset({
    "_ga", "_gl", "gclid", "gclsrc", "dclid", "gbraid", "wbraid",  # Google
    "fbclid", "igsh", "igshid",  # Facebook, Instagram
    "twclid", "ttclid", "li_fat_id", "yclid", "msclkid",  # X, TikTok, LinkedIn, Yandex, Microsoft
    "mc_cid", "mc_eid", "_hsenc", "_hsmi", "mkt_tok", "vero_id",  # newsletters
    "at_medium", "at_campaign", "xtor", "ns_campaign", "ns_mchannel",  # audience measurement
})  # fmt: skip


def make_absolute(url: str, base: str) -> str:
    """Return `url` as a reader at `base` would follow it (RFC 3986, 5).

    An address with a scheme keeps every byte but outer white space, and so does one that
    cannot be read.
    """
    url = url.strip()
    try:
        return url if urlsplit(url).scheme else urljoin(base, url)
    except ValueError:
        return url


def strip_tracking_parameters(url: str) -> str:
    """Return `url` without the query parameters that follow readers around.

    What remains keeps its order and every byte; a query that is left empty loses its `?`.
    """
    address, hash_mark, fragment = url.partition("#")
    path, _, query = address.partition("?")
    parameters = query.split("&")
    kept = [parameter for parameter in parameters if not _is_tracker(parameter)]
    if len(kept) == len(parameters):
        return url
    return path + ("?" + "&".join(kept) if kept else "") + hash_mark + fragment


def canonicalize_url(url: str) -> str:
    """Return the one form of `url` by which an article without a number is identified.

    https, the host in lower case and without `www.`, no default port, credentials, fragment,
    trackers or trailing slash, none of the marks of AMP; percent-encoded as the URL standard
    has it. Every other parameter stays, and in its place: it may be all that tells two articles
    apart (`?p=123`), and a server may mean something by the order. Applying it again changes
    nothing. Raises ValueError for what is no http(s) address.
    """
    parts = urlsplit(strip_tracking_parameters(safe_url_string(url.strip())))
    host = _FOLDED_HOST.sub("", (parts.hostname or "").rstrip("."))
    if parts.scheme not in _DEFAULT_PORTS or not host:
        raise ValueError(f"{url!r} is not an http(s) address")
    scheme, authority = "https", f"[{host}]" if ":" in host else host
    if parts.port not in {None, _DEFAULT_PORTS[parts.scheme]}:
        # A server on a port of its own need not speak https there.
        scheme, authority = parts.scheme, f"{authority}:{parts.port}"
    path = _AMP_BEHIND.sub("", _AMP_BEFORE.sub("", parts.path)).rstrip("/") or "/"
    query = "&".join(p for p in parts.query.split("&") if p.lower() not in _AMP_PARAMETERS)
    return urlunsplit((scheme, authority, path, query, ""))


def _is_tracker(parameter: str) -> bool:
    name = parameter.partition("=")[0].lower()
    return name in _TRACKERS or name.startswith(_TRACKER_PREFIXES)
