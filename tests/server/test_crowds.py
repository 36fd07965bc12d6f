"""Many who come in one moment: each is told everything, and it is made once for all of them."""

import asyncio
import contextlib
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import loops
import pytest
from nablascope.server.limits import COUNTED, PACE
from nablascope.server.live.hub import Hub
from nablascope.server.live.viewer import Viewer
from nablascope.server.storage.store import Store
from nablascope.server.wire.commands import Hello
from nablascope.server.wire.protocol import BELIEF, PARAMETERS, PULSE, RESPONSE, Header
from websockets.sync.client import ClientConnection, connect

COUNT = 60


@pytest.fixture
def crowd(server: Any) -> Iterator[list[ClientConnection]]:
    """Connections that have said nothing yet."""
    with contextlib.ExitStack() as stack:
        address = server.url.replace("http", "ws") + "ws"
        yield [
            stack.enter_context(connect(address, max_size=None, max_queue=None, compression=None))
            for _ in range(COUNT)
        ]


def told(socket: ClientConnection) -> tuple[list[dict[str, Any]], dict[int, Header]]:
    """The events and the frames that come first, until there is a frame of each kind."""
    events: list[dict[str, Any]] = []
    frames: dict[int, Header] = {}
    while not {PULSE, PARAMETERS, RESPONSE, BELIEF} <= frames.keys():
        message = socket.recv(timeout=20)
        if isinstance(message, str):
            events.append(json.loads(message))
        else:
            header = Header.unpack(message)
            frames.setdefault(header.kind, header)
    return events, frames


def test_a_crowd_in_one_moment_is_told_everything_made_once(lesson: Any, crowd: list[ClientConnection]) -> None:
    lesson.teacher.send(type="pause")
    lesson.teacher.event("state", playing=False)
    first = Header.unpack(lesson.student("Ann").frame(PARAMETERS))
    for number, socket in enumerate(crowd):
        hello = {
            "type": "hello",
            "protocol": 1,
            "room": lesson.code,
            "tab": f"crowd-{number:0>16}",
            "name": f"P{number}",
        }
        socket.send(json.dumps(hello))
    newest, members = first.number, set()
    for socket in crowd:
        events, frames = told(socket)
        types = [event["type"] for event in events]
        assert types[0] == "welcome"
        assert {"me", "class", "viewers", "run", "data", "settings", "marks", "state", "diagnosis"} <= set(types)
        assert [event["seq"] for event in events] == list(range(len(events)))
        assert {header.step for header in frames.values()} == {first.step}
        members.add(events[0]["member"])
        newest = max(newest, frames[PARAMETERS].number)
    assert len(members) == COUNT
    assert newest - first.number < COUNT / 2  # as many as moments, not as people
    lesson.teacher.event("class", students=COUNT + 1)


def test_a_crowd_that_goes_in_one_moment_is_gone(lesson: Any, crowd: list[ClientConnection]) -> None:
    for socket in crowd:
        socket.send(json.dumps({"type": "hello", "protocol": 1, "room": lesson.code}))
    lesson.teacher.event("class", students=COUNT)
    for socket in crowd:
        socket.close_socket()
    lesson.teacher.event("class", students=0)
    assert lesson.teacher.told("viewers", count=1)


class Counting(Store):
    """A store that counts how often a class is written."""

    written = 0

    def save_class(self, *about: Any) -> Any:
        self.written += 1
        return super().save_class(*about)


def counts_told(crowd: list[Viewer]) -> int:
    """How often these were told how many there are."""
    return sum(
        b'"type":"class"' in event or b'"type":"viewers"' in event for one in crowd for event in one.mailbox.events
    )


def test_who_comes_into_a_full_room_costs_it_little(tmp_path: Path) -> None:
    """Each of 20 gets in; the 1,000 who are there hear how many there are in turn, and the room is written seldom."""

    async def come() -> None:
        store = Counting(tmp_path)
        hub = Hub(1, store)
        await hub.start()
        teacher = hub.enter(Hello(type="hello", protocol=1), "127.0.0.1")
        (room,) = (lesson.room for lesson in hub.registry)

        def student(number: int) -> Viewer:
            return hub.enter(Hello(type="hello", protocol=1, room=room.code, tab=f"{number:0>24}"), "127.0.0.1")

        async def all_know(viewers: list[Viewer], students: int) -> None:
            word = f'"students":{students},'.encode()
            while not all(any(word in event for event in reversed(viewer.mailbox.events)) for viewer in viewers):
                await asyncio.sleep(0.01)

        crowd = [student(number) for number in range(1000)]
        await all_know([teacher, *crowd], 1000)
        told, written, began = counts_told(crowd), store.written, time.monotonic()
        for number in range(1000, 1020):
            await asyncio.wait_for(student(number).arrival.wait(), 5)
        await all_know([teacher], 1020)
        accounts = (time.monotonic() - began) / PACE + 2
        assert counts_told(crowd) - told <= 2 * COUNTED * accounts
        assert store.written - written <= accounts / 2
        await all_know(crowd, 1020)
        await hub.close()

    loops.run(asyncio.wait_for(come(), 60))
