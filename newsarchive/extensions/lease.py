"""What of a lease needs an operating system: who this process is, and whether that one lives."""

import asyncio
import logging
import os
import socket
from contextlib import suppress
from pathlib import Path

from scrapy import signals
from scrapy.crawler import Crawler

from newsarchive.recording import recording_of
from newsarchive.storage import Owner

logger = logging.getLogger(__name__)

HEARTBEAT_S = 30.0


def this_process() -> Owner:
    """Return this process as the owner of a lease."""
    return Owner(host=socket.gethostname(), process=_signature(os.getpid()) or str(os.getpid()))


def is_alive(owner: Owner) -> bool:
    """Return whether a process of this host still runs, and is not another with its number."""
    pid = int(owner.process.partition(":")[0])
    signature = _signature(pid)
    if signature is not None:
        return signature == owner.process
    if Path("/proc/self").exists():
        return False
    try:  # without /proc, the number alone must do
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _signature(pid: int) -> str | None:
    """Return number and time of start of a process, since numbers are used again; or None."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return None
    # Field 22, counted behind the name, which may hold spaces and parentheses itself.
    fields = stat.rpartition(")")[2].split()
    is_zombie = fields[0] in {"Z", "X"}
    return None if is_zombie else f"{pid}:{fields[19]}:{boot[:8]}"


class Heartbeat:
    """Gives a sign of life while a crawl runs; a crawl that lost its lease ends itself."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._beating: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Heartbeat":
        """Make the extension for `crawler`."""
        heartbeat = cls(crawler)
        crawler.signals.connect(heartbeat.start, signal=signals.engine_started)
        crawler.signals.connect(heartbeat.stop, signal=signals.engine_stopped)
        return heartbeat

    def start(self) -> None:
        """Begin to beat."""
        self._beating = asyncio.get_running_loop().create_task(self._beat())

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            if not await recording_of(self.crawler).renew_lease():
                logger.error("Another run took this run's lease: ending this one")
                await self.crawler.engine.close_spider_async(reason="lease_lost")
                return

    async def stop(self) -> None:
        """Stop beating."""
        if self._beating is not None:
            self._beating.cancel()
            with suppress(asyncio.CancelledError):
                await self._beating
