"""Serve a replica of NOS that lets everybody wait: `late_replica.py ARTICLES SECONDS`."""

import sys
import time
from threading import Event

from newsarchive.replica import Replica
from newsarchive.replica.answers import Request, Response


class LateReplica(Replica):
    """Answers as the replica does, so many seconds later."""

    latency_s = 0.0

    def answer(self, request: Request) -> Response:
        """Return the answer to `request`, late."""
        time.sleep(self.latency_s)
        return super().answer(request)


def main() -> None:
    """Print the address, and serve until stopped."""
    with LateReplica(int(sys.argv[1]), scenario="quiet") as site:
        site.latency_s = float(sys.argv[2])
        print(site.base, flush=True)
        Event().wait()


main()
