"""What a process and those that it starts cost, as the kernel counts it, and where they run.

Memory is that of all of them together, with what they share counted once (PSS), where the system
tells it; else the peak of the largest. Nothing heavy may be imported here: a child's peak memory
begins with that of its parent.
"""

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from threading import Event, Thread
from typing import Any
from urllib.request import Request, urlopen

HERE = str(Path(__file__).resolve().parent)
ROOT = Path(HERE).parent
BIN = Path(sys.executable).parent
MEBIBYTE = 2**20
_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024
_SAMPLED_EVERY_S = 0.02
_WEIGHED_EVERY_S = 0.2  # it takes the kernel a millisecond


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process cost from its start to its end, with those that it started."""

    wall_s: float
    cpu_s: float  # user and system
    peak_bytes: int


@dataclass(frozen=True, slots=True)
class Sample:
    """The memory of a crawl when a document had landed."""

    entries: int  # stored by then
    peak_bytes: int  # so far, of the samples


class Workshop:
    """A folder to work in, and the environment of what is measured there.

    Children see no settings but those given here, and their byte code is kept in the folder, as
    an installed package has its own: nobody pays for compiling, whatever Python is told.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        inherited = os.environ  # noqa: TID251 - passed on to the children, but for the settings
        self._environment = {
            name: value for name, value in inherited.items() if not name.startswith("NEWSARCHIVE_")
        }
        self._environment.pop("PYTHONDONTWRITEBYTECODE", None)
        self._environment |= {
            "PYTHONPATH": os.pathsep.join(filter(None, (HERE, inherited.get("PYTHONPATH")))),
            "PYTHONPYCACHEPREFIX": str(folder / "bytecode"),
            "NEWSARCHIVE_CONTACT": "benchmark@newsarchive.example",
        }

    def run(self, *command: str | Path, cwd: Path = ROOT, **settings: str) -> Cost:
        """Run a command to its end and return what it cost; RuntimeError where it fails."""
        with TemporaryFile() as talk:
            begun = time.perf_counter()
            process = self._start(command, cwd, subprocess.DEVNULL, talk.fileno(), settings)
            cost = _wait(process, begun)
            talk.seek(0)
            _check(process, command, talk.read())
        return cost

    def watch(self, database: Path, *command: str, **settings: str) -> list[Sample]:
        """Run a crawl into the SQLite archive `database`; return a sample for each document.

        Documents that land together have one; the last sample is of the end.
        """
        samples, peak = [Sample(0, 0)], 0
        process = self._start(command, ROOT, subprocess.DEVNULL, subprocess.DEVNULL, settings)
        while process.poll() is None:
            # The process may end in between: then there is nothing more to read.
            with suppress(OSError, ValueError, IndexError):
                entries, peak = _entries(database), max(peak, _memory_of(process.pid))
                if entries > samples[-1].entries:
                    samples.append(Sample(entries, peak))
            time.sleep(_SAMPLED_EVERY_S)
        _check(process, command, b"")
        return [*samples, Sample(_entries(database), peak)]

    def ask(self, question: str, **settings: str) -> dict[str, Any]:
        """Return the one row of an SQL statement, asked of an archive by `newsarchive sql`."""
        answer = self.read(BIN / "newsarchive", "sql", "--json", question, **settings)
        return dict(json.loads(answer))

    def read(self, *command: str | Path, **settings: str) -> bytes:
        """Run a command to its end and return what it printed."""
        environment = self._environment | settings
        return subprocess.run(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True
        ).stdout

    @contextmanager
    def replica(self, *options: str) -> Iterator[str]:
        """Serve a replica of NOS in a process of its own; give its address."""
        command = (BIN / "newsarchive", "replica", "--scenario", "quiet", *options)
        with self.serve(*command) as base:
            with urlopen(f"{base}/replica/state") as answer:
                slugs = json.load(answer)["entries"]
            for slug in slugs:  # a feed is written when it is first asked for
                urlopen(Request(f"{base}/{slug}", headers={"Accept-Encoding": "gzip"})).close()
            yield base

    @contextmanager
    def serve(self, *command: str | Path) -> Iterator[str]:
        """Run a server in a process of its own; give the address that it prints."""
        process = self._start(command, ROOT, subprocess.PIPE, subprocess.DEVNULL, {})
        assert process.stdout is not None
        try:
            yield process.stdout.readline().decode().strip()
        finally:
            process.terminate()
            process.wait()
            process.stdout.close()

    def _start(
        self,
        command: Sequence[str | Path],
        cwd: Path,
        stdout: int,
        stderr: int,
        settings: dict[str, str],
    ) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            command, cwd=cwd, env=self._environment | settings, stdout=stdout, stderr=stderr
        )


def _wait(process: "subprocess.Popen[bytes]", begun: float) -> Cost:
    with _weighing(process.pid) as weights:
        _, status, usage = os.wait4(process.pid, 0)
        ended = time.perf_counter()
    process.returncode = os.waitstatus_to_exitcode(status)
    return Cost(
        wall_s=ended - begun,
        cpu_s=usage.ru_utime + usage.ru_stime,
        peak_bytes=max(weights, default=usage.ru_maxrss * _MAXRSS_UNIT),
    )


@contextmanager
def _weighing(pid: int) -> Iterator[list[int]]:
    """Give the list to which the memory of a process and its children is added as they run."""
    weights: list[int] = []
    is_over = Event()

    def weigh() -> None:
        while not is_over.wait(_WEIGHED_EVERY_S):
            with suppress(OSError, IndexError):  # it has ended, or the system does not tell
                weights.append(_memory_of(pid))

    thread = Thread(target=weigh)
    thread.start()
    try:
        yield weights
    finally:
        is_over.set()
        thread.join()


def _check(process: "subprocess.Popen[bytes]", command: Sequence[object], talk: bytes) -> None:
    if process.returncode:
        words = " ".join(map(str, command))
        raise RuntimeError(f"{words}: exit {process.returncode}\n{talk.decode()}")


def _entries(database: Path) -> int:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        [count] = connection.execute("SELECT coalesce(sum(entries), 0) FROM feed_polls").fetchone()
    return int(count)


def _memory_of(pid: int) -> int:
    """Return the bytes that a process and its children have, shared ones once (Linux)."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return sum(map(_pss_of, (str(pid), *children)))


def _pss_of(pid: str) -> int:
    told = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    return int(told.split("\nPss:")[1].split()[0]) * 1024
