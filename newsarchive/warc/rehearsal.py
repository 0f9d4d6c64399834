"""A writer that writes nothing, for what is only tried."""

from newsarchive.warc.records import NewRecord
from newsarchive.warc.writer import WarcWriter


class RehearsedWarc(WarcWriter):
    """Gives every record a place, in no file."""

    def _append(self, first: NewRecord, *others: NewRecord) -> tuple[str, int, int]:  # noqa: ARG002 - the writer's
        self._serial += 1
        return "rehearsal", self._serial, 1
