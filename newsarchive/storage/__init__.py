"""The only SQL: one front door, `Archive`, and what goes through it."""

from newsarchive.storage.archive import Archive
from newsarchive.storage.reading import Selection
from newsarchive.storage.runs import NewRun, Owner

__all__ = ["Archive", "NewRun", "Owner", "Selection"]
