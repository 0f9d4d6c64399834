"""The only WARC code: writing what was fetched, and reading it back."""

from newsarchive.warc.reader import Record, TornTail, iter_records, read_record
from newsarchive.warc.writer import Exchange, WarcWriter

__all__ = ["Exchange", "Record", "TornTail", "WarcWriter", "iter_records", "read_record"]
