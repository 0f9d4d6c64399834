"""Scrapy's responses and failures as the values that the rest of newsarchive reads."""

from inspect import getdoc

from scrapy.http import Response

from newsarchive.answers import Answer
from newsarchive.warc import sound_value


def answer_of(response: Response) -> Answer:
    """Return what `response` says, with the captures of all its hops."""
    fields = response.headers.items()
    return Answer(
        url=response.url,
        status=response.status,
        headers={
            name.decode("latin-1").lower(): sound_value(b",".join(values)).decode("latin-1")
            for name, values in fields
        },
        body=response.body,
        captures=response.meta["captures"],
        received_at=response.meta["received_at"],
    )


def reason_of(error: BaseException | None) -> str:
    """Return in one line why a request got no answer."""
    said = str(error) or getdoc(error)  # some of Scrapy's say nothing
    return f"{type(error).__name__}: {said}".splitlines()[0]
