"""A disk that takes seconds: only those who asked it wait, and the server still ends in time."""

import asyncio
import contextlib
import http.client
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import loops
import pytest
from nablascope.server.classroom.saved import Saved
from nablascope.server.live.hub import Hub
from nablascope.server.storage.store import Store
from nablascope.server.wire.commands import Hello
from nablascope.server.wire.protocol import PULSE
from nablascope.server.wire.refusal import Refused
from programs import SlowDisk

Open = Callable[..., Any]
#: Seconds that a statement takes. A room is read with three: who waited for them would see nothing for so long.
EACH, STATEMENTS = 0.8, 3


@pytest.fixture
def asleep(serve: Open, client: Open, tmp_path: Path) -> tuple[str, str]:
    """The code of a room that is only on disk, in the folder `data`, and its teacher's token."""
    server = serve(data=tmp_path / "data")
    teacher = client(url=server.url)
    welcome = teacher.event("welcome")
    teacher.frame(PULSE, 30)
    server.stop()
    return welcome["room"], welcome["token"]


@pytest.fixture
def disk(tmp_path: Path) -> SlowDisk:
    return SlowDisk(tmp_path)


def longest_gap(viewer: Any, seconds: float) -> float:
    """Between two messages of a viewer, within so many seconds."""
    last, longest, end = time.monotonic(), 0.0, time.monotonic() + seconds
    while last < end:
        viewer.receive(30)
        longest, last = max(longest, time.monotonic() - last), time.monotonic()
    return longest


def status(port: int, code: str) -> int:
    """Of the question whether there is such a room."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    with contextlib.closing(connection):
        connection.request("GET", f"/rooms/{code}")
        return connection.getresponse().status


def watching(client: Open, url: str) -> Any:
    """A teacher whose run sends pulses all the time."""
    teacher = client(url=url)
    teacher.event("welcome")
    teacher.send(type="speed", value=6)
    teacher.frame(PULSE, 30, where=lambda header: header.step > 100)
    return teacher


def test_who_enters_a_sleeping_room_waits_for_the_disk_and_nobody_else_does(
    serve: Open, client: Open, tmp_path: Path, disk: SlowDisk, asleep: tuple[str, str]
) -> None:
    """Eight seconds: the slowness has to be longer than any pause of a busy machine."""
    server = serve(data=tmp_path / "data", program=disk.program)
    viewer = watching(client, server.url)
    usual = longest_gap(viewer, 1)
    disk.take(EACH)
    entered: dict[str, Any] = {}

    def enter() -> None:
        entered["status"] = status(server.port, asleep[0])
        tabs = [client(asleep[0], url=server.url, tab=tab * 16) for tab in "ab"]
        entered["rooms"] = [tab.event("welcome", 30)["room"] for tab in tabs]

    thread = threading.Thread(target=enter)
    thread.start()
    gap = longest_gap(viewer, 4)
    thread.join()
    assert entered == {"status": 204, "rooms": [asleep[0]] * 2}
    assert disk.asked("select token") == 1  # two came, and it was read once
    assert gap < EACH * STATEMENTS / 2, f"{gap:.3f} s without a message, usually {usual:.3f} s"


def test_wrong_codes_read_nothing_from_the_disk(
    serve: Open, client: Open, tmp_path: Path, disk: SlowDisk, asleep: tuple[str, str]
) -> None:
    server = serve(data=tmp_path / "data", program=disk.program)
    viewer = watching(client, server.url)
    disk.take(EACH)
    codes = [f"ZZZZZ{last}" for last in "ABCDEFGHJK"]
    answers: list[Any] = []
    threads = [
        threading.Thread(target=lambda code=code: answers.append(status(server.port, code))) for code in codes[:5]
    ]
    for thread in threads:
        thread.start()
    wrong = [client(code, url=server.url) for code in codes[5:]]
    assert [one.event("error")["code"] for one in wrong] == ["no_room"] * 5
    gap = longest_gap(viewer, 1.5)
    for thread in threads:
        thread.join()
    assert answers == [404] * 5
    assert disk.asked("select") == 0
    assert gap < EACH * STATEMENTS / 2


def test_who_leaves_while_the_disk_is_slow_spoils_it_for_nobody(
    serve: Open, client: Open, tmp_path: Path, disk: SlowDisk, asleep: tuple[str, str]
) -> None:
    server = serve(data=tmp_path / "data", program=disk.program)
    disk.take(0.3)
    client(asleep[0], url=server.url, tab="a" * 16).close()
    stays = client(*asleep, url=server.url, tab="b" * 16)
    assert stays.event("welcome", 30)["role"] == "teacher"
    disk.recover()
    stays.frame(PULSE, 30)
    assert stays.told("viewers", count=1)


@pytest.mark.parametrize("waits", [False, True])
def test_the_server_ends_in_time_though_the_disk_is_stuck(
    serve: Open, client: Open, tmp_path: Path, disk: SlowDisk, asleep: tuple[str, str], waits: bool
) -> None:
    server = serve(data=tmp_path / "data", program=disk.program)
    viewer = watching(client, server.url)
    disk.take(60)
    if waits:
        client(asleep[0], url=server.url)
    viewer.send(type="speed", value=5)
    time.sleep(0.5)
    assert server.stop() < 5
    assert server.process.returncode in (0, -signal.SIGTERM)
    assert "Rooms whose last changes are not saved: 1" in server.said


class Slow(Store):
    """A store whose readings wait until they may go on."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.go_on, self.readings = asyncio.Event(), 0

    async def load(self, code: str) -> Saved | None:
        self.readings += 1
        await self.go_on.wait()
        return await super().load(code)


def test_a_room_that_is_put_away_while_somebody_is_on_the_way_in_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def race() -> None:
        hub = Hub(1, store := Slow(tmp_path))
        await hub.start()
        code = hub.open_room()[0]
        lesson = next(iter(hub.registry))
        lesson.keep(lambda well: None)
        hub._close(lesson)
        hello = Hello(type="hello", protocol=1, room=code)

        async def enter() -> Any:
            while hub.registry.find(code) is None:
                await hub.waking.wake(code)
            return hub.enter(hello, "127.0.0.1")

        impatient, *others = (asyncio.create_task(enter()) for _ in range(3))
        await asyncio.sleep(0.05)
        impatient.cancel()
        awake = hub._awake

        def taken_away(lesson: Any) -> None:
            monkeypatch.setattr(hub.waking, "_awake", awake)
            awake(lesson)
            hub._close(lesson)

        monkeypatch.setattr(hub.waking, "_awake", taken_away)
        store.go_on.set()
        viewers = await asyncio.gather(*others)
        (lesson,) = hub.registry
        assert len(viewers) == 2 and set(viewers) == set(lesson.viewers.values())
        assert store.readings == 2 and code not in hub.waking
        with pytest.raises(Refused, match="a room that is open"):
            await hub.waking.wake("ZZZZZZ")
        await hub.close()
        assert impatient.cancelled()

    loops.run(asyncio.wait_for(race(), 60))
