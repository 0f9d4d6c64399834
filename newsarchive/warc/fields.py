"""What a record says of itself in the fields of its WARC header (ISO 28500:2017, 5)."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

DOCUMENT_FIELD = "X-Newsarchive-Document"
"""An extension field: what an exchange was made for, so that its hops can be put together again."""

RENDERING_FIELD = "X-Newsarchive-Rendering"
"""An extension field of a rendered page, a `resource`: by what, and how, in JSON."""

FOUND_FIELD = "X-Newsarchive-Found"
"""An extension field: the record, and the file of others, that an exchange was taken from."""

RUN_FIELD = "x-newsarchive-run"
"""The field of `warcinfo` in which a run says what it was, for a rebuild: JSON."""

# WARC 1.1 allows every precision that W3CDTF has; a record of an exchange has a whole time.
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z", re.ASCII)


class Described:
    """Something with the fields of a WARC header; what a field does not tell is None."""

    __slots__ = ()

    headers: Mapping[str, str]

    @property
    def id(self) -> str | None:
        """The record's own URI, in angle brackets."""
        return self.headers.get("WARC-Record-ID")

    @property
    def url(self) -> str | None:
        """What was fetched, imported or spoken of."""
        return self.headers.get("WARC-Target-URI")

    @property
    def captured_at(self) -> datetime | None:
        """When it was captured."""
        return find_date(self.headers, "WARC-Date")

    @property
    def document(self) -> str | None:
        """What it was captured for: `feed nos/nosnieuwstech`, `page nos/2512497`."""
        return self.headers.get(DOCUMENT_FIELD)

    @property
    def rendering(self) -> str | None:
        """Of a rendered page: by what, and how, in JSON."""
        return self.headers.get(RENDERING_FIELD)

    @property
    def payload_digest(self) -> str | None:
        """The digest of the payload, of a revisit the one that stands elsewhere."""
        return self.headers.get("WARC-Payload-Digest")

    @property
    def refers_to_url(self) -> str | None:
        """The URL of the capture that has a revisit's payload."""
        return self.headers.get("WARC-Refers-To-Target-URI")

    @property
    def refers_to_at(self) -> datetime | None:
        """The time of the capture that has a revisit's payload."""
        return find_date(self.headers, "WARC-Refers-To-Date")


def find_date(headers: Mapping[str, str], name: str) -> datetime | None:
    """Return a field's time; None where there is none, or none that can be read."""
    value = headers.get(name, "")
    if not _DATE.fullmatch(value):
        return None
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except ValueError:
        return None
