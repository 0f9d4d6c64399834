"""The article that an address names, for all that show something of it."""

from typing import Annotated

from fastapi import Depends

from newsarchive.storage import Summary
from newsarchive.web.limits import ExternalId, Source
from newsarchive.web.site import Served


def find_shown(site: Served, source: Source, external_id: ExternalId) -> Summary:
    """Return an article as lists show it.

    Raises NotFoundError where none is held, WithheldError for one that is hidden.
    """
    return site.archive.browsing.get_summary(source, external_id)


Shown = Annotated[Summary, Depends(find_shown)]
