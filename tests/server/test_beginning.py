"""Rooms that begin: few of one address at a time, and each counts with its memory before the next has its turn."""

import asyncio
import socket
import struct
from types import SimpleNamespace

import loops
import pytest
from nablascope.server import limits
from nablascope.server.classroom.classroom import Classroom
from nablascope.server.limits import LEAST_MEMORY
from nablascope.server.live.admission import Admission
from nablascope.server.live.registry import Registry
from nablascope.server.live.runs import Run
from nablascope.server.quotas.shares import Shares
from nablascope.server.training.scheduler import Scheduler
from nablascope.server.wire import messages
from nablascope.server.wire.refusal import BUSY, Refused

SCHOOL, VISITOR = "203.0.113.5", "198.51.100.7"


def test_of_one_address_a_few_rooms_begin_at_a_time_and_others_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """A place is free when its room counts with what it holds, or when there is no room after all."""
    monkeypatch.setattr(limits, "BEGINS", 0.0)

    async def open_many() -> None:
        room, held = Classroom("CODE", b""), 40 * limits.MB
        run = Run(1, SimpleNamespace(code="CODE", room=room, viewers={}, runs={}), 0, memory=held)  # type: ignore[arg-type]
        run.home.runs[0] = run
        registry = Registry()
        registry.add(run.home)
        shares = Shares()
        shares.opened("CODE", VISITOR, 0)
        admission = Admission(shares, None, registry, print, print)
        turns = [admission.turn(VISITOR) for _ in range(limits.MOST_TO_BEGIN)]
        turns[1].cancel()  # this one does not wait any more
        with pytest.raises(Refused) as refused:
            admission.turn(VISITOR)
        assert refused.value.code == BUSY
        other = await asyncio.wait_for(admission.turn(SCHOOL), 5)
        other.cancel()
        await asyncio.wait_for(turns[4], 5)
        await asyncio.sleep(0.02)
        assert [turn.done() for turn in turns[:7]] == [True] * 5 + [False] * 2
        turns[0].result().set_result(run)
        await asyncio.sleep(0.02)
        assert not turns[5].done() and shares.memory == LEAST_MEMORY
        run.known.set()
        await asyncio.wait_for(turns[5], 5)
        assert shares.memory == held and not turns[6].done()
        turns[2].result().cancel()
        await asyncio.wait_for(turns[6], 5)
        for turn in turns:
            if not turn.cancel() and not turn.cancelled():
                turn.result().cancel()
        while admission._beginning:
            await asyncio.sleep(0.01)

    loops.run(asyncio.wait_for(open_many(), 30))


def test_a_new_run_tells_with_its_first_snapshot_what_it_holds() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        workshop = Scheduler(theirs)
        asked = ((messages.OPEN, b"hidden=128,128"), *((messages.SNAPSHOT, struct.pack("<I", 1)),) * 2)
        for type, payload in asked:
            for _ in workshop._handle(1, type, payload):
                pass
        told = [each for each in messages.Unpacker().feed(bytes(workshop._told)) if each[0] == messages.USAGE]
    assert [number for _, number, _ in told] == [1]
    assert messages.used(told[0][2])[1] > 400_000
