"""Looking after an archive: its figures, the alarms that follow from them, and who is told.

An alarm is logged and posted once when it is raised and once when it is cleared. What could not be
posted is posted the next time that anybody looks.
"""

import json
import logging
import os
import shutil
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from http.client import HTTPException
from pathlib import Path
from typing import Any

from newsarchive import __version__
from newsarchive.alarms import Alarm, AlarmKind, Figures, find_alarms
from newsarchive.config import Config
from newsarchive.exceptions import StorageError
from newsarchive.metrics import render_metrics
from newsarchive.storage import Archive

logger = logging.getLogger(__name__)

POST_TIMEOUT_S = 10

Due = Mapping[str, datetime | None]
"""When each job of a plan is due, by its name."""


def look_around(config: Config, now: datetime, due: Due | None = None) -> list[Alarm]:
    """Note and tell which alarms begin and end; return those that begin.

    `due` says when the jobs of a plan are. Figures go to the file of the configuration, where it
    names one. Raises StorageError where the archive cannot be asked; a receiver that cannot be
    reached, and a file that cannot be written, are logged.
    """
    with Archive.open(config.database_url) as archive:
        return look_at(archive, config, now, due)


def look_at(archive: Archive, config: Config, now: datetime, due: Due | None = None) -> list[Alarm]:
    """Do what `look_around` does with an archive that is open to write in."""
    figures = archive.watch.take_figures(now, find_room(config.data_dir), due)
    before = {(row["kind"], row["subject"]) for row in archive.watch.find_alarms()}
    found = find_alarms(figures, before)
    raised, cleared = archive.watch.note_alarms(found, now)
    for alarm in raised:
        logger.warning("Alarm: %s %s: %s", alarm.kind, alarm.subject, alarm.message)
    for row in cleared:
        logger.info("Alarm is over: %s %s", row["kind"], row["subject"])
    if config.alarm_url is not None:
        tell(archive, config.alarm_url, now)
    if config.metrics_file is not None:
        write_metrics(config.metrics_file, measure(archive, figures))
    return raised


def find_room(folder: Path) -> int | None:
    """Return the bytes that are free where `folder` is; None where that cannot be said."""
    there = next((place for place in (folder, *folder.absolute().parents) if place.is_dir()), None)
    try:
        return shutil.disk_usage(there).free if there is not None else None
    except OSError:
        return None


def measure(archive: Archive, figures: Figures) -> str:
    """Return the metrics of an open archive, in Prometheus' text format.

    `figures` come from `archive.watch.take_figures`.
    """
    rows = archive.watch.find_alarms()
    standing = [Alarm(AlarmKind(row["kind"]), row["subject"], row["message"]) for row in rows]
    return render_metrics(figures, archive.count_rows(), standing)


def measure_now(archive: Archive, data_dir: Path, now: datetime) -> str:
    """Return the metrics of an open archive as they are, for whoever serves them."""
    return measure(archive, archive.watch.take_figures(now, find_room(data_dir)))


def leave_metrics(config: Config) -> None:
    """Write the metrics to the file of the configuration; nothing where it names none.

    What keeps that from being done is logged: a crawl that went well did.
    """
    if config.metrics_file is None:
        return
    try:
        with Archive.read(config.database_url) as archive:
            text = measure_now(archive, config.data_dir, config.clock())
    except StorageError as error:
        logger.warning("No metrics were written: %s", error)
        return
    write_metrics(config.metrics_file, text)


def write_metrics(path: Path, text: str) -> None:
    """Write metrics beside `path`, then rename: a collector never reads half a file."""
    beside = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        with suppress(OSError):
            beside.unlink()
        logger.warning("%s: no metrics were written: %s", path, error)


def tell(archive: Archive, url: str, now: datetime) -> None:
    """Post every change of an alarm that nobody was told of yet, the oldest first.

    Where the receiver does not answer with 2xx, it and the rest wait for the next time.
    """
    for row in archive.watch.find_untold():
        try:
            post(url, notice(archive.name, row))
        except (OSError, HTTPException) as error:
            logger.warning("Alarms could not be told to NEWSARCHIVE_ALARM_URL: %s", error)
            return
        archive.watch.note_told([row["id"]], now)


def notice(archive: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is posted of an alarm; `text` is for receivers that show one line."""
    state = "cleared" if row["cleared_at"] else "raised"
    about = f"{row['kind']} {row['subject']}".strip()
    return {
        "archive": archive,
        "kind": row["kind"],
        "subject": row["subject"],
        "state": state,
        "at": (row["cleared_at"] or row["raised_at"]).astimezone(UTC).isoformat(),
        "message": row["message"],
        "text": f"newsarchive: {about}: {row['message']}"
        if state == "raised"
        else f"newsarchive: over: {about}",
    }


def post(url: str, message: Mapping[str, Any]) -> None:
    """Post JSON; raise OSError or HTTPException for no answer in time, and for another than 2xx."""
    request = urllib.request.Request(  # noqa: S310 - the configuration takes http(s) only
        url,
        data=json.dumps(message, ensure_ascii=False).encode(),
        headers={
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": f"newsarchive/{__version__}",
        },
        method="POST",
    )
    with urllib.request.urlopen(request, timeout=POST_TIMEOUT_S):  # noqa: S310 - as above
        pass
