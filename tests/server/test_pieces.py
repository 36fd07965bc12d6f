"""What a message asks for is done in pieces and counts as a whole; hellos that ask for much let others go first."""

import json
import socket
from urllib.parse import quote

import pytest
from nablascope.server.limits import HEAVY, PURSE
from nablascope.server.training import scheduler as workshop_module
from nablascope.server.training.scheduler import Scheduler
from nablascope.server.training.turns import Turns, Work
from nablascope.server.wire import messages

QUICK = 0.001
COMMAND = messages.COMMAND


def always(number: int) -> bool:
    return True


def test_a_run_with_a_long_address_is_heavy_from_the_beginning_and_does_not_keep_others_waiting() -> None:
    turns = Turns(0.0)
    for number, address in ((1, bytes(HEAVY + 1)), (2, bytes(HEAVY)), (3, b"")):
        turns.put(number, (messages.OPEN, address), False)
    assert [turns.light(number) for number in (1, 2, 3)] == [False, True, True]
    assert turns.asked(always) == 2 and turns.heavy(always, idle=False) == 1
    turns.put(4, (messages.RESTORE, bytes(HEAVY + 1)), False)
    assert turns.light(4)  # whoever comes back has waited already


def test_many_heavy_runs_together_are_paid_no_more_than_the_time_that_has_passed() -> None:
    turns = Turns(0.0)
    for number in range(20):
        turns.put(number, (messages.OPEN, bytes(HEAVY + 1)), False)
    turns.pay(19 * PURSE, 1)
    assert not any(map(turns.light, range(20)))
    turns.pay(20.01 * PURSE, 1)
    assert all(map(turns.light, range(20)))


def test_a_message_with_pauses_is_the_oldest_until_it_is_done_and_counts_as_a_whole() -> None:
    turns = Turns(0.0)
    begun: list[bytes] = []

    def begin(number: int, type: int, payload: bytes) -> Work:
        begun.append(payload)
        yield
        yield

    for payload in (b"long", b"next"):
        turns.put(1, (COMMAND, payload), True)
    for _ in range(2):
        next(turns.work(1, begin))
        turns.charge(1, 3 * QUICK, answered=True)
    assert begun == [b"long"] and turns.first(1) == (COMMAND, b"long")
    assert next(turns.work(1, begin), "done") == "done"
    turns.take(1)
    turns.charge(1, 30 * QUICK, answered=True)
    turns.put(2, (messages.OPEN, b""), False)
    assert turns.asked(always) == 2, "35 ms in pieces are more than the 20 of a run that begins"
    next(turns.work(1, begin))
    assert begun == [b"long", b"next"]


# --- in a training process ------------------------------------------------------------------------------------------

TABLE = "\n".join(f"{row},{row * 3 % 101},{row % 7}.5,1,2,3,4,{row % 2}" for row in range(700))


def opened(workshop: Scheduler, number: int) -> None:
    """A room."""
    workshop._put(messages.OPEN, number, b"")
    workshop._take(number)


def move(workshop: Scheduler, rate: float) -> None:
    """The slider of room 1 moves, and is answered before anything else."""
    command = {"command": {"type": "set", "changes": {"learning_rate": rate}}, "asker": 8}
    workshop._put(COMMAND, 1, json.dumps(command).encode())
    number = workshop.turns.asked(workshop._ready)
    assert number == 1
    workshop._take(number)
    assert workshop.rooms[1].run.trainer.experiment.learning_rate == rate


@pytest.mark.parametrize("what", ["hello", "settings"])
def test_while_a_table_is_read_others_are_answered(what: str) -> None:
    """A hello with a table is heavy, and a table among settings is read in pieces of some milliseconds."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        workshop = Scheduler(theirs)
        opened(workshop, 1)
        for rate in (0.1, 0.2, 0.3):  # it is known to ask for little
            move(workshop, rate)
        salt = f"{what},0,0,0,0,0,0,0\n"  # tables are remembered
        if what == "hello":
            workshop._put(messages.OPEN, 2, f"dataset=own&own_data={quote(salt + TABLE)}".encode())
        else:
            opened(workshop, 2)
            changes = {"own_data": salt + TABLE}
            command = {"command": {"type": "set", "changes": changes, "reset": True}, "asker": 7}
            workshop._put(COMMAND, 2, json.dumps(command).encode())
        pieces = 0
        while workshop.turns.first(2) is not None:
            workshop._take(2)
            pieces += 1
            move(workshop, pieces / 100)
            ours.recv(1 << 20)
        assert pieces > 5
        own = workshop.rooms[2].run.trainer.experiment.own_data
        assert own is not None and own.count("\n") == 700


def test_a_room_that_closes_while_its_table_is_read_is_gone() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        workshop = Scheduler(theirs)
        workshop._put(messages.OPEN, 1, f"dataset=own&own_data={quote('closes' + TABLE)}".encode())
        workshop._take(1)
        workshop._put(messages.CLOSE, 1, b"")
        assert workshop.turns.first(1) is None and workshop.turns.asked(workshop._ready) is None
        assert workshop._patience() > 0 and not workshop.rooms


def test_what_others_on_the_machine_take_pays_nobodys_debts(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        workshop = Scheduler(theirs)
        workshop.turns.put(1, (COMMAND, b"{}"), True)
        workshop.turns.take(1)
        workshop.turns.charge(1, PURSE + QUICK)
        monkeypatch.setattr(workshop_module, "clock", lambda: 1e6)  # it did not get the processor for a long time
        workshop._pass()
        assert not workshop.turns.light(1)
        workshop._slept += 2 * PURSE + QUICK
        workshop._pass()
        assert workshop.turns.light(1)


def test_between_the_pictures_of_a_new_start_others_are_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        workshop = Scheduler(theirs)
        for number in (1, 2):
            opened(workshop, number)
        monkeypatch.setattr("nablascope.server.training.scheduler.PASS", 0.0)  # each picture takes long
        for number, type in ((1, "reset"), (2, "pause")):
            command = json.dumps({"command": {"type": type}, "asker": number}).encode()
            ours.sendall(messages.pack(COMMAND, number, command))
            if number == 1:
                workshop._read(1.0)
        workshop._take(1)
        told = messages.Unpacker().feed(ours.recv(1 << 20))
        assert [number for type, number, _ in told if type == messages.DONE] == [2, 1]


def test_who_asks_for_everything_while_it_is_made_is_answered_after_it() -> None:
    turns = Turns(0.0)

    def answer(number: int, type: int, askers: bytes) -> Work:
        yield

    turns.put(1, (messages.SNAPSHOT, b"\1\0\0\0"), False)
    next(turns.work(1, answer))
    assert not turns.join(1, messages.SNAPSHOT, b"\2\0\0\0")
    turns.put(1, (messages.SNAPSHOT, b"\2\0\0\0"), False)
    assert turns.join(1, messages.SNAPSHOT, b"\3\0\0\0")
    assert turns.take(1) == (messages.SNAPSHOT, b"\1\0\0\0")
    assert turns.take(1) == (messages.SNAPSHOT, b"\2\0\0\0\3\0\0\0")
