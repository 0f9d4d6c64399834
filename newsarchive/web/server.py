"""A server for the pages, in this process or in several, until it is interrupted."""

import socket
from collections.abc import Callable
from contextlib import suppress

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from newsarchive.exceptions import UsageError


def serve(
    make_app: Callable[[], FastAPI],
    host: str,
    port: int,
    ready: Callable[[str], None],
    processes: int = 1,
) -> None:
    """Serve what `make_app` makes; call `ready` with its address once requests are heard.

    Of several `processes` each makes its own, so that `make_app` must be fit to be pickled; one
    that dies is replaced. Raises UsageError where nobody can listen at that address.
    """
    with _listen(host, port) as listening:
        bound = listening.getsockname()[1]
        shown = f"[{host}]" if ":" in host else host
        ready(f"http://{shown}:{bound}/")
        settings = uvicorn.Config(
            make_app,
            factory=True,
            workers=processes,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=3,
        )
        with suppress(KeyboardInterrupt):  # which it raises again once it has ended
            if processes > 1:
                Multiprocess(settings, sockets=[listening]).run()
            else:
                uvicorn.Server(settings).run(sockets=[listening])


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        raise UsageError(
            f"cannot listen at {host}, port {port}: {error.strerror}; choose another --port"
        ) from error
    return listening
