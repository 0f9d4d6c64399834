"""Which article a person means by an id or address."""

from newsarchive.cleaning.urls import canonicalize_url
from newsarchive.identity import find_reference
from newsarchive.sources import SOURCES, Source
from newsarchive.storage import Archive


def find_article(archive: Archive, reference: str) -> tuple[str, str] | None:
    """Return source and external id of what `reference` names; it need not be held."""
    homepages = archive.find_homepages()
    held = {name: Source(name, homepage, ()) for name, homepage in homepages.items()}
    sources = {**held, **SOURCES}
    found = find_reference(reference, sources)
    if found is not None and sources[found[0]].numbering is not None:
        return found
    return _find_by_url(archive, reference, held) or found


def _find_by_url(
    archive: Archive, reference: str, held: dict[str, Source]
) -> tuple[str, str] | None:
    try:
        url = canonicalize_url(reference if "://" in reference else f"https://{reference}")
    except ValueError:
        return None
    return archive.find_by_url(held.keys() - SOURCES.keys(), url)
