"""Serve recorded answers as fast as Python can: a feed, short addresses, pages gzipped beforehand.

Reads `answers.pickle` of the folder given: path → (status, headers, body, body gzipped). Prints
its address. A server that composes or compresses a page at each request would be measured too.
"""

import asyncio
import pickle
import sys
from pathlib import Path

NOT_MODIFIED = b"HTTP/1.1 304 Not Modified\r\n\r\n"

Answers = dict[str, tuple[bytes, bytes]]  # path → head and body, without and with gzip


def prepare(path: Path) -> Answers:
    """Return each answer as the bytes that go over the wire, without and with gzip."""
    found = {}
    for name, (status, headers, plain, zipped) in pickle.loads(path.read_bytes()).items():
        lines = [f"HTTP/1.1 {status} OK", *(f"{key}: {value}" for key, value in headers.items())]
        whole = []
        for body, more in ((plain, []), (zipped, ["Content-Encoding: gzip"])):
            head = [*lines, *more, f"Content-Length: {len(body)}", "", ""]
            whole.append("\r\n".join(head).encode() + body)
        found[name] = (whole[0], whole[1])
    return found


class Server(asyncio.Protocol):
    """Answers one request after another on a connection that stays open."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self.waiting = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep where to answer."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each whole request."""
        *requests, self.waiting = (self.waiting + data).split(b"\r\n\r\n")
        for request in requests:
            path = request.split(b" ", 2)[1].decode()
            plain, zipped = self.answers.get(path) or self.answers["404"]
            is_known = b"If-None-Match" in request  # nothing here ever changes
            answer = zipped if b"gzip" in request.lower() else plain
            self.transport.write(NOT_MODIFIED if is_known else answer)


async def main() -> None:
    """Serve until stopped."""
    answers = prepare(Path(sys.argv[1]) / "answers.pickle")
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Server(answers), "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


asyncio.run(main())
