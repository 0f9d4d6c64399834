"""What a process costs, as the kernel counted it for that process alone, and where it runs.

Nothing heavy may be imported here: a child's peak memory begins with that of its parent.
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
from typing import Any
from urllib.request import Request, urlopen

HERE = str(Path(__file__).resolve().parent)
ROOT = Path(HERE).parent
BIN = Path(sys.executable).parent
MEBIBYTE = 2**20
_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024
_SAMPLED_EVERY_S = 0.02


@dataclass(frozen=True, slots=True)
class Cost:
    """What one process cost from its start to its end."""

    wall_s: float
    cpu_s: float  # user and system
    peak_bytes: int


@dataclass(frozen=True, slots=True)
class Sample:
    """The memory of a crawl at one moment."""

    entries: int  # stored by then
    peak_bytes: int  # so far


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
        samples = [Sample(0, 0)]
        process = self._start(command, ROOT, subprocess.DEVNULL, subprocess.DEVNULL, settings)
        while (ended := os.wait4(process.pid, os.WNOHANG))[0] == 0:
            # The process may end in between: then there is nothing more to read.
            with suppress(OSError, ValueError, IndexError):
                sample = Sample(_entries(database), _peak_of(process.pid))
                if sample.entries > samples[-1].entries:
                    samples.append(sample)
            time.sleep(_SAMPLED_EVERY_S)
        _, status, usage = ended
        process.returncode = os.waitstatus_to_exitcode(status)
        _check(process, command, b"")
        return [*samples, Sample(_entries(database), usage.ru_maxrss * _MAXRSS_UNIT)]

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
    _, status, usage = os.wait4(process.pid, 0)
    ended = time.perf_counter()
    process.returncode = os.waitstatus_to_exitcode(status)
    return Cost(
        wall_s=ended - begun,
        cpu_s=usage.ru_utime + usage.ru_stime,
        peak_bytes=usage.ru_maxrss * _MAXRSS_UNIT,
    )


def _check(process: "subprocess.Popen[bytes]", command: Sequence[object], talk: bytes) -> None:
    if process.returncode:
        words = " ".join(map(str, command))
        raise RuntimeError(f"{words}: exit {process.returncode}\n{talk.decode()}")


def _entries(database: Path) -> int:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        [count] = connection.execute("SELECT coalesce(sum(entries), 0) FROM feed_polls").fetchone()
    return int(count)


def _peak_of(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) * 1024
