"""Quarantine: input that could not be processed, once for each way in which it failed."""

import hashlib
from collections.abc import Mapping

from sqlalchemy import Connection, case

from newsarchive.items import Quarantined
from newsarchive.model import Capture
from newsarchive.storage.engine import insert_into
from newsarchive.storage.schema import quarantine


def record_quarantined(
    connection: Connection,
    quarantined: Quarantined,
    run_id: int,
    capture_ids: Mapping[Capture, int],
) -> None:
    """Add a row, or count one more time where the same input failed in the same way before."""
    parts = (quarantined.stage, quarantined.error, quarantined.url, quarantined.payload)
    digest = hashlib.sha256(repr(parts).encode("utf-8", "backslashreplace")).hexdigest()
    statement = insert_into(connection, quarantine).values(
        crawl_run_id=run_id,
        capture_id=capture_ids.get(quarantined.capture) if quarantined.capture else None,
        url=_storable(quarantined.url),
        stage=quarantined.stage,
        error=_storable(quarantined.error),
        observed_at=quarantined.observed_at,
        last_observed_at=quarantined.observed_at,
        digest=f"sha256:{digest}",
        payload=_storable(quarantined.payload),
    )
    # The same bytes read again, as when a file is imported twice, are not one more time.
    is_same = quarantine.c.capture_id == statement.excluded.capture_id
    times = quarantine.c.times + case((is_same, 0), else_=1)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["digest"],
            set_={"times": times, "last_observed_at": quarantined.observed_at},
        )
    )


def _storable(text: str | None) -> str | None:
    """Return `text` in characters that both databases hold; quarantine must never fail."""
    if text is None:
        return None
    sound = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return sound.replace("\x00", "\\x00")
