"""The pool of training processes, with processes that are only said to be there: faults, deaths, what is told."""

import asyncio
import logging
import os
from collections.abc import Callable, Coroutine
from typing import Any

import loops
import pytest
from nablascope.server.limits import LIVED, TRIES
from nablascope.server.training import pool
from nablascope.server.training.heartbeat import Heartbeat
from nablascope.server.training.pool import Pool
from nablascope.server.training.process import Process
from nablascope.server.wire import messages


class Said:
    """A process as the pool knows it."""

    def __init__(self, began: float) -> None:
        self.heart, self.settled, self.began = Heartbeat(), asyncio.Event(), began
        self.rooms: set[int] = set()
        self.killed, self.pid = False, 1
        self.heart.heard()

    def vitals(self) -> None:
        return None

    def kill(self) -> None:
        self.killed = True

    def known(self) -> None:
        pass

    async def end(self) -> None:
        pass


def in_loop(live: Callable[[], Coroutine[Any, Any, None]]) -> None:
    loops.run(asyncio.wait_for(live(), 30))


def ignore(*_: object) -> None:
    pass


def test_only_when_work_is_short_of_processes_is_it_told_and_whenever_that_changes() -> None:
    async def live() -> None:
        now, told = asyncio.get_running_loop().time(), list[bool]()
        training = Pool(1, ignore, ignore, lambda: told.append(training.short))
        working: Any = Said(now - 1000)
        training.processes.append(working)
        for _ in range(len(TRIES) + 1):  # the one that stands by
            training._failed("no memory", float("inf"))
        assert training.trouble == "no memory" and told == []
        await training._bury(working)
        assert told == [True]
        training._join(Said(now))  # type: ignore[arg-type]
        assert told == [True, False]

    in_loop(live)


def test_processes_that_end_soon_after_they_began_are_failed_tries_until_one_has_lived() -> None:
    async def live() -> None:
        training = Pool(1, ignore, ignore)
        loop = asyncio.get_running_loop()
        for tries in range(1, len(TRIES) + 2):
            process: Any = Said(loop.time())
            training._join(process)
            training._succeeded(process)
            await training._bury(process)
            assert training._failures == tries
        assert training.short
        last: Any = Said(loop.time())
        training._join(last)
        training._succeeded(last)
        training._forgive(last.began + LIVED - 0.1)
        assert training._failures == len(TRIES) + 1 and not training.short
        training._forgive(last.began + LIVED)
        assert not training._failures
        old: Any = Said(loop.time() - LIVED)
        await training._bury(old)
        assert not training._failures

    in_loop(live)


def test_a_message_that_cannot_be_dealt_with_is_logged_and_the_next_is_read(caplog: pytest.LogCaptureFixture) -> None:
    heard: list[int] = []

    def receive(type: int, room: int, payload: bytes) -> None:
        heard.append(room)
        if room == 1:
            raise ValueError("a fault")

    async def live() -> None:
        training = Pool(1, receive, ignore)
        process: Any = Said(0.0)
        process.reader = asyncio.StreamReader()
        process.reader.feed_data(messages.pack(messages.EVENT, 1) + messages.pack(messages.EVENT, 2))
        process.reader.feed_eof()
        await training._read(process)

    with caplog.at_level(logging.ERROR, "nablascope"):
        in_loop(live)
    assert heard == [1, 2] and "a fault" in caplog.text


def test_a_fault_in_a_look_at_one_process_does_not_end_the_watch(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(pool, "TICK", 0.01)

    async def live() -> None:
        training = Pool(2, ignore, ignore)
        faulty, hangs = (Said(asyncio.get_running_loop().time()) for _ in range(2))
        faulty.vitals = lambda: 1 / 0  # type: ignore[assignment, return-value]
        training.processes += [faulty, hangs]  # type: ignore[list-item]
        hangs.heart.silent = 1000.0
        watch = asyncio.create_task(training._watch())
        while not hangs.killed:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        assert not watch.done()
        watch.cancel()

    in_loop(live)
    assert "could not be looked at" in caplog.text


# --- real ones ----------------------------------------------------------------------------------------------------


def talkative(channel: Any, parent: int) -> None:
    os.write(2, b"x" * 200_000 + b"\n")
    os.write(2, b"the last line\n")


def test_a_process_that_is_not_connected_yet_can_be_sent_something_and_a_long_line_does_not_end_listening() -> None:
    async def live() -> None:
        process = Process(talkative)
        process.send(b"nobody hears it")
        await process.connect()
        await process.reader.read()
        assert await process.last_words() == "the last line"
        await process.end()

    in_loop(live)
