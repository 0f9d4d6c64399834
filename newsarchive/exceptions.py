"""Every error that newsarchive raises on purpose, and the exit code that it means.

::

    NewsArchiveError                 something is wrong that the user can act on
    ├── UsageError                   a wrong argument                             2
    │   └── ConfigError              a wrong setting, naming where it stands      2
    ├── StorageError                 the database cannot do what was asked        3
    │   └── SchemaError              the database is at another schema            3
    ├── NotFoundError                no such article, revision, feed …            4
    │   └── WithheldError            the article is held, and hidden              4
    ├── DamageFoundError             the archive is not as it was left            5
    ├── TransferError                an import or export failed                   6
    ├── LeaseHeldError               another run is crawling this source          9
    ├── ParseError                   one document cannot be read      (quarantine)
    │   └── ExtractionError          one page cannot be read          (quarantine)
    │       ├── UnknownFormError     no rule knows pages of this form
    │       └── MissingFieldError    it lacks a field that its form must have
    ├── CleaningError                one text cannot be made safe     (quarantine)
    └── IdentityError                one entry names no one article   (quarantine)

The last three never reach a user as an exception: the pipelines turn them into
a row of `quarantine` and go on.
"""

from enum import IntEnum


class ExitCode(IntEnum):
    """What the exit status of `newsarchive` says."""

    DONE = 0
    BUG = 1
    USAGE = 2
    DATABASE = 3
    NOT_FOUND = 4
    DAMAGE = 5
    TRANSFER = 6
    SOMETHING_FAILED = 7
    UNREACHABLE = 8
    LEASE_HELD = 9


class NewsArchiveError(Exception):
    """Base of all: the message names the object and what to do next."""

    exit_code = ExitCode.BUG


class UsageError(NewsArchiveError):
    """An argument that cannot be meant; the message lists what can."""

    exit_code = ExitCode.USAGE


class ConfigError(UsageError):
    """A setting that cannot be used; the message names the setting and its place."""


class StorageError(NewsArchiveError):
    """The database cannot be opened, read or written."""

    exit_code = ExitCode.DATABASE


class SchemaError(StorageError):
    """The database has no schema, or one of another version of newsarchive."""


class NotFoundError(NewsArchiveError):
    """What was asked for by name is not in the archive."""

    exit_code = ExitCode.NOT_FOUND


class WithheldError(NotFoundError):
    """The archive holds what was asked for, and a person decided that it is not shown."""


class DamageFoundError(NewsArchiveError):
    """What the archive holds is damaged or missing; the message says how much."""

    exit_code = ExitCode.DAMAGE


class TransferError(NewsArchiveError):
    """An import or export could not be carried out."""

    exit_code = ExitCode.TRANSFER


class LeaseHeldError(NewsArchiveError):
    """Another living run holds the lease; the message names it."""

    exit_code = ExitCode.LEASE_HELD


class ParseError(NewsArchiveError):
    """Bytes that are not the document they should be; the message says what they are."""


class ExtractionError(ParseError):
    """A page from which no article can be read."""


class UnknownFormError(ExtractionError):
    """A page of a form that no rule knows: the publisher's site may have been redesigned."""


class MissingFieldError(ExtractionError):
    """A page of a known form without a field that the form must have; the message names it."""


class CleaningError(NewsArchiveError):
    """A text that cannot be cleaned."""


class IdentityError(NewsArchiveError):
    """Links and guid that name no article, or more than one."""
