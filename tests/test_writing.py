import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap

import pytest

from newsarchive import exceptions
from newsarchive.exceptions import NewsArchiveError
from newsarchive.writing import Writer, WriterLostError, _is_sendable


class Book:
    def __init__(self):
        self.lines = []

    def add(self, line):
        self.lines.append(line)
        return len(self.lines)

    def read(self):
        return self.lines

    def process(self):
        return os.getpid()

    def fail(self, error):
        raise error

    def ignore_nothing(self):
        return [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)]

    def end(self):
        os.kill(os.getpid(), signal.SIGKILL)


class UnsendableError(Exception):
    def __init__(self, needs, two):
        super().__init__(f"{needs} and {two}")


class Raiser:
    def raise_unsendable(self):
        raise UnsendableError("one", "other")


def with_writer(*objects):
    """Run a coroutine function with a writer of these objects, and close it."""

    def run(function):
        async def running():
            writer = Writer(*objects)
            writer.begin()
            try:
                return await function(writer)
            finally:
                writer.close()

        return asyncio.run(running())

    return run


def test_calls_are_run_in_one_other_process_in_the_order_of_asking():
    book = Book()

    async def write(writer):
        added = await asyncio.gather(*(writer.call(book.add, n) for n in range(50)))
        process = await writer.call(book.process)
        return added, process, await writer.call(book.read)

    added, process, lines = with_writer(book)(write)
    assert added == list(range(1, 51))
    assert lines == list(range(50))
    assert process != os.getpid()
    assert book.lines == []


def test_each_call_goes_to_its_own_object():
    one, other = Book(), Book()

    async def write(writer):
        await writer.call(other.add, "x")
        return await writer.call(one.read), await writer.call(other.read)

    assert with_writer(one, other)(write) == ([], ["x"])


def test_an_error_is_raised_where_it_was_asked_for_and_the_writer_goes_on():
    book = Book()

    async def write(writer):
        with pytest.raises(sqlite3.OperationalError, match="disk is full"):
            await writer.call(book.fail, sqlite3.OperationalError("database or disk is full"))
        return await writer.call(book.add, "after")

    assert with_writer(book)(write) == 1


def test_an_error_that_cannot_be_handed_over_is_told_in_words():
    raiser = Raiser()

    async def write(writer):
        with pytest.raises(RuntimeError, match=r"UnsendableError\('one and other'\)"):
            await writer.call(raiser.raise_unsendable)
        with pytest.raises(RuntimeError, match="UnsendableError"):  # it is still there
            await writer.call(raiser.raise_unsendable)

    with_writer(raiser)(write)


@pytest.mark.parametrize(
    "error", [one for one in vars(exceptions).values() if isinstance(one, type)]
)
def test_every_error_of_ours_can_be_handed_over(error):
    if issubclass(error, NewsArchiveError):
        assert _is_sendable(error("what, and what to do"))


def test_a_terminal_does_not_stop_the_writer():
    book = Book()

    async def write(writer):
        return await writer.call(book.ignore_nothing)

    assert with_writer(book)(write) == [signal.SIG_IGN, signal.SIG_IGN]


def test_a_writer_that_was_killed_is_missed_at_every_call():
    book = Book()

    async def write(writer):
        for call in (book.end, book.read):
            with pytest.raises(WriterLostError, match="run it again"):
                await writer.call(call)

    with_writer(book)(write)


def test_the_writer_ends_where_the_crawl_is_killed(tmp_path):
    program = tmp_path / "crawl.py"
    program.write_text(
        textwrap.dedent("""
            import asyncio, os, signal
            from newsarchive.writing import Writer

            class Book:
                def tell(self):
                    print(os.getpid(), flush=True)

            async def crawl():
                book = Book()
                writer = Writer(book)
                writer.begin()
                await writer.call(book.tell)
                os.kill(os.getpid(), signal.SIGKILL)

            asyncio.run(crawl())
        """),
        encoding="utf-8",
    )
    crawl = subprocess.Popen([sys.executable, program], stdout=subprocess.PIPE, text=True)
    told, _ = crawl.communicate(timeout=20)  # ends when the writer, too, holds the pipe no more
    assert crawl.returncode == -signal.SIGKILL
    assert told.strip() not in {"", str(crawl.pid)}
