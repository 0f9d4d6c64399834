"""The only WARC code: writing what was fetched, and reading it back."""

from newsarchive.warc.cdxj import Indexed, write_index
from newsarchive.warc.fields import RUN_FIELD
from newsarchive.warc.fixity import Checked, verify_file
from newsarchive.warc.messages import Exchange
from newsarchive.warc.reader import Record, Unreadable, iter_records, read_record
from newsarchive.warc.rehearsal import RehearsedWarc
from newsarchive.warc.writer import WarcWriter

__all__ = [
    "RUN_FIELD",
    "Checked",
    "Exchange",
    "Indexed",
    "Record",
    "RehearsedWarc",
    "Unreadable",
    "WarcWriter",
    "iter_records",
    "read_record",
    "verify_file",
    "write_index",
]
