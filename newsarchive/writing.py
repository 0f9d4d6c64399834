"""The process that writes for a crawl run, so that the crawl has a processor of its own.

Reading a page and writing one cost about the same. In threads of one process they would take turns
(Python's lock); in two processes they run beside each other.

The process is forked, so that it is there within milliseconds and needs nothing imported. It does
one call at a time, in the order of asking. Where the crawl is killed it ends too; where it is
itself killed, each call raises WriterLostError, and what it had committed stands.
"""

import asyncio
import gc
import os
import pickle
import signal
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from threading import Thread
from typing import Any, ParamSpec, TypeVar

from newsarchive.exceptions import StorageError

P = ParamSpec("P")
T = TypeVar("T")


class WriterLostError(StorageError):
    """The process that writes is gone."""


class Writer:
    """Runs the methods of some objects in a process of its own.

    From `begin` on the objects live there: what they come to is not seen here. Before that they
    must have given up whatever a fork cannot share, such as connections.
    """

    def __init__(self, *objects: object) -> None:
        self._objects = objects
        self._executor = ProcessPoolExecutor(
            1, mp_context=get_context("fork"), initializer=_live, initargs=(objects,)
        )

    def begin(self) -> None:
        """Fork, while no other thread is at work: what one of them held would be held for ever."""
        gc.freeze()  # what is there now is shared, as long as no collection writes to it
        self._executor.submit(_begin)

    async def call(self, method: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what a method of one of the objects returns.

        Raises what it raises; WriterLostError where the process has ended.
        """
        place, name = self._place_of(method), method.__name__
        loop = asyncio.get_running_loop()
        try:
            result: T = await loop.run_in_executor(self._executor, _call, place, name, args, kwargs)
        except BrokenProcessPool as error:
            raise WriterLostError(
                "the process that writes this run has ended (was it killed, or memory short?); "
                "run it again: what was not stored is still due"
            ) from error
        return result

    def _place_of(self, method: Callable[..., Any]) -> int:
        owner = getattr(method, "__self__", None)
        return next(place for place, one in enumerate(self._objects) if one is owner)

    def close(self) -> None:
        """Wait until all calls are done, and end the process."""
        self._executor.shutdown()


_objects: tuple[Any, ...] = ()  # of the process that writes


def _live(objects: tuple[Any, ...]) -> None:
    """Begin as the process that writes: until the crawl closes it, or is no more."""
    global _objects  # noqa: PLW0603 - an executor gives its process no other place
    _objects = objects
    # A terminal's Ctrl-C and a service's stop are meant for the crawl, which writes to its end.
    signal.set_wakeup_fd(-1)
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)
    Thread(target=_end_with_crawl, daemon=True).start()


def _begin() -> None:
    """Do nothing: the executor forks when it is first asked for something."""


def _end_with_crawl() -> None:
    crawl = parent_process()
    assert crawl is not None, "this process was forked"
    wait([crawl.sentinel])
    os._exit(1)


def _call(place: int, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    try:
        return getattr(_objects[place], name)(*args, **kwargs)
    except Exception as error:
        if _is_sendable(error):
            raise
        raise RuntimeError(repr(error)) from error


def _is_sendable(error: Exception) -> bool:
    """Return whether the crawl's process can raise it; libraries' errors cannot all be pickled."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    except Exception:  # noqa: BLE001 - it fails in as many ways as there are errors
        return False
    return True
