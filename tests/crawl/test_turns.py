"""Looks that follow their redirects beside each other end as their bytes were recorded."""

import asyncio
from datetime import UTC, datetime

from newsarchive.model import Capture
from newsarchive.spiders.turns import Turns, Way

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)


def capture(offset: int, warc_file: str = "warc/nos-1.warc.gz") -> Capture:
    return Capture("https://nos.nl/l/1", NOON, "sha256:a", warc_file, offset, 10)


async def end(turns: Turns, way: Way, order: list[Way]) -> None:
    await turns.come(way)
    turns.end(way)
    order.append(way)


async def begun(*ends: "asyncio.Task[None]") -> None:
    """Let the tasks run until each waits for something."""
    for _ in ends:
        await asyncio.sleep(0)


def test_who_was_recorded_first_ends_first() -> None:
    async def scene() -> None:
        turns, order = Turns(), list[Way]()
        ways = [turns.begin() for _ in range(3)]
        for offset, way in enumerate(ways):
            way.captures.append(capture(offset))
        async with asyncio.TaskGroup() as group:
            ends = [group.create_task(end(turns, way, order)) for way in reversed(ways)]
            await begun(*ends)
        assert order == ways

    asyncio.run(scene())


def test_a_file_that_was_begun_later_comes_later() -> None:
    async def scene() -> None:
        turns, order = Turns(), list[Way]()
        first, second = turns.begin(), turns.begin()
        first.captures.append(capture(900, "warc/nos-1.warc.gz"))
        second.captures.append(capture(0, "warc/nos-2.warc.gz"))
        async with asyncio.TaskGroup() as group:
            begun_ = group.create_task(end(turns, second, order))
            await begun(begun_)
            group.create_task(end(turns, first, order))
        assert order == [first, second]

    asyncio.run(scene())


def test_a_redirect_that_was_read_holds_nobody_up() -> None:
    async def scene() -> None:
        turns, order = Turns(), list[Way]()
        redirected, other = turns.begin(), turns.begin()
        redirected.captures.append(capture(0))
        other.captures.append(capture(1))
        async with asyncio.TaskGroup() as group:
            waiting = group.create_task(end(turns, other, order))
            await begun(waiting)
            assert order == []  # what stands at 0 may be the last that comes
            turns.note_read(redirected)
        assert order == [other]

    asyncio.run(scene())


def test_a_look_that_broke_off_holds_nobody_up() -> None:
    async def scene() -> None:
        turns, order = Turns(), list[Way]()
        broken, other = turns.begin(), turns.begin()
        broken.captures.append(capture(0))
        other.captures.append(capture(1))
        async with asyncio.TaskGroup() as group:
            waiting = group.create_task(end(turns, other, order))
            await begun(waiting)
            turns.end(broken)
        assert order == [other]

    asyncio.run(scene())


def test_who_has_recorded_nothing_yet_is_not_waited_for() -> None:
    async def scene() -> None:
        turns, order = Turns(), list[Way]()
        turns.begin()
        only = turns.begin()
        only.captures.append(capture(5))
        await end(turns, only, order)
        assert order == [only]

    asyncio.run(scene())
