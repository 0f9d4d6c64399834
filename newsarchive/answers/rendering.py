"""What a renderer told of a page: as an answer, and as it is written down and read again."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from newsarchive.answers.base import Answer
from newsarchive.exceptions import ParseError
from newsarchive.model import Capture, Rendering

CONTENT_TYPE = "text/html; charset=utf-8"
"""Of every rendered page, whatever its server said of the bytes that it sent."""


def answer_of_rendering(
    rendering: Rendering, html: bytes, captures: Sequence[Capture], received_at: datetime
) -> Answer:
    """Return a rendered page as an answer; the last of `captures` is its own."""
    headers = {**rendering.headers, "content-type": CONTENT_TYPE}
    return Answer(captures[-1].url, rendering.status, headers, html, captures, received_at)


def write_rendering(rendering: Rendering) -> str:
    """Return `rendering` as JSON on one line, in ASCII."""
    return json.dumps(asdict(rendering), separators=(",", ":"))


def read_rendering(text: str) -> Rendering:
    """Return what `write_rendering` wrote; raises ParseError for anything else."""
    try:
        return Rendering(**json.loads(text))
    except (ValueError, TypeError) as error:
        raise ParseError(f"a rendering that cannot be read: {error}") from error
