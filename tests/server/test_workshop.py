"""What a training process does for runs that have asked for much, and while one of them is at work."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest
from nablascope.engine import Experiment
from nablascope.server.limits import CHECKPOINT_EVERY, MOST_QUEUED, PURSE
from nablascope.server.training import scheduler as workshop_module
from nablascope.server.training.run import TrainingRun
from nablascope.server.training.run_slot import RunSlot
from nablascope.server.training.scheduler import Scheduler
from nablascope.server.wire import messages

Ends = tuple[Scheduler, socket.socket]


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The process's clocks, which go on when somebody says so."""
    now = [0.0]
    monkeypatch.setattr(workshop_module, "clock", lambda: now[0])
    monkeypatch.setattr(workshop_module, "processor", lambda: now[0])
    return now


@pytest.fixture
def ends(fake: list[float]) -> Iterator[Ends]:
    """A process with two runs, and the other end of its channel."""
    ours, theirs = socket.socketpair()
    ours.settimeout(5.0)
    with ours, theirs:
        workshop = Scheduler(theirs)
        for number in (1, 2):
            run = TrainingRun(Experiment(hidden=[8, 8]), 0.0, None, 2, playing=False)
            run.rates.clock, run.on_the_way = lambda: fake[0], workshop._on_the_way
            workshop.rooms[number] = RunSlot(run, 0.0, number, workshop._tell_web)
        yield workshop, ours


def make_heavy(workshop: Scheduler, number: int) -> None:
    workshop.turns.put(number, (messages.HOLD, b"\0"), False)
    workshop.turns.take(number)
    workshop.turns.charge(number, PURSE + 0.03)
    assert not workshop.turns.light(number)


def test_the_process_wakes_for_what_a_heavy_run_has_to_do_next(ends: Ends, fake: list[float]) -> None:
    workshop, _ = ends
    room = workshop.rooms[1]
    room.run.playing, room.run.dirty = True, False
    workshop.rooms[2].run.dirty = False
    room.run.next_begin = 0.04
    make_heavy(workshop, 1)
    assert workshop._patience() == pytest.approx(0.04)
    fake[0] = 0.05
    assert workshop._patience() == 0.0


def sent(ours: socket.socket, workshop: Scheduler) -> list[tuple[int, int]]:
    workshop._send()
    return [(type, number) for type, number, _ in messages.Unpacker().feed(ours.recv(1 << 20))]


def test_before_and_on_a_long_way_back_what_is_new_is_saved(
    monkeypatch: pytest.MonkeyPatch, ends: Ends, fake: list[float]
) -> None:
    workshop, ours = ends
    monkeypatch.setattr(workshop_module, "PASS", 0.0)
    for room in workshop.rooms.values():
        room.run.trainer.run(50)
        room.run.dirty = True
    make_heavy(workshop, 2)
    fake[0] = CHECKPOINT_EVERY + 0.1
    command = json.dumps({"command": {"type": "back"}, "asker": 7}).encode()
    workshop._put(messages.COMMAND, 1, command)
    workshop._take(1)
    told = sent(ours, workshop)
    assert workshop.rooms[1].run.trainer.steps == 49
    turned = told.index((messages.TURNED, 1))
    assert told.index((messages.CHECKPOINT, 1)) < told.index((messages.CHECKPOINT, 2)) < turned


def test_what_cannot_wait_is_refused_also_while_the_run_is_still_to_be_opened(ends: Ends) -> None:
    workshop, ours = ends
    command = json.dumps({"command": {"type": "pause"}, "asker": 7}).encode()
    workshop._put(messages.OPEN, 3, b"")
    for _ in range(MOST_QUEUED + 1):
        workshop._put(messages.COMMAND, 3, command)
    told = sent(ours, workshop)
    assert told[:2] == [(messages.DONE, 3), (messages.REPLY, 3)]


def test_where_processor_time_has_coarse_steps_the_time_that_passes_is_counted() -> None:
    program = "import sys, time; sys.platform = 'win32'\nfrom nablascope.server.training import clocks\n"
    program += "assert clocks.processor is time.perf_counter"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
