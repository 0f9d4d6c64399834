"""The sources we archive: facts, no behaviour beyond answering questions about them."""

from newsarchive.exceptions import NotFoundError
from newsarchive.sources.base import Numbering, Source
from newsarchive.sources.nos import NOS

__all__ = ["DEFAULT_SOURCE", "SOURCES", "Numbering", "Source", "get_source"]

SOURCES: dict[str, Source] = {"nos": NOS}

DEFAULT_SOURCE = "nos"  # whose article a bare external id means


def get_source(name: str) -> Source:
    """Return the source called `name`; raises NotFoundError, listing the known ones."""
    try:
        return SOURCES[name]
    except KeyError:
        known = ", ".join(SOURCES)
        raise NotFoundError(f"Unknown source {name!r}. Known sources: {known}.") from None
