"""The log for machines: one JSON object a line, Scrapy's own lines and tracebacks included.

Scrapy makes its handler itself, with a formatter that nobody may choose; Python lets everybody
choose what a record is. So a record is made that reads as JSON.
"""

import json
import logging
from datetime import UTC, datetime
from typing import Any

TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"

logger = logging.getLogger("newsarchive")
_formatter = logging.Formatter()


class JsonRecord(logging.LogRecord):
    """A log record whose message is a JSON object.

    `time` (UTC, ISO 8601), `level`, `logger`, `message`; `crawl_run_id` once a run has begun, and
    `traceback` where there is one.
    """

    crawl_run_id: int | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.traceback = _formatter.formatException(self.exc_info) if self.exc_info else None
        self.exc_info = None  # a formatter would write it below the line

    def getMessage(self) -> str:  # noqa: N802 - logging's interface
        """Return the record as one line of JSON."""
        said = {
            "time": datetime.fromtimestamp(self.created, UTC).isoformat(timespec="milliseconds"),
            "level": self.levelname,
            "logger": self.name,
            "message": super().getMessage(),
            "crawl_run_id": self.crawl_run_id,
            "traceback": self.traceback,
        }
        told = {name: value for name, value in said.items() if value is not None}
        return json.dumps(told, ensure_ascii=False)


def write_as(form: str) -> str:
    """Make log records `text` or `json` from now on; return the LOG_FORMAT that suits them."""
    logging.setLogRecordFactory(JsonRecord if form == "json" else logging.LogRecord)
    return "%(message)s" if form == "json" else TEXT


def is_json() -> bool:
    """Return whether the log is written for machines."""
    return logging.getLogRecordFactory() is JsonRecord


def name_run(crawl_run_id: int) -> None:
    """Have the records from now on name the crawl run that they are of."""
    JsonRecord.crawl_run_id = crawl_run_id
