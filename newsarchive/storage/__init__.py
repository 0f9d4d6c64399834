"""The only SQL: one front door, `Archive`, and what goes through it."""

from newsarchive.storage.archive import Archive
from newsarchive.storage.custody import KeptRevision, Rendition
from newsarchive.storage.duplicate_groups import Group as DuplicateGroup
from newsarchive.storage.duplicate_groups import Link as DuplicateLink
from newsarchive.storage.duplicate_groups import Member as DuplicateMember
from newsarchive.storage.pages import Manners
from newsarchive.storage.reading import ArticleRevision, Selection
from newsarchive.storage.rehearsal import Rehearsal
from newsarchive.storage.runs import LEASE_TIMEOUT, NewRun, Owner

__all__ = [
    "LEASE_TIMEOUT",
    "Archive",
    "ArticleRevision",
    "DuplicateGroup",
    "DuplicateLink",
    "DuplicateMember",
    "KeptRevision",
    "Manners",
    "NewRun",
    "Owner",
    "Rehearsal",
    "Rendition",
    "Selection",
]
