"""The only WARC code: writing what was fetched, and reading it back."""

from newsarchive.warc.cdxj import Indexed, index_line, merge_sorted, write_index
from newsarchive.warc.copying import SourceFile, WholeRecord
from newsarchive.warc.ends import find_capture_end
from newsarchive.warc.fields import RUN_FIELD
from newsarchive.warc.fixity import Checked, verify_file
from newsarchive.warc.foreign import FOREIGN_ENDINGS, iter_foreign_records
from newsarchive.warc.messages import Exchange, sound_value
from newsarchive.warc.reader import Record, Unreadable, iter_records, read_record
from newsarchive.warc.records import digest, target_uri
from newsarchive.warc.rehearsal import RehearsedWarc
from newsarchive.warc.writer import WarcWriter
from newsarchive.warc.zipnum import pack_index

__all__ = [
    "FOREIGN_ENDINGS",
    "RUN_FIELD",
    "Checked",
    "Exchange",
    "Indexed",
    "Record",
    "RehearsedWarc",
    "SourceFile",
    "Unreadable",
    "WarcWriter",
    "WholeRecord",
    "digest",
    "find_capture_end",
    "index_line",
    "iter_foreign_records",
    "iter_records",
    "merge_sorted",
    "pack_index",
    "read_record",
    "sound_value",
    "target_uri",
    "verify_file",
    "write_index",
]
