"""Whose turn it is: runs that ask for much wait for themselves; nobody waits for them longer than for one piece."""

import contextlib
import json
import socket
from typing import Any

import pytest
from nablascope.engine import Experiment
from nablascope.server.limits import HEAVY_SHARE, MOST_DEBT, MOST_QUEUED, MOST_QUEUED_BYTES, PURSE
from nablascope.server.training import scheduler as workshop_module
from nablascope.server.training.run import TrainingRun
from nablascope.server.training.run_slot import RunSlot
from nablascope.server.training.scheduler import Scheduler
from nablascope.server.training.turns import Turns
from nablascope.server.wire import messages

PIECE, QUICK = 0.048, 0.001
COMMAND = messages.COMMAND


def always(number: int) -> bool:
    return True


class Process:
    """Turns, and a clock that goes on only by what is done in them: hostile runs ask all the time."""

    def __init__(self, hostile: int) -> None:
        self.now, self.turns, self.hostile = 0.0, Turns(0.0), range(1, hostile + 1)
        self.done: list[int] = []
        for number in self.hostile:
            self.ask(number)

    def ask(self, number: int) -> None:
        self.turns.put(number, (COMMAND, b"{}"), True)

    def take(self, number: int) -> None:
        self.turns.take(number)
        took = PIECE if number in self.hostile else QUICK
        self.now += took
        self.turns.charge(number, took, answered=True)
        self.done.append(number)
        if number in self.hostile:
            self.ask(number)

    def waiting(self, number: int) -> bool:
        return self.turns.first(number) is not None

    def pass_(self, idle: bool) -> None:
        """As the workshop's: the light ones are answered, then one heavy run has its turn."""
        self.turns.pay(self.now, len(self.hostile) + 1)
        number = self.turns.asked(always)
        if number is not None:
            self.take(number)
            return
        heavy = self.turns.heavy(self.waiting, idle)
        if heavy is not None:
            self.take(heavy)
        elif not idle:
            self.now += QUICK  # the light run trains


@pytest.mark.parametrize("hostile", [1, 3, 12, 40])
@pytest.mark.parametrize("idle", [True, False])
def test_a_light_run_waits_for_one_piece_of_work_at_most(hostile: int, idle: bool) -> None:
    process, light = Process(hostile), 99
    for _ in range(3 * hostile):
        process.pass_(idle)
    for _ in range(50):
        process.ask(light)
        asked_at = process.now
        process.take(next(iter(process.hostile)))  # one that had just begun
        process.pass_(idle)
        assert process.done[-1] == light
        assert process.now - asked_at <= PIECE + QUICK + 1e-9
        for _ in range(5):
            process.pass_(idle)


def test_a_run_that_is_known_to_ask_for_little_goes_before_those_that_have_their_purse_back() -> None:
    process, light = Process(10), 99
    process.ask(light)
    process.take(light)
    for number in process.hostile:
        process.take(number)
    process.turns.pay(process.now + 1000, 1)  # long after
    process.ask(light)
    assert process.turns.asked(always) == light


def test_runs_that_begin_go_after_those_that_are_known_to_ask_for_little() -> None:
    turns, known, new = Turns(0.0), 1, (2, 3, 4)
    turns.put(known, (COMMAND, b"{}"), True)
    turns.take(known)
    turns.charge(known, QUICK, answered=True)
    for number in (*new, known):
        turns.put(number, (messages.OPEN, b""), False)
    assert turns.asked(always) == known
    turns.take(known)
    assert turns.asked(always) == new[0], "they go in the order in which they came"


@pytest.mark.parametrize("idle", [True, False])
def test_heavy_runs_have_their_turns_one_after_the_other(idle: bool) -> None:
    process = Process(5)
    while len(process.done) < 105:
        process.pass_(idle)
    turns = process.done[5:]
    assert all(18 <= turns.count(number) <= 22 for number in process.hostile)


def test_while_others_have_work_heavy_runs_get_their_share_of_the_time_and_no_more() -> None:
    process = Process(1)
    process.turns.put(2, (COMMAND, b""), True)
    process.turns.take(2)
    while process.now < 60:
        process.turns.pay(process.now, 10)
        heavy = process.turns.heavy(process.waiting, False) or process.turns.asked(always)
        if heavy:
            process.take(heavy)
        else:
            process.now += QUICK
    assert process.done.count(1) * PIECE / 60 == pytest.approx(HEAVY_SHARE, rel=0.05)


def test_nobody_owes_more_than_a_bound_and_a_purse_is_never_fuller_than_full() -> None:
    turns = Turns(0.0)
    turns.put(1, (COMMAND, b""), True)
    turns.charge(1, 3600.0)
    turns.pay(MOST_DEBT / HEAVY_SHARE - 0.01, 100)
    assert turns.heavy(always, False) is None
    turns.pay(MOST_DEBT / HEAVY_SHARE + 0.01, 100)
    assert turns.heavy(always, False) == 1 and not turns.light(1)
    turns.pay(3600.0, 100)
    assert turns.light(1)
    turns.charge(1, PURSE + 1e-9)
    assert not turns.light(1)


def test_the_order_of_a_runs_messages_stays_and_what_waits_has_a_bound() -> None:
    turns = Turns(0.0)
    put = [turns.put(1, (COMMAND, str(place).encode()), True) for place in range(MOST_QUEUED + 5)]
    assert put == [True] * MOST_QUEUED + [False] * 5
    assert turns.put(1, (messages.HOLD, b"\1"), False)  # what the class does is never left out
    assert turns.put(2, (COMMAND, bytes(MOST_QUEUED_BYTES)), True) and not turns.put(2, (COMMAND, b"x"), True)
    taken = list(iter(lambda: turns.take(1), None))
    assert [payload for type, payload in taken if type == COMMAND] == [b"%d" % place for place in range(MOST_QUEUED)]
    assert taken[-1] == (messages.HOLD, b"\1") and turns.put(1, (COMMAND, b""), True)


def test_who_asks_for_everything_joins_those_who_wait_for_it_once_each() -> None:
    turns = Turns(0.0)
    assert not turns.join(1, messages.SNAPSHOT, b"\1\0\0\0")
    turns.put(1, (messages.SNAPSHOT, b"\1\0\0\0"), False)
    turns.put(1, (COMMAND, b""), True)
    for asker in (1, 2, 2, 3):
        assert turns.join(1, messages.SNAPSHOT, asker.to_bytes(4, "little"))
    assert turns.take(1) == (messages.SNAPSHOT, b"\1\0\0\0\2\0\0\0\3\0\0\0")


# --- in a training process ----------------------------------------------------------------------------------------


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The process's clocks, which go on when somebody says so."""
    now = [0.0]
    monkeypatch.setattr(workshop_module, "clock", lambda: now[0])
    monkeypatch.setattr(workshop_module, "processor", lambda: now[0])
    return now


def workshop_with(channel: socket.socket, runs: int) -> Scheduler:
    workshop = Scheduler(channel)
    for number in range(1, runs + 1):
        room = RunSlot(TrainingRun(Experiment(), 0.0, None, 0, playing=False), 0.0, number, workshop._tell_web)
        workshop.rooms[number] = room
    return workshop


def test_between_two_pieces_the_process_looks_who_else_asks(
    monkeypatch: pytest.MonkeyPatch, fake: list[float]
) -> None:
    handled: list[int] = []
    ours, theirs = socket.socketpair()
    with ours, theirs:
        workshop = workshop_with(theirs, 6)
        light = 6

        def handle(room: RunSlot, type: int, payload: bytes, now: float) -> None:
            handled.append(room.number)
            fake[0] += QUICK if room.number == light else PIECE
            if len(handled) == 7:
                ours.sendall(messages.pack(COMMAND, light))

        monkeypatch.setattr(RunSlot, "handle", handle)
        ours.sendall(b"".join(messages.pack(COMMAND, number) for _ in range(8) for number in range(1, 6)))
        while len(handled) < 41:
            workshop._read(0.0)
            workshop._pass()
    assert handled.index(light) == 7  # at once, though 33 others waited


def test_what_cannot_wait_is_answered_as_done_and_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        workshop = workshop_with(theirs, 1)
        monkeypatch.setattr(workshop_module.messages.Unpacker, "feed", lambda self, data: iter(()))
        command = json.dumps({"command": {"type": "pause"}, "asker": 7}).encode()
        for _ in range(MOST_QUEUED + 1):
            workshop._put(COMMAND, 1, command)
        workshop._send()
        monkeypatch.undo()
        found = list(messages.Unpacker().feed(ours.recv(1 << 16)))
    assert [type for type, *_ in found] == [messages.DONE, messages.REPLY]
    assert json.loads(messages.replied(found[1][2])[2])["code"] == "too_often"


def test_when_the_channel_ends_all_that_waits_is_done_but_commands_only_for_a_while(
    monkeypatch: pytest.MonkeyPatch, fake: list[float]
) -> None:
    handled: list[int] = []
    ours, theirs = socket.socketpair()
    with ours, theirs:
        workshop = workshop_with(theirs, 1)

        def handle(room: RunSlot, type: int, payload: bytes, now: float) -> None:
            handled.append(type)
            fake[0] += 0.2

        monkeypatch.setattr(RunSlot, "handle", handle)
        for _ in range(50):
            workshop._put(COMMAND, 1, b"")
        workshop._put(messages.WATCHED, 1, b"\0")
        workshop._finish()
    assert handled == [COMMAND] * 3 + [messages.WATCHED]


def test_a_process_tells_once_a_second_what_a_run_was_asked_and_holds(fake: list[float]) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        workshop = workshop_with(theirs, 2)
        rooms, accounts = workshop.rooms.values(), workshop.accounts
    accounts.use(1, 0.25)
    first = messages.Unpacker().feed(b"".join(accounts.tell(rooms, 1.0)))
    accounts.use(1, 0.5)
    assert accounts.tell(rooms, 1.5) == [] and accounts.due == 2.0
    then = messages.Unpacker().feed(b"".join(accounts.tell(rooms, 2.0)))
    found = {number: messages.used(payload) for _, number, payload in first}
    assert found[1][0] == 0.25 and found[2][0] == 0.0 and found[1][1] > 100_000
    told = [(number, messages.used(payload)) for _, number, payload in then]
    assert told == [(1, (0.5, found[1][1]))]  # nothing is new of the other


def test_a_run_never_goes_on_before_it_has_repeated_what_it_was_told() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        workshop = Scheduler(theirs)
        note = {"steps": 0, "pending": False, "phase": None, "diverged": False, "pace": 0.0}
        notes = [{**note, "command": {"type": "speed", "value": 4}}]
        asker = (7).to_bytes(4, "little")
        for type, payload in (
            (messages.REPEAT, json.dumps(notes).encode()), (messages.OPEN, b""), (messages.SNAPSHOT, asker),
        ):  # fmt: skip
            workshop._put(type, 1, payload)
        workshop._take(1)  # and then others have their turns
        assert workshop._told == b"" and workshop.rooms[1].repeat is not None
        while workshop.turns.first(1) is not None:
            workshop._pass()
        told = [
            json.loads(messages.replied(payload)[2])
            for type, _, payload in messages.Unpacker().feed(ours.recv(1 << 20))
            if type == messages.REPLY and not messages.replied(payload)[1]
        ]
    assert [event["speed"] for event in told if event["type"] == "state"] == [4]


def test_a_slider_does_not_wait_until_other_rooms_have_all_that_they_asked_for(serve: Any, client: Any) -> None:
    server = serve("--port", "0", "--workers", "1")
    teacher = client(url=server.url)
    teacher.send(type="speed", value=3)
    teacher.event("state", speed=3)
    hostile = [client(url=server.url) for _ in range(6)]
    for one in hostile:
        one.event("run")
    for _ in range(8):  # as many as may wait for one connection; each costs as much as 50 sliders
        for one in hostile:
            one.send(type="preset", name="30 ReLU layers, He")
    teacher.send(type="set", changes={"learning_rate": 0.234})
    assert teacher.event("settings", 30)["experiment"]["learning_rate"] == 0.234
    done = 0
    for one in hostile:
        with contextlib.suppress(TimeoutError):
            while True:
                message = one.receive(0.01)
                done += isinstance(message, dict) and message["type"] == "run"
    assert done <= 24  # of 48, and they went on while they were counted
