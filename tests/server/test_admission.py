"""Who gets a room, what makes place, and what is saved: with a clock, a disk and an event loop."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import loops
import pytest
from nablascope.server import limits
from nablascope.server.classroom.classroom import Classroom
from nablascope.server.classroom.saved import Unavailable, Unreadable
from nablascope.server.limits import ADDRESS, LEAST_MEMORY, MOST_WAKING
from nablascope.server.live.admission import MEASURE, Admission
from nablascope.server.live.hub import Hub
from nablascope.server.live.periodic import periodically
from nablascope.server.live.registry import Registry
from nablascope.server.live.waking import Waking
from nablascope.server.quotas.shares import Shares
from nablascope.server.storage.store import Store, why
from nablascope.server.wire.command import Command
from nablascope.server.wire.commands import Hello, decode
from nablascope.server.wire.refusal import BUSY, FULL, UNREADABLE, Refused

SCHOOL, VISITOR = "203.0.113.5", "198.51.100.7"


def refusal(call: Callable[..., object], *arguments: object) -> Refused | None:
    try:
        call(*arguments)
    except Refused as refused:
        return refused
    return None


def test_what_runs_have_taken_is_charged_and_only_work_waits_for_it() -> None:
    shares = Shares()
    registry = Registry()
    admission = Admission(shares, None, registry, registry.remove, registry.remove)
    shares.opened("ABCDEF", VISITOR, 0)
    stage, fork = (SimpleNamespace(spent=0.0, charged=0.0, memory=0, size=7) for _ in range(2))
    student = SimpleNamespace(address=SCHOOL)
    room = Classroom("ABCDEF", b"")
    lesson: Any = SimpleNamespace(code=room.code, room=room, runs={0: stage, 2: fork}, viewers={2: student})
    registry.add(lesson)
    teacher: Any = SimpleNamespace(address=VISITOR)

    def command(type: str) -> Any:
        return type_of(type=type)

    class type_of(Command):
        type: str

    admission.take(teacher, "ABCDEF", command("ask"), 100)
    stage.spent, fork.spent, stage.memory = ADDRESS.work[0] + 10, ADDRESS.work[0] + 10, LEAST_MEMORY
    for _ in range(2):  # the second time nothing is new
        admission.account()
    assert shares.memory == LEAST_MEMORY + 14 and shares.disk == 0
    for viewer in (teacher, student):
        for heavy in (("ask", 100), ("set", limits.HEAVY + 1)):
            refused = refusal(admission.take, viewer, "ABCDEF", command(heavy[0]), heavy[1])
            assert refused is not None and refused.code == BUSY
        for light in ("play", "pause", "set", "speed", "history"):
            admission.take(viewer, "ABCDEF", command(light), 100)
    admission.take(SimpleNamespace(address="127.0.0.1"), "OTHERS", command("ask"), 100)  # type: ignore[arg-type]


class Disk:
    """A store that is asked how much it has, and whether it has a room."""

    def __init__(self) -> None:
        self.sizes: list[Future[int]] = []
        self.trouble: str | None = None
        self.gone: list[str] = []

    def size(self) -> "Future[int]":
        self.sizes.append(Future())
        return self.sizes[-1]

    def has(self, code: str) -> bool:
        return code.startswith("KEPT")

    def forget(self, code: str) -> None:
        self.gone.append(code)


def admitted(disk: Disk, shares: Shares, *codes: str) -> tuple[Admission, list[str]]:
    """With these rooms open; what is done to them."""
    done: list[str] = []
    registry = Registry()
    for code in codes:
        lesson: Any = SimpleNamespace(code=code, room=Classroom(code, b""), runs={}, viewers={})
        registry.add(lesson)

    def put_away(what: str, lesson: Any) -> None:
        done.append(f"{what} {lesson.room.code}")
        shares.put_away(lesson.room.code)

    store: Any = disk
    return Admission(shares, store, registry, partial(put_away, "close"), partial(put_away, "end")), done


def test_a_disk_that_does_not_say_how_much_it_has_holds_nothing_up() -> None:
    disk, shares = Disk(), Shares()
    admission, _ = admitted(disk, shares)
    for _ in range(2 * MEASURE):
        admission.look()
    assert len(disk.sizes) == 1 and shares.disk == 0
    disk.sizes[0].set_result(7)
    for _ in range(MEASURE + 1):
        admission.look()
    assert len(disk.sizes) == 2 and shares.disk == 7


def test_while_the_disk_is_in_trouble_what_is_on_it_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    disk, shares = Disk(), Shares()
    monkeypatch.setattr(limits, "MOST_ROOMS", 2)
    admission, done = admitted(disk, shares, "KEPTAA", "NEWAAA")
    for code in ("KEPTAA", "NEWAAA"):
        shares.opened(code, VISITOR, 0)
        shares.attend(code, 0)
    disk.trouble = "full"
    for _ in range(2):
        admission.new_room(SCHOOL)
        shares.opened(f"{SCHOOL} {len(done)}", SCHOOL, 0)
    assert done == ["close KEPTAA", "end NEWAAA"] and disk.gone == []


def test_a_room_that_is_wanted_is_asked_for_place_and_makes_none_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    disk, shares = Disk(), Shares()
    admission, done = admitted(disk, shares)
    shares.opened("KEPTAA", VISITOR, 0)
    shares.attend("KEPTAA", 0)
    shares.hold("KEPTAA", 0, ADDRESS.disk)
    shares.put_away("KEPTAA")
    lack = shares.lack(VISITOR, 0)
    assert lack is not None and shares.goes_first(lack, True, 0) == "KEPTAA"
    admission.wanted("KEPTAA")
    assert shares.goes_first(lack, True, 0) is None
    monkeypatch.setattr(limits, "MOST_ROOMS", 1)
    shares.opened("SCHOOL", SCHOOL, 0)
    refused = refusal(admission.wanted, "KEPTAA")
    assert refused is not None and refused.code == FULL
    shares.attend("SCHOOL", 0)
    admission.wanted("KEPTAA")  # there will be place
    assert done == [] and shares.rooms == 1


@pytest.mark.parametrize("command", ['{"type":"lock","locked":true}', '{"type":"look","look":{"lab":"scores"}}'])
def test_a_room_in_which_the_class_was_told_something_was_used(command: str) -> None:
    async def prepare() -> None:
        hub = Hub(1, None)
        await hub.start()
        viewer = hub.enter(Hello(type="hello", protocol=1), SCHOOL)
        (lesson,) = hub.registry
        (holding,) = hub.admission.shares._holdings.values()
        hub.command(viewer, decode('{"type":"look","look":{}}'))  # a page tells its first look by itself
        assert lesson.room.look is not None and not holding.used
        hub.command(viewer, decode(command))
        assert holding.used
        await hub.close()

    loops.run(asyncio.wait_for(prepare(), 60))


class Failing(Store):
    """A store that writes nothing while it is told to fail."""

    failing = False

    def _write(self, *statements: Any) -> bool:
        if self.failing:
            self._tell("no space")
            return False
        return super()._write(*statements)


def test_what_nobody_is_in_is_saved_when_the_disk_can_be_written_again(tmp_path: Path) -> None:
    async def recover() -> None:
        store = Failing(tmp_path)
        hub = Hub(1, store)
        await hub.start()
        store.failing = True
        code = hub.open_room()[0]
        (lesson,) = hub.registry
        hub._rest(lesson)
        while lesson.runs[0].checkpoint is None or store._unwritten:
            await asyncio.sleep(0.01)
        assert not lesson.runs[0].rested and not hub.admission.kept
        store.failing = False
        store.shift(0)
        while len(hub.registry):
            await asyncio.sleep(0.01)
        await hub.waking.wake(code)
        assert hub.registry.find(code) is not None
        await hub.close()

    loops.run(asyncio.wait_for(recover(), 60))


class Sleeping:
    """A store of rooms that none can be read of, each after a moment."""

    def __init__(self, error: Exception) -> None:
        self.error, self.now, self.most, self.loads = error, 0, 0, 0

    def has(self, code: str) -> bool:
        return True

    async def load(self, code: str) -> None:
        self.loads, self.now = self.loads + 1, self.now + 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0.01)
        self.now -= 1
        raise self.error


def wake(store: Any, wanted: Callable[[str], None], count: int = 1) -> set[tuple[str, str]]:
    """How so many rooms are refused."""

    async def come() -> list[Any]:
        runs: Any = None
        waking = Waking(store, runs, wanted, lambda lesson: None)
        return await asyncio.gather(*(waking.wake(f"CODE{n}") for n in range(count)), return_exceptions=True)

    return {(refused.code, refused.expected) for refused in loops.run(come())}


def test_rooms_are_read_a_few_at_a_time_and_only_where_there_is_place() -> None:
    store = Sleeping(Unreadable("damaged"))
    assert {code for code, _ in wake(store, lambda code: None, 3 * MOST_WAKING)} == {UNREADABLE}
    assert (store.most, store.loads) == (MOST_WAKING, 3 * MOST_WAKING)

    def full(code: str) -> None:
        raise Refused("room", code, "fewer", FULL)

    store = Sleeping(Unreadable("damaged"))
    assert wake(store, full, 3) == {(FULL, "fewer")} and store.loads == 0


def test_a_disk_that_is_locked_is_no_damage(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "x", isolation_level=None) as first:
        first.execute("create table x (y)")
        first.execute("begin exclusive")
        second = sqlite3.connect(tmp_path / "x", timeout=0)
        with pytest.raises(sqlite3.OperationalError) as locked:
            second.execute("select * from x")
        second.close()
    first.close()
    assert isinstance(why(locked.value), Unavailable)
    for damage in (
        sqlite3.OperationalError("Could not decode to UTF-8"),
        sqlite3.DatabaseError("malformed"),
        KeyError(),
    ):
        assert isinstance(why(damage), Unreadable)
    assert wake(Sleeping(Unavailable("locked")), lambda code: None) == {(BUSY, "another try in a few seconds")}


def test_what_is_done_every_few_seconds_goes_on_after_a_failure_which_is_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    times = 0

    def act() -> None:
        nonlocal times
        times += 1
        raise KeyError(times)

    async def run() -> None:
        task = asyncio.create_task(periodically(0.001, act))
        while times < 5 and not task.done():
            await asyncio.sleep(0.001)
        task.cancel()

    loops.run(asyncio.wait_for(run(), 10))
    assert times >= 5 and len(caplog.records) == 1
