"""Jobs as processes: each a `newsarchive` of its own."""

import signal
import subprocess
import sys

from newsarchive.processes import owner_of
from newsarchive.scheduler.plan import Job
from newsarchive.storage import Owner


class ChildProcess:
    """One job at work."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self.owner: Owner = owner_of(process.pid)

    def find_exit_code(self) -> int | None:
        """Return how the job ended, None while it has not; minus the number of a signal."""
        return self._process.poll()

    def stop(self) -> None:
        """Ask the job to end."""
        self._process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the job."""
        self._process.kill()


class ChildProcesses:
    """Starts jobs as processes; what they print goes where the scheduler's own does."""

    def start(self, job: Job) -> ChildProcess:
        """Start a job; raise OSError where that cannot be."""
        # In a session of its own: Ctrl-C at a terminal reaches the scheduler alone, which passes
        # it on once. A crawl that is asked to end twice ends in the middle of things.
        return ChildProcess(
            subprocess.Popen(  # noqa: S603 - our own command, with an operator's own words
                [sys.executable, "-m", "newsarchive.cli", *job.command],
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        )
