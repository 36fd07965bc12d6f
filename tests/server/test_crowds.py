"""Many who come in one moment: each is told everything, and it is made once for all of them."""

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
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
