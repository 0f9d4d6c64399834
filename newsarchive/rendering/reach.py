"""What a page may ask for while it is rendered: its own host, as far as robots.txt allows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

Rule = tuple[bool, str]
"""Whether paths that fit a pattern (RFC 9309, 2.2.2) are allowed; the first that fits decides."""


@dataclass(frozen=True, slots=True)
class Reach:
    """One page's reach."""

    origin: str  # scheme://host[:port]
    rules: Sequence[Rule] = ()

    def admits(self, url: str) -> bool:
        """Return whether the page may ask for `url`."""
        if url.startswith(("data:", "blob:", "about:")):
            return True  # nobody is asked
        path = url.removeprefix(self.origin)
        if path == url or not path.startswith(("/", "?", "#")):
            return path == ""
        fits = (allowed for allowed, pattern in self.rules if re.match(_expression(pattern), path))
        return next(fits, True)


def origin_of(url: str) -> str:
    """Return scheme, host and port of `url`, as they stand before its path."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def lua_rules(rules: Sequence[Rule]) -> list[dict[str, object]]:
    """Return `rules` with their patterns as Lua has them."""
    return [{"allowed": allowed, "pattern": _lua_pattern(pattern)} for allowed, pattern in rules]


def _expression(pattern: str) -> str:
    end = "$" if pattern.endswith("$") else ""
    return ".*".join(map(re.escape, pattern.removesuffix("$").split("*"))) + end


def _lua_pattern(pattern: str) -> str:
    end = "$" if pattern.endswith("$") else ""
    pieces = pattern.removesuffix("$").split("*")
    return "^" + ".*".join(re.sub(r"(\W)", r"%\1", piece) for piece in pieces) + end
