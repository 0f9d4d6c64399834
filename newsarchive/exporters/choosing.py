"""Which records of a WARC file belong to a release, and in which order they stand there."""

from collections.abc import Iterable, Iterator

from newsarchive.exceptions import ParseError
from newsarchive.exporters.withheld import Discretion
from newsarchive.storage import ReleaseCapture
from newsarchive.warc import SourceFile, WholeRecord

HELD_REDIRECTS = 1000
"""Documents whose redirects are held until their answer comes; a crawl has fewer under way."""

Exchange = list[WholeRecord]
"""An answer and its request; a file, or what is said of one, is alone."""


class Choice:
    """Chooses file by file, and remembers what was left out."""

    def __init__(self, discretion: Discretion) -> None:
        self._discretion = discretion
        self.left_out: set[int] = set()  # ids of captures that revisions were read from

    def choose(self, file: SourceFile, captures: Iterable[ReleaseCapture]) -> Iterator[Exchange]:
        """Yield what belongs of the `captures` in a file, in their order there.

        Redirects stand before the answer that they led to. Raises ParseError where a record is
        not the one that its row names.
        """
        redirects: dict[str | None, list[Exchange]] = {}
        for found in captures:
            answer = _take(file, found)
            document = answer.record.document
            if found.is_withheld or self._discretion.names_withheld(answer.record):
                if found.is_source:
                    self.left_out.add(found.id)
                redirects.pop(document, None)
            elif found.is_source:
                yield from redirects.pop(document, [])
                yield _exchange(file, answer)
            elif found.capture.status != _OK:
                redirects.setdefault(document, []).append(_exchange(file, answer))
                if len(redirects) > HELD_REDIRECTS:
                    redirects.pop(next(iter(redirects)))
            elif answer.record.type == "response":  # another one repeats its payload
                yield _exchange(file, answer)


_OK = 200


def _take(file: SourceFile, found: ReleaseCapture) -> WholeRecord:
    capture = found.capture
    answer = file.take(capture.warc_offset)
    if answer.record.length != capture.warc_length or answer.record.url != capture.url:
        raise ParseError(
            f"{capture.warc_file}, offset {capture.warc_offset}: not the record that its row names"
        )
    return answer


def _exchange(file: SourceFile, answer: WholeRecord) -> Exchange:
    request = file.take_request(answer)
    return [answer] if request is None else [answer, request]
