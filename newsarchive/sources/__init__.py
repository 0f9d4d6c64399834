"""The sources we archive: facts, no behaviour beyond answering questions about them."""

from collections.abc import Mapping
from pathlib import Path

from newsarchive.exceptions import NotFoundError
from newsarchive.sources.base import Numbering, Source
from newsarchive.sources.nos import NOS

__all__ = [
    "DEFAULT_SOURCE",
    "SOURCES",
    "Numbering",
    "Source",
    "get_source",
    "known_sources",
    "own_sources",
]

SOURCES: dict[str, Source] = {"nos": NOS}
"""Those that are built in."""

DEFAULT_SOURCE = "nos"  # whose article a bare external id means


def own_sources(tables: object, file: Path) -> dict[str, Source]:
    """Return the operator's own sources: those that `tables` of `file` describes.

    Raises ConfigError for a table that cannot be used: see `newsarchive.sources.toml`.
    """
    if not tables:
        return {}
    from newsarchive.sources.toml import read_sources  # noqa: PLC0415 - only where there are any

    return read_sources(tables, file, reserved=SOURCES)


def known_sources(tables: object, file: Path) -> dict[str, Source]:
    """Return the sources that are built in, and the operator's own: see `own_sources`."""
    return {**SOURCES, **own_sources(tables, file)}


def get_source(name: str, sources: Mapping[str, Source] = SOURCES) -> Source:
    """Return the source called `name`; raises NotFoundError, listing the known ones."""
    try:
        return sources[name]
    except KeyError:
        known = ", ".join(sources)
        raise NotFoundError(f"Unknown source {name!r}. Known sources: {known}.") from None
