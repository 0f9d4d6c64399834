"""The only SQL: one front door, `Archive`, and what goes through it."""

from newsarchive.storage.archive import Archive
from newsarchive.storage.browsing import Place, Shelf, Summary
from newsarchive.storage.claims import Allowance, Wanted
from newsarchive.storage.counting import PollFigures, RunSize
from newsarchive.storage.custody import KeptRevision, Rendition
from newsarchive.storage.duplicate_groups import Group as DuplicateGroup
from newsarchive.storage.duplicate_groups import Link as DuplicateLink
from newsarchive.storage.duplicate_groups import Member as DuplicateMember
from newsarchive.storage.edits import Edit, EditMark, EditPlace, EditQuestion
from newsarchive.storage.engine import sqlite_path, sqlite_url
from newsarchive.storage.histories import HeldFile, Look, ShownPicture, Step
from newsarchive.storage.jobs import Due, Job, Mark
from newsarchive.storage.pages import Manners
from newsarchive.storage.provenance import Provenance
from newsarchive.storage.public_face import SEARCH as PUBLIC_SEARCH
from newsarchive.storage.public_face import PublicFace, add_functions
from newsarchive.storage.reading import ArticleRevision, Selection
from newsarchive.storage.rehearsal import Rehearsal
from newsarchive.storage.release_door import Snapshot
from newsarchive.storage.releases import ReleaseCapture, ReleasePage, Withheld
from newsarchive.storage.runs import LEASE_TIMEOUT, NewRun, Owner
from newsarchive.storage.search_facets import Facets as SearchFacets
from newsarchive.storage.search_hits import Hit as SearchHit
from newsarchive.storage.search_index import Faults as SearchFaults
from newsarchive.storage.search_questions import Order as SearchOrder
from newsarchive.storage.search_questions import Scope as SearchScope
from newsarchive.storage.search_questions import SearchQuestion
from newsarchive.storage.snapshots import (
    DatabaseCopy,
    FrozenArchive,
    NamedWarc,
    Trial,
    check_free,
    check_kind,
    copy_sqlite,
    find_differences,
    find_sqlite_size,
    freeze_archive,
    load_snapshot,
    try_snapshot,
)
from newsarchive.storage.table_copies import TableCopy
from newsarchive.storage.upgrade import HEAD as SCHEMA
from newsarchive.storage.withholding import Standing

__all__ = [
    "LEASE_TIMEOUT",
    "PUBLIC_SEARCH",
    "SCHEMA",
    "Allowance",
    "Archive",
    "ArticleRevision",
    "DatabaseCopy",
    "Due",
    "DuplicateGroup",
    "DuplicateLink",
    "DuplicateMember",
    "Edit",
    "EditMark",
    "EditPlace",
    "EditQuestion",
    "FrozenArchive",
    "HeldFile",
    "Job",
    "KeptRevision",
    "Look",
    "Manners",
    "Mark",
    "NamedWarc",
    "NewRun",
    "Owner",
    "Place",
    "PollFigures",
    "Provenance",
    "PublicFace",
    "Rehearsal",
    "ReleaseCapture",
    "ReleasePage",
    "Rendition",
    "RunSize",
    "SearchFacets",
    "SearchFaults",
    "SearchHit",
    "SearchOrder",
    "SearchQuestion",
    "SearchScope",
    "Selection",
    "Shelf",
    "ShownPicture",
    "Snapshot",
    "Standing",
    "Step",
    "Summary",
    "TableCopy",
    "Trial",
    "Wanted",
    "Withheld",
    "add_functions",
    "check_free",
    "check_kind",
    "copy_sqlite",
    "find_differences",
    "find_sqlite_size",
    "freeze_archive",
    "load_snapshot",
    "sqlite_path",
    "sqlite_url",
    "try_snapshot",
]
