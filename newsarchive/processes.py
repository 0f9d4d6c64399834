"""Who a process is, and whether it lives: what an owner of a lease or a job needs to be."""

import os
import socket
from pathlib import Path

from newsarchive.storage import Owner


def this_process() -> Owner:
    """Return this process as the owner of a lease."""
    return owner_of(os.getpid())


def owner_of(pid: int) -> Owner:
    """Return a process of this host as the owner of something."""
    return Owner(host=socket.gethostname(), process=_signature(pid) or str(pid))


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
