"""Rooms by their codes, held by a machine that tries every order of events."""

from types import SimpleNamespace
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule
from nablascope.server.classroom.classroom import Classroom
from nablascope.server.classroom.codes import ALPHABET, new_token
from nablascope.server.classroom.member import digest
from nablascope.server.limits import MOST_ROOMS
from nablascope.server.live.lesson import Lesson
from nablascope.server.live.registry import Registry
from nablascope.server.wire.refusal import Refused

NO_RUNS: Any = SimpleNamespace(restore=dict)


def lesson(code: str) -> Lesson:
    """A class that nobody is in."""
    return Lesson(Classroom(code, digest(new_token())), NO_RUNS, None)


class RoomMachine(RuleBasedStateMachine):
    """Rooms open and close, and come back under their old codes."""

    opened = Bundle("opened")
    closed = Bundle("closed")

    def __init__(self) -> None:
        super().__init__()
        self.rooms = Registry()

    @rule(target=opened)
    def open(self) -> Lesson:
        assert len(new_token()) >= 22
        room = lesson(self.rooms.free_code())
        self.rooms.add(room)
        return room

    @rule(target=closed, room=consumes(opened))
    def close(self, room: Lesson) -> Lesson:
        self.rooms.remove(room)
        assert self.rooms.find(room.code) is None
        return room

    @rule(target=opened, room=consumes(closed), other=st.binary(max_size=3))
    def come_back(self, room: Lesson, other: bytes) -> Lesson:
        again = lesson(room.code)
        self.rooms.add(again)
        return again

    @invariant()
    def every_room_is_found_by_its_code(self) -> None:
        rooms = list(self.rooms)
        assert len({room.code for room in rooms}) == len(self.rooms)
        for room in rooms:
            assert self.rooms.find(room.code) is room
            assert len(room.code) == 6 and set(room.code) <= set(ALPHABET)


TestRooms = RoomMachine.TestCase


def test_there_is_an_end_to_the_number_of_rooms() -> None:
    rooms = Registry()
    for _ in range(MOST_ROOMS):
        rooms.add(lesson(rooms.free_code()))
    with pytest.raises(Refused, match="at most 200 rooms"):
        rooms.add(lesson(rooms.free_code()))
