"""Addresses as pages and servers give them, which may be none."""

from urllib.parse import SplitResult, urlsplit


def split_address(address: str) -> SplitResult:
    """Return the parts of `address` (RFC 3986), all empty where it cannot be read."""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:  # brackets without an IPv6 address, a port that is no number
        return urlsplit("")
    return parts
