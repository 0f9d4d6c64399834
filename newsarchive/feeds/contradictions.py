"""One document that says two things of one article: which of them it means, nobody can tell."""

from dataclasses import replace

from newsarchive.exceptions import IdentityError
from newsarchive.items import Document, quarantine
from newsarchive.model import Stage


def set_aside_contradictions(document: Document) -> Document:
    """Return a feed's document with one text of each article.

    The first entry stands, as the newest of a feed. A later one of the same article that says
    something else goes to quarantine: as revisions, the two would take turns at every poll.
    """
    said: dict[tuple[str, str], str] = {}
    kept, failed = [], list(document.quarantined)
    for observation in document.observations:
        identity = observation.identity
        assert identity is not None, "identified before"
        digest = observation.content_digest
        if said.setdefault((identity.source, identity.external_id), digest) == digest:
            kept.append(observation)
        else:
            error = IdentityError(f"an earlier entry says something else of {identity.external_id}")
            failed.append(quarantine(observation, Stage.IDENTIFY, error))
    return replace(document, observations=kept, quarantined=failed)
